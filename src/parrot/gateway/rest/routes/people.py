"""All routes about users, in one list for the application."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter

from parrot.gateway.rest.exports import Exports
from parrot.gateway.rest.ports.users import UsersDoor
from parrot.gateway.rest.routes import auth, headless, joining, keys, passkeys, profile, providers, teams, users


def routers(door: UsersDoor, exports: Exports) -> Iterator[APIRouter]:
    """Signing in, links, profile, keys, users, teams."""
    yield auth.routes(door)
    yield joining.routes(door)
    yield providers.routes(door)
    yield profile.routes(door, exports)
    yield profile.factors(door)
    yield passkeys.routes(door)
    yield passkeys.own(door)
    yield keys.routes(door)
    yield users.routes(door, exports)
    yield headless.routes(door)
    yield users.invitations(door)
    yield teams.routes(door)
