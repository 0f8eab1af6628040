"""The same input gives the same result: again, beside other runs, and in any process (rule R4)."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import parrot
from parrot.sdk import Strategy, pct

ROWS = 4_000


def market(seed: int = 7) -> dict[str, Any]:
    """A seeded random walk on a coarse grid, so that ties happen."""
    rng = np.random.default_rng(seed)
    close = 100 + np.cumsum(rng.integers(-4, 5, ROWS)) * 0.25
    close = np.maximum(close, 5.0)
    open_ = np.concatenate([[100.0], close[:-1]])
    spread = rng.integers(0, 4, ROWS) * 0.25
    return {
        "ts": np.arange(ROWS, dtype=np.int64) * 60_000_000_000,
        "open": open_,
        "high": np.maximum(open_, close) + spread,
        "low": np.minimum(open_, close) - spread,
        "close": close,
        "volume": np.full(ROWS, 50.0),
    }


class Crossing(Strategy):
    """Holds a share of equity above a stop while the fast average is above the slow one."""

    def init(self) -> None:
        self.fast, self.slow = self.sma(5), self.sma(20)

    def on_bar(self, bar: Any) -> None:
        """Acts on crossings."""
        if self.fast.crossed_above(self.slow):
            self.target(0.9, stop=pct(2), take=pct(6), why="up")
        elif self.fast.crossed_below(self.slow):
            self.target(0, why="down")


def digest() -> str:
    return str(parrot.backtest(Crossing, market(), cash=10_000, fees="10bp", slippage="5bp").stats["hash"])


def test_r4_a_second_run_gives_the_same_hash() -> None:
    assert digest() == digest()


def test_r4_another_input_gives_another_hash() -> None:
    other = parrot.backtest(Crossing, market(8), cash=10_000, fees="10bp", slippage="5bp").stats["hash"]
    assert other != digest()


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_r4_runs_beside_each_other_do_not_touch(threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        found = set(pool.map(lambda _: digest(), range(threads * 2)))
    assert found == {digest()}


@pytest.mark.parametrize("threads", ["1", "4"])
def test_r4_a_process_with_other_threads_and_hash_seed_agrees(threads: str) -> None:
    code = "from tests.unit.engine.test_determinism import digest; print(digest())"
    environment = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads}
    made = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == digest()
