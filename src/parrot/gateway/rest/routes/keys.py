"""API keys of one's own."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response

from parrot.contracts.access import Permission, Principal
from parrot.contracts.users import ApiKey
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.users import KeyBody, KeysTold, KeyTold, NewKeyTold
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.rest.routes.auth import require_session

Myself = Annotated[Principal, allowed(Permission.SELF)]
Proved = Annotated[Principal, allowed(Permission.SELF, fresh=True)]


def routes(door: UsersDoor) -> APIRouter:
    """Keys that programs sign with in one's name."""
    router = APIRouter(tags=["keys"])

    @router.get("/keys", operation_id="list_keys")
    def listed(who: Myself) -> KeysTold:
        """One's own API keys."""
        return keys_told(door, require_session(who).user)

    @router.post("/keys", operation_id="make_key", status_code=HTTPStatus.CREATED)
    def make(body: KeyBody, who: Proved, response: Response) -> NewKeyTold:
        """Makes an API key; its secret is shown this once."""
        response.headers["Cache-Control"] = "no-store"
        key, secret = door.keys.make(
            require_session(who), body.label, scopes=body.scopes, addresses=body.addresses, expires=body.expires_ns
        )
        return NewKeyTold(**key_told(key).model_dump(), secret=secret)

    @router.delete("/keys/{key}", operation_id="revoke_key", status_code=HTTPStatus.NO_CONTENT)
    def revoke(key: str, who: Proved) -> None:
        """Ends an API key of one's own."""
        door.keys.revoke(who, require_session(who).user, key)

    return router


def keys_told(door: UsersDoor, user: str) -> KeysTold:
    """A user's keys as they are told."""
    return KeysTold(items=[key_told(key) for key in door.keys.of(user)])


def key_told(key: ApiKey) -> KeyTold:
    """A key as it is told."""
    return KeyTold(
        key=key.id,
        label=key.label,
        scopes=list(key.scopes),
        addresses=list(key.addresses),
        made_ns=key.made,
        expires_ns=key.expires,
        used_ns=key.used,
    )
