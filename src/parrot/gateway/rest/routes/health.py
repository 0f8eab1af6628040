"""Health: open to probes; the numbers to whoever may read them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse

from parrot.contracts.access import Permission
from parrot.gateway.rest.access import allowed, anyone
from parrot.gateway.rest.models.health import Health, Readiness
from parrot.gateway.rest.ports.platform import RunningPlatform


def routes(platform: RunningPlatform, *, open_metrics: bool = True) -> APIRouter:
    """The routes of probes; `open_metrics` while only this machine can ask."""
    router = APIRouter(tags=["health"])

    @router.get("/health", operation_id="health", dependencies=[anyone()])
    async def health() -> Health:
        """The process answers."""
        return Health(status="ok")

    unready: dict[int | str, dict[str, Any]] = {503: {"model": Readiness, "description": "Not ready"}}

    @router.get("/ready", operation_id="ready", dependencies=[anyone()], response_model=Readiness, responses=unready)
    def ready() -> JSONResponse:
        """It trades: data are fresh, the venue agrees, nothing piles up; 503 with the reasons otherwise."""
        status = platform.status()
        code = HTTPStatus.OK if status["ready"] else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": status["ready"], "reasons": status["reasons"]}, status_code=code)

    guard = anyone() if open_metrics else allowed(Permission.METRICS_READ)

    @router.get("/metrics", operation_id="metrics", response_class=PlainTextResponse, dependencies=[guard])
    def metrics() -> PlainTextResponse:
        """Everything that is measured, for Prometheus."""
        return PlainTextResponse(platform.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
