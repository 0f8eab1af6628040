"""Deterministic market data, and the truth about moving averages crossing on it, decided on integers.

The bars are a random walk of one-minute bars whose prices have four decimals; the recipe and its seed are fixed, so the
truth is: 3,870 fills and 999,607.6025 at 100,000 bars, 39,167 fills and 996,620.3442 at a million.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

START = 1_577_836_800_000_000_000  # 2020-01-01, ns UTC
MINUTE = 60_000_000_000
SEED = 42
FAST, SLOW = 10, 30
FEE = 0.001
CASH = 1_000_000.0
KNOWN = {100_000: (3_870, 999_607.6025), 1_000_000: (39_167, 996_620.3442)}
TICKS = 10_000  # price units in one unit of money

Columns = dict[str, NDArray[np.generic]]


@cache
def bars(count: int, seed: int = SEED, volatility: float = 5e-4) -> Columns:
    """`count` bars: ts int64 ns UTC (open time), open, high, low, close, volume float64."""
    chance = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(chance.normal(0, volatility, count)))
    gap = np.exp(chance.normal(0, volatility * 0.2, count))
    opens = np.append(100.0, close[:-1]) * gap
    high = np.maximum(opens, close) * np.exp(np.abs(chance.normal(0, volatility * 0.5, count)))
    low = np.minimum(opens, close) * np.exp(-np.abs(chance.normal(0, volatility * 0.5, count)))
    volume = np.round(np.maximum(chance.lognormal(3, 1, count), 0.01), 2)
    opens, high, low, close = (np.round(column, 4) for column in (opens, high, low, close))
    ts = START + MINUTE * np.arange(count, dtype=np.int64)
    return {
        "ts": ts,
        "open": opens,
        "high": np.maximum.reduce([opens, high, low, close]),
        "low": np.minimum.reduce([opens, high, low, close]),
        "close": close,
        "volume": volume,
    }


def crosses(
    close: NDArray[np.float64], fast: int = FAST, slow: int = SLOW
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Bars on which the averages cross, and whether upwards; on integers, so that ties are ties."""
    total = np.concatenate([[0], np.cumsum(np.rint(close * TICKS).astype(np.int64))])
    sums = {n: total[slow:] - total[slow - n : len(total) - n] for n in (fast, slow)}
    gap = sums[fast] * slow - sums[slow] * fast
    before, now = gap[:-1], gap[1:]
    rows = np.flatnonzero((before <= 0) & (now > 0) | (before >= 0) & (now < 0))
    return rows + slow, now[rows] > 0


def means(close: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Moving averages of integers as floats, NaN while warming up: what ties on paper ties here."""
    total = np.concatenate([[0], np.cumsum(np.rint(np.asarray(close) * TICKS).astype(np.int64))])
    found = np.full(len(close), np.nan)
    found[n - 1 :] = (total[n:] - total[:-n]) / n
    return found


def truth(columns: Columns, *, at_close: bool = False) -> tuple[int, float]:
    """Fills and final equity of one unit held while the fast average is above, bought and sold at the next open.

    `at_close` fills at the close of the decision instead, as a peer does that knows no next open.
    """
    close = columns["close"]
    price = close if at_close else np.append(columns["open"][1:], np.nan)
    cash, position, fills = CASH, 0, 0
    for row, up in zip(*crosses(close), strict=True):
        if up != bool(position) and not np.isnan(price[row]):
            cash += float(price[row]) * (-(1 + FEE) if up else 1 - FEE)
            position, fills = int(up), fills + 1
    return fills, round(cash + position * float(close[-1]), 4)
