"""Time-zone shifts: stamps that are hours or days away from when things happened.

Three independent witnesses: a reference series (its returns match best at some lag), the exchange's calendar (bars
fall into its sessions best at some lag), and the stamps themselves (the phase of the bar moves with summer time).
The first two are asked month by month, so that a shift that comes and goes with summer time is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parrot.centers.market_data.quality.report import Finding, Flaw, when
from parrot.centers.market_data.quality.series import Series
from parrot.engine.calendar import ALWAYS, DAY_NS, Calendar
from parrot.engine.columns import timeframe_text

_HOUR_NS: Final = 3_600_000_000_000
_FEWEST: Final = 10  # bars of a month that must be comparable before it has a say
_MARGIN: Final = 0.1  # by how much a lag must fit better than the stamps as they are
_CONVINCING: Final = 0.9

Scores = NDArray[np.float64]
Scorer = Callable[[int], tuple[Scores, NDArray[np.int64]]]


def shift_flaws(series: Series, calendar: Calendar, reference: Series | None) -> Iterator[Finding]:
    """At most one finding: the reference decides where given, else the calendar, else the stamps."""
    rows = series.timed
    if len(rows) < _FEWEST or not series.timeframe:
        return
    if reference is not None:
        yield from _against(series, _reference_scorer(series, reference), "the reference")
    elif calendar.name != ALWAYS and series.timeframe <= DAY_NS:
        yield from _against(series, _calendar_scorer(series, calendar), f"the sessions of {calendar.name}")
    else:
        yield from _wandering_phase(series, rows)


def _lags(timeframe: int) -> list[int]:
    """Lags to try, in ns, the nearest to zero first: days for daily bars, steps of at least 15 minutes below."""
    step, reach = (DAY_NS, 3 * DAY_NS) if timeframe >= DAY_NS else (max(timeframe, _HOUR_NS // 4), 15 * _HOUR_NS)
    behind = range(-(reach // step), reach // step + 1)
    return sorted((step * n for n in behind), key=abs)


@dataclass(frozen=True, slots=True, eq=False)
class _Verdict:
    """For each month: the lag that fits best, how well it fits, how well the stamps fit as they are."""

    lag: NDArray[np.int64]
    fit: Scores
    as_is: Scores

    @property
    def shifted(self) -> NDArray[np.bool_]:
        better = (self.fit >= _CONVINCING) & (self.fit > self.as_is + _MARGIN)
        return np.asarray(better & (self.lag != 0))


def _verdict(score: Scorer, lags: list[int]) -> _Verdict:
    scored = [score(lag) for lag in lags]
    fits = np.stack([np.where(count >= _FEWEST, fit, 0.0) for fit, count in scored])
    best = fits.argmax(axis=0)  # the first of equals, so the nearest to zero
    return _Verdict(np.array(lags, np.int64)[best], fits.max(axis=0), fits[0])


def _against(series: Series, score: Scorer, witness: str) -> Iterator[Finding]:
    verdict = _verdict(score, _lags(series.timeframe))
    if not verdict.shifted.any():
        return
    month = _months(series)[0]
    shifted = np.flatnonzero(verdict.shifted[month])
    lags = verdict.lag[month[shifted]]
    starts = shifted[np.append(True, np.diff(lags) != 0)]
    told = {int(series.timed[at]): _shift_text(verdict, int(month[at]), witness) for at in starts}
    months = int(verdict.shifted.sum())
    text = f"{len(shifted):,} bar(s) in {months} month(s) fit {witness} better at another time"
    yield series.found(Flaw.TIME_SHIFT, series.timed[starts], text, told.__getitem__, count=len(shifted))


def _shift_text(verdict: _Verdict, month: int, witness: str) -> str:
    lag = int(verdict.lag[month])
    side = "early" if lag > 0 else "late"
    fit, as_is = verdict.fit[month], max(float(verdict.as_is[month]), 0.0)
    return f"from here on {timeframe_text(abs(lag))} too {side}: fits {witness} to {fit:.0%}, as it is to {as_is:.0%}"


def _months(series: Series) -> tuple[NDArray[np.int64], int]:
    """Month number of each timed row, counted from the first month, and that month since 1970."""
    stamps = series.ts[series.timed].astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    return stamps - stamps[0], int(stamps[0])


def _reference_scorer(series: Series, reference: Series) -> Scorer:
    """Correlation of log returns with those of the reference at a lag, for each month."""
    ts, returns = _returns(series)
    other_ts, other = _returns(reference)
    all_months, first = _months(series)
    size = int(all_months[-1]) + 1
    month = ts.astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64) - first

    def score(lag: int) -> tuple[Scores, NDArray[np.int64]]:
        where = np.minimum(np.searchsorted(other_ts, ts + lag), max(len(other_ts) - 1, 0))
        both = other_ts[where] == ts + lag if len(other_ts) else np.zeros(len(ts), bool)
        return _correlation(returns[both], other[where[both]], month[both], size)

    return score


def _returns(series: Series) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Log returns over exactly one timeframe, or over a weekend for daily bars, with the time of the later bar."""
    rows = series.priced
    ts, logs = series.ts[rows], np.log(series.close[rows])
    near = np.diff(ts) <= max(series.timeframe, 4 * DAY_NS if series.timeframe == DAY_NS else 0)
    return ts[1:][near], np.diff(logs)[near]


