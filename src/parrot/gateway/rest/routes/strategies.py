"""Strategies: registered, started, stopped."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from parrot.contracts import commands
from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed, named, require_account
from parrot.gateway.rest.answers import done, seen
from parrot.gateway.rest.bodies import ByBody, Done
from parrot.gateway.rest.models.strategies import StrategyBody
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.platform import RunningPlatform

Reader = Annotated[Principal, allowed(Permission.STRATEGIES_READ)]
Runner = Annotated[Principal, allowed(Permission.STRATEGIES_RUN)]
Writer = Annotated[Principal, allowed(Permission.STRATEGIES_WRITE)]


def routes(platform: RunningPlatform) -> APIRouter:
    """The routes of strategies."""
    router = APIRouter(tags=["strategies"])

    @router.get("/strategies", operation_id="list_strategies")
    def listed(who: Reader, limit: Limit = 100) -> dict[str, list[dict[str, Any]]]:
        """Strategies with their versions, parameters and state."""
        return {"strategies": seen(who, lambda: platform.rows("strategies", limit))}

    @router.post("/strategies", operation_id="register_strategy")
    def register(body: StrategyBody, who: Writer) -> Done:
        """Registers a version of a strategy; the same version again changes nothing."""
        require_account(who)
        return done(platform, commands.RegisterStrategy(**body.model_dump() | {"by": named(who, body.by)}))

    @router.post("/strategies/{strategy}/start", operation_id="start_strategy")
    def start(strategy: str, body: ByBody, who: Runner) -> Done:
        """Lets a registered strategy run."""
        require_account(who)
        return done(platform, commands.StartStrategy(strategy=strategy, by=named(who, body.by)))

    @router.post("/strategies/{strategy}/stop", operation_id="stop_strategy")
    def stop(strategy: str, body: ByBody, who: Runner) -> Done:
        """Ends a strategy: its orders are cancelled, its position stays unless `flatten`."""
        require_account(who)
        by = named(who, body.by)
        command = commands.StopStrategy(strategy=strategy, by=by, flatten=body.flatten, reason=body.reason)
        return done(platform, command)

    return router
