"""Conditions between lines: where they hold, and when they call the strategy."""

from __future__ import annotations

import pytest

import parrot
from parrot.kernel.errors import StrategyError
from parrot.sdk import Strategy, above, below, crossed_above, crossed_below
from tests.unit.sdk.listening import TEN, Recorder, heard
from tests.unit.sdk.markets import MINUTE, START, closes, walk


def rows_of(build) -> list[float]:
    """Closes of the bars on which a condition of (close, sma(3), sma(8)) holds."""

    class Wakes(Recorder):
        def init(self):
            lines = self.price(), self.sma(3), self.sma(8)
            self.when(build(*lines), lambda bar: self.hear(bar.ts))

    return [ts for (ts,) in heard(Wakes, WALK)]


def rows_by_hand(holds) -> list[float]:
    """The same, asked on every bar."""

    class Asks(Recorder):
        def init(self):
            self.lines = self.price(), self.sma(3), self.sma(8)

        def on_bar(self, bar):
            if holds(*self.lines):
                self.hear(bar.ts)

    return [ts for (ts,) in heard(Asks, WALK)]


WALK = walk(300, seed=5)


@pytest.mark.parametrize(
    ("build", "holds"),
    [
        (lambda c, f, s: crossed_above(f, s), lambda c, f, s: f.crossed_above(s)),
        (lambda c, f, s: crossed_below(f, 100), lambda c, f, s: f.crossed_below(100)),
        (lambda c, f, s: above(c, f) & below(f, s), lambda c, f, s: c > f and f < s),
        (lambda c, f, s: above(c, f) | crossed_below(f, s), lambda c, f, s: c > f or f.crossed_below(s)),
        (lambda c, f, s: ~above(c, f), lambda c, f, s: not c > f),
        (
            lambda c, f, s: ~(above(c, f) | below(c, 99.5)) & ~below(f, s),
            lambda c, f, s: not (c > f or c < 99.5) and f >= s,
        ),
    ],
)
def test_conditions_hold_where_the_lines_say_so(build, holds):
    rows = rows_of(build)
    assert rows == rows_by_hand(holds)
    assert len(rows) > 5


def test_a_crossing_from_a_tie_counts_and_to_a_tie_does_not():
    class Crosses(Recorder):
        def init(self):
            self.c = self.price()
            self.when(crossed_above(self.c, 100), lambda bar: self.hear("above", bar.ts))
            self.when(crossed_below(self.c, 100), lambda bar: self.hear("below", bar.ts))

    rows = heard(Crosses, closes(99, 100, 101, 100, 99, 101))
    minutes = [(word, (ts - START) // MINUTE) for word, ts in rows]
    assert minutes == [("above", 2), ("below", 4), ("above", 5)]


def test_handlers_of_one_bar_come_in_the_order_of_their_subscription_and_before_on_bar():
    class Both(Recorder):
        def init(self):
            c = self.price()
            self.when(above(c, 101), lambda bar: self.hear("first", bar.close))
            self.when(above(c, 100), lambda: self.hear("second"))

        def on_bar(self, bar):
            self.hear("bar", bar.close)

    assert heard(Both, closes(100, 101, 102)) == [
        ("bar", 100.0),
        ("second",),
        ("bar", 101.0),
        ("first", 102.0),
        ("second",),
        ("bar", 102.0),
    ]


def test_a_condition_is_no_truth_by_itself():
    class Asks(Strategy):
        def init(self):
            if above(self.price(), 1):
                pass

    with pytest.raises(StrategyError, match=r"use & \| ~"):
        parrot.backtest(Asks, TEN)
