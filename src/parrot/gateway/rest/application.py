"""The application: guards, problems, routes, pages."""

from __future__ import annotations

from fastapi import FastAPI

from parrot.gateway.rest import description, docs, guards, problems, screen
from parrot.gateway.rest.doors import Doors
from parrot.gateway.rest.etags import Tags
from parrot.gateway.rest.exports import Exports
from parrot.gateway.rest.once import Once
from parrot.gateway.rest.routes import (
    alerts,
    approvals,
    audit,
    backtests,
    clients,
    data,
    exchange,
    groups,
    health,
    history,
    markets,
    orders,
    people,
    portfolio,
    push,
    risk,
    settings,
    statements,
    strategies,
    switches,
    tickets,
)
from parrot.gateway.rest.site import Site
from parrot.gateway.stream import endpoint


def create_app(doors: Doors, site: Site | None = None) -> FastAPI:
    """An ASGI application on the doors of a running platform; it serves the screen too."""
    site = site or Site()
    app = FastAPI(title="Parrot", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.now = doors.now
    app.state.refused = lambda who, what: doors.users.refused(who, what)
    problems.install(app)
    app.add_middleware(Tags)
    app.add_middleware(Once, receipts=doors.receipts)
    guards.install(app, doors, site)
    app.include_router(health.routes(doors.platform, open_metrics=site.open_metrics))
    for router in (
        orders.routes(doors.platform),
        history.routes(doors.history),
        alerts.routes(doors.alerts),
        groups.routes(doors.platform),
        switches.routes(doors.platform),
        strategies.routes(doors.platform, doors.strategies),
        markets.routes(doors.markets),
        *people.routers(doors.users, Exports(doors.users, doors.history, doors.audit)),
        tickets.routes(doors.platform, doors.tickets),
        backtests.routes(doors.backtests),
        audit.routes(doors.audit),
        risk.routes(doors.platform, doors.risk, doors.approvals),
        approvals.routes(doors.approvals),
        portfolio.routes(doors.portfolio),
        statements.routes(doors.statements),
        clients.routes(doors.clients, doors.approvals),
        exchange.routes(doors.exchange),
        push.routes(doors.push),
        data.routes(doors.data),
        settings.routes(doors.settings),
    ):
        app.include_router(router, prefix="/api/v1")
    app.include_router(docs.routes(), prefix="/api/v1")
    docs.install(app)
    endpoint.install(app, doors.stream)
    screen.install(app, site.screen)
    description.install(app)
    return app
