"""The face as an ASGI application: HTTP requests, /stream, /v2/iex and /v2/sip, on the loop that owns the exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from functools import partial
from typing import Any, Final, Protocol

from parrot.contracts.exchange import AccountEvent, MarketEvent
from parrot.gateway.alpaca_api.account_stream import AccountStream
from parrot.gateway.alpaca_api.data_stream import DataStream, Ticks
from parrot.gateway.alpaca_api.face import BODY_MAX, Face
from parrot.gateway.alpaca_api.wire import ApiRequest
from parrot.ports.exchange import Owner

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Frame = str | bytes

_FRAMES_MAX: Final = 10_000  # that wait for a client before it is too slow
_GOING_AWAY: Final = 1001
_TOO_SLOW: Final = 1008
_DATA_FEEDS: Final = ("/v2/iex", "/v2/sip", "/v2/delayed_sip")


class Session(Protocol):
    """One connection's half of a protocol."""

    def receive(self, data: str | bytes) -> Sequence[Frame]:
        """The answers to a message."""


class Connection:
    """Frames on their way to one client."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self.slow = False

    def push(self, frames: Sequence[Frame]) -> None:
        """Queues frames; a client that does not keep up is let go."""
        if self.slow:
            return
        if self.frames.qsize() + len(frames) > _FRAMES_MAX:
            self.slow = True
            self.frames.put_nowait(None)
            return
        for frame in frames:
            self.frames.put_nowait(frame)


class Application:
    """Serves a face; `hear` must be told all that happens, in the loop's thread, after the exchange has returned."""

    def __init__(self, face: Face, owner: Owner) -> None:
        self._face = face
        self._owner = owner
        self._ticks = Ticks(face)
        self._accounts: dict[Connection, AccountStream] = {}
        self._data: dict[Connection, DataStream] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request or one WebSocket."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)

    def hear(self, events: Sequence[AccountEvent | MarketEvent]) -> None:
        """Tells those who listen."""
        for connection, stream in self._accounts.items():
            connection.push(stream.hear(events))
        if self._data:
            ticks = self._ticks.of(events)
            for connection, feed in self._data.items():
                connection.push(feed.hear(ticks))

    # -- HTTP ----------------------------------------------------------------------------------------------------------

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if len(body) <= BODY_MAX:
                body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        request = ApiRequest(scope["method"], scope["path"], scope["query_string"], body, dict(scope["headers"]))
        answer = await self._owner.run(lambda: self._face.handle(request))
        headers = [*answer.headers, (b"content-length", b"%d" % len(answer.body))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    # -- WebSockets ----------------------------------------------------------------------------------------------------

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        path = scope["path"].rstrip("/")
        if path != "/stream" and path not in _DATA_FEEDS:
            await send({"type": "websocket.close", "code": _GOING_AWAY})
            return
        await send({"type": "websocket.accept"})
        connection = Connection()
        if path == "/stream":
            stream = self._accounts[connection] = AccountStream(self._face)
            await self._serve(stream, connection, receive, send)
            return
        packed = b"msgpack" in dict(scope["headers"]).get(b"content-type", b"")
        feed = self._data[connection] = DataStream(self._face, packed=packed)
        connection.push(feed.begin())
        await self._serve(feed, connection, receive, send)

    async def _serve(self, session: Session, connection: Connection, receive: Receive, send: Send) -> None:
        pump = asyncio.create_task(_pump(connection, send))
        pump.add_done_callback(_looked_at)
        try:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return
                data = message.get("text")
                given = data if data is not None else message.get("bytes") or b""
                connection.push(await self._owner.run(partial(session.receive, given)))
        finally:
            self._accounts.pop(connection, None)
            self._data.pop(connection, None)
            pump.cancel()


def _looked_at(pump: asyncio.Task[None]) -> None:
    """A socket that broke while something was sent is no news: its reader ends as well."""
    if not pump.cancelled():
        pump.exception()


async def _pump(connection: Connection, send: Send) -> None:
    while True:
        frame = await connection.frames.get()
        if frame is None:
            await send({"type": "websocket.close", "code": _TOO_SLOW, "reason": "slow client"})
            return
        kind = "text" if isinstance(frame, str) else "bytes"
        await send({"type": "websocket.send", kind: frame})
