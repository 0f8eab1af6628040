"""What the report computes from a result before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from parrot.centers.backtest.report.data import ReportData, Stats
from parrot.centers.backtest.report.series import Floats, Integers, bins, buy_and_hold, means, sampled_rows
from parrot.centers.backtest.report.wording import Unit, decimals_for
from parrot.engine import metrics

ROLLING_DAYS = 90
ROLLING_DAYS_MIN = 10
DRAWDOWNS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Month:
    """One calendar month (UTC); fractions, money in the account's currency."""

    year: int
    month: int
    equity: float
    value: float | None
    benchmark: float | None
    drawdown: float
    exposure: float
    fees: float
    trades: int


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Columns and figures that several parts of the page share; `rows` are those of the curve that are drawn."""

    cash: float
    unit: Unit
    ts: Integers
    equity: Floats
    drawdown: Floats
    exposure: tuple[Integers, Floats, int]
    benchmark: Floats | None
    rows: Integers
    closes: metrics.DailyCloses
    window: int
    rolling: Floats
    bin_edges: Floats
    bin_counts: Integers
    stats: Stats
    months: list[Month]
    years: list[tuple[int, float | None]]
    drawdowns: list[metrics.Drawdown]


def analyse(data: ReportData) -> Analysis:
    """Everything that the page shows beyond the result itself."""
    ts, equity, drawdown, exposure = (_column(data.equity, name) for name in ("ts", "equity", "drawdown", "exposure"))
    stamps = ts.astype(np.int64)
    held = data.benchmark if data.benchmark is not None else buy_and_hold(data.bars, stamps, data.cash)
    closes = metrics.daily_closes(stamps, equity, start=data.cash, every_day=data.periods_per_year > 300)
    window = rolling_window(len(closes.days))
    edges, counts = bins(_closed(data.trades)["return"].drop_nulls().to_numpy())
    return Analysis(
        cash=data.cash,
        unit=_unit(data),
        ts=stamps,
        equity=equity,
        drawdown=drawdown,
        exposure=means(stamps, exposure),
        benchmark=held,
        rows=sampled_rows(equity, drawdown),
        closes=closes,
        window=window,
        rolling=metrics.rolling_sharpe(closes.equity, window=window, periods_per_year=data.periods_per_year),
        bin_edges=edges,
        bin_counts=counts,
        stats=_stats(data, closes, held),
        months=_months(data, closes, held),
        years=metrics.yearly_returns(closes),
        drawdowns=metrics.drawdowns(closes.equity, count=DRAWDOWNS),
    )


def rolling_window(days: int) -> int:
    """Days of the rolling Sharpe ratio: ninety, or a quarter of a shorter run, but at least ten."""
    return max(ROLLING_DAYS_MIN, min(ROLLING_DAYS, days // 4))


def _unit(data: ReportData) -> Unit:
    middle = data.trades["pnl"].abs().median() if data.trades.height else None
    usual = decimals_for(float(middle), 2) if isinstance(middle, int | float) else 2
    return Unit(data.currency, max(decimals_for(data.cash, 5), usual))


def _column(frame: pl.DataFrame, name: str) -> Any:
    return frame[name].fill_null(0).to_numpy()


def _closed(trades: pl.DataFrame) -> pl.DataFrame:
    return trades.filter(~pl.col("open")) if trades.height else trades


def _stats(data: ReportData, closes: metrics.DailyCloses, held: Floats | None) -> Stats:
    computed: dict[str, float | int | str | None] = {"trades": data.trades.height, "fills": data.fills.height}
    computed |= metrics.summary(closes.equity, periods_per_year=data.periods_per_year)
    computed |= metrics.round_trips(_closed(data.trades).sort("exit_ts")["pnl"].drop_nulls().to_numpy())
    computed["final_equity"] = float(closes.equity[-1])
    computed["benchmark_return"] = None if held is None or not len(held) else float(held[-1] / data.cash - 1)
    return computed | dict(data.stats)


def _months(data: ReportData, closes: metrics.DailyCloses, held: Floats | None) -> list[Month]:
    if data.equity.is_empty():
        return []
    frame = data.equity.select(
        pl.from_epoch(pl.col("ts") - 1, "ns").dt.strftime("%Y-%m").alias("month"),
        pl.col("equity", "drawdown", "exposure").cast(pl.Float64),
        pl.Series("held", np.full(data.equity.height, np.nan) if held is None else held),
    )
    grouped = frame.group_by("month", maintain_order=True).agg(
        pl.col("equity", "held").last(), pl.col("drawdown").min(), pl.col("exposure").mean()
    )
    rows = {row["month"]: row for row in grouped.iter_rows(named=True)}
    fees, trades = _by_month(data.fills, "ts", pl.col("fee").sum()), _by_month(data.trades, "entry_ts", pl.len())
    found, before = [], data.cash
    for year, month, value in metrics.monthly_returns(closes):
        key = f"{year:04}-{month:02}"
        row = rows.get(key)
        if row is None:
            continue
        grown = row["held"] / before - 1 if held is not None and before > 0 else None
        before = row["held"]
        found.append(
            Month(
                year,
                month,
                row["equity"],
                value,
                grown,
                row["drawdown"],
                row["exposure"],
                float(fees.get(key, 0.0)),
                int(trades.get(key, 0)),
            )
        )
    return found


def _by_month(frame: pl.DataFrame, column: str, amount: pl.Expr) -> dict[str, Any]:
    if frame.is_empty():
        return {}
    key = pl.from_epoch(pl.col(column), "ns").dt.strftime("%Y-%m").alias("month")
    return dict(frame.group_by(key).agg(amount.alias("amount")).select("month", "amount").iter_rows())
