"""Strategies: chosen from files, registered, started, paused, stopped, compared with their back-tests."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from parrot.contracts import commands
from parrot.contracts.access import Permission, Principal, Way
from parrot.gateway.rest.access import allowed, named, require_account
from parrot.gateway.rest.answers import done, seen
from parrot.gateway.rest.bodies import ByBody, Done
from parrot.gateway.rest.models import strategies as models
from parrot.gateway.rest.models.backtests import JobRow
from parrot.gateway.rest.paging import After, Limit, page_of
from parrot.gateway.rest.ports.platform import RunningPlatform
from parrot.gateway.rest.ports.strategies import StrategiesDoor
from parrot.kernel.errors import AccessError, InputError

Reader = Annotated[Principal, allowed(Permission.STRATEGIES_READ)]
Runner = Annotated[Principal, allowed(Permission.STRATEGIES_RUN)]
Writer = Annotated[Principal, allowed(Permission.STRATEGIES_WRITE)]
Comparer = Annotated[Principal, allowed(Permission.BACKTESTS_RUN)]
Number = Annotated[int, Query(ge=0, le=1_000_000, description="A version; 0 for the newest.")]
FileQuery = Annotated[str, Query(max_length=200, description='Its id, such as "examples/sma_cross.py".')]
_HIDDEN: Final = ("path",)


def routes(platform: RunningPlatform, door: StrategiesDoor) -> APIRouter:
    """The routes of strategies."""
    router = APIRouter(tags=["strategies"])
    _files(router, door)
    _questions(router, door)
    _commands(router, platform, door)
    _comparison(router, door)
    return router


def _files(router: APIRouter, door: StrategiesDoor) -> None:
    @router.get("/strategies/catalogue", operation_id="strategy_catalogue")
    def catalogue(who: Reader) -> models.CatalogueFiles:
        """Files that can be back-tested and registered, with the parameters that they declare."""
        return models.CatalogueFiles(items=[models.CatalogueFile(**row) for row in door.catalogue()])

    @router.get("/strategies/catalogue/text", operation_id="strategy_file_text")
    def text(file: FileQuery, who: Reader) -> models.SourceText:
        """The text of a file of the catalogue."""
        return models.SourceText(**door.file_text(file))


def _questions(router: APIRouter, door: StrategiesDoor) -> None:
    @router.get("/strategies", operation_id="list_strategies")
    def listed(who: Reader, limit: Limit = 100, after: After = "") -> models.StrategyPage:
        """Registered strategies: state, profit, what they hold, what they decided last."""
        rows, onward = page_of(seen(who, door.rows), after=after, limit=limit, key=lambda row: row["strategy"])
        return models.StrategyPage(items=[models.StrategyRow(**_shown(row)) for row in rows], next=onward)

    @router.get("/strategies/{strategy}", operation_id="strategy")
    def one(strategy: str, who: Reader) -> models.StrategyDetail:
        """One strategy with the parameters that its class declares."""
        require_account(who)
        return models.StrategyDetail(**_shown(door.row(strategy)) | {"facts": door.facts(strategy)})

    @router.get("/strategies/{strategy}/versions", operation_id="strategy_versions")
    def versions(strategy: str, who: Reader) -> models.Versions:
        """Its versions, newest first: parameters, code, who made them from which one, and why."""
        require_account(who)
        return models.Versions(items=[models.VersionRow(**_shown(row)) for row in door.versions(strategy)])

    @router.get("/strategies/{strategy}/source", operation_id="strategy_source")
    def source(strategy: str, who: Reader, version: Number = 0) -> models.SourceText:
        """The text of a version, as it was registered."""
        require_account(who)
        return models.SourceText(**door.source(strategy, version))


def _commands(router: APIRouter, platform: RunningPlatform, door: StrategiesDoor) -> None:
    @router.post("/strategies", operation_id="register_strategy")
    def register(body: models.StrategyBody, who: Writer) -> Done:
        """Registers a version of a strategy, tried out first; the same version again changes nothing."""
        require_account(who)
        by, asked = named(who, body.by), body.model_dump()
        if body.file:
            return done(platform, door.version_of(asked, by))
        if who.way is not Way.MACHINE:
            raise AccessError(
                "only the machine's owner names a file by its path",
                expected="file, of the catalogue",
                reason="forbidden",
            )
        return done(platform, door.named_version(asked, by))

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
        return done(platform, commands.StopStrategy(strategy=strategy, by=by, flatten=body.flatten, reason=body.reason))

    @router.post("/strategies/{strategy}/pause", operation_id="pause_strategy")
    def pause(strategy: str, body: ByBody, who: Runner) -> Done:
        """Lets no order of it leave but what protects its position; it goes on thinking. Working orders are cancelled.

        A kill of the scope of this strategy that its runner may take back; closing orders of its own do not leave.
        """
        require_account(who)
        door.row(strategy)
        scope, by, reason = f"strategy:{strategy}", named(who, body.by), body.reason
        return done(platform, commands.EngageKill(scope=scope, by=by, source=commands.PAUSE, reason=reason))

    @router.post("/strategies/{strategy}/resume", operation_id="resume_strategy")
    def resume(strategy: str, body: ByBody, who: Runner) -> Done:
        """Takes a pause back. What a person killed or a breaker tripped is for those who may re-arm."""
        require_account(who)
        if not door.paused(strategy):
            problem = f"{strategy} is not paused, or something else stops it"
            raise InputError(problem, expected="a pause", fix="look at Risk: a kill is re-armed there")
        given = {"by": named(who, body.by), "source": commands.PAUSE, "reason": body.reason or "resumed"}
        return done(platform, commands.RearmKill(scope=f"strategy:{strategy}", **given))


def _comparison(router: APIRouter, door: StrategiesDoor) -> None:
    @router.get("/strategies/{strategy}/parity", operation_id="strategy_parity")
    def parity(strategy: str, who: Reader) -> models.Parity:
        """Live beside the back-test of the same code on the same data, the gap explained in basis points."""
        require_account(who)
        return models.Parity(**door.parity(strategy))

    @router.post("/strategies/{strategy}/parity", operation_id="compare_strategy", status_code=HTTPStatus.ACCEPTED)
    def compare(strategy: str, who: Comparer) -> JobRow:
        """Has it compared anew, as a job."""
        require_account(who)
        return JobRow(**door.ask_parity(strategy, who.name))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _HIDDEN}
