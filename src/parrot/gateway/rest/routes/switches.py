"""The platform in one look, and its switches: the kill switch, limits, the venue's side."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from parrot.contracts import commands
from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed, named, require_account
from parrot.gateway.rest.answers import done, seen
from parrot.gateway.rest.bodies import ByBody, Done
from parrot.gateway.rest.models.switches import KillBody, LimitsBody
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.platform import RunningPlatform

Looker = Annotated[Principal, allowed(Permission.PORTFOLIO_READ)]
Reader = Annotated[Principal, allowed(Permission.RISK_READ)]
Killer = Annotated[Principal, allowed(Permission.KILL)]
Rearmer = Annotated[Principal, allowed(Permission.REARM)]
Writer = Annotated[Principal, allowed(Permission.RISK_WRITE, fresh=True)]


def routes(platform: RunningPlatform) -> APIRouter:
    """The routes of switches."""
    router = APIRouter(tags=["risk"])

    @router.get("/status", operation_id="status")
    def status(who: Looker) -> dict[str, Any]:
        """The platform in one look."""
        require_account(who)
        return platform.status()

    @router.get("/limits", operation_id="list_limits")
    def list_limits(who: Reader, limit: Limit = 100) -> dict[str, list[dict[str, Any]]]:
        """Limits by scope, with their use."""
        return {"limits": seen(who, lambda: platform.rows("limits", limit))}

    @router.post("/kill", operation_id="kill")
    def kill(body: KillBody, who: Killer) -> Done:
        """Stops all orders of a scope until a named person re-arms it; durable when answered."""
        require_account(who)
        return done(platform, commands.EngageKill(**body.model_dump() | {"by": named(who, body.by)}))

    @router.post("/rearm", operation_id="rearm")
    def rearm(body: ByBody, who: Rearmer) -> Done:
        """Lets orders of a scope leave again."""
        require_account(who)
        return done(platform, commands.RearmKill(scope=body.scope, by=named(who, body.by), reason=body.reason))

    @router.put("/limits", operation_id="set_limits")
    def limits(body: LimitsBody, who: Writer) -> Done:
        """Replaces the limits of one scope."""
        require_account(who)
        return done(platform, commands.SetLimits(**body.model_dump() | {"approver": named(who, body.approver)}))

    @router.post("/adopt", operation_id="adopt_venue")
    def adopt(body: ByBody, who: Writer) -> Done:
        """Takes the venue's side of a mismatch."""
        require_account(who)
        return done(platform, commands.AdoptVenue(by=named(who, body.by), reason=body.reason))

    return router
