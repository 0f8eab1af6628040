"""The application: guards, problems, routes, pages."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Query
from fastapi.responses import JSONResponse, PlainTextResponse

from parrot.contracts import commands, records
from parrot.contracts.message import Entry
from parrot.gateway.rest import groups, guards, pages, problems
from parrot.gateway.rest.answers import done, names, refuse
from parrot.gateway.rest.bodies import ByBody, KillBody, LimitsBody, OrderBody, StrategyBody
from parrot.gateway.rest.platform import RunningPlatform
from parrot.kernel.errors import OrderError

_SAYS_IT_ALL: Final = frozenset({"fields", "kill"})  # rules whose text has the expectation in it
Limit = Annotated[int, Query(ge=1, le=1_000)]


def create_app(platform: RunningPlatform, folder: Path) -> FastAPI:
    """An ASGI application for one running platform that also serves the pages in `folder`."""
    app = FastAPI(title="Parrot", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    problems.install(app)
    guards.install(app, platform.token)
    app.include_router(_health(platform))
    app.include_router(_questions(platform), prefix="/api/v1")
    app.include_router(_orders(platform), prefix="/api/v1")
    app.include_router(groups.routes(platform), prefix="/api/v1")
    app.include_router(_switches(platform), prefix="/api/v1")
    pages.install(app, folder)
    return app


def _health(platform: RunningPlatform) -> APIRouter:
    router = APIRouter()

    @router.get("/health", operation_id="health")
    def health() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/ready", operation_id="ready")
    def ready() -> JSONResponse:
        """It trades: data are fresh, the venue agrees, nothing piles up; 503 with the reasons otherwise."""
        status = platform.status()
        code = HTTPStatus.OK if status["ready"] else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": status["ready"], "reasons": status["reasons"]}, status_code=code)

    @router.get("/metrics", operation_id="metrics", response_class=PlainTextResponse)
    def metrics() -> PlainTextResponse:
        """Everything that is measured, for Prometheus."""
        return PlainTextResponse(platform.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


def _questions(platform: RunningPlatform) -> APIRouter:
    router = APIRouter()

    @router.get("/status", operation_id="status")
    def status() -> dict[str, Any]:
        """The platform in one look."""
        return platform.status()

    def listed(what: str, sentence: str) -> None:
        def rows(limit: Limit = 100) -> dict[str, Any]:
            return {what: platform.rows(what, limit)}

        rows.__doc__ = sentence
        router.get(f"/{what}", operation_id=f"list_{what}")(rows)

    listed("orders", "Orders, newest first: all that live, then those that ended.")
    listed("fills", "Fills, newest first.")
    listed("positions", "Positions of the account and of each strategy's book.")
    listed("groups", "Groups of orders with what they hold, newest first.")
    listed("strategies", "Strategies with their versions, parameters and state.")
    listed("limits", "Limits by scope, with their use.")
    listed("decisions", "Why something happened or did not, newest first.")
    return router


def _orders(platform: RunningPlatform) -> APIRouter:
    router = APIRouter()

    @router.post("/orders", operation_id="submit_order", status_code=HTTPStatus.CREATED)
    def submit(body: OrderBody) -> dict[str, Any]:
        """Sends an order; answered when it is durable, with the name of the rule when it was refused."""
        entries = platform.ask(commands.SubmitOrder(strategy="manual", **body.fields()))
        return _sent(platform, entries, body.key)

    @router.get("/orders/{order_id}", operation_id="order")
    def order(order_id: int) -> dict[str, Any]:
        """One order as it stands."""
        return platform.order(order_id)

    @router.delete("/orders/{order_id}", operation_id="cancel_order")
    def cancel(order_id: int, body: ByBody) -> dict[str, Any]:
        """Asks for the end of an order."""
        entries = platform.ask(commands.CancelOrder(order_id=order_id, user=body.by, why=body.reason))
        refuse(entries)
        return {"order_id": order_id, "records": names(entries)}

    @router.post("/orders/cancel-all", operation_id="cancel_all_orders")
    def cancel_all(body: ByBody) -> dict[str, Any]:
        """Asks for the end of all orders but protection; scope "all", "strategy:<id>" or "symbol:<symbol>"."""
        kind, _, name = body.scope.partition(":")
        chosen = {kind: name} if kind in ("strategy", "symbol") else {}
        entries = platform.ask(commands.CancelAll(user=body.by, why=body.reason, **chosen))
        refuse(entries)
        return {"records": names(entries)}

    return router


def _switches(platform: RunningPlatform) -> APIRouter:
    router = APIRouter()

    @router.post("/kill", operation_id="kill")
    def kill(body: KillBody) -> dict[str, Any]:
        """Stops all orders of a scope until a named person re-arms it; durable when answered."""
        return done(platform, commands.EngageKill(**body.model_dump()))

    @router.post("/rearm", operation_id="rearm")
    def rearm(body: ByBody) -> dict[str, Any]:
        """Lets orders of a scope leave again."""
        return done(platform, commands.RearmKill(scope=body.scope, by=body.by, reason=body.reason))

    @router.put("/limits", operation_id="set_limits")
    def limits(body: LimitsBody) -> dict[str, Any]:
        """Replaces the limits of one scope."""
        return done(platform, commands.SetLimits(**body.model_dump()))

    @router.post("/adopt", operation_id="adopt_venue")
    def adopt(body: ByBody) -> dict[str, Any]:
        """Takes the venue's side of a mismatch."""
        return done(platform, commands.AdoptVenue(by=body.by, reason=body.reason))

    @router.post("/strategies", operation_id="register_strategy")
    def register(body: StrategyBody) -> dict[str, Any]:
        """Registers a version of a strategy; the same version again changes nothing."""
        return done(platform, commands.RegisterStrategy(**body.model_dump()))

    @router.post("/strategies/{strategy}/start", operation_id="start_strategy")
    def start(strategy: str, body: ByBody) -> dict[str, Any]:
        """Lets a registered strategy run."""
        return done(platform, commands.StartStrategy(strategy=strategy, by=body.by))

    @router.post("/strategies/{strategy}/stop", operation_id="stop_strategy")
    def stop(strategy: str, body: ByBody) -> dict[str, Any]:
        """Ends a strategy: its orders are cancelled, its position stays unless `flatten`."""
        command = commands.StopStrategy(strategy=strategy, by=body.by, flatten=body.flatten, reason=body.reason)
        return done(platform, command)

    return router


def _sent(platform: RunningPlatform, entries: list[Entry], key: str) -> dict[str, Any]:
    refuse(entries)
    received = next((entry for entry in entries if isinstance(entry.record, records.OrderReceived)), None)
    if received is None:  # the same key again
        return {"key": key, "records": []}
    refused = next((entry.record for entry in entries if isinstance(entry.record, records.OrderRefused)), None)
    if refused is not None:
        limited = refused.limit and refused.rule not in _SAYS_IT_ALL
        expected = f"{refused.rule} of {refused.scope}: {refused.limit}" if limited else ""
        raise OrderError(f"order {received.seq} was refused: {refused.text}", expected=expected)
    return {"key": key, "order_id": received.seq, "records": names(entries)}
