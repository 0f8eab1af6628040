"""Subscriptions jump over quiet bars and still give what a handler on every bar gives, to the last digit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parrot
from parrot.kernel.errors import StrategyError
from parrot.sdk import Market, Strategy, above, crossed_above, crossed_below, distance


class Each(Strategy):
    """Looks at every bar."""

    fast: int = 2
    slow: int = 4
    guarded: bool = False

    def init(self) -> None:
        self.f, self.s = self.sma(self.fast), self.sma(self.slow)

    def on_bar(self, bar: Any) -> None:
        """Asks on every bar what the subscriptions of `Jumping` wait for."""
        if self.f.crossed_above(self.s):
            self.enter(bar)
        if self.f.crossed_below(self.s):
            self.leave(bar)

    def enter(self, bar: Any) -> None:
        """Holds two units, above a stop where asked for."""
        self.hold(2, symbol=bar.symbol, stop=distance(2) if self.guarded else None, why="up")

    def leave(self, bar: Any) -> None:
        """Holds nothing."""
        self.hold(0, symbol=bar.symbol, why="down")


class Jumping(Each):
    """Hears of crossings only."""

    on_bar = None  # a strategy without this handler is never called on quiet bars

    def init(self) -> None:
        fast, slow = self.sma(self.fast), self.sma(self.slow)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)


def walk(steps: list[int]) -> dict[str, Any]:
    close = np.maximum(20.0 + np.cumsum(steps), 3.0)
    open_ = np.concatenate([[20.0], close[:-1]])
    return {
        "ts": np.arange(len(steps), dtype=np.int64) * 60_000_000_000,
        "open": open_,
        "high": np.maximum(open_, close) + 1,
        "low": np.minimum(open_, close) - 1,
        "close": close,
        "volume": np.ones(len(steps)),
    }


paths = st.lists(st.integers(-2, 2), min_size=6, max_size=120)


@settings(max_examples=120, deadline=None)
@given(
    one=paths,
    two=paths,
    fast=st.integers(1, 4),
    slow=st.integers(2, 9),
    guarded=st.booleans(),
    several=st.booleans(),
    account=st.sampled_from(["cash", "margin"]),
)
def test_subscriptions_equal_a_handler_on_every_bar(
    one: list[int], two: list[int], fast: int, slow: int, guarded: bool, several: bool, account: str
) -> None:
    bars = {"A": walk(one), "B": walk(two)} if several else walk(one)
    terms = {"cash": 1_000, "fees": "10bp", "market": Market(account=account)}
    parameters = {"fast": fast, "slow": slow, "guarded": guarded}
    each = parrot.backtest(Each(**parameters), bars, **terms)
    jumping = parrot.backtest(Jumping(**parameters), bars, **terms)
    assert jumping.fills.rows() == each.fills.rows()
    assert jumping.orders.rows() == each.orders.rows()
    assert jumping.equity.rows() == each.equity.rows()
    assert jumping.stats["hash"] == each.stats["hash"]


def test_conditions_combine() -> None:
    seen: list[int] = []

    class Both(Strategy):
        def init(self) -> None:
            price, average = self.price("close"), self.sma(2)
            self.when(above(price, average) & ~above(price, 23.5), lambda bar: seen.append(bar.ts // 60_000_000_000))

    parrot.backtest(Both, walk([1, 1, 1, 1, -1, -1, 1, 1]))
    # Closes 21 22 23 24 23 22 23 24; the first warm bar is bar 2 (T5). Above the average of two: bars 2, 3, 6, 7;
    # of these at most 23.5: bars 2 and 6.
    assert seen == [2, 6]


def test_a_condition_is_not_a_truth_value() -> None:
    class Wrong(Strategy):
        def init(self) -> None:
            if crossed_above(self.sma(2), 20.0):
                raise AssertionError("unreachable")

    with pytest.raises(StrategyError, match=r"when\(\)"):
        parrot.backtest(Wrong, walk([1, 1, 1]))
