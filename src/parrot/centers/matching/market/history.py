"""The past of a symbol that never was: a month of bars of one minute that ends where its trading begins."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parrot.centers.matching.settings import SECOND, Pair
from parrot.centers.matching.terms import Terms

MINUTE: Final = 60 * SECOND
COLUMNS: Final = (
    12  # open time, open, high, low, close, volume, quote volume, trades, taker's two volumes, two trade ids
)
MINUTES: Final = 30 * 24 * 60
_YEAR: Final = 525_960.0  # minutes
_CALM: Final = 0.999  # how much of its mood a symbol keeps from minute to minute
_PART: Final = 0.6  # of a usual order that a trade is on average

Rows = NDArray[np.int64]


def made(pair: Pair, terms: Terms, *, end: int, price: int, seed: int) -> Rows:
    """Bars up to `end` (ns UTC, a whole minute), the last of them closing at `price` (10^-8): one row each.

    One seed gives one past. Prices are whole ticks, volumes whole lots, quote volumes exact products of both.
    """
    rng = np.random.default_rng((seed, terms.number, end // MINUTE % (1 << 32)))
    times = end - MINUTE * np.arange(MINUTES, 0, -1, dtype=np.int64)
    mood = _moods(rng)
    season = 1 + 0.35 * np.sin(2 * math.pi * (times // MINUTE % 1440) / 1440 - 2)
    steps = rng.standard_normal(MINUTES) * mood * season * pair.volatility / math.sqrt(_YEAR)
    tick = terms.market.tick // terms.price_scale
    last = price / terms.price_scale
    path = np.concatenate([[0.0], np.cumsum(steps)])
    prices = np.maximum(np.rint(last * np.exp(path - path[-1]) / tick), 1) * tick
    opens, closes = prices[:-1], prices[1:]
    reach = np.abs(rng.standard_normal((2, MINUTES))) * mood * pair.volatility / math.sqrt(_YEAR) * 0.5
    highs = np.maximum(np.ceil(np.maximum(opens, closes) * (1 + reach[0]) / tick) * tick, tick)
    lows = np.maximum(np.floor(np.minimum(opens, closes) * (1 - reach[1]) / tick) * tick, tick)
    rows = np.full((MINUTES, COLUMNS), -1, np.int64)
    rows[:, 0] = times
    for column, values in enumerate((opens, highs, lows, closes), 1):
        rows[:, column] = values.astype(np.int64) * terms.price_scale
    _trade(rows, rng, pair, terms, mood * season)
    return rows


def _moods(rng: np.random.Generator) -> NDArray[np.float64]:
    """How wild each minute is, about 1: it comes in spells."""
    noise = rng.standard_normal(MINUTES) * math.sqrt(1 - _CALM**2)
    found: NDArray[np.float64] = np.exp(0.45 * _smoothed(noise))
    return found


def _smoothed(noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """An autoregression of first order, block by block."""
    block, made, before = 500, [], 0.0
    decay = _CALM ** np.arange(1, block + 1)
    for begin in range(0, len(noise), block):
        part = noise[begin : begin + block]
        weights = decay[: len(part)]
        values = weights * (before + np.cumsum(part / weights))
        before = float(values[-1])
        made.append(values)
    return np.concatenate(made)


def _trade(rows: Rows, rng: np.random.Generator, pair: Pair, terms: Terms, activity: NDArray[np.float64]) -> None:
    """Volumes: many trades where prices move much."""
    count = rng.poisson(np.maximum(pair.pace * 60 * activity * rng.lognormal(0, 0.35, MINUTES), 0.5))
    lot = terms.market.step // terms.quantity_scale
    size = float(pair.size) * 10**pair.listing.quantity_decimals
    lots = np.maximum(np.rint(count * size * _PART * rng.lognormal(0, 0.4, MINUTES) / lot), count).astype(np.int64)
    low, high = rows[:, 3] // terms.price_scale, rows[:, 2] // terms.price_scale
    average = low + (high - low) * rng.integers(300, 701, MINUTES) // 1000
    taken = lots * rng.integers(350, 651, MINUTES) // 1000
    for column, volume in ((5, lots * lot), (8, taken * lot)):
        rows[:, column] = volume * terms.quantity_scale
        rows[:, column + 1] = volume * average * terms.turnover
    rows[:, 7] = count
