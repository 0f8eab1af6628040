"""How large a request may be, and its body where something before the routes has to read it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope

from parrot.gateway.rest.limits import BODY_BYTES_MAX, HEADER_BYTES_MOST, HEADERS_MOST, UPLOADS
from parrot.gateway.rest.problems import problem

_JSON: Final = "application/json"


def oversized(scope: Scope, headers: Headers) -> Response | None:
    """What is wrong with the size or kind of a request, None when nothing is."""
    raw = scope["headers"]
    if len(raw) > HEADERS_MOST or sum(len(name) + len(value) for name, value in raw) > HEADER_BYTES_MOST:
        return problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"more than {HEADERS_MOST} headers, or too long")
    if "transfer-encoding" in headers:
        return problem(HTTPStatus.LENGTH_REQUIRED, "the body is of no stated size")
    most = body_bytes_max(scope["path"])
    length = headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 12 or int(length) > most:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is too large, most {most} bytes")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if int(length) and kind != _JSON and scope["path"].startswith("/api/"):
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body is not {_JSON}", fix=f"Content-Type: {_JSON}")
    return None


def body_bytes_max(path: str) -> int:
    """How many bytes the body of a request may have."""
    return next((most for pattern, most in UPLOADS if pattern.fullmatch(path)), BODY_BYTES_MAX)


class Body:
    """The body of a request: `read` gives it to who needs it before the routes, and `receive` still to the routes."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._whole: bytes | None = None
        self._given = False

    async def read(self) -> bytes:
        """All of it; its size was checked before. Raises ClientDisconnect where its sender is gone."""
        if self._whole is None:
            parts = []
            more = True
            while more:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                parts.append(message.get("body", b""))
                more = message.get("more_body", False)
            self._whole = b"".join(parts)
        return self._whole

    async def receive(self) -> Message:
        """What comes, the body that was read before first."""
        if self._whole is None or self._given:
            return await self._receive()
        self._given = True
        return {"type": "http.request", "body": self._whole, "more_body": False}
