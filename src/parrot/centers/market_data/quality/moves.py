"""Moves that are too large to be the market's own: spikes, and splits that look like crashes.

A bar's move is the largest distance from the previous close to its high, low or close, in logarithms. The usual move is
the upper quartile over earlier bars only, so the verdict on a spike never changes when later bars arrive. (The median
would be zero in markets that often stand still for a bar.)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from parrot.centers.market_data.quality.report import Finding, Flaw
from parrot.centers.market_data.quality.series import Series

_FEWEST_EARLIER = 20
_AROUND = 10  # bars before and after a split over which volume is compared
_LARGE = np.log(4.0)
_SMALLEST = np.log(1.2)
_RATIOS = [(n, 1) for n in (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100)] + [
    (3, 2),
    (4, 3),
    (5, 4),
    (5, 2),
    (5, 3),
]


def move_flaws(series: Series) -> Iterator[Finding]:
    """Spikes and splits; a split is not counted as a spike too."""
    rows = series.priced
    if len(rows) <= _FEWEST_EARLIER:
        return
    moves = _moves(series, rows)
    usual = usual_moves(moves, series.limits.usual)
    splits = _splits(series, rows, usual)
    if splits:
        where = np.array(sorted(splits))
        text = f"{len(where)} price step(s) that look like a split"
        named = {int(rows[at]): said for at, said in splits.items()}
        yield series.found(Flaw.SPLIT, rows[where], text, named.__getitem__)
    large = (moves > series.limits.spike * usual) & (moves > series.limits.spike_move)
    large[list(splits)] = False
    found = np.flatnonzero(large)
    if len(found):
        named = {int(rows[at]): _spike_text(series, rows, usual, int(at)) for at in found}
        text = f"{len(found):,} bar(s) that move more than {series.limits.spike:g} times the usual"
        yield series.found(Flaw.SPIKE, rows[found], text, named.__getitem__)


def _moves(series: Series, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Largest log move from the previous close to high, low or close; after a gap, scaled to one bar by square root."""
    before = np.log(series.close[rows[:-1]])
    away = [np.abs(np.log(column[rows[1:]]) - before) for column in (series.high, series.low, series.close)]
    steps = np.maximum(np.diff(series.ts[rows]) / max(series.timeframe, 1), 1.0)
    largest: NDArray[np.float64] = np.append(0.0, np.maximum.reduce(away) / np.sqrt(steps))
    return largest


def usual_moves(moves: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Upper quartile of the `window` moves before each; infinite (nothing is unusual) until there are enough."""
    import polars as pl

    earlier = pl.Series(moves).shift(1)
    quartiles = earlier.rolling_quantile(0.75, window_size=window, min_samples=_FEWEST_EARLIER)
    return quartiles.fill_null(np.inf).to_numpy()


def _spike_text(series: Series, rows: NDArray[np.int64], usual: NDArray[np.float64], at: int) -> str:
    row, before = rows[at], series.close[rows[at - 1]]
    ends = [series.high[row] / before - 1, series.low[row] / before - 1, series.close[row] / before - 1]
    return f"moved {max(ends, key=abs):+.2%} from the close before; usual is {usual[at]:.2%}"


def _splits(series: Series, rows: NDArray[np.int64], usual: NDArray[np.float64]) -> dict[int, str]:
    """Positions in `rows` whose open stands at a simple fraction of the close before, with volume to match."""
    jump = np.append(0.0, np.log(series.open[rows[1:]]) - np.log(series.close[rows[:-1]]))
    suspects = np.flatnonzero((np.abs(jump) > _SMALLEST) & (np.abs(jump) > 5 * usual))
    told = {int(at): _split_text(series, rows, float(jump[at]), float(usual[at]), int(at)) for at in suspects}
    return {at: text for at, text in told.items() if text}


def _split_text(series: Series, rows: NDArray[np.int64], jump: float, usual: float, at: int) -> str:
    """The sentence, or "" when fraction or volume do not fit. The larger the step, the looser both may fit."""
    tolerance = min(max(0.03, 4 * usual), 0.2) if abs(jump) >= _LARGE else 0.03
    fits = [(n, m) for n, m in _RATIOS if abs(abs(jump) - np.log(n / m)) <= tolerance]
    if not fits or not _volume_fits(series, rows, jump, at):
        return ""
    ways = " or ".join(f"{n}:{m}" if jump < 0 else f"{m}:{n}" for n, m in fits)
    kind = "split" if jump < 0 else "reverse split"
    return f"opens at {np.exp(jump):.4g} times the close before: looks like a {kind} of {ways}"


def _volume_fits(series: Series, rows: NDArray[np.int64], jump: float, at: int) -> bool:
    """Whether units traded changed against the price, so that the money traded stayed about the same.

    A real crash brings more units and more money, most of all on its own day. For steps of four times and more the
    direction is enough, as no market goes that far overnight on falling volume.
    """
    before = series.volume[rows[max(0, at - _AROUND) : at]]
    after = series.volume[rows[at + 1 : at + 1 + _AROUND]]
    before, after = before[before > 0], after[after > 0]
    if len(before) < 3 or len(after) < 3:
        return False
    units = float(np.log(np.median(after)) - np.log(np.median(before)))
    if abs(jump) >= _LARGE:
        return units * jump < 0
    own = float(np.log(max(series.volume[rows[at]], 1e-300)) - np.log(np.median(before)))
    return bool(abs(units + jump) < min(abs(units), np.log(1.6)) and abs(own + jump) < np.log(3.0))
