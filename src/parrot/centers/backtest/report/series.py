"""Columns made small enough for a page: sampled equity, merged candles, binned results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from parrot.centers.backtest.report.data import Candles

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BUCKETS = 1_000
MEANS_MAX = 600
CANDLES_MAX = 40_000
CANDLES_PER_SYMBOL_MIN = 600
BINS = 41
PRICE_DECIMALS_MAX = 8


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """Candles of which each stands for `merged` bars; the last may stand for fewer."""

    ts: Integers
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    merged: int


def sampled_rows(equity: Floats, drawdown: Floats, buckets: int = BUCKETS) -> Integers:
    """Rows that keep the picture of a curve: of each bucket the first, last, lowest, highest and deepest."""
    count = len(equity)
    if count <= 4 * buckets:
        return np.arange(count)
    edges = np.linspace(0, count, buckets + 1).astype(np.int64)
    kept = [edges[:-1], edges[1:] - 1]
    for values, pick in ((equity, np.argmin), (equity, np.argmax), (drawdown, np.argmin)):
        kept.append(np.array([low + pick(values[low:high]) for low, high in pairwise(edges)]))
    return np.unique(np.concatenate(kept))


def means(ts: Integers, values: Floats, limit: int = MEANS_MAX) -> tuple[Integers, Floats, int]:
    """At most `limit` means of equally many neighbouring rows, at the time of the last one; and how many rows each."""
    count = len(values)
    size = max(1, -(-count // limit))
    if size == 1:
        return ts, values, 1
    starts = np.arange(0, count, size)
    ends = np.minimum(starts + size, count)
    return ts[ends - 1], np.add.reduceat(values, starts) / (ends - starts), size


def buy_and_hold(bars: Mapping[str, Candles], ts: Integers, cash: float) -> Floats | None:
    """Equity of holding every symbol in equal parts from its first open, at times `ts`, without fees.

    A symbol that starts later is held in cash until then. None without bars, or when a first open is not positive.
    """
    usable = [candles for candles in bars.values() if len(candles.ts)]
    if not usable or any(candles.open[0] <= 0 for candles in usable):
        return None
    total = np.zeros(len(ts))
    for candles in usable:
        closes = candles.close
        known = np.searchsorted(candles.close_ts, ts, side="right") - 1
        total += np.where(known >= 0, closes[known] / candles.open[0], 1.0)
    return total * (cash / len(usable))


def merged_candles(bars: Candles, limit: int) -> Merged:
    """At most `limit` candles, each of equally many neighbouring bars."""
    count = len(bars.ts)
    size = max(1, -(-count // limit))
    starts = np.arange(0, count, size)
    ends = np.minimum(starts + size, count) - 1
    return Merged(
        bars.ts[starts],
        bars.open[starts],
        np.maximum.reduceat(bars.high, starts),
        np.minimum.reduceat(bars.low, starts),
        bars.close[ends],
        np.add.reduceat(bars.volume, starts),
        size,
    )


def price_decimals(prices: Floats) -> int:
    """Decimals that prices are shown with: as many as they have, but not beyond seven significant digits."""
    if not len(prices):
        return 2
    largest = float(np.max(np.abs(prices)))
    most = 2 if largest == 0 else int(np.clip(6 - np.floor(np.log10(largest)), 2, PRICE_DECIMALS_MAX))
    for decimals in range(most):
        if np.allclose(np.round(prices, decimals), prices, rtol=1e-12, atol=1e-12):
            return decimals
    return most


def bins(values: Floats, count: int = BINS) -> tuple[Floats, Integers]:
    """Edges and counts of equal bins, zero among the edges; the outermost take what lies beyond two percentiles."""
    if not len(values):
        return np.array([]), np.array([], dtype=np.int64)
    low, high = min(0.0, float(np.percentile(values, 1))), max(0.0, float(np.percentile(values, 99)))
    width = (high - low) / (count - 1) or 1.0
    first, last = int(np.floor(low / width)), int(np.ceil(high / width))
    edges: Floats = np.arange(first, max(last, first + 1) + 1, dtype=np.float64) * width
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    return edges, counts.astype(np.int64)
