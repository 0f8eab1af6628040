"""Who may ask: this machine's names only, small bodies only, commands with the token only, headers on every answer."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response

from parrot.gateway.rest.problems import problem

TOKEN_HEADER: Final = "X-Parrot-Token"  # the header's name
BODY_BYTES_MAX: Final = 64 * 1024
_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SAFE: Final = frozenset({"GET", "HEAD"})
_KNOWN: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE"})
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

Next = Callable[[Request], Awaitable[Response]]


def install(app: FastAPI, token: str) -> None:
    """Puts the guards before everything that `app` serves."""

    @app.middleware("http")
    async def guard(request: Request, proceed: Next) -> Response:
        answer = _refusal(request, token) or await proceed(request)
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer


def _refusal(request: Request, token: str) -> Response | None:
    host = request.headers.get("host", "").lower()
    if host not in _NAMES and host.rpartition(":")[0] not in _NAMES:
        return problem(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to localhost only")
    if request.method not in _KNOWN:
        return problem(HTTPStatus.NOT_IMPLEMENTED, f"{request.method} is not understood")
    if request.method in _SAFE:
        return None
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
        return problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is too large or of no stated size, most {BODY_BYTES_MAX}"
        )
    if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), token.encode()):
        fix = f"send the token of the data directory's run/instance.json as {TOKEN_HEADER}; `parrot` does"
        return problem(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong", code="not_allowed", fix=fix)
    return None