def _correlation(
    x: NDArray[np.float64], y: NDArray[np.float64], group: NDArray[np.int64], size: int
) -> tuple[Scores, NDArray[np.int64]]:
    def total(values: NDArray[np.float64] | None) -> NDArray[np.float64]:
        return np.bincount(group, weights=values, minlength=size).astype(np.float64)

    count = total(None)
    n = np.maximum(count, 1)
    covariance = total(x * y) / n - total(x) / n * total(y) / n
    spread = (total(x * x) / n - (total(x) / n) ** 2) * (total(y * y) / n - (total(y) / n) ** 2)
    known = spread > 0
    fit = np.where(known, covariance / np.sqrt(np.where(known, spread, 1.0)), -1.0)
    return fit, count.astype(np.int64)


def _calendar_scorer(series: Series, calendar: Calendar) -> Scorer:
    """Share of bars that fall into sessions at a lag, times the share of sessions that then have a bar, by month."""
    ts = series.ts[series.timed]
    month, _ = _months(series)
    size = int(month[-1]) + 1
    daily = series.timeframe == DAY_NS
    count = np.bincount(month, minlength=size)
    # A few hours of one evening say nothing about the clock.
    first_of_day = np.append(True, np.diff(ts // DAY_NS) != 0)
    voting = np.where(np.bincount(month, weights=first_of_day, minlength=size) >= _FEWEST // 2, count, 0)

    def score(lag: int) -> tuple[Scores, NDArray[np.int64]]:
        moved = ts + lag
        if daily:
            day = moved - moved % DAY_NS
            inside = calendar.days_between(day, day + DAY_NS) > 0
        else:
            # A bar counts when it starts in a session: its first moment, or its middle for bars that span the open.
            inside = calendar.is_open(moved) | calendar.is_open(moved + series.timeframe // 2)
        return np.bincount(month, weights=inside, minlength=size) / np.maximum(count, 1), voting

    return score


def _wandering_phase(series: Series, rows: NDArray[np.int64]) -> Iterator[Finding]:
    """Bars that start at another time within their timeframe (daily bars: of the day) than most do."""
    ts = series.ts[rows]
    phase = ts % min(series.timeframe, DAY_NS)
    values, counts = np.unique(phase, return_counts=True)
    usual = int(values[counts.argmax()])
    odd = np.flatnonzero(phase != usual)
    if not len(odd):
        return
    starts = odd[np.append(True, (np.diff(odd) > 1) | (np.diff(phase[odd]) != 0))]
    where = dict(zip(rows[starts].tolist(), phase[starts].tolist(), strict=True))
    text = f"{len(odd):,} bar(s) start off the usual boundary of {timeframe_text(usual) if usual else '00:00'}"
    yield series.found(
        Flaw.TIME_SHIFT,
        rows[starts],
        text,
        lambda row: f"{when(int(series.ts[row]))} is {timeframe_text(abs(where[row] - usual))} off the usual boundary",
        count=len(odd),
    )
