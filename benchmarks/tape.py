"""Deterministic ticks: a tape of trades, and a stream of level-2 changes around a touch that walks."""

from functools import cache
from typing import Any

import numpy as np
from market import SEED, START, Columns

MILLISECOND = 1_000_000
TICK = 0.01
DEPTH = 20  # levels on each side that change
STAY = 50  # changes between two steps of the touch
TOUCH = 1_000_000  # in ticks


@cache
def trades(count: int, seed: int = SEED) -> Columns:
    """`count` trades: ts int64 ns UTC, price and size float64, side int8 (1 buyer, -1 seller was the aggressor)."""
    chance = np.random.default_rng(seed)
    ticks = TOUCH + np.cumsum(chance.integers(-1, 2, count))
    return {
        "ts": START + np.cumsum(chance.integers(1, 20 * MILLISECOND, count)),
        "price": np.round(ticks * TICK, 2),
        "size": chance.integers(1, 2_000, count) / 1_000,
        "side": (chance.integers(0, 2, count) * 2 - 1).astype(np.int8),
    }


@cache
def changes(count: int, seed: int = SEED) -> Columns:
    """`count` level-2 rows: ts, side int8 (1 bid, -1 ask), price, size (0 deletes), flags 0; half a millisecond apart.

    The book is never crossed: before the touch steps onto a level, that level is deleted. No row falls on a whole
    millisecond, so timers and rows never meet.
    """
    chance = np.random.default_rng(seed)
    steps = chance.integers(0, 2, count // STAY + 1) * 2 - 1
    middle = TOUCH + np.repeat(np.cumsum(steps) - steps, STAY)[:count]
    side = chance.integers(0, 2, count) * 2 - 1
    away = chance.integers(1, DEPTH + 1, count)
    size = chance.integers(0, 2_000, count) / 1_000
    size[away == 1] += 0.001  # levels at the touch are changed, not deleted
    last = slice(STAY - 1, None, STAY)
    step = steps[: len(side[last])]
    side[last], away[last], size[last] = -step, 1, 0.0  # the touch goes up: its ask is taken away
    return {
        "ts": START + np.arange(count, dtype=np.int64) * (MILLISECOND // 2) + 1,
        "side": side.astype(np.int8),
        "price": np.round((middle - side * away) * TICK, 2),
        "size": size,
        "flags": np.zeros(count, np.uint8),
    }


def touches(rows: Columns, times: np.ndarray[Any, Any]) -> tuple[int, float]:
    """The truth about the best prices just before each of `times`: how many both sides had, and their sum.

    A plain dictionary of levels, slow and clear.
    """
    books: dict[int, dict[float, float]] = {1: {}, -1: {}}
    calls, total, row = 0, 0.0, 0
    columns = [rows[name].tolist() for name in ("ts", "side", "price", "size")]
    for time in times.tolist():
        while row < len(columns[0]) and columns[0][row] <= time:
            _, side, price, size = (column[row] for column in columns)
            row += 1
            if size:
                books[side][price] = size
            else:
                books[side].pop(price, None)
        if books[1] and books[-1]:
            calls, total = calls + 1, total + max(books[1]) + min(books[-1])
    return calls, total
