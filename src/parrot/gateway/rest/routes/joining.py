"""One-time links: invitations that are taken, passwords set anew, accounts that people ask for."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, BackgroundTasks, Request, Response

from parrot.gateway.rest.access import anyone
from parrot.gateway.rest.models.users import (
    InvitationTold,
    JoinBody,
    NewPasswordBody,
    RegisterBody,
    ResetBody,
    SignedIn,
    TokenBody,
)
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.rest.routes.auth import signed_in, whence_of
from parrot.gateway.rest.routes.users import invitation_told


def routes(door: UsersDoor) -> APIRouter:
    """Ways in by a link."""
    router = APIRouter(tags=["auth"])

    @router.post("/auth/invitation/look", operation_id="look_at_invitation", dependencies=[anyone()])
    def look(body: TokenBody) -> InvitationTold:
        """What an invitation says."""
        return invitation_told(door.joining.look(body.token))

    @router.post(
        "/auth/invitation",
        operation_id="accept_invitation",
        status_code=HTTPStatus.CREATED,
        dependencies=[anyone()],
    )
    def accept(body: JoinBody, request: Request, response: Response) -> SignedIn:
        """Makes the invited user and signs them in."""
        step = door.joining.accept(body.token, body.name, body.password, whence=whence_of(request))
        return signed_in(door, step, request, response)

    @router.post("/auth/reset", operation_id="ask_reset", status_code=HTTPStatus.ACCEPTED, dependencies=[anyone()])
    def ask_reset(body: ResetBody, request: Request, later: BackgroundTasks) -> None:
        """Sends a link to whoever forgot their password; the answer is the same for everybody."""
        door.joining.require_may_ask(whence_of(request))
        later.add_task(door.joining.send_reset, body.name_or_email)

    @router.post(
        "/auth/reset/finish",
        operation_id="finish_reset",
        status_code=HTTPStatus.NO_CONTENT,
        dependencies=[anyone()],
    )
    def reset(body: NewPasswordBody) -> None:
        """Sets a password anew; every session of the user ends."""
        door.joining.reset(body.token, body.password)

    @router.post("/auth/register", operation_id="register", status_code=HTTPStatus.ACCEPTED, dependencies=[anyone()])
    def register(body: RegisterBody, request: Request) -> None:
        """Asks for an account; a letter says how it goes on."""
        door.joining.register(body.name, body.email, body.password, whence=whence_of(request))

    @router.post(
        "/auth/register/finish",
        operation_id="finish_register",
        status_code=HTTPStatus.NO_CONTENT,
        dependencies=[anyone()],
    )
    def finish(body: TokenBody) -> None:
        """Makes the user whose address this confirms; they can sign in then."""
        door.joining.finish_register(body.token)

    return router
