"""What a run took is given back when its result goes, without waiting for the collector."""

from __future__ import annotations

import gc
import weakref

import numpy as np

import parrot
from parrot.sdk import Strategy, crossed_above

MINUTE = 60_000_000_000


SEEN: list[weakref.ref[Strategy]] = []


class Watched(Strategy):
    """Subscribes, so that the run holds methods of it."""

    def init(self):
        SEEN.append(weakref.ref(self))
        self.when(crossed_above(self.sma(2), self.sma(3)), self.enter)
        self.every("1h", self.enter)

    def enter(self, bar=None):
        self.hold(1)


def test_a_finished_strategy_is_in_no_circle() -> None:
    prices = np.array([10.0, 9, 8, 9, 10, 11, 12, 11])
    bars = dict.fromkeys(("open", "high", "low", "close", "volume"), prices) | {"ts": np.arange(8) * MINUTE}
    gc.collect()
    gc.disable()
    try:
        result = parrot.backtest(Watched, bars)
        assert result.stats["fills"] == 1
        assert SEEN.pop()() is None
    finally:
        gc.enable()
