"""The server's side of a connection: the ASGI server's own, which waits for no request without end."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from parrot.gateway.rest import limits
from parrot.gateway.rest.headers import protect
from parrot.gateway.rest.problems import problem

_BARE: Scope = {"type": "http", "scheme": "http", "path": "/api/", "headers": []}  # of a request that nobody knows


class Connection(HttpToolsProtocol):
    """Ends what does not arrive in time; what it refuses itself is a problem with the headers of every answer."""

    _timer: asyncio.TimerHandle | None = None
    _arriving = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base
        """Somebody is there; what they want has to come."""
        super().connection_made(transport)
        self._expect(limits.HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._rest()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._arriving = True
        self._expect(limits.HEAD_S)

    def on_headers_complete(self) -> None:
        """Its head is here."""
        super().on_headers_complete()
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        size = min(int(length), limits.BODY_BYTES_MOST) if length.isdigit() else 0
        self._expect(limits.BODY_S + size / limits.BODY_BYTES_A_SECOND)

    def on_message_complete(self) -> None:
        """All of it is here: from now on the one who asked waits."""
        super().on_message_complete()
        self._arriving = False
        self._rest()
        self._expect_next()

    def on_response_complete(self) -> None:
        """It is answered; what has not come of it by now has the time that is left."""
        super().on_response_complete()
        if not self.cycle.more_body:
            self._expect_next()

    def handle_websocket_upgrade(self) -> None:
        """A socket is another protocol, with pings of its own."""
        self._rest()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no request."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg, "bad_input")

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        chosen: Any = app if app is self.app else _overloaded
        super()._start_asgi_task(cycle, chosen)

    def _expect_next(self) -> None:
        cycle: Any = self.cycle  # None before the first request
        if cycle is not None and cycle.response_complete:
            self._expect(limits.HEAD_S)

    def _expect(self, seconds: float) -> None:
        self._rest()
        self._timer = self.loop.call_later(seconds, self._late)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        cycle: Any = self.cycle
        if self.pipeline or (cycle is not None and not (cycle.response_complete or cycle.more_body)):
            self._expect(limits.HEAD_S)  # it waits for its answer; the next one for that, and is not read before
        elif self._arriving:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the request did not arrive in time", "late")
        else:
            self.transport.close()

    def _refuse(self, status: HTTPStatus, title: str, code: str) -> None:
        """Says so, unless that would come into the middle of an answer; ends the connection."""
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(_refusal(status, title, code))
        self.transport.close()


def _refusal(status: HTTPStatus, title: str, code: str) -> bytes:
    answer = problem(status, title, code=code)
    start: Message = {"type": "http.response.start", "headers": [*answer.raw_headers, (b"connection", b"close")]}
    protect(start, _BARE)
    first = f"HTTP/1.1 {status.value} {status.phrase}".encode()
    return b"\r\n".join((first, *map(b": ".join, start["headers"]), b"", bytes(answer.body)))


async def _overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    """In the place of the application while there are too many connections."""
    answer: Response = problem(HTTPStatus.SERVICE_UNAVAILABLE, "too many connections", code="busy")
    answer.headers.update({"Retry-After": "5", "Connection": "close"})

    async def protected(message: Message) -> None:
        if message["type"] == "http.response.start":
            protect(message, scope)
        await send(message)

    await answer(scope, receive, protected)
