"""The live mode: columns grow, indicators have the bits of a back-test, fills come from outside."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from parrot.contracts.market import Market
from parrot.engine.live import Executed, LiveRun, nothing_yet
from parrot.engine.run import Inputs, run
from parrot.kernel.errors import StrategyError
from parrot.sdk import Strategy, above, below, crossed_above, pct
from tests.unit.sdk.markets import MINUTE, START, walk

UNIT = 10**8
LINES = (
    "ema",
    "rsi",
    "atr",
    "macd",
    "bbands",
    "adx",
    "stoch",
    "obv",
    "vwap",
    "supertrend",
    "psar",
    "zscore",
    "highest",
)


class Seeing(Strategy):
    """Keeps everything that it sees, bit for bit."""

    timeframes = ("5m",)

    def init(self):
        self.seen = []
        self.lines = [self.indicator(name) for name in LINES]
        self.averages = [self.sma(4), self.wma(5), self.sma(3, timeframe="5m"), self.sma(6, source="volume")]
        self.own = self.compute(lambda high, low: np.cumsum(high - low), "high", "low")
        self.middle = self.price("close")
        self.when(crossed_above(self.averages[0], self.averages[1]) & ~below(self.middle, 99), self.crossed)
        self.when(above(self.lines[1], 60) | below(self.lines[1], 40), self.far)
        self.every("7m", self.tick)

    def note(self, what, ts):
        lines = [value for line in self.lines for value in (line if isinstance(line, tuple) else (line,))]
        values = [float(line) for line in (*lines, *self.averages, self.own, self.middle)]
        self.seen.append((what, ts, self.now, np.array([*values, self.lines[0][-1]]).tobytes()))

    def on_bar(self, bar):
        self.note(("bar", bar.timeframe, bar.open, bar.high, bar.low, bar.close, bar.volume), bar.ts)

    def crossed(self, bar):
        self.note("crossed", bar.ts)

    def far(self, bar):
        self.note("far", bar.ts)

    def tick(self):
        self.note("timer", self.now)


def rows(bars):
    volume = bars.volume_lots * 10 ** (8 - bars.volume_decimals)
    columns = (bars.ts, bars.close_ts, bars.open_ticks, bars.high_ticks, bars.low_ticks, bars.close_ticks, volume)
    return [tuple(int(column[row]) for column in columns) for row in range(len(bars))]


def live(strategy, bars, act=lambda run, row: None, cash=100_000):
    """Runs a strategy on bars that come one at a time; `act` is called with the run before each is given."""
    inputs = nothing_yet({"A": bars.price_decimals}, bars.timeframe, ["bars"])
    made = LiveRun(strategy, inputs, Market(), cash)
    waiting = iter(enumerate(rows(bars)))

    def feed():
        at = next(waiting, None)
        if at is None:
            return False
        act(made, at[0])
        made.bar("A", at[1])
        made.know(at[1][1])
        return True

    made.play(feed)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_everything_that_is_seen_live_has_the_bits_of_a_back_test(seed):
    bars = walk(400, seed, symbol="A")
    backtested, hosted = [], []

    class Kept(Seeing):
        def on_stop(self):
            backtested.append(self.seen)

    run(Kept(), Inputs({"A": bars}), Market(), 1000)
    strategy = Seeing()
    live(strategy, bars)
    hosted = strategy.seen
    assert len(hosted) > 400
    assert hosted == backtested[0]


class Holding(Strategy):
    def init(self):
        self.heard = []

    def on_bar(self, bar):
        if bar.ts == START:
            self.bought = self.buy(2, stop=pct(10), take=pct(20), why="begin")

    def on_fill(self, fill):
        self.heard.append((fill.side, fill.quantity, fill.price, fill.fee, fill.position))

    def on_order(self, order):
        self.heard.append((order.order_id, order.type, order.status, order.quantity, order.reason))


def executed(quantity, price, *, fee="0", taken=None, ts=0, protection=""):
    return Executed(ts, round(quantity * UNIT), round(price * UNIT), Decimal(fee), taken, False, protection)


def test_a_fill_from_outside_moves_cash_and_position_and_brings_protection():
    strategy = Holding()
    made = live(
        strategy, walk(3, symbol="A"), lambda run, row: run.filled(1, executed(2, 100, fee="0.5")) if row == 1 else None
    )
    assert (strategy.position, strategy.cash) == (2.0, 100_000 - 200 - 0.5)
    assert strategy.heard[0] == (1, "market", "working", 2.0, None)
    assert ("buy", 2.0, 100.0, 0.5, 2.0) in strategy.heard
    assert [(move.deed, move.order_id, move.quantity) for move in made.moves()] == [
        ("place", 1, 2 * UNIT),
        ("place", 2, 2 * UNIT),
        ("place", 3, 2 * UNIT),
    ]
    stop, take = made.engine.order_units(2), made.engine.order_units(3)
    assert (stop["type"], stop["trigger"], take["type"], take["limit"]) == ("stop", 90 * UNIT, "limit", 120 * UNIT)


def test_nothing_is_filled_by_the_run_itself():
    strategy = Holding()
    live(strategy, walk(50, symbol="A"))
    assert (strategy.position, strategy.working()) == (0.0, [1])


def test_parts_resize_protection_and_its_fill_withdraws_the_other_side():
    def act(run, row):
        if row == 1:
            run.filled(1, executed(0.5, 100))
            run.filled(1, executed(1.5, 101))
        if row == 2:
            run.filled(2, executed(2, 90))

    strategy = Holding()
    made = live(strategy, walk(4, symbol="A"), act)
    deeds = [(move.deed, move.order_id, move.quantity / UNIT) for move in made.moves()]
    assert deeds == [
        ("place", 1, 2.0),
        ("place", 2, 0.5),
        ("place", 3, 0.5),
        ("resize", 2, 2.0),
        ("resize", 3, 2.0),
        ("cancel", 3, 2.0),
    ]
    assert strategy.flat


def test_a_fee_in_the_bought_coin_makes_the_position_smaller():
    strategy = Holding()
    fee = executed(2, 100, fee="0.2", taken=round(0.002 * UNIT))
    live(strategy, walk(3, symbol="A"), lambda run, row: run.filled(1, fee) if row == 1 else None)
    assert (strategy.position, strategy.cash) == (1.998, 100_000 - 200)


@pytest.mark.parametrize("status", ["canceled", "expired", "refused"])
def test_an_end_from_outside_is_heard_with_its_reason(status):
    strategy = Holding()
    live(strategy, walk(3, symbol="A"), lambda run, row: run.ended(1, 0, status, "because") if row == 1 else None)
    assert strategy.heard[-1] == (1, "market", status, 2.0, "because")
    assert strategy.working() == []


def test_a_fill_that_was_faster_than_a_cancel_is_booked():
    class Hasty(Holding):
        def on_bar(self, bar):
            super().on_bar(bar)
            self.cancel_all()

    strategy = Hasty()
    live(strategy, walk(3, symbol="A"), lambda run, row: run.filled(1, executed(1, 100)) if row == 1 else None)
    assert strategy.position == 1.0


def test_an_order_of_somebody_else_moves_the_position_and_makes_no_move():
    strategy = Holding()

    def act(run, row):
        if row == 1:
            run.filled(run.adopt("A", 1, 3 * UNIT), executed(3, 100))

    made = live(strategy, walk(3, symbol="A"), act)
    assert strategy.position == 3.0
    assert [move.order_id for move in made.moves()] == [1]


def test_a_bar_that_lies_before_the_last_is_refused():
    bars = walk(3, symbol="A")
    with pytest.raises(StrategyError, match="lies before the last one"):
        live(
            Holding(), bars, lambda run, row: run.bar("A", (START - MINUTE, START, 1, 1, 1, 1, 1)) if row == 1 else None
        )


def test_timers_run_as_far_as_time_is_known_without_data():
    ticks = []

    class Timed(Strategy):
        def init(self):
            self.every("1s", lambda: ticks.append(self.now))

        def on_bar(self, bar):
            pass

    bars = walk(1, symbol="A")
    made = LiveRun(Timed(), nothing_yet({"A": 2}, bars.timeframe, ["bars"]), Market(), 1000)
    steps = iter(
        [lambda: made.bar("A", rows(bars)[0]), lambda: made.know(START + 2_500_000_000), lambda: made.know(START)]
    )

    def feed():
        step = next(steps, None)
        if step is not None:
            step()
        return step is not None

    made.play(feed)
    assert ticks == [START + 1_000_000_000, START + 2_000_000_000]


def test_ticks_of_weeks_need_no_more_memory_than_those_of_an_hour():
    seen = []

    class Counting(Strategy):
        def on_trade(self, trade):
            seen.append((trade.ts, trade.price))

    made = LiveRun(Counting(), nothing_yet({"A": 2}, 0, ["trades"]), Market(), 1000)
    count = 200_000
    waiting = iter(range(0, count, 1000))

    def feed():
        begin = next(waiting, None)
        if begin is not None:
            for at in range(begin, begin + 1000):
                made.trade("A", START + at // 2, 100 + at, UNIT, 1)
            made.know(START + begin + 1000)
        return begin is not None

    made.play(feed)
    assert seen == [(START + at // 2, (100 + at) / 100) for at in range(count)]
    with pytest.raises(ValueError, match="lies before the last one"):
        made.trade("A", START, 1, 1, 1)
