"""Quality of market data: what is wrong with a series, how often and where."""

from __future__ import annotations

from typing import Any

from parrot.centers.market_data.quality.gaps import gap_flaws
from parrot.centers.market_data.quality.moves import move_flaws
from parrot.centers.market_data.quality.report import BREAKING, Finding, Flaw, Place, QualityReport
from parrot.centers.market_data.quality.rows import row_flaws
from parrot.centers.market_data.quality.series import Limits, series_of
from parrot.centers.market_data.quality.shifts import shift_flaws
from parrot.engine.calendar import Calendar
from parrot.engine.calendar import calendar as calendar_named

__all__ = ["BREAKING", "Finding", "Flaw", "Limits", "Place", "QualityReport", "inspect"]


def inspect(
    bars: Any,
    *,
    calendar: str | Calendar = "24/7",
    timeframe: int = 0,
    reference: Any = None,
    limits: Limits | None = None,
) -> QualityReport:
    """Look for every kind of flaw in a series of bars, which may be as broken as it likes.

    `bars` is a Bars, or a mapping or object with arrays ts (int64 ns UTC, open time), open, high, low, close and
    volume, in any order. `timeframe` in ns is the usual step unless given. `calendar` takes out the hours in which
    the market is closed. `reference` is another source for the same market, to find time-zone shifts. Raises DataError
    for missing columns or times that the calendar does not know.
    """
    market = calendar_named(calendar) if isinstance(calendar, str) else calendar
    limits = limits or Limits()
    series = series_of(bars, timeframe, limits)
    other = None if reference is None else series_of(reference, 0, limits)
    with_time = series.ts[series.timed]
    findings = [
        *row_flaws(series),
        *gap_flaws(series, market),
        *move_flaws(series),
        *shift_flaws(series, market, other),
    ]
    order = list(Flaw)
    findings.sort(key=lambda finding: order.index(finding.flaw))
    first, last = (int(with_time[0]), int(with_time[-1])) if len(with_time) else (0, 0)
    return QualityReport(len(series), first, last, series.timeframe, market.name, tuple(findings))
