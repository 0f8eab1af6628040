"""No connection is held by who sends slowly, and what the server refuses below the application is protected too."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.sync.client import connect

from parrot.app.listening import listen
from parrot.app.platform.web import WebServer
from parrot.gateway.rest import limits

HEAD, BODY, STEP = 0.3, 0.3, 0.01
GET = b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"


class Site:
    """An application that answers at once, late, or once it has the body; and the server that serves it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        listener = listen("127.0.0.1", 0)
        self.port = listener.getsockname()[1]
        self.web = WebServer(self, listener)
        self.web.start()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (said := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": said["text"]})
            return
        more = scope["path"] == "/read"
        while more:
            said = await receive()
            self.heard.append(said["type"])
            more = said.get("more_body", False)
            if said["type"] == "http.disconnect":
                return
        if scope["path"] == "/late":
            await asyncio.sleep(2.2 * HEAD)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 5)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "HEAD_S", HEAD)
        patch.setattr(limits, "BODY_S", BODY)
        made = Site()
        yield made
        made.web.stop()


def to_the_end(line: socket.socket, drip: Callable[[], bytes] = lambda: b"") -> tuple[bytes, float]:
    """What comes until the other side hangs up, while one goes on sending; and how long that took."""
    began, told = time.monotonic(), b""
    line.settimeout(STEP)
    while time.monotonic() - began < 5:
        try:
            if drip():
                line.send(drip())
            got = line.recv(65_536)
        except TimeoutError:
            continue
        except ConnectionError:
            break
        if not got:
            break
        told += got
    return told, time.monotonic() - began


def read(answer: bytes) -> tuple[int, dict[str, str], Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert int(headers["content-length"]) == len(body)
    return int(first.split()[1]), headers, json.loads(body)


def protected(headers: dict[str, str]) -> bool:
    return (
        "default-src 'none'" in headers["content-security-policy"]
        and headers["x-content-type-options"] == "nosniff"
        and headers["content-type"] == "application/problem+json"
        and headers["cache-control"] == "no-store"
        and headers["connection"] == "close"
    )


def test_who_says_nothing_is_not_waited_for(site: Site) -> None:
    with site.connected() as line:
        told, took = to_the_end(line)
    assert told == b""
    assert HEAD / 2 < took < 3


@pytest.mark.parametrize("begun", [b"GET /", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_a_head_that_comes_byte_by_byte_is_refused_in_time(site: Site, begun: bytes) -> None:
    with site.connected() as line:
        line.sendall(begun)
        told, took = to_the_end(line, lambda: b"E")
    status, headers, body = read(told)
    assert (status, body["code"], protected(headers)) == (408, "late", True)
    assert took < 3


def test_a_body_that_comes_byte_by_byte_is_refused_in_time_and_the_application_is_told(site: Site) -> None:
    site.heard.clear()
    with site.connected() as line:
        line.sendall(POST % 600)
        told, took = to_the_end(line, lambda: b"x")
    status, headers, body = read(told)
    assert (status, body["code"], protected(headers)) == (408, "late", True)
    assert took < BODY + 3
    end = time.monotonic() + 5
    while "http.disconnect" not in site.heard:
        assert time.monotonic() < end


def test_a_larger_body_has_more_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_BYTES_A_SECOND", 1_000)
    with site.connected() as line:
        line.sendall(POST % 600)
        told, took = to_the_end(line)
    assert read(told)[0] == 408
    assert took > 0.6 + BODY / 2


def test_after_an_answer_nobody_holds_the_line_with_empty_lines(site: Site) -> None:
    with site.connected() as line:
        line.sendall(GET % b"")
        told, took = to_the_end(line, lambda: b"\r\n")
    assert told.endswith(b"ok")
    assert took < 3


def test_a_body_that_nobody_wants_does_not_hold_the_line(site: Site) -> None:
    with site.connected() as line:
        line.sendall((POST % 600).replace(b"/read", b"/"))
        told, took = to_the_end(line, lambda: b"x")
    assert told.startswith(b"HTTP/1.1 200")
    assert took < BODY + 4


def test_who_waits_for_an_answer_is_not_hung_up_on_and_goes_on_afterwards(site: Site) -> None:
    with site.connected() as line:
        for _ in range(2):
            line.sendall(GET % b"late")
            assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        line.sendall(GET % b"late" + (GET % b"")[:10])  # the next one begins while the first is under way
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        line.sendall((GET % b"")[10:])
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "said", [b"what is this\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\0\0", b"GET / \0\r\n\r\n"]
)
def test_what_is_no_request_is_refused_with_every_header(site: Site, said: bytes) -> None:
    with site.connected() as line:
        line.sendall(said)
        status, headers, body = read(to_the_end(line)[0])
    assert (status, body["code"], protected(headers)) == (400, "bad_input", True)


def test_one_connection_too_many_hears_when_to_come_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.web._server.config, "limit_concurrency", 1)
    with site.connected() as other, site.connected() as line:
        other.sendall(b"G")
        line.sendall(GET % b"api/v1/status")
        status, headers, body = read(to_the_end(line)[0])
    assert (status, body["code"], headers["retry-after"], protected(headers)) == (503, "busy", "5", True)


def test_a_socket_lives_on(site: Site) -> None:
    with connect(f"ws://127.0.0.1:{site.port}/") as line:
        time.sleep(HEAD + BODY)
        line.send("still here")
        assert line.recv(5) == "still here"


def test_a_request_behind_another_is_not_late_while_nobody_reads_it(site: Site) -> None:
    with site.connected() as line:
        line.sendall(GET % b"late" + POST % 4 + b"bo")
        time.sleep(1.5 * HEAD)
        line.sendall(b"dy")
        told, _ = to_the_end(line)
    assert told.count(b"HTTP/1.1 200 OK") == 2
    assert b"408" not in told
