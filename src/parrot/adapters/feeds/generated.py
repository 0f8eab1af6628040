"""Trades and quotes made from bars and a seed: the bars of those trades are the bars that they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parrot.adapters.feeds.recording import Recording
from parrot.engine.bars import Bars
from parrot.engine.book import grid_step
from parrot.engine.ticks import Quotes, Trades
from parrot.kernel.errors import ParameterError

Integers = NDArray[np.int64]

_LEAST: Final = 4  # trades a bar: open, high, low and close
_QUOTE_LOTS: Final = 50  # mean size of a quote, in lots


def generated(bars: Mapping[str, Bars], *, seed: int, trades: int = 20, spread: int = 2) -> list[Recording]:
    """A recording for each symbol: `trades` trades a bar and a quote with each, `spread` price steps wide.

    A bar's trades begin at its open, touch its high and its low, end at its close, and add up to its volume; a bar
    with less than one lot for each trade has its close alone. The same bars and seed give the same ticks. Raises
    ParameterError when fewer than 4 trades are asked for, no spread, or more trades in a bar than it has nanoseconds.
    """
    if trades < _LEAST or spread < 1:
        raise ParameterError(f"trades={trades}, spread={spread}", expected=f"at least {_LEAST} and 1")
    made = []
    for number, (symbol, columns) in enumerate(bars.items()):
        if columns.timeframe < trades:
            raise ParameterError(f"{trades} trades in {columns.timeframe} ns", expected="fewer trades or longer bars")
        rng = np.random.Generator(np.random.PCG64([seed, number]))
        made.append(_recording(symbol, columns, rng, trades, spread))
    return made


def _recording(symbol: str, bars: Bars, rng: np.random.Generator, count: int, spread: int) -> Recording:
    step = int(
        np.gcd.reduce([grid_step(c) for c in (bars.open_ticks, bars.high_ticks, bars.low_ticks, bars.close_ticks)])
    )
    ts = _times(bars, rng, count).ravel()
    price = _path(bars, rng, count, step).ravel()
    size = _volumes(bars, count).ravel()
    traded = size > 0
    ts, price, size = ts[traded], price[traded], size[traded]
    side = np.where(rng.random(len(ts)) < 0.5, 1, -1).astype(np.int8)
    trades = Trades(symbol, ts, price, size, side, bars.price_decimals, bars.volume_decimals)
    return Recording(symbol, trades=trades, quotes=_quotes(trades, rng, step * spread, step))


def _times(bars: Bars, rng: np.random.Generator, count: int) -> Integers:
    """Rising times within each bar, one row a bar; the first trade is at the open."""
    slot = bars.timeframe // count
    offsets = np.arange(count) * slot + rng.integers(0, slot, (len(bars), count))
    offsets[:, 0] = 0
    return np.asarray(bars.ts[:, None] + offsets, np.int64)


def _path(bars: Bars, rng: np.random.Generator, count: int, step: int) -> Integers:
    """Prices of each bar on the grid: open first, close last, high and low somewhere between."""
    low, high = bars.low_ticks // step, bars.high_ticks // step
    path = low[:, None] + (rng.random((len(bars), count)) * (high - low + 1)[:, None]).astype(np.int64)
    path = np.clip(path, low[:, None], high[:, None]) * step
    rows = np.arange(len(bars))
    inner = rng.permuted(np.tile(np.arange(1, count - 1), (len(bars), 1)), axis=1)
    path[rows, inner[:, 0]] = bars.high_ticks
    path[rows, inner[:, 1]] = bars.low_ticks
    path[:, 0], path[:, -1] = bars.open_ticks, bars.close_ticks
    return np.asarray(path, np.int64)


def _volumes(bars: Bars, count: int) -> Integers:
    """The volume in equal parts, the rest with the last trade; 0 where a bar has less than one lot a trade."""
    part = bars.volume_lots // count
    volumes = np.repeat(part[:, None], count, axis=1)
    volumes[:, -1] += bars.volume_lots - part * count
    return volumes


def _quotes(trades: Trades, rng: np.random.Generator, width: int, step: int) -> Quotes:
    """A quote at the time of each trade whose aggressor took the near side."""
    bought = trades.side == 1
    bid = np.maximum(np.where(bought, trades.price_ticks - width, trades.price_ticks), step)
    sizes: Any = rng.integers(1, 2 * _QUOTE_LOTS, (2, len(trades))) * np.maximum(trades.size_lots // _QUOTE_LOTS, 1)
    return Quotes(
        symbol=trades.symbol,
        ts=trades.ts,
        bid_ticks=np.asarray(bid, np.int64),
        ask_ticks=np.asarray(bid + width, np.int64),
        bid_lots=np.asarray(sizes[0], np.int64),
        ask_lots=np.asarray(sizes[1], np.int64),
        price_decimals=trades.price_decimals,
        size_decimals=trades.size_decimals,
    )
