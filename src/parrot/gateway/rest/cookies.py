"""The cookie of a session: for this host only, never for scripts, never across sites."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response
from starlette.requests import HTTPConnection

_PLAIN: Final = "parrot"
_SECURE: Final = "__Host-parrot"


def name_of(request: HTTPConnection) -> str:
    """The cookie's name: one that only an encrypted connection can set, where there is one."""
    return _SECURE if request.url.scheme in ("https", "wss") else _PLAIN


def session_of(request: HTTPConnection) -> str:
    """What the cookie holds; "" for none."""
    return request.cookies.get(name_of(request), "")


def keep(request: Request, response: Response, token: str) -> None:
    """Has the browser keep a session until it closes; the server says earlier when it is over."""
    secure = request.url.scheme == "https"
    response.set_cookie(name_of(request), token, path="/", secure=secure, httponly=True, samesite="strict")
    response.headers["Cache-Control"] = "no-store"


def forget(request: Request, response: Response) -> None:
    """Has the browser let go of a session."""
    secure = request.url.scheme == "https"
    response.delete_cookie(name_of(request), path="/", secure=secure, httponly=True, samesite="strict")
