"""Levels: a price, a percentage, a distance; trailing or not."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import parrot
from parrot.kernel.errors import OrderError, StrategyError
from parrot.sdk import Strategy, distance, pct, trailing
from parrot.sdk.levels import split
from tests.unit.sdk.markets import bars_of


@pytest.mark.parametrize(
    ("level", "told"),
    [
        (None, (None, False)),
        (95, (("price", 95), False)),
        ("95.5", (("price", "95.5"), False)),
        (Decimal("95.5"), (("price", Decimal("95.5")), False)),
        (np.float32(95.5), (("price", 95.5), False)),
        (pct(5), (("pct", 5), False)),
        (distance(2.5), (("distance", 2.5), False)),
        (trailing(2), (("distance", 2), True)),
        (trailing(pct(2)), (("pct", 2), True)),
    ],
)
def test_what_the_core_is_told(level, told):
    assert split(level) == told


@pytest.mark.parametrize("level", [True, [1], object(), b"1", pct(None), trailing({})])
def test_what_is_no_number_is_no_level(level):
    with pytest.raises(OrderError, match="not a level"):
        split(level)


@pytest.mark.parametrize(
    ("level", "text"),
    [
        (pct(5), "pct(5)"),
        (distance(2), "distance(2)"),
        (trailing(2), "trailing(2)"),
        (trailing(pct(1)), "trailing(pct(1))"),
    ],
)
def test_a_level_prints_as_it_was_written(level, text):
    assert repr(level) == text


BARS = bars_of([*[(100, 101, 99, 100)] * 3, (100, 101, 90, 91), (91, 92, 90, 91)])


class Guarded(Strategy):
    """Buys one at the close of the second bar, when its line has two values, with a stop."""

    level: object = None

    def init(self):
        self.width = self.compute(lambda high, low: (high - low) * 2, "high", "low")

    def on_bar(self, bar):
        if bar.ts == BARS.ts[1]:
            self.buy(1, stop=distance(self.width) if self.level is None else self.level)


def stopped_at(level: object) -> list[float]:
    class With(Guarded):
        pass

    With.level = level
    return parrot.backtest(With, BARS).fills["price"].to_list()


@pytest.mark.parametrize(
    ("level", "price"),
    [
        (95, 95.0),
        (pct(4), 96.0),  # 100 less 4 %
        (distance(3.5), 96.5),
        (trailing(3), 98.0),  # the best price is 101, the high of the bar of the entry; 101 - 3
        (trailing(pct(1.5)), 99.485),  # 101 less 1.5 %
        (None, 96.0),  # an indicator as a distance: twice the first bar's range of 2
    ],
)
def test_protection_lies_where_its_level_says(level, price):
    assert stopped_at(level) == [100.0, price]


@pytest.mark.parametrize("level", [0, -1, pct(0), pct(100), pct(-1), distance(0), distance(float("nan")), "much"])
def test_a_level_without_sense_is_an_error_of_the_strategy(level):
    class With(Guarded):
        pass

    With.level = level
    with pytest.raises(StrategyError, match="stop"):
        parrot.backtest(With, BARS)
