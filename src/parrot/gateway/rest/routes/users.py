"""Users, invitations and roles, for who looks after them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response

from parrot.contracts.access import PERMISSIONS, Permission, Principal
from parrot.contracts.users import Invitation, PersonView, Private
from parrot.gateway.rest import etags
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.exports import Exports, JsonStream
from parrot.gateway.rest.models.users import (
    Ended,
    ExportTold,
    InvitationsTold,
    InvitationTold,
    InviteBody,
    KeysTold,
    LinkTold,
    NewInvitationTold,
    RightsBody,
    RolesTold,
    RoleTold,
    SessionsTold,
    UsersTold,
    UserTold,
)
from parrot.gateway.rest.paging import After, Limit, page_of
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.rest.routes.keys import keys_told
from parrot.gateway.rest.routes.profile import sessions_told

Reader = Annotated[Principal, allowed(Permission.USERS_READ)]
Keeper = Annotated[Principal, allowed(Permission.USERS_WRITE)]
Proved = Annotated[Principal, allowed(Permission.USERS_WRITE, fresh=True)]
Myself = Annotated[Principal, allowed(Permission.SELF)]


def routes(door: UsersDoor, exports: Exports) -> APIRouter:
    """Everybody, and what they may."""
    router = APIRouter(tags=["users"])

    @router.get("/roles", operation_id="list_roles")
    async def roles(_: Myself) -> RolesTold:
        """Which role holds which permissions."""
        asked = door.offers().second_factor_for
        return RolesTold(
            items=[
                RoleTold(role=role, permissions=sorted(held), second_factor=role in asked)
                for role, held in PERMISSIONS.items()
            ]
        )

    @router.get("/users", operation_id="list_users")
    def listed(who: Reader, limit: Limit = 100, after: After = "") -> UsersTold:
        """Everybody by name."""
        found, following = page_of(door.people.views(who), after=after, limit=limit, key=lambda view: view.id)
        return UsersTold(items=[user_told(view) for view in found], next=following)

    @router.get("/users/{user}", operation_id="user")
    def user(user: str, who: Reader, response: Response) -> UserTold:
        """One user; the ETag is of what they may, for If-Match."""
        found = _user(door, who, user)
        response.headers["ETag"] = etags.tag_of(_rights(found))
        return found

    @router.put("/users/{user}", operation_id="set_rights")
    def rights(user: str, body: RightsBody, who: Proved, if_match: etags.IfMatch = None) -> UserTold:
        """Changes what somebody may; it binds at once, and who gains a role signs in anew."""
        etags.require(if_match, _rights(_user(door, who, user)))
        door.people.set_rights(who, user, roles=body.roles, accounts=body.accounts, active=body.active)
        return _user(door, who, user)

    @router.post("/users/{user}/own", operation_id="hand_over")
    def hand_over(user: str, who: Proved) -> UserTold:
        """Makes another administrator the owner; for the owner only."""
        door.people.hand_over(who, user)
        return _user(door, who, user)

    @router.post("/users/{user}/reset", operation_id="reset_user")
    def reset(user: str, who: Proved, response: Response) -> LinkTold:
        """A link by which somebody sets a new password, to hand over; shown once."""
        response.headers["Cache-Control"] = "no-store"
        return LinkTold(link=door.joining.reset_for(who, user))

    @router.post("/users/{user}/factors/reset", operation_id="reset_factors", status_code=HTTPStatus.NO_CONTENT)
    def reset_factors(user: str, who: Proved) -> None:
        """Takes the second factors away of somebody who lost them; their sessions end."""
        door.joining.reset_factors(who, user)

    @router.get("/users/{user}/sessions", operation_id="list_user_sessions")
    def sessions(user: str, who: Keeper) -> SessionsTold:
        """Where somebody is signed in."""
        return sessions_told(door.sessions.views(door.people.find(user).id, who.session))

    @router.delete("/users/{user}/sessions", operation_id="end_user_sessions")
    def end(user: str, who: Proved) -> Ended:
        """Signs somebody out everywhere."""
        return Ended(ended=door.sessions.revoke_all(who, user))

    @router.get("/users/{user}/keys", operation_id="list_user_keys")
    def keys(user: str, _: Keeper) -> KeysTold:
        """Somebody's API keys."""
        return keys_told(door, door.people.find(user).id)

    @router.delete("/users/{user}/keys/{key}", operation_id="revoke_user_key", status_code=HTTPStatus.NO_CONTENT)
    def revoke(user: str, key: str, who: Proved) -> None:
        """Ends somebody's API key."""
        door.keys.revoke(who, user, key)

    @router.get(
        "/users/{user}/export", operation_id="export_user", response_class=JsonStream, response_model=ExportTold
    )
    def export(user: str, who: Proved) -> JsonStream:
        """Everything that is kept of somebody, with their orders and acts."""
        return exports.of(who, user)

    @router.post("/users/{user}/erase", operation_id="erase_user", status_code=HTTPStatus.NO_CONTENT)
    def erase(user: str, who: Proved) -> None:
        """Destroys what is personal of somebody, for good; what they did stays in the records."""
        door.leaving.erase(who, user)

    return router


def invitations(door: UsersDoor) -> APIRouter:
    """Invitations."""
    router = APIRouter(tags=["users"])

    @router.get("/invitations", operation_id="list_invitations")
    def listed(_: Keeper) -> InvitationsTold:
        """Invitations that wait."""
        return InvitationsTold(items=[invitation_told(one) for one in door.joining.invitations()])

    @router.post("/invitations", operation_id="invite", status_code=HTTPStatus.CREATED)
    def invite(body: InviteBody, who: Proved, response: Response) -> NewInvitationTold:
        """Invites somebody; the link goes out by mail where there is an address, and is shown once."""
        response.headers["Cache-Control"] = "no-store"
        made, link = door.joining.invite(
            who,
            roles=body.roles,
            accounts=body.accounts,
            name=body.name,
            private=Private(display=body.display, email=body.email),
            days=body.days,
        )
        return NewInvitationTold(invitation=invitation_told(made), link=link)

    @router.delete("/invitations/{invitation}", operation_id="withdraw_invitation", status_code=HTTPStatus.NO_CONTENT)
    def withdraw(invitation: str, who: Proved) -> None:
        """Takes an invitation back."""
        door.joining.withdraw(who, invitation)

    return router


def user_told(view: PersonView) -> UserTold:
    """A user as they are told."""
    return UserTold(
        id=view.id,
        name=view.name,
        display=view.display,
        email=view.email,
        roles=list(view.roles),
        accounts=list(view.accounts),
        teams=list(view.teams),
        owner=view.owner,
        active=view.active,
        erased=view.erased,
        second_factor=view.totp or view.passkeys > 0,
        passkeys=view.passkeys,
        must_enrol=view.must_enrol,
        should_enrol=view.should_enrol,
        made_ns=view.made,
        seen_ns=view.seen,
    )


def invitation_told(told: Invitation) -> InvitationTold:
    """An invitation as it is told."""
    return InvitationTold(
        id=told.id,
        name=told.name,
        display=told.display,
        email=told.email,
        roles=list(told.roles),
        accounts=list(told.accounts),
        by=told.by,
        made_ns=told.made,
        expires_ns=told.expires,
    )


def _rights(told: UserTold) -> RightsBody:
    return RightsBody(roles=told.roles, accounts=told.accounts, active=told.active)


def _user(door: UsersDoor, who: Principal, user: str) -> UserTold:
    personal = who.may(Permission.USERS_WRITE)
    return user_told(door.people.view(door.people.find(user), personal=personal))
