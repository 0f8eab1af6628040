"""HTTP/1.1 on a socket: requests as they come, answers in their order, and the step to a WebSocket."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from collections import deque
from functools import partial
from http import HTTPStatus
from typing import Final, cast

import httptools

from parrot.app.exchange.front import Front
from parrot.gateway.binance_api.trouble import JSON
from parrot.gateway.binance_api.wire import ApiRequest, ApiResponse

_BODY_MOST: Final = 1 << 16
_URL_MOST: Final = 1 << 15
_HEADERS_MOST: Final = 1 << 14
_HEAD_MOST: Final = 1 << 17  # bytes that may come before a head is whole; the parser holds them
_WAITING_MOST: Final = 64  # requests that a client sends ahead
_IDLE_S: Final = 75.0
_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}
_HEADS: Final[dict[int, bytes]] = {
    number: b"HTTP/1.1 %d %b\r\n" % (number, phrase.encode()) for number, phrase in _PHRASES.items()
}


def _refusal(status: int, text: str) -> ApiResponse:
    return ApiResponse(status, b'{"code":-1000,"msg":"%b"}' % text.encode(), [JSON])


_MALFORMED: Final = _refusal(400, "The request is malformed.")
_LARGE: Final = _refusal(413, "The request is too large.")
_LONG: Final = _refusal(414, "The address is too long.")
_MANY_HEADERS: Final = _refusal(431, "The headers are too large.")
_BUSY: Final = _refusal(429, "Too many requests wait.")


class HttpConnection(asyncio.Protocol):
    """One client; what it sends ahead waits until what came before is answered."""

    def __init__(self, front: Front, connections: dict[HttpConnection, None]) -> None:
        self._front = front
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self._address = ""
        self._waiting: deque[tuple[ApiRequest, bool]] = deque()
        self._busy = False
        self._over = False
        self._going = False
        self._heading = False
        self._head_size = 0
        self._last: ApiResponse | None = None
        self.touched = self._loop.time()
        self._fresh()

    def _fresh(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._size = 0
        self._body: list[bytes] = []
        self._body_size = 0
        self._wrong: ApiResponse | None = None

    # -- the socket ----------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if peer else ""
        self._connections[self] = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._over = True
        self._waiting.clear()
        self._connections.pop(self, None)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self.touched = self._loop.time()
        if self._last is not None:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
            return
        except (httptools.HttpParserError, httptools.HttpParserCallbackError):
            self._last = self._wrong or _MALFORMED
        self._head_size = self._head_size + len(data) if self._heading else 0
        if self._head_size > _HEAD_MOST and self._last is None:
            self._last = _MANY_HEADERS
        self._go_on()

    def pause_writing(self) -> None:
        """The client does not read: nothing more is read from it."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        if not self._over:
            self._transport.resume_reading()

    def close(self) -> None:
        """Ends it after what is under way."""
        if self._busy:
            self._over = True
        else:
            self._transport.close()

    def sweep(self, now: float) -> None:
        """Ends a connection on which nothing happens."""
        if now - self.touched > _IDLE_S and not self._busy:
            self._transport.close()

    # -- one request ---------------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A new request begins."""
        self._heading, self._head_size = True, 0
        self._fresh()

    def on_url(self, url: bytes) -> None:
        """The address, or a part of it."""
        self._url += url
        if len(self._url) > _URL_MOST:
            self._wrong = _LONG
            raise ValueError

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._size += len(name) + len(value)
        if self._size > _HEADERS_MOST:
            self._wrong = _MANY_HEADERS
            raise ValueError
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """All headers are there."""
        self._heading = False
        length = self._headers.get(b"content-length", b"0")
        if length.isdigit() and int(length[:19]) > _BODY_MOST:
            self._wrong = _LARGE
            raise ValueError
        if self._headers.get(b"expect", b"").lower() == b"100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body_size += len(body)
        if self._body_size > _BODY_MOST:
            self._wrong = _LARGE
            raise ValueError
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The request is there."""
        if self._parser.should_upgrade():
            return
        if len(self._waiting) >= _WAITING_MOST:
            self._wrong = _BUSY
            raise ValueError
        self._waiting.append((self._request(), self._parser.should_keep_alive()))

    def _request(self) -> ApiRequest:
        path, _, query = self._url.partition(b"?")
        if not path.startswith(b"/"):  # an absolute address, as proxies send it
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        method = self._parser.get_method().decode()
        text = path.decode("ascii", "replace")
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        return ApiRequest(method, text, query, body, self._headers, self._address)

    def _go_on(self) -> None:
        """Has the next request answered; after the last one, the refusal of what cannot be read."""
        self._going = True
        while self._waiting and not self._busy:
            request, keep = self._waiting.popleft()
            self._busy = True
            self._front.ask(request, partial(self._answer, request.method, keep=keep))
        self._going = False
        if self._last is not None and not self._busy and not self._transport.is_closing():
            self._transport.write(written(self._last, keep=False))
            self._transport.close()

    def _answer(self, method: str, response: ApiResponse | None, *, keep: bool) -> None:
        self._busy = False
        self.touched = self._loop.time()
        if self._transport.is_closing():
            return
        if response is None:
            self._transport.abort()
            return
        keep = keep and not self._over
        self._transport.write(written(response, keep=keep, bodiless=method == "HEAD"))
        if not keep:
            self._waiting.clear()
            self._transport.close()
        elif not self._going:
            self._go_on()

    # -- to a WebSocket ------------------------------------------------------------------------------------------------

    def _upgrade(self, rest: bytes) -> None:
        key = self._headers.get(b"sec-websocket-key", b"")
        wrong = self._busy or self._waiting or not self._right_handshake(key)
        made = _MALFORMED if wrong else self._front.connect(self._request())
        if isinstance(made, ApiResponse):
            self._last = made
            self._go_on()
            return
        accept = base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept
        )
        self._connections.pop(self, None)
        made.begin(self._transport, rest)

    def _right_handshake(self, key: bytes) -> bool:
        try:
            right_key = len(base64.b64decode(key, validate=True)) == 16
        except binascii.Error:
            right_key = False
        return (
            right_key
            and self._parser.get_method() == b"GET"
            and self._headers.get(b"upgrade", b"").lower() == b"websocket"
            and self._headers.get(b"sec-websocket-version") == b"13"
        )


def written(response: ApiResponse, *, keep: bool, bodiless: bool = False) -> bytes:
    """An answer as bytes."""
    lines = [_HEADS.get(response.status) or b"HTTP/1.1 %d Error\r\n" % response.status]
    lines += [b"%b: %b\r\n" % header for header in response.headers]
    lines.append(b"Content-Length: %d\r\n" % len(response.body))
    lines.append(b"\r\n" if keep else b"Connection: close\r\n\r\n")
    if not bodiless:
        lines.append(response.body)
    return b"".join(lines)
