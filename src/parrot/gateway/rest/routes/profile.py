"""What people change about themselves."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from parrot.contracts.access import Permission, Principal
from parrot.contracts.users import SessionView
from parrot.gateway.rest import cookies
from parrot.gateway.rest.access import allowed, require_fresh
from parrot.gateway.rest.exports import Exports, JsonStream
from parrot.gateway.rest.models.users import (
    CodesTold,
    Ended,
    EnrolBody,
    EnrolmentTold,
    ExportTold,
    FactorsTold,
    Me,
    PasswordBody,
    ProfileBody,
    SessionsTold,
    SessionTold,
)
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.rest.routes.auth import me_of, renewed, require_session, whence_of

Myself = Annotated[Principal, allowed(Permission.SELF)]
Proved = Annotated[Principal, allowed(Permission.SELF, fresh=True)]


def routes(door: UsersDoor, exports: Exports) -> APIRouter:
    """One's own profile, sessions, password and data."""
    router = APIRouter(tags=["profile"])

    @router.get("/profile", operation_id="profile")
    def profile(who: Myself) -> Me:
        """Who one is."""
        return me_of(door, require_session(who))

    @router.put("/profile", operation_id="save_profile")
    def save(body: ProfileBody, who: Myself, request: Request) -> Me:
        """Changes what one says about oneself; another e-mail address takes a fresh proof, and a letter to check it."""
        before = me_of(door, require_session(who))
        if body.email.strip() != before.email:
            require_fresh(request, who)
        door.own.save(who, **body.model_dump())
        if body.email.strip() != before.email:
            door.joining.check_email(who)
        return me_of(door, who)

    @router.post("/profile/password", operation_id="change_password")
    def password(body: PasswordBody, who: Myself, request: Request, response: Response) -> Me:
        """Changes the password; every other session ends."""
        if not door.people.view(door.people.find(require_session(who).user), personal=False).password:
            require_fresh(request, who)  # there is none to prove who one is with
        token = door.own.change_password(who, body.old, body.new, whence=whence_of(request))
        return renewed(door, token, request, response)

    @router.get("/profile/sessions", operation_id="list_sessions")
    def sessions(who: Myself) -> SessionsTold:
        """Where one is signed in."""
        return sessions_told(door.sessions.views(require_session(who).user, who.session))

    @router.delete("/profile/sessions", operation_id="end_other_sessions")
    def end_others(who: Myself) -> Ended:
        """Signs out everywhere else."""
        return Ended(ended=door.sessions.revoke_others(require_session(who)))

    @router.delete("/profile/sessions/{session}", operation_id="end_session", status_code=HTTPStatus.NO_CONTENT)
    def end(session: str, who: Myself) -> None:
        """Signs out at one place."""
        door.sessions.revoke(require_session(who), session)

    @router.get("/profile/export", operation_id="export_profile", response_class=JsonStream, response_model=ExportTold)
    def export(who: Proved) -> JsonStream:
        """Everything that is kept of oneself, with one's orders and acts."""
        return exports.of(who, require_session(who).user)

    @router.post("/profile/erase", operation_id="erase_profile", status_code=HTTPStatus.NO_CONTENT)
    def erase(who: Proved, request: Request, response: Response) -> None:
        """Destroys what is personal of oneself, for good; what one did stays in the records under one's user name."""
        door.leaving.erase(who, require_session(who).user)
        cookies.forget(request, response)

    return router


def factors(door: UsersDoor) -> APIRouter:
    """One's second factors."""
    router = APIRouter(tags=["profile"])

    @router.get("/profile/factors", operation_id="factors")
    def told(who: Myself) -> FactorsTold:
        """Which second factors one has, and how many identities are linked."""
        view = door.people.view(door.people.find(require_session(who).user), personal=False)
        return FactorsTold(
            totp=view.totp,
            passkeys=view.passkeys,
            recovery_left=view.recovery_left,
            linked=view.linked,
            must_enrol=view.must_enrol,
            should_enrol=view.should_enrol,
        )

    @router.post("/profile/totp", operation_id="begin_authenticator")
    def begin(who: Proved, response: Response) -> EnrolmentTold:
        """A secret for an authenticator, for once; it counts when a code of it came back."""
        response.headers["Cache-Control"] = "no-store"
        made = door.own.begin_totp(require_session(who))
        return EnrolmentTold(ticket=made.ticket, secret=made.secret, uri=made.uri, svg=made.picture)

    @router.post("/profile/totp/confirm", operation_id="finish_authenticator")
    def finish(body: EnrolBody, who: Proved, request: Request, response: Response) -> CodesTold:
        """Counts the authenticator in; recovery codes are shown once, and every other session ends."""
        token, codes = door.own.finish_totp(require_session(who), body.ticket, body.code)
        return CodesTold(recovery_codes=list(codes), me=renewed(door, token, request, response))

    @router.delete("/profile/totp", operation_id="remove_authenticator")
    def drop(who: Proved, request: Request, response: Response) -> Me:
        """Lets go of the authenticator; every other session ends."""
        return renewed(door, door.own.drop_totp(require_session(who)), request, response)

    @router.post("/profile/recovery", operation_id="new_recovery_codes")
    def recovery(who: Proved, request: Request, response: Response) -> CodesTold:
        """New recovery codes, for once; those before are worth nothing any more."""
        token, codes = door.own.new_recovery(require_session(who))
        return CodesTold(recovery_codes=list(codes), me=renewed(door, token, request, response))

    return router


def sessions_told(views: Any) -> SessionsTold:
    """Sessions as they are told."""
    return SessionsTold(items=[_session(view) for view in views])


def _session(view: SessionView) -> SessionTold:
    return SessionTold(
        id=view.id,
        made_ns=view.made,
        seen_ns=view.seen,
        expires_ns=view.expires,
        ways=list(view.ways),
        address=view.address,
        program=view.program,
        current=view.current,
    )
