"""Statistics from daily closing equity and from round trips; the definitions are in docs/reference/statistics.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from parrot import _core
from parrot.kernel.errors import DataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Figures = dict[str, float | int | None]
MonthRow = tuple[int, int, float | None]


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One fall below a peak; `start`, `trough` and `end` are positions in the daily closes.

    `start` is the last close at the peak, `end` the first close back at it (None while the fall lasts), `depth` the
    trough over the peak less one (below zero), `days` the periods from `start` to `end` or to the last close.
    """

    start: int
    trough: int
    end: int | None
    depth: float
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class DailyCloses:
    """The last equity of each day: `equity` has the starting equity first, so it is one longer than `days`.

    `days` are datetime64[D] (UTC), `equity` is float64 in the account's currency.
    """

    days: NDArray[np.datetime64]
    equity: NDArray[np.float64]


def summary(daily: ArrayLike, *, periods_per_year: float) -> Figures:
    """Growth, risk and ratios of an equity curve; None where a figure is undefined.

    `daily` is one-dimensional float64 closing equity in the account's currency, the starting equity first;
    `periods_per_year` is 365, or 252 with an exchange calendar. Returns are fractions (0.1 is 10 %).
    Raises DataError for values that are not finite, ParameterError for a year without periods.
    """
    _check_periods(periods_per_year)
    return _core.metrics_summary(_column(daily, "daily"), periods_per_year)


def round_trips(pnl: ArrayLike) -> Figures:
    """Win rate, profit factor, expectancy and streaks; None where a figure is undefined.

    `pnl` is one-dimensional float64, one result a closed round trip in order of exits, fees included, in the account's
    currency. Raises DataError for values that are not finite.
    """
    return _core.metrics_round_trips(_column(pnl, "pnl"))


def returns(daily: ArrayLike) -> NDArray[np.float64]:
    """Daily returns as fractions, one fewer than the closes; NaN over a base that is not positive."""
    closes = _column(daily, "daily")
    base = closes[:-1]
    grown = np.full(len(base), np.nan)
    np.divide(closes[1:], base, out=grown, where=base > 0)
    return grown - 1.0


def drawdown_series(daily: ArrayLike) -> NDArray[np.float64]:
    """Each close over the highest close so far, less one (zero or negative); NaN without a positive first close."""
    return _core.metrics_drawdown_series(_column(daily, "daily"))


def drawdowns(daily: ArrayLike, *, count: int = 10) -> list[Drawdown]:
    """The deepest falls below a peak, deepest first; of equal ones the earlier first."""
    return [Drawdown(*row) for row in _core.metrics_drawdowns(_column(daily, "daily"), count)]


def rolling_sharpe(daily: ArrayLike, *, window: int, periods_per_year: float) -> NDArray[np.float64]:
    """Sharpe ratio of the last `window` daily returns, one value a return.

    NaN until the window is full, where its deviation is zero, and where it holds an undefined return.
    Raises ParameterError for a window below two.
    """
    _check_periods(periods_per_year)
    if window < 2:
        raise ParameterError(f"window is {window}", expected="at least 2 returns", fix="use a longer window")
    return _core.metrics_rolling_sharpe(returns(daily), window, periods_per_year)


def daily_closes(
    close_ts: NDArray[np.int64], equity: NDArray[np.float64], *, start: float, every_day: bool = True
) -> DailyCloses:
    """The last equity of each UTC day.

    `close_ts` are bar close times (int64 ns UTC, non-decreasing; a bar that closes at midnight belongs to the day that
    ends), `equity` float64 as long, `start` the starting equity. With `every_day` a day without data keeps the equity
    of the day before (365 days a year); without it such days are left out (sessions of an exchange).
    Raises DataError when lengths differ or values are not finite.
    """
    stamps = np.ascontiguousarray(close_ts, dtype=np.int64)
    values = _column(equity, "equity")
    if len(stamps) != len(values):
        raise DataError(f"{len(stamps)} times beside {len(values)} equity values", expected="equal lengths")
    days, closes = _core.metrics_daily_closes(stamps, values, start, every_day)
    return DailyCloses(days.astype("datetime64[D]"), closes)


def monthly_returns(closes: DailyCloses) -> list[MonthRow]:
    """(year, month, return) in order of time; the first month starts from the starting equity."""
    return _calendar(closes)[0]


def yearly_returns(closes: DailyCloses) -> list[tuple[int, float | None]]:
    """(year, return) in order of time; the first year starts from the starting equity."""
    return [(year, value) for year, _, value in _calendar(closes)[1]]


def _calendar(closes: DailyCloses) -> tuple[list[MonthRow], list[MonthRow]]:
    if len(closes.equity) != len(closes.days) + 1:
        raise DataError(
            f"{len(closes.equity)} closes beside {len(closes.days)} days", expected="the starting equity and one a day"
        )
    return _core.metrics_calendar_returns(closes.days.astype(np.int32), _column(closes.equity, "equity"))


def _column(values: ArrayLike, name: str) -> NDArray[np.float64]:
    column = np.ascontiguousarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise DataError(f"{name} has {column.ndim} dimensions", expected="one column of numbers")
    if not np.isfinite(column).all():
        place = int(np.flatnonzero(~np.isfinite(column))[0])
        raise DataError(f"{name} has the value {column[place]} at position {place}", expected="finite numbers")
    return column


def _check_periods(periods_per_year: float) -> None:
    if not (np.isfinite(periods_per_year) and periods_per_year > 0):
        raise ParameterError(
            f"periods_per_year is {periods_per_year}", expected="a positive number", fix="use 365, or 252 for sessions"
        )
