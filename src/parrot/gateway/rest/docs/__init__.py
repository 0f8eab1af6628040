"""The page that shows the interface to people: a few files of our own, nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from parrot.contracts.access import Permission
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.assets import Asset, collect
from parrot.gateway.rest.screen import served


def routes() -> APIRouter:
    """The description itself, for who is signed in."""
    router = APIRouter(tags=["interface"])

    @router.get("/openapi.json", operation_id="openapi", dependencies=[allowed(Permission.MARKETS_READ)])
    def openapi(request: Request) -> JSONResponse:
        """This interface in the terms of OpenAPI."""
        return JSONResponse(request.app.openapi())

    return router


def install(app: FastAPI) -> None:
    """Serves the page at /api/docs."""
    files = collect(Path(__file__).parent)
    for address, name in (("", "/index.html"), ("/docs.js", "/docs.js"), ("/docs.css", "/docs.css")):
        app.add_route(f"/api/docs{address}", _file(files[name]), methods=["GET", "HEAD"], include_in_schema=False)


def _file(asset: Asset) -> Callable[[Request], Awaitable[Response]]:
    async def file(request: Request) -> Response:
        return served(request, asset)

    return file
