"""People at the gateway's doors, and a client that is one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from parrot.contracts.access import EVERY_ACCOUNT, Principal, Role, Way, permissions_of
from parrot.contracts.signing import SignedRequest
from parrot.gateway.rest import create_app
from parrot.gateway.rest.schema import closed
from parrot.gateway.rest.site import Site
from parrot.kernel.errors import AccessError

NOW = 1_700_000_000 * 10**9
ORIGIN = "http://localhost"


def person(
    *roles: Role, name: str = "ann", accounts: tuple[str, ...] = (EVERY_ACCOUNT,), way: Way = Way.SESSION
) -> Principal:
    """Somebody signed in just now."""
    return Principal(
        user=name,
        name=name,
        roles=roles,
        permissions=permissions_of(roles),
        accounts=frozenset(accounts),
        way=way,
        session=f"session of {name}",
        proved=NOW,
    )


class People:
    """A gatekeeper who knows sessions by their token and keys by their name and secret."""

    def __init__(self, *people: Principal, owner: bool = True) -> None:
        self.sessions = {who.name: who for who in people}
        self.keys: dict[str, tuple[str, Principal]] = {}
        self.owner = owner
        self.passive: list[bool] = []
        self.refusals: list[tuple[str, str]] = []

    def is_set_up(self) -> bool:
        return self.owner

    def by_session(self, token: str, *, passive: bool = False) -> Principal | None:
        self.passive.append(passive)
        return self.sessions.get(token)

    def by_key(self, signed: SignedRequest) -> Principal:
        secret, who = self.keys.get(signed.key, ("", None))
        if who is None or not signed.signed_by(secret):
            raise AccessError("the signature is wrong", reason="signed_out")
        return who

    def csrf(self, who: Principal) -> str:
        return f"csrf of {who.name}"

    def stands(self, who: Principal) -> Principal | None:
        return self.sessions.get(who.name)

    def refused(self, who: Principal, what: str) -> None:
        self.refusals.append((who.name, what))

    def watch(self, told: Callable[[str], None]) -> None:
        return None


def client(app: FastAPI, *, address: str = "127.0.0.1", **more: Any) -> TestClient:
    """A program on this machine that asks by the gateway's name."""
    return TestClient(app, base_url=ORIGIN, client=(address, 50_000), raise_server_exceptions=False, **more)


def browser(app: FastAPI, name: str, *, address: str = "127.0.0.1") -> TestClient:
    """A page of ours in the browser of somebody who is signed in."""
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Parrot-CSRF": f"csrf of {name}"}
    return client(app, address=address, headers=headers, cookies={"parrot": name})


def application(platform: Any, *people: Principal, site: Site | None = None, **doors: Any) -> FastAPI:
    """The gateway on fakes; `doors` are those of other areas."""
    given = {"now": lambda: NOW, "platform": platform, "users": People(*people)} | doors
    return create_app(replace(closed(), **given), site)
