"""Before every route: our names only, bounded requests, no page of another site, who asks; headers on every answer."""

from __future__ import annotations

import hmac
import logging
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parrot.contracts.access import Principal, Way, machine
from parrot.contracts.signing import KEY_HEADER, NONCE_HEADER, SIGNATURE_HEADER, TIME_HEADER, SignedRequest
from parrot.gateway.rest import limits, texts
from parrot.gateway.rest.bounds import Body, oversized
from parrot.gateway.rest.cookies import session_of
from parrot.gateway.rest.crossing import SAFE, crosses, is_own
from parrot.gateway.rest.doors import Doors
from parrot.gateway.rest.headers import protect
from parrot.gateway.rest.problems import denied, problem, unforeseen
from parrot.gateway.rest.site import LOCAL, NUMBERS, Site, arrive, host_of, is_near, is_secure
from parrot.kernel.errors import AccessError

TOKEN_HEADER: Final = "X-Parrot-Token"  # the header's name
CSRF_HEADER: Final = "Parrot-CSRF"
PASSIVE_HEADER: Final = "Parrot-Passive"  # says that no person asks, so that a session may idle out
_DENIED: Final = frozenset({401, 403, 421, 423, 429})
_PATH_MOST: Final = 200
_log: Final = logging.getLogger("parrot.gateway")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_BEFORE_OWNER: Final = frozenset({"/api/v1/auth/state", "/api/v1/auth/setup", "/api/v1/auth/session"})


class _Stop(Exception):  # noqa: N818  it carries an answer, not a fault
    def __init__(self, answer: Response) -> None:
        self.answer = answer


def install(app: FastAPI, doors: Doors, site: Site) -> None:
    """Puts the guards before everything that `app` serves."""
    app.add_middleware(Guards, doors=doors, site=site)


