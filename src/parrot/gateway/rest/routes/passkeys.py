"""Passkeys: signing in with them, and one's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request, Response

from parrot.contracts.access import Permission, Principal
from parrot.contracts.users import Passkey
from parrot.gateway.rest.access import allowed, anyone
from parrot.gateway.rest.models.passkeys import (
    AddBody,
    AnswerBody,
    ChallengeTold,
    HalfBody,
    LabelBody,
    NewPasskeyTold,
    PasskeysTold,
    PasskeyTold,
)
from parrot.gateway.rest.models.users import Me, SignedIn
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.rest.routes.auth import renewed, require_session, signed_in, whence_of
from parrot.gateway.rest.site import origin_of

Myself = Annotated[Principal, allowed(Permission.SELF)]
Proved = Annotated[Principal, allowed(Permission.SELF, fresh=True)]


def routes(door: UsersDoor) -> APIRouter:
    """Signing in and confirming with a passkey."""
    router = APIRouter(tags=["auth"])

    @router.post("/auth/passkey/options", operation_id="begin_passkey", dependencies=[anyone()])
    def begin(body: HalfBody, request: Request) -> ChallengeTold:
        """What the browser is asked for: to sign in by a passkey alone, or as the second step of a ticket."""
        return _challenge(door.passkeys.begin(body.ticket or "", origin=origin_of(request.scope)))

    @router.post("/auth/passkey", operation_id="sign_in_passkey", dependencies=[anyone()])
    def enter(body: AnswerBody, request: Request, response: Response) -> SignedIn:
        """Ends a sign-in by a passkey."""
        step = door.passkeys.enter(body.ticket, json.dumps(body.credential), whence=whence_of(request))
        return signed_in(door, step, request, response)

    @router.post("/auth/confirm/options", operation_id="begin_confirm_passkey")
    def begin_confirm(who: Myself, request: Request) -> ChallengeTold:
        """What the browser is asked for to prove again who one is."""
        return _challenge(door.passkeys.begin_confirm(require_session(who), origin=origin_of(request.scope)))

    return router


def own(door: UsersDoor) -> APIRouter:
    """One's own passkeys."""
    router = APIRouter(tags=["profile"])

    @router.get("/profile/passkeys", operation_id="list_passkeys")
    def listed(who: Myself) -> PasskeysTold:
        """One's own passkeys."""
        return _told(door.passkeys.of(require_session(who).user))

    @router.post("/profile/passkeys/options", operation_id="begin_add_passkey")
    def begin(who: Proved, request: Request) -> ChallengeTold:
        """What the browser is asked for to make a passkey."""
        return _challenge(door.passkeys.begin_add(require_session(who), origin=origin_of(request.scope)))

    @router.post("/profile/passkeys", operation_id="add_passkey")
    def add(body: AddBody, who: Proved, request: Request, response: Response) -> NewPasskeyTold:
        """Counts a passkey in; every other session ends. With the first second factor come recovery codes, once."""
        answer = json.dumps(body.credential)
        token, codes = door.passkeys.finish_add(require_session(who), body.ticket, body.name, answer)
        return NewPasskeyTold(recovery_codes=list(codes), me=renewed(door, token, request, response))

    @router.put("/profile/passkeys/{passkey}", operation_id="rename_passkey")
    def rename(passkey: str, body: LabelBody, who: Myself) -> PasskeyTold:
        """Gives a passkey another name."""
        return _one(door.passkeys.rename(require_session(who), passkey, body.name))

    @router.delete("/profile/passkeys/{passkey}", operation_id="remove_passkey")
    def remove(passkey: str, who: Proved, request: Request, response: Response) -> Me:
        """Lets go of a passkey; every other session ends."""
        return renewed(door, door.passkeys.remove(require_session(who), passkey), request, response)

    return router


def _challenge(made: tuple[str, str]) -> ChallengeTold:
    ticket, options = made
    return ChallengeTold(ticket=ticket, options=json.loads(options))


def _told(keys: Sequence[Passkey]) -> PasskeysTold:
    return PasskeysTold(items=[_one(key) for key in keys])


def _one(key: Passkey) -> PasskeyTold:
    return PasskeyTold(id=key.id, name=key.label, made_ns=key.made, used_ns=key.used)
