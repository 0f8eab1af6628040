"""The portfolio: worth, positions, balances, the curve, attribution, tax lots."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from parrot.contracts.access import Permission, Principal
from parrot.contracts.lots import LotMethod
from parrot.gateway.rest.access import allowed, require_account
from parrot.gateway.rest.cursors import After, cursor, place
from parrot.gateway.rest.models import portfolio as models
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.portfolio import PortfolioDoor

Holder = Annotated[Principal, allowed(Permission.PORTFOLIO_READ)]
Symbol = Annotated[str, Query(max_length=60)]
Moment = Annotated[int, Query(ge=0, lt=1 << 63, description="ns UTC")]
Method = Annotated[LotMethod, Query(description="Which lot a sale takes first: the oldest or the newest.")]


def routes(portfolio: PortfolioDoor) -> APIRouter:
    """The routes of the portfolio."""
    router = APIRouter(tags=["portfolio"])

    @router.get("/portfolio", operation_id="portfolio", response_model=models.Portfolio)
    def summary(who: Holder) -> Any:
        """What the account is worth, what today brought, positions and balances."""
        require_account(who)
        return portfolio.summary()

    @router.get("/portfolio/curve", operation_id="equity_curve", response_model=models.EquityCurve)
    def curve(
        who: Holder, since: Moment = 0, until: Moment = 0, points: Annotated[int, Query(ge=2, le=2_000)] = 500
    ) -> Any:
        """Equity and its drawdown, oldest first, thinned to `points` that keep the extremes."""
        require_account(who)
        return portfolio.curve(since=since, until=until, points=points)

    @router.get("/portfolio/attribution", operation_id="attribution", response_model=models.Attribution)
    def attribution(who: Holder) -> Any:
        """Where profit comes from: strategies, symbols, days; each adds up to the whole exactly."""
        require_account(who)
        return portfolio.attribution()

    _lots(router, portfolio)
    return router


def _lots(router: APIRouter, portfolio: PortfolioDoor) -> None:
    @router.get("/portfolio/lots", operation_id="tax_lots", response_model=models.Lots)
    def lots(who: Holder, method: Method = LotMethod.FIFO, symbol: Symbol = "") -> Any:
        """Tax lots from all fills: open ones, and what each year brought."""
        require_account(who)
        return portfolio.lots(method, symbol=symbol)

    @router.get("/portfolio/lots/closed", operation_id="closed_lots", response_model=models.ClosedLotPage)
    def closed(
        who: Holder, method: Method = LotMethod.FIFO, symbol: Symbol = "", limit: Limit = 100, after: After = None
    ) -> Any:
        """Closed lots, newest first."""
        require_account(who)
        items, more = portfolio.closed_lots(method, symbol=symbol, after=place(after), limit=limit)
        return {"items": items, "next": cursor(more)}

    @router.get(
        "/portfolio/lots.csv",
        operation_id="tax_lots_csv",
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    def lots_csv(
        who: Holder,
        method: Method = LotMethod.FIFO,
        symbol: Symbol = "",
        part: Annotated[str, Query(pattern="^(open|closed)$")] = "closed",
    ) -> Response:
        """All open or closed lots as one CSV file."""
        require_account(who)
        text = portfolio.lots_csv(method, closed=part == "closed", symbol=symbol)
        headers = {"Content-Disposition": f'attachment; filename="lots-{part}-{method.value}.csv"'}
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
