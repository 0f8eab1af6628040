"""What `parrot users` asks of a platform that runs: by the token of the data directory only."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response

from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.users import AddUserBody, NewKeyTold, SetPasswordBody, UserKeyBody, UserTold
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.rest.routes.keys import key_told
from parrot.gateway.rest.routes.users import user_told

Proved = Annotated[Principal, allowed(Permission.USERS_WRITE, fresh=True)]


def routes(door: UsersDoor) -> APIRouter:
    """Users without a page."""
    router = APIRouter(tags=["users"])

    @router.post("/users", operation_id="add_user", status_code=HTTPStatus.CREATED)
    def add(body: AddUserBody, who: Proved) -> UserTold:
        """Makes a user with a password, for the owner of the data directory; others invite people."""
        person = door.headless.add(who, body.name, roles=body.roles, accounts=body.accounts, password=body.password)
        return user_told(door.people.view(person, personal=True))

    @router.put("/users/{user}/password", operation_id="set_password", status_code=HTTPStatus.NO_CONTENT)
    def password(user: str, body: SetPasswordBody, who: Proved) -> None:
        """Sets somebody's password, for the owner of the data directory; others hand a link over."""
        door.headless.set_password(who, user, body.password)

    @router.post("/users/{user}/keys", operation_id="make_user_key", status_code=HTTPStatus.CREATED)
    def key(user: str, body: UserKeyBody, who: Proved, response: Response) -> NewKeyTold:
        """Makes an API key of somebody, for the owner of the data directory; its secret is shown this once."""
        response.headers["Cache-Control"] = "no-store"
        made, secret = door.headless.make_key(who, user, body.label, scopes=body.scopes, days=body.days)
        return NewKeyTold(**key_told(made).model_dump(), secret=secret)

    return router
