"""Back-tests: kept runs, their curves and lists, runs side by side, and the jobs that make new ones."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from parrot.contracts.access import Permission, Principal
from parrot.contracts.jobs import BacktestAsked
from parrot.gateway.rest.access import MAIN, allowed
from parrot.gateway.rest.models import backtests as models
from parrot.gateway.rest.paging import After, Limit, page_of
from parrot.gateway.rest.ports.backtests import BacktestsDoor
from parrot.kernel.errors import AccessError, InputError

# Runs and jobs tell what the desk trades and how: they are for those who may see its account.
Reader = Annotated[Principal, allowed(Permission.BACKTESTS_READ, account=MAIN)]
Runner = Annotated[Principal, allowed(Permission.BACKTESTS_RUN, account=MAIN)]
Text = Annotated[str, Query(max_length=100)]
Ids = Annotated[str, Query(max_length=400, description="Two to five ids with commas between.")]
Sort = Literal["made", "strategy", "total_return", "cagr", "sharpe", "max_drawdown", "win_rate", "trades", "fees"]
State = Literal["waiting", "running", "finished", "failed", "cancelled", "interrupted", ""]
_TEXTS: Final = ("strategy",)
_ALONE: Final = {"Origin-Agent-Cluster": "?0"}  # a page in a sandbox has no origin to give a process of its own


def routes(door: BacktestsDoor) -> APIRouter:
    """The routes of back-tests and of jobs."""
    router = APIRouter(tags=["backtests"])
    _kept(router, door)
    _curves(router, door)
    _lists(router, door)
    _jobs(router, door)
    return router


def _kept(router: APIRouter, door: BacktestsDoor) -> None:
    @router.get("/backtests", operation_id="list_backtests")
    def listed(
        who: Reader,
        limit: Limit = 100,
        after: After = "",
        strategy: Text = "",
        symbol: Text = "",
        status: Literal["finished", "failed", "interrupted", ""] = "",
        sort: Sort = "made",
        descending: bool = True,
    ) -> models.RunPage:
        """Kept runs, filtered and sorted; undefined figures come last."""
        wanted = [
            row
            for row in door.runs()
            if (not strategy or strategy.lower() in row["strategy"].lower())
            and (not symbol or symbol in row["symbols"])
            and (not status or status == row["status"])
        ]
        rows, onward = page_of(
            _sorted(wanted, sort, descending=descending), after=after, limit=limit, key=lambda row: row["id"]
        )
        return models.RunPage(
            items=[models.RunRow(**row) for row in door.with_curves(rows)], next=onward, total=len(wanted)
        )

    @router.get("/backtests/sources", operation_id="backtest_sources")
    def sources(who: Reader) -> models.Datasets:
        """Data that can be back-tested on: the demo market, series of the lakes, files of the data folder."""
        return models.Datasets(items=[models.Dataset(**row) for row in door.datasets()])

    @router.get("/backtests/compare", operation_id="compare_backtests")
    def compare(ids: Ids, who: Reader) -> models.Comparison:
        """Two to five runs side by side: what they were made from, every figure, their curves."""
        chosen = [name for name in dict.fromkeys(ids.split(",")) if name]
        if not 2 <= len(chosen) <= 5:
            raise InputError(f"ids name {len(chosen)} runs", expected="two to five, with commas between")
        return models.Comparison(**door.compare(chosen))

    @router.get("/backtests/{run_id}", operation_id="backtest")
    def run(run_id: str, who: Reader) -> models.RunDetail:
        """One run: every figure with its meaning, and what it was made from."""
        return models.RunDetail(**door.run(run_id))

    @router.delete("/backtests/{run_id}", operation_id="delete_backtest")
    def drop(run_id: str, who: Runner) -> models.Gone:
        """Forgets a run for good, with its report."""
        door.drop(run_id)
        return models.Gone(id=run_id)

    @router.get("/backtests/{run_id}/report", operation_id="backtest_report", response_class=HTMLResponse)
    def report(run_id: str, who: Reader) -> HTMLResponse:
        """The report as one page that loads nothing, under a policy of its own."""
        page, policy = door.report(run_id)
        return HTMLResponse(page, headers={"Content-Security-Policy": policy, **_ALONE})


def _curves(router: APIRouter, door: BacktestsDoor) -> None:
    @router.get("/backtests/{run_id}/equity", operation_id="backtest_equity")
    def equity(run_id: str, who: Reader) -> models.Curve:
        """Equity and drawdown in so many points that the picture stays."""
        return models.Curve(**door.charts(run_id)["equity"])

    @router.get("/backtests/{run_id}/drawdown", operation_id="backtest_drawdown")
    def drawdown(run_id: str, who: Reader) -> models.Drawdowns:
        """The drawdown's curve and the deepest drawdowns."""
        return models.Drawdowns(**door.charts(run_id)["drawdown"])

    @router.get("/backtests/{run_id}/monthly", operation_id="backtest_monthly")
    def monthly(run_id: str, who: Reader) -> models.Months:
        """Growth by month and year (UTC)."""
        return models.Months(**door.charts(run_id)["monthly"])

    @router.get("/backtests/{run_id}/distribution", operation_id="backtest_distribution")
    def distribution(run_id: str, who: Reader) -> models.Distribution:
        """Closed trades by their return."""
        return models.Distribution(**door.charts(run_id)["distribution"])


