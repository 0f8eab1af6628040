"""Flaws that show in a row or in the order of rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from parrot.centers.market_data.quality.report import Finding, Flaw, when
from parrot.centers.market_data.quality.series import Series
from parrot.engine.defects import EARLIEST


def row_flaws(series: Series) -> Iterator[Finding]:
    """Time and order, then prices, then volume."""
    yield from _times(series)
    yield from _prices(series)
    yield from _volumes(series)
    yield from _stale(series)


def _times(series: Series) -> Iterator[Finding]:
    absent = np.flatnonzero(series.ts < EARLIEST)
    if len(absent):
        yield series.found(Flaw.NO_TIME, absent, f"{_rows(len(absent))} without a time", lambda row: "no time")
    back = _backward(series.ts)
    if len(back):
        text = f"time runs backward at {_rows(len(back))}"
        yield series.found(Flaw.BACKWARD, back, text, lambda row: f"after {when(series.ts[row - 1])}")
    again, first = _repeated(series.ts)
    if len(again):
        text = f"{_rows(len(again))} with a time that an earlier row has"
        yield series.found(Flaw.DUPLICATE, again, text, lambda row: f"as row {first[row]}, {_same(series, row, first)}")


def _backward(ts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows whose time is before that of the row above; rows without a time do not count."""
    kept = np.flatnonzero(ts >= EARLIEST)
    return kept[1:][np.diff(ts[kept]) < 0]


def _repeated(ts: NDArray[np.int64]) -> tuple[NDArray[np.int64], dict[int, int]]:
    """Rows that repeat an earlier row's time, and for each of them the first row with it."""
    kept = np.flatnonzero(ts >= EARLIEST)
    _, first, where = np.unique(ts[kept], return_index=True, return_inverse=True)
    original = kept[first[where]]
    again = kept[original != kept]
    return again, dict(zip(again.tolist(), original[original != kept].tolist(), strict=True))


def _same(series: Series, row: int, first: dict[int, int]) -> str:
    both = series.prices[:, [row, first[row]]]
    return "same prices" if bool((both[:, 0] == both[:, 1]).all()) else "other prices"


def _prices(series: Series) -> Iterator[Finding]:
    broken = np.flatnonzero(~series.finite)
    if len(broken):
        text = f"{_rows(len(broken))} with a price that is NaN or infinite"
        yield series.found(Flaw.NOT_FINITE, broken, text, lambda row: _quote(series, row))
    below = np.flatnonzero(series.finite & (series.prices <= 0).any(axis=0))
    if len(below):
        text = f"{_rows(len(below))} with a price of zero or less"
        yield series.found(Flaw.NOT_POSITIVE, below, text, lambda row: _quote(series, row))
    outside = np.flatnonzero(_outside(series))
    if len(outside):
        text = f"{_rows(len(outside))} whose high or low does not hold open and close"
        yield series.found(Flaw.BAD_OHLC, outside, text, lambda row: _quote(series, row))


def _outside(series: Series) -> NDArray[np.bool_]:
    top, bottom = np.maximum(series.open, series.close), np.minimum(series.open, series.close)
    wrong = (series.high < top) | (series.low > bottom) | (series.high < series.low)
    return np.asarray(wrong & series.finite)


def _volumes(series: Series) -> Iterator[Finding]:
    bad = np.flatnonzero(np.isinf(series.volume) | (series.volume < 0))
    if len(bad):
        text = f"{_rows(len(bad))} with infinite or negative volume"
        yield series.found(Flaw.BAD_VOLUME, bad, text, lambda row: f"volume {series.volume[row]:.15g}")
    unknown = np.flatnonzero(np.isnan(series.volume))
    if len(unknown):
        text = f"{_rows(len(unknown))} of {len(series):,} with unknown volume"
        yield series.found(Flaw.NO_VOLUME, unknown, text, lambda row: _quote(series, row))
    zero = np.flatnonzero(series.volume == 0)
    if len(zero):
        yield series.found(
            Flaw.ZERO_VOLUME, zero, f"{_rows(len(zero))} without volume", lambda row: _quote(series, row)
        )


def _stale(series: Series) -> Iterator[Finding]:
    """Runs of equal closes; the place is the run's first row."""
    rows = series.priced
    if not len(rows):
        return
    starts = np.flatnonzero(np.append(True, np.diff(series.close[rows]) != 0))
    lengths = np.diff(np.append(starts, len(rows)))
    long = lengths >= series.limits.stale
    if not long.any():
        return
    length = dict(zip(rows[starts[long]].tolist(), lengths[long].tolist(), strict=True))
    text = f"{len(length)} run(s) of {series.limits.stale} or more equal closes, the longest of {max(lengths)}"
    yield series.found(
        Flaw.STALE,
        rows[starts[long]],
        text,
        lambda row: f"close {series.close[row]:.15g} in {length[row]} bars in a row",
    )


def _quote(series: Series, row: int) -> str:
    names = ("open", "high", "low", "close")
    return " ".join(f"{name} {value:.15g}" for name, value in zip(names, series.prices[:, row], strict=True))


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
