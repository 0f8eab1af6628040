"""The stream over real sockets: who is let in, how it ends, and what a client costs that does not read."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from parrot.app.listening import listen
from parrot.app.platform.web import WebServer
from parrot.contracts.access import Principal, Role
from parrot.gateway.rest import create_app
from parrot.gateway.rest.schema import closed
from parrot.gateway.stream.clients import BYTES_MOST, SIGNED_OUT, TOO_SLOW
from parrot.gateway.stream.endpoint import StreamDoor
from parrot.gateway.stream.hub import Hub
from tests.unit.gateway.rest.house import People, person
from tests.unit.gateway.rest.test_application import TOKEN, Fake

SUBSCRIBE = json.dumps({"op": "subscribe", "channels": ["orders", "quotes"]})


class Server:
    """A hub behind the real server; `run` does something in its thread and waits for it."""

    def __init__(self, folder: Path) -> None:
        self.people = People(person(Role.TRADER, name="ann"))
        self.hub = Hub()
        self.loop: asyncio.AbstractEventLoop | None = None
        door = StreamDoor(self.hub, lambda: 1, self._came)
        app = create_app(replace(closed(), now=lambda: 1, platform=Fake(), users=self.people, stream=door))
        listener = listen("127.0.0.1", 0)
        self.port = listener.getsockname()[1]
        self.web = WebServer(app, listener)
        self.web.start()

    def _came(self) -> None:
        self.loop = asyncio.get_running_loop()

    def run(self, act: Callable[[], Any]) -> Any:
        done, found = Event(), []

        def do() -> None:
            found.append(act())
            done.set()

        assert self.loop is not None
        self.loop.call_soon_threadsafe(do)
        assert done.wait(5)
        return found[0]

    def open(self, **headers: str) -> ClientConnection:
        return connect(
            f"ws://localhost:{self.port}/api/v1/stream", additional_headers=headers, compression=None, proxy=None
        )

    def began(self, stream: ClientConnection) -> None:
        """Subscribes, and gives both channels a state."""
        stream.send(SUBSCRIBE)
        stream.send('{"op": "ping"}')
        assert json.loads(stream.recv(5)) == {"type": "pong"}
        self.run(lambda: [self.hub.begin(name, []) for name in ("orders", "quotes")])
        self.run(lambda: self.hub.flush(1))
        assert {json.loads(stream.recv(5))["channel"] for _ in range(2)} == {"orders", "quotes"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("pages"))
    yield made
    made.web.stop()


def origin(server: Server) -> str:
    return f"http://localhost:{server.port}"


def gone(server: Server) -> None:
    """Waits until nobody is there."""
    for _ in range(200):
        if not server.run(lambda: len(server.hub.clients)):
            return
    pytest.fail("a client is still there")


def test_the_machine_s_token_opens_it_and_changes_arrive(server):
    with server.open(**{"X-Parrot-Token": TOKEN}) as stream:
        server.began(stream)
        server.run(lambda: server.hub.change("orders", [{"order_id": 1, "n": 1}]))
        server.run(lambda: server.hub.flush(2))
        told = json.loads(stream.recv(5))
        assert (told["type"], told["seq"], told["data"]["put"]) == ("delta", 2, [{"order_id": 1, "n": 1}])
    gone(server)


def test_nobody_is_told_to_sign_in(server):
    with server.open() as stream, pytest.raises(ConnectionClosed) as ended:
        stream.recv(5)
    assert ended.value.rcvd.code == SIGNED_OUT


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {}])
def test_a_cookie_opens_it_for_our_own_pages_only(server, headers):
    with pytest.raises(InvalidStatus) as refused:
        server.open(Cookie="parrot=ann", **headers)
    assert refused.value.response.status_code == 403


def test_a_session_that_ends_closes_it(server):
    with server.open(Cookie="parrot=ann", Origin=origin(server)) as stream:
        server.began(stream)
        who: Principal = server.people.sessions.pop("ann")
        server.run(lambda: server.hub.review(server.people.stands, who.user))
        with pytest.raises(ConnectionClosed) as ended:
            stream.recv(5)
    server.people.sessions["ann"] = who
    assert ended.value.rcvd.code == SIGNED_OUT
    gone(server)


def test_who_does_not_read_is_cut_and_costs_bounded_memory(server):
    with server.open(**{"X-Parrot-Token": TOKEN}) as quick:
        server.began(quick)
        raw = sockets.create_connection(("127.0.0.1", server.port))
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
        raw.sendall(
            f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost:{server.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"X-Parrot-Token: {TOKEN}\r\n\r\n".encode()
        )
        assert b"101" in raw.recv(4_096)
        masked = bytes((0x81, 0x80 | len(SUBSCRIBE))) + b"\0\0\0\0" + SUBSCRIBE.encode()
        raw.sendall(masked)
        while server.run(lambda: sum(len(client.lines) for client in server.hub.clients)) < 4:
            pass
        heard = waited = 0
        for n in range(3_000):
            server.run(lambda n=n: server.hub.change("orders", [{"order_id": 1, "n": n, "more": "x" * 8_000}]))
            server.run(lambda: server.hub.flush(3))
            heard = json.loads(quick.recv(5))["data"]["put"][0]["n"]
            waited = max(waited, server.run(lambda: max(one.bytes_waiting for one in server.hub.clients)))
            if server.run(lambda: len(server.hub.clients)) == 1:
                break
        assert heard == n < 2_999
        assert BYTES_MOST - 10_000 < waited <= BYTES_MOST
        raw.close()
        server.run(lambda: server.hub.change("orders", [{"order_id": 1, "n": -1}]))
        server.run(lambda: server.hub.flush(4))
        assert json.loads(quick.recv(5))["data"]["put"] == [{"order_id": 1, "n": -1}]
    gone(server)


def test_a_close_for_being_slow_arrives_where_the_client_reads_again(server):
    with server.open(**{"X-Parrot-Token": TOKEN}) as stream:
        server.began(stream)
        server.run(lambda: [client.close(TOO_SLOW, "too slow") for client in server.hub.clients])
        with pytest.raises(ConnectionClosed) as ended:
            stream.recv(5)
    assert ended.value.rcvd.code == TOO_SLOW
    gone(server)


def test_a_server_that_takes_no_frames_is_sent_texts(tmp_path):
    hub, sent = Hub(), []
    door = StreamDoor(hub, lambda: 1, lambda: None)
    app = create_app(replace(closed(), now=lambda: 1, platform=Fake(), users=People(), stream=door))
    said = ['{"op": "ping"}', '{"op": "subscribe", "channels": ["nothing"]}']
    come: list[dict[str, Any]] = [
        {"type": "websocket.connect"},
        *({"type": "websocket.receive", "text": text} for text in said),
    ]
    headers = [(b"host", b"localhost"), (b"x-parrot-token", TOKEN.encode()), (b"connection", b"upgrade")]
    scope = {
        "type": "websocket", "path": "/api/v1/stream", "raw_path": b"/api/v1/stream", "query_string": b"",
        "headers": headers, "scheme": "ws", "client": ("127.0.0.1", 5), "subprotocols": [], "root_path": "",
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        while not come and len(sent) < 3:  # what was said is answered first
            await asyncio.sleep(0)
        return come.pop(0) if come else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["type"] == "websocket.accept"
    assert [json.loads(message["text"])["type"] for message in sent[1:]] == ["pong", "error"]
    assert hub.clients == set()