def _lists(router: APIRouter, door: BacktestsDoor) -> None:
    @router.get("/backtests/{run_id}/trades", operation_id="backtest_trades")
    def trades(run_id: str, who: Reader, limit: Limit = 100, after: After = "", symbol: Text = "") -> models.TradePage:
        """Round trips in order of their entries."""
        rows = _of_symbol(door.rows(run_id, "trades"), symbol)
        items, onward = page_of(rows, after=after, limit=limit, key=_number)
        return models.TradePage(items=[models.TradeRow(**row) for row in items], next=onward, total=len(rows))

    @router.get("/backtests/{run_id}/orders", operation_id="backtest_orders")
    def orders(
        run_id: str, who: Reader, limit: Limit = 100, after: After = "", symbol: Text = "", status: Text = ""
    ) -> models.RunOrderPage:
        """Orders in order of time, refused ones with their reason."""
        rows = _of_symbol(door.rows(run_id, "orders"), symbol)
        rows = [row for row in rows if not status or row["status"] == status]
        items, onward = page_of(rows, after=after, limit=limit, key=_number)
        return models.RunOrderPage(items=[models.RunOrderRow(**row) for row in items], next=onward, total=len(rows))


def _jobs(router: APIRouter, door: BacktestsDoor) -> None:
    @router.post("/backtests", operation_id="start_backtest", status_code=HTTPStatus.ACCEPTED)
    def start(body: models.BacktestBody, who: Runner) -> models.JobRow:
        """Puts a back-test into the row of jobs; it runs beside trading, at low priority, behind fences."""
        return models.JobRow(**door.job(door.ask(BacktestAsked(**body.model_dump()), who.name).id))

    @router.get("/jobs", operation_id="list_jobs")
    def listed(who: Reader, limit: Limit = 100, after: After = "", state: State = "") -> models.JobPage:
        """Jobs, newest first."""
        rows = [row for row in door.jobs() if not state or row["state"] == state]
        items, onward = page_of(rows, after=after, limit=limit, key=lambda row: row["id"])
        return models.JobPage(items=[models.JobRow(**row) for row in items], next=onward)

    @router.get("/jobs/{job_id}", operation_id="job")
    def job(job_id: str, who: Reader) -> models.JobRow:
        """One job: how far it is, how long it may take, what came of it."""
        return models.JobRow(**door.job(job_id))

    @router.delete("/jobs/{job_id}", operation_id="cancel_job")
    def cancel(job_id: str, who: Runner) -> models.JobRow:
        """Ends a job; nothing is left of it. One that has ended stays as it is."""
        _require_own(who, door.job(job_id))
        return models.JobRow(**door.job(door.cancel(job_id).id))

    @router.post("/jobs/{job_id}/again", operation_id="run_job_again", status_code=HTTPStatus.ACCEPTED)
    def again(job_id: str, who: Runner) -> models.JobRow:
        """Asks for the same again."""
        _require_own(who, door.job(job_id))
        return models.JobRow(**door.job(door.again(job_id, who.name).id))


def _require_own(who: Principal, job: dict[str, Any]) -> None:
    """Jobs on data belong to those who may change data, checks and statements to those who may read what they tell."""
    needed = {"check": Permission.AUDIT_READ, "statement": Permission.PORTFOLIO_READ}.get(
        job["kind"], Permission.DATA_WRITE
    )
    if job["kind"] not in ("backtest", "parity") and not who.may(needed):
        raise AccessError(f"{who.name} may not do this", expected=f"the permission {needed}", reason="forbidden")


def _number(row: dict[str, Any]) -> str:
    return str(row["number"])


def _of_symbol(rows: list[dict[str, Any]], symbol: str) -> list[dict[str, Any]]:
    return [row for row in rows if not symbol or row["symbol"] == symbol]


def _sorted(rows: list[dict[str, Any]], sort: str, *, descending: bool) -> list[dict[str, Any]]:
    if sort == "made":
        return rows if descending else rows[::-1]
    known = [row for row in rows if row[sort] is not None]
    key = (lambda row: row[sort]) if sort in _TEXTS else (lambda row: float(row[sort]))
    return [*sorted(known, key=key, reverse=descending), *(row for row in rows if row[sort] is None)]
