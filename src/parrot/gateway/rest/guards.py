"""Before every route: this machine's names only, small bodies only, who asks; afterwards headers on every answer."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parrot.contracts.access import Principal, machine
from parrot.gateway.rest.problems import problem, unforeseen

TOKEN_HEADER: Final = "X-Parrot-Token"  # the header's name
BODY_BYTES_MAX: Final = 64 * 1024
_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SAFE: Final = frozenset({"GET", "HEAD"})
_KNOWN: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
# The report pages carry stricter policies of their own, by hash; this one holds for whatever else is served.
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def install(app: FastAPI, token: Callable[[], str]) -> None:
    """Puts the guards before everything that `app` serves."""
    app.add_middleware(Guards, token=token)


class Guards:
    """The guards as middleware; `token` gives the token of the data directory."""

    def __init__(self, app: ASGIApp, token: Callable[[], str]) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def guarded(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            answer = self._refusal(scope)
            await (answer or self._app)(scope, receive, guarded)
        except Exception as fault:
            if began:
                raise
            logging.getLogger("parrot.gateway").exception("%s %s failed", scope["method"], scope["path"])
            await unforeseen(fault)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """What is wrong with a request; otherwise its state names who asks."""
        headers = Headers(scope=scope)
        wrong = _misdirected(headers) or _unknown(scope["method"]) or _oversized(headers)
        if wrong is not None:
            return wrong
        given = headers.get(TOKEN_HEADER)
        if given is not None and not hmac.compare_digest(given.encode(), self._token().encode()):
            fix = f"send the token of the data directory's run/instance.json as {TOKEN_HEADER}; `parrot` does"
            more = {"code": "not_allowed", "reason": "signed_out", "fix": fix}
            return problem(HTTPStatus.UNAUTHORIZED, "the token is wrong", **more)
        who: Principal | None = None if given is None else machine()
        scope.setdefault("state", {})["principal"] = who
        if who is None and scope["method"] not in _SAFE and not scope["path"].startswith("/api/"):
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, "nothing is taken here")
        return None


def _misdirected(headers: Headers) -> Response | None:
    host = headers.get("host", "").lower()
    if host in _NAMES or host.rpartition(":")[0] in _NAMES:
        return None
    return problem(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to localhost only")


def _unknown(method: str) -> Response | None:
    return None if method in _KNOWN else problem(HTTPStatus.NOT_IMPLEMENTED, f"{method} is not understood")


def _oversized(headers: Headers) -> Response | None:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers:
        return problem(HTTPStatus.LENGTH_REQUIRED, "the body is of no stated size")
    if length.isdecimal() and int(length) <= BODY_BYTES_MAX:
        return None
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is too large, most {BODY_BYTES_MAX} bytes")
