"""Small markets that tests trade on: bars as (open, high, low, close) a minute apart, or a random walk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import parrot
from parrot.engine.bars import Bars

MINUTE = 60_000_000_000
START = 1_704_067_200_000_000_000  # 2024-01-01T00:00Z


def bars_of(rows: Sequence[Sequence[float]], *, start: int = START, step: int = MINUTE, symbol: str = "") -> Bars:
    """Bars of (open, high, low, close[, volume])."""
    table = np.array([[*row[:4], row[4] if len(row) > 4 else 1000.0] for row in rows])
    columns = dict(zip(("open", "high", "low", "close", "volume"), table.T, strict=True))
    return parrot.read_bars({"ts": start + step * np.arange(len(rows)), **columns}, symbol=symbol, timeframe=step)


def closes(*prices: float, **where: object) -> Bars:
    """Bars that open at their close and reach half a unit up and down."""
    return bars_of([(price, price + 0.5, price - 0.5, price) for price in prices], **where)


def walk(count: int, seed: int = 1, **where: object) -> Bars:
    """A random walk in steps of a cent, around 100."""
    steps = np.random.default_rng(seed).integers(-100, 101, size=(count, 3))
    close = 10_000 + np.cumsum(steps[:, 0]).clip(-9_000)
    opened = np.concatenate(([10_000], close[:-1]))
    high, low = np.maximum(opened, close) + abs(steps[:, 1]), np.minimum(opened, close) - abs(steps[:, 2]) // 2
    rows = np.column_stack((opened, high, low.clip(1), close)) / 100
    return bars_of(rows.tolist(), **where)
