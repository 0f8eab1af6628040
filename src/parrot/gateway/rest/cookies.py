"""The cookie of a session: for this host only, never for scripts, never across sites."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response
from starlette.requests import HTTPConnection

_PLAIN: Final = "parrot"
_SECURE: Final = "__Host-parrot"
_VISIT: Final = "parrot_visit"
_BACK: Final = "/api/v1/auth/oidc"


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


def keep_visit(request: Request, response: Response, binder: str) -> None:
    """Has the browser keep the secret of a visit to an identity provider, until it comes back from there."""
    secure = request.url.scheme == "https"
    response.set_cookie(_VISIT, binder, path=_BACK, secure=secure, httponly=True, samesite="lax", max_age=600)


def visit_of(request: Request) -> str:
    """The secret of a visit; "" for none."""
    return request.cookies.get(_VISIT, "")


def forget_visit(request: Request, response: Response) -> None:
    """Has the browser let go of the secret of a visit that came to its end."""
    secure = request.url.scheme == "https"
    response.delete_cookie(_VISIT, path=_BACK, secure=secure, httponly=True, samesite="lax")


def forget(request: Request, response: Response) -> None:
    """Has the browser let go of a session."""
    secure = request.url.scheme == "https"
    response.delete_cookie(name_of(request), path="/", secure=secure, httponly=True, samesite="strict")