class Guards:
    """The guards as middleware. Behind them `state.principal` is who asks, None for nobody."""

    def __init__(self, app: ASGIApp, doors: Doors, site: Site) -> None:
        self._app = app
        self._doors = doors
        self._site = site
        self._rates = limits.Rates(doors.now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or socket."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        began = False

        async def guarded(message: Message) -> None:
            nonlocal began
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                began = True
                protect(message, scope)
                if message["status"] in _DENIED:
                    _note(scope, message["status"])
            elif message["type"] == "websocket.accept":
                began = True
            await send(message)

        try:
            arrive(scope, self._site)
            body = Body(receive)
            await self._check(scope, body)
            _stop(await texts.in_body(scope, body))
            await self._app(scope, body.receive, guarded)
        except _Stop as stop:
            await stop.answer(scope, receive, guarded)
        except AccessError as fault:
            await denied(fault)(scope, receive, guarded)
        except ClientDisconnect:
            return  # nobody is there to hear of it
        except Exception as fault:
            if began:
                raise
            _log.exception("%s failed", scope["path"][:_PATH_MOST])
            await unforeseen(fault)(scope, receive, guarded)

    async def _check(self, scope: Scope, body: Body) -> None:
        headers = Headers(scope=scope)
        self._check_place(scope, headers)
        if scope["type"] == "http":
            _stop(_unknown(scope["method"]) or oversized(scope, headers))
        _stop(texts.in_address(scope))
        address = scope["client"][0] if scope.get("client") else ""
        self._pace(limits.PER_ADDRESS, address)
        if crosses(scope):
            raise AccessError("a page of another site asks", fix="open Parrot itself", reason="cross_site")
        unsafe = scope["type"] == "http" and scope["method"] not in SAFE
        if unsafe and limits.PROOFS.fullmatch(scope["path"]):
            self._pace(limits.SIGN_INS, address)
        who = await self._who(scope, headers, body, address)
        scope.setdefault("state", {})["principal"] = who
        if who is None:
            self._check_nobody(scope, unsafe=unsafe)
            return
        self._pace(limits.PER_PRINCIPAL, who.user)
        if unsafe:
            self._pace(limits.WRITES, who.user)
        if who.way is Way.SESSION and (unsafe or scope["type"] == "websocket"):
            self._check_own(scope, headers, who)

    def _check_place(self, scope: Scope, headers: Headers) -> None:
        host = host_of(headers)
        if host not in self._site.answered:
            _stop(problem(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to its own names only"))
        if host in NUMBERS and _is_visit(scope, headers):
            port = headers["host"].rpartition(":")[2]
            query = scope["query_string"].decode("latin-1")
            place = f"{scope['scheme']}://{LOCAL}{':' + port if port.isdecimal() else ''}{_raw_path(scope)}"
            _stop(RedirectResponse(place + (f"?{query}" if query else ""), HTTPStatus.PERMANENT_REDIRECT))
        if not is_secure(scope) and not is_near(scope):
            fix = "use https; a proxy in front has to be named in [web] trusted_proxies"
            raise AccessError("this needs TLS", fix=fix, reason="insecure")

    def _pace(self, limit: Any, who: str) -> None:
        wait = self._rates.wait(limit, who)
        if wait:
            answer = problem(HTTPStatus.TOO_MANY_REQUESTS, f"too many requests, at most {limit}", code="too_many")
            answer.headers["Retry-After"] = str(wait)
            raise _Stop(answer)

    async def _who(self, scope: Scope, headers: Headers, body: Body, address: str) -> Principal | None:
        token = headers.get(TOKEN_HEADER)
        if token is not None:
            return self._machine(scope, token)
        key = headers.get(KEY_HEADER)
        if key is not None:
            return self._doors.users.by_key(await _signed(scope, headers, body, address))
        session = session_of(HTTPConnection(scope))
        passive = headers.get(PASSIVE_HEADER) == "1"
        return self._doors.users.by_session(session, passive=passive) if session else None

    def _machine(self, scope: Scope, token: str) -> Principal:
        if not is_near(scope):
            fix = "use an API key; the token of the data directory counts on its own machine only"
            raise AccessError("this token is of no use from there", fix=fix, reason="signed_out")
        if hmac.compare_digest(token.encode(), self._doors.platform.token.encode()):
            return machine()
        fix = f"send the token of the data directory's run/instance.json as {TOKEN_HEADER}; `parrot` does"
        raise AccessError("the token is wrong", fix=fix, reason="signed_out")

    def _check_nobody(self, scope: Scope, *, unsafe: bool) -> None:
        path = scope["path"]
        if not path.startswith("/api/"):
            if unsafe:
                _stop(problem(HTTPStatus.METHOD_NOT_ALLOWED, "nothing is taken here"))
            return
        if path not in _BEFORE_OWNER and not self._doors.users.is_set_up():
            raise AccessError("there is no owner yet", fix="open the first page and set one up", reason="setup")

    def _check_own(self, scope: Scope, headers: Headers, who: Principal) -> None:
        if not is_own(scope):
            raise AccessError("a cookie alone does not say who asks", expected="Origin", reason="cross_site")
        if scope["type"] == "http":
            right = self._doors.users.csrf(who)
            if not hmac.compare_digest(headers.get(CSRF_HEADER, "").encode(), right.encode()):
                raise AccessError(
                    f"the header {CSRF_HEADER} is missing or wrong", fix="load the page anew", reason="csrf"
                )


def _note(scope: Scope, status: int) -> None:
    """Who was refused what stands in the log; a query may hold what is private, and is left out."""
    who: Principal | None = scope.get("state", {}).get("principal")
    name, address = "nobody" if who is None else who.name, scope["client"][0] if scope.get("client") else ""
    what = (scope.get("method", "socket"), scope["path"][:_PATH_MOST])
    _log.info("%s %s refused: %d, %s from %s", *what, status, name, address)


async def _signed(scope: Scope, headers: Headers, body: Body, address: str) -> SignedRequest:
    return SignedRequest(
        key=headers.get(KEY_HEADER, ""),
        signature=headers.get(SIGNATURE_HEADER, ""),
        time=headers.get(TIME_HEADER, ""),
        nonce=headers.get(NONCE_HEADER, ""),
        method=scope.get("method", "GET"),
        path=_raw_path(scope),
        query=scope["query_string"].decode("latin-1"),
        body=await body.read() if scope["type"] == "http" else b"",
        address=address,
    )


def _raw_path(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _is_visit(scope: Scope, headers: Headers) -> bool:
    if scope["type"] != "http" or scope["method"] not in SAFE:
        return False
    mode = headers.get("sec-fetch-mode")
    return mode == "navigate" if mode is not None else "text/html" in headers.get("accept", "")


def _unknown(method: str) -> Response | None:
    return None if method in _METHODS else problem(HTTPStatus.NOT_IMPLEMENTED, f"{method} is not understood")


def _stop(answer: Response | None) -> None:
    if answer is not None:
        raise _Stop(answer)
