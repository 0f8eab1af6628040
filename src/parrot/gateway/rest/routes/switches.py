"""The platform in one look, and the venue's side of a mismatch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from parrot.contracts import commands
from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed, named, require_account
from parrot.gateway.rest.answers import done
from parrot.gateway.rest.bodies import ByBody, Done
from parrot.gateway.rest.ports.platform import RunningPlatform

Looker = Annotated[Principal, allowed(Permission.PORTFOLIO_READ)]
Writer = Annotated[Principal, allowed(Permission.RISK_WRITE, fresh=True)]


def routes(platform: RunningPlatform) -> APIRouter:
    """The routes of switches."""
    router = APIRouter(tags=["risk"])

    @router.get("/status", operation_id="status")
    def status(who: Looker) -> dict[str, Any]:
        """The platform in one look."""
        require_account(who)
        return platform.status()

    @router.post("/adopt", operation_id="adopt_venue")
    def adopt(body: ByBody, who: Writer) -> Done:
        """Takes the venue's side of a mismatch."""
        require_account(who)
        return done(platform, commands.AdoptVenue(by=named(who, body.by), reason=body.reason))

    return router
