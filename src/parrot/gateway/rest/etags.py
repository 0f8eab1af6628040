"""Tags of what a route answers: who has the newest is told so, and who changes an old one is refused."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Header
from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parrot.kernel.errors import ChangedError

IfMatch = Annotated[str | None, Header(max_length=200, description="The ETag of what is to be changed.")]
_MOST: Final = 1 << 20


def tag_of(value: BaseModel) -> str:
    """The tag of an answer: of the same values the same."""
    return _tag(value.model_dump_json().encode())


def require(given: str | None, value: BaseModel) -> None:
    """Raises ChangedError where `given` (If-Match) is not the tag of what a GET would answer now."""
    if given is not None and given != "*" and tag_of(value) not in given:
        fix = "load it anew, then change it"
        raise ChangedError("somebody changed this meanwhile", expected="the ETag of the newest answer", fix=fix)


class Tags:
    """Middleware: JSON answers to GET have a tag made from their text, and are not sent to who has them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_json(message):
                start = message
                return
            if start is not None:
                begun, start = start, None
                if not message.get("more_body") and len(message.get("body", b"")) <= _MOST:
                    message = _mark(begun, message, Headers(scope=scope).get("if-none-match", ""))
                await send(begun)
            await send(message)

        await self._app(scope, receive, tagged)


def _is_json(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return bool(start["status"] == HTTPStatus.OK and kind.startswith("application/json"))


def _mark(start: Message, message: Message, known: str) -> Message:
    """Puts the tag on the start of an answer; gives its end, which is empty for who has it already."""
    headers = MutableHeaders(raw=start["headers"])
    tag = headers.setdefault("ETag", _tag(message.get("body", b"")))
    if tag not in known:
        return message
    start["status"] = HTTPStatus.NOT_MODIFIED
    del headers["content-length"], headers["content-type"]
    return {**message, "body": b""}


def _tag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
