"""Signing in and out."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response

from parrot.contracts.access import Permission, Principal, Way
from parrot.contracts.users import Step, Whence
from parrot.gateway.rest import cookies
from parrot.gateway.rest.access import allowed, anyone
from parrot.gateway.rest.models.users import (
    AuthState,
    ConfirmBody,
    Me,
    ProviderOffer,
    SecondBody,
    SecondStep,
    SetupBody,
    SignedIn,
    SignInBody,
)
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.kernel.errors import AccessError, InputError

Myself = Annotated[Principal, allowed(Permission.SELF)]


def routes(door: UsersDoor) -> APIRouter:
    """Ways in and out, and who one is."""
    router = APIRouter(tags=["auth"])

    @router.get("/auth/state", operation_id="auth_state", dependencies=[anyone()])
    async def state(request: Request) -> AuthState:
        """What the sign-in page may offer."""
        offers = door.offers()
        return AuthState(
            set_up=offers.set_up,
            signed_in=who_of(request) is not None,
            registration=offers.registration,
            mail=offers.mail,
            providers=[ProviderOffer(id=name, title=title) for name, title in offers.providers],
            second_factor_for=list(offers.second_factor_for),
            second_factor_forced=offers.second_factor_forced,
        )

    @router.post("/auth/setup", operation_id="set_up", status_code=HTTPStatus.CREATED, dependencies=[anyone()])
    def set_up(body: SetupBody, request: Request, response: Response) -> SignedIn:
        """Makes the owner by the code that the program printed, and signs them in."""
        step = door.setup.own(body.code, body.name, body.password, display=body.display, whence=whence_of(request))
        return signed_in(door, step, request, response)

    @router.post("/auth/session", operation_id="sign_in", dependencies=[anyone()])
    def sign_in(body: SignInBody, request: Request, response: Response) -> SignedIn:
        """Signs in by password; `second` tells what else is asked for."""
        step = door.signing_in.password(body.name, body.password, whence=whence_of(request))
        return signed_in(door, step, request, response)

    @router.post("/auth/second", operation_id="sign_in_second", dependencies=[anyone()])
    def second(body: SecondBody, request: Request, response: Response) -> SignedIn:
        """Ends a sign-in by a code."""
        step = door.signing_in.second(body.ticket, body.code, whence=whence_of(request))
        return signed_in(door, step, request, response)

    @router.get("/auth/session", operation_id="session", dependencies=[anyone()])
    async def session(request: Request) -> Me | None:
        """Who is signed in, and what they may; null for nobody."""
        who = who_of(request)
        return me_of(door, who) if who is not None else None

    @router.delete("/auth/session", operation_id="sign_out", status_code=HTTPStatus.NO_CONTENT)
    def sign_out(who: Myself, request: Request, response: Response) -> None:
        """Signs out."""
        door.signing_in.out(require_session(who))
        cookies.forget(request, response)
        response.headers["Clear-Site-Data"] = '"cache"'

    @router.post("/auth/confirm", operation_id="confirm")
    def confirm(body: ConfirmBody, who: Myself, request: Request, response: Response) -> Me:
        """Proves again who one is, for acts that ask for a proof that is not old."""
        whence, who = whence_of(request), require_session(who)
        if bool(body.password) + bool(body.code) + (body.credential is not None) != 1:
            raise InputError("what proves who you are", expected="a password, a code or a passkey's answer")
        if body.credential is not None:
            token = door.passkeys.confirm(who, body.ticket or "", json.dumps(body.credential), whence=whence)
        else:
            token = door.signing_in.confirm(who, password=body.password, code=body.code, whence=whence)
        return renewed(door, token, request, response)

    return router


def who_of(request: Request) -> Principal | None:
    """Whoever comes by a session."""
    who: Principal | None = getattr(request.state, "principal", None)
    return who if who is not None and who.way is Way.SESSION else None


def whence_of(request: Request) -> Whence:
    """Where a request comes from."""
    address = request.client.host if request.client is not None else ""
    return Whence(address, request.headers.get("user-agent", "")[:400])


def require_session(who: Principal) -> Principal:
    """Whoever comes by a session. Raises AccessError for keys and the machine's token, which have nobody behind."""
    if who.way is not Way.SESSION:
        raise AccessError("this is for people who are signed in", fix="sign in on the page", reason="forbidden")
    return who


def signed_in(door: UsersDoor, step: Step, request: Request, response: Response) -> SignedIn:
    """How far a sign-in got; its cookie where it is done."""
    response.headers["Cache-Control"] = "no-store"
    if step.who is None:
        return SignedIn(second=SecondStep(ticket=step.ticket, ways=list(step.ways)))
    cookies.keep(request, response, step.token)
    return SignedIn(me=me_of(door, step.who))


def renewed(door: UsersDoor, token: str, request: Request, response: Response) -> Me:
    """Who one is, with the session's new cookie."""
    cookies.keep(request, response, token)
    who = door.by_session(token)
    if who is None:
        raise AccessError("nobody is signed in", fix="sign in", reason="signed_out")
    return me_of(door, who)


def me_of(door: UsersDoor, who: Principal) -> Me:
    """Everything that a page has to know of whoever looks at it."""
    view = door.people.view(door.people.find(who.user), personal=True)
    return Me(
        user=who.user,
        name=who.name,
        display=view.display,
        email=view.email,
        time_zone=view.time_zone,
        preferences=view.preferences,
        roles=list(who.roles),
        permissions=sorted(who.permissions),
        accounts=sorted(who.accounts),
        owner=view.owner,
        second_factor=view.totp or view.passkeys > 0,
        must_enrol=view.must_enrol and len(who.permissions) == 1,
        should_enrol=view.should_enrol,
        csrf=door.csrf(who),
        session=who.session,
        proved_ns=who.proved,
        expires_ns=door.sessions.expires(who.session),
    )
