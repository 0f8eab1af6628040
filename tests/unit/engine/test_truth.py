"""The exact truth of a moving-average cross: ../shared/bench/bars.py and the same in integers, against whole runs."""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import parrot
from parrot.sdk import Strategy
from tests.reference.exact import UNIT
from tests.reference.run import simulate
from tests.reference.terms import Bar, Step, Terms

CASH = 1_000_000


class Cross(Strategy):
    """Holds one unit from a cross above to a cross below."""

    fast: int = 10
    slow: int = 30

    def init(self):
        self.f, self.s = self.sma(self.fast), self.sma(self.slow)

    def on_bar(self, bar):
        if self.f.crossed_above(self.s):
            self.hold(1, why="above")
        elif self.f.crossed_below(self.s):
            self.hold(0, why="below")


@pytest.fixture(scope="module")
def bench(shared: Path):
    spec = importlib.util.spec_from_file_location("bench_bars", shared / "bench" / "bars.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def made(bench, count: int, seed: int, decimals: int):
    return bench.make(count, seed, decimals)


def integers(values) -> np.ndarray:
    return np.rint(values * 1e8).astype(np.int64)


def crosses(close: np.ndarray, fast: int, slow: int) -> list[tuple[int, int]]:
    """(bar, direction) of each cross, decided on integers; the first one needs two values (T5)."""
    total = np.concatenate([[0], np.cumsum(close)])
    gap = (total[slow:] - total[slow - fast : -fast]) * slow - (total[slow:] - total[:-slow]) * fast
    above, below = (gap[:-1] <= 0) & (gap[1:] > 0), (gap[:-1] >= 0) & (gap[1:] < 0)
    return [(int(i) + slow, 1 if above[i] else -1) for i in np.flatnonzero(above | below)]


def truth(bars: dict, fast: int, slow: int) -> tuple[int, Decimal]:
    """Fills and final equity in exact integers of 10^-8; the fee of 10 bp is rounded half-even per fill (N2)."""
    opens, close = integers(bars["open"]), integers(bars["close"])
    cash, position, fills = CASH * UNIT, 0, 0
    for bar, direction in crosses(close, fast, slow):
        if bar + 1 < len(opens) and position != (direction > 0):
            price = int(opens[bar + 1])
            cash -= direction * price + round(Decimal(price) / 1000)
            position, fills = position + direction, fills + 1
    return fills, Decimal(cash + position * int(close[-1])).scaleb(-8)


def run(bars: dict, fast: int, slow: int):
    return parrot.backtest(Cross(fast=fast, slow=slow), bars, cash=CASH, fees="10bp", slippage="0bp")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("count", "fills", "equity"), [(100_000, 3_870, "999607.6025"), (1_000_000, 39_167, "996620.3442")]
)
def test_the_published_truth(bench, count: int, fills: int, equity: str) -> None:
    bars = made(bench, count, 42, 4)
    result = run(bars, 10, 30)
    assert result.stats["fills"] == fills
    assert result.stats["final_equity"] == pytest.approx(float(equity), abs=1e-4)
    assert (fills, result.final_equity) == truth(bars, 10, 30)


@pytest.mark.shared
@pytest.mark.parametrize("decimals", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(
    ("seed", "fast", "slow"), [(1, 10, 30), (2, 2, 3), (3, 5, 50), (4, 1, 2), (5, 20, 200), (6, 7, 11)]
)
def test_any_seed_and_pair(bench, seed: int, decimals: int, fast: int, slow: int) -> None:
    bars = made(bench, 20_000, seed, decimals)
    result = run(bars, fast, slow)
    fills, equity = truth(bars, fast, slow)
    assert (result.stats["fills"], result.final_equity) == (fills, equity)
    theirs = bench.truth(bars, fast, slow)
    assert fills == theirs[0]
    assert float(equity) == pytest.approx(theirs[1], abs=1e-4)


@pytest.mark.shared
def test_the_reference_knows_the_same_truth(bench) -> None:
    bars = made(bench, 1_500, 7, 2)
    rows = zip(*(integers(bars[name]) for name in ("open", "high", "low", "close", "volume")), strict=True)
    ts = bars["ts"].tolist()
    table = [Bar(t, t + ts[1] - ts[0], *(int(x) for x in row)) for t, row in zip(ts, rows, strict=True)]
    script = [Step(bar, "A", "hold", {"q": int(up > 0)}) for bar, up in crosses(integers(bars["close"]), 10, 30)]
    outcome = simulate(table, script, terms=Terms(taker="10bp"), cash=CASH)
    assert (len(outcome.fills), Decimal(outcome.equity[-1][1]).scaleb(-8)) == truth(bars, 10, 30)
