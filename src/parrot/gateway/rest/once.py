"""Nothing is done twice: a POST with an Idempotency-Key is done once, and asked again it has the same answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parrot.contracts.access import Principal
from parrot.contracts.receipts import Receipt
from parrot.gateway.rest.bounds import Body
from parrot.gateway.rest.ports.receipts import Receipts
from parrot.gateway.rest.problems import problem

KEY_HEADER: Final = "Idempotency-Key"
_KEY_MOST: Final = 200
_BODY_MOST: Final = 256 * 1024
_PREFIX: Final = "/api/v1/"
# What holds a password or proves who one is; nothing of it is kept, not even its hash.
_NEVER: Final = ("/api/v1/auth/", "/api/v1/profile", "/api/v1/users")
# Answers that hold what is shown once: that they were given is kept, what they said is not.
_SHOWN_ONCE: Final = ("/api/v1/keys", "/api/v1/invitations", "/api/v1/exchange/keys")
# Refused before anything was done: whoever mends the cause may send it again.
_NOT_DONE: Final = frozenset({401, 403, 413, 415, 423, 429})


class Once:
    """The rule as middleware, behind the guards."""

    def __init__(self, app: ASGIApp, receipts: Receipts) -> None:
        self._app = app
        self._receipts = receipts
        self._under_way: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        who: Principal = scope["state"]["principal"]
        if not (0 < len(key) <= _KEY_MOST and key.isascii() and key.isprintable()):
            refused = problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{KEY_HEADER} is 1 to {_KEY_MOST} plain characters")
            await refused(scope, receive, send)
            return
        body = Body(receive)
        asked = _hash(scope, await body.read())
        mark = (f"{who.way}:{who.user}", key)
        busy = mark in self._under_way
        self._under_way.add(mark)
        try:
            found = await run_in_threadpool(self._receipts.begin, *mark, asked)
            if found is None:
                await self._do(scope, body, send, mark=mark, asked=asked)
            else:
                await _again(found, asked, busy=busy)(scope, receive, send)
        finally:
            if not busy:
                self._under_way.discard(mark)

    async def _do(self, scope: Scope, body: Body, send: Send, *, mark: tuple[str, str], asked: str) -> None:
        told = _Told(send)
        await self._app(scope, body.receive, told.send)
        if told.changed_nothing():
            await run_in_threadpool(self._receipts.drop, *mark)
            return
        kept = told.size <= _BODY_MOST and not scope["path"].startswith(_SHOWN_ONCE)
        now: int = scope["app"].state.now()
        receipt = Receipt(asked=asked, ts=now, status=told.status, kind=told.kind, body=told.body(kept=kept), kept=kept)
        await run_in_threadpool(self._receipts.finish, *mark, receipt)


@dataclass(slots=True)
class _Told:
    """Hands an answer on and keeps what it said."""

    to: Send
    status: int = 0
    kind: str = ""
    size: int = 0
    parts: list[bytes] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.kind = Headers(raw=message["headers"]).get("content-type", "")
        else:
            part = message.get("body", b"")
            self.size += len(part)
            if self.size <= _BODY_MOST:
                self.parts.append(part)
        await self.to(message)

    def body(self, *, kept: bool) -> bytes:
        return b"".join(self.parts) if kept else b""

    def changed_nothing(self) -> bool:
        """Whether it was refused before anything was done; of a late answer nobody knows."""
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return b'"code":"late"' not in b"".join(self.parts)
        return self.status in _NOT_DONE


def _key(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(_PREFIX):
        return None
    if scope["path"].startswith(_NEVER) or scope["state"].get("principal") is None:
        return None
    return Headers(scope=scope).get(KEY_HEADER)


def _hash(scope: Scope, body: bytes) -> str:
    parts = (scope.get("raw_path") or scope["path"].encode(), scope["query_string"], body)
    return hashlib.blake2b(b"".join(b"%d:%s" % (len(part), part) for part in parts), digest_size=24).hexdigest()


def _again(found: Receipt, asked: str, *, busy: bool) -> Response:
    if found.asked != asked:
        fix = "a new request has a new key"
        return _conflict("this key was used for another request", "key_reused", fix)
    if found.status == 0 and busy:
        answer = _conflict("the same request is under way", "under_way", "ask again in a moment")
        answer.headers["Retry-After"] = "1"
        return answer
    if found.status == 0 or found.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        fix = "look whether it was done; if it was not, send it with a new key"
        return _conflict("nobody knows what became of this request", "in_doubt", fix)
    if not found.kept:
        return _conflict("this was done, and its answer is told once only", "told_once", "make a new one")
    headers = {"Idempotency-Replayed": "true"}
    return Response(found.body, status_code=found.status, media_type=found.kind, headers=headers)


def _conflict(title: str, code: str, fix: str) -> Response:
    return problem(HTTPStatus.CONFLICT, title, code=code, fix=fix)
