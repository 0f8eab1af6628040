"""What a strategy may rely on while it runs."""

from __future__ import annotations

import json
import logging
import math
from typing import Any

import numpy as np
import pytest

import parrot
from parrot.kernel.errors import ParameterError, StrategyError
from parrot.sdk import Strategy
from tests.unit.sdk.listening import TEN, Recorder, heard
from tests.unit.sdk.markets import MINUTE, START, bars_of, closes, walk


def test_a_handler_takes_the_bar_or_leaves_it():
    class Takes(Strategy):
        def on_bar(self, bar):
            self.hold(1 if bar.close < 105 else 0)

    class Leaves(Strategy):
        def init(self):
            self.c = self.price()

        def on_bar(self):
            self.hold(1 if self.c < 105 else 0)

    runs = [parrot.backtest(strategy, TEN) for strategy in (Takes, Leaves)]
    assert runs[0].stats["fills"] == 2
    assert runs[0].stats["hash"] == runs[1].stats["hash"]


def test_start_comes_before_the_first_bar_and_stop_after_the_last():
    class Whole(Recorder):
        def init(self):
            self.hear("init")

        def on_start(self):
            self.hear("start")

        def on_bar(self, bar):
            self.hear(bar.close)

        def on_stop(self):
            self.hear("stop")

    assert heard(Whole, closes(1, 2)) == [("init",), ("start",), (1.0,), (2.0,), ("stop",)]


def test_orders_and_fills_are_told_as_they_happen():
    class Told(Recorder):
        def on_bar(self, bar):
            if bar.close == 101:
                self.hear("asked", self.buy(2, limit="102.5", why="cheap"))

        def on_order(self, order):
            self.hear(order.order_id, order.status, order.type, order.limit, order.filled, order.why)

        def on_fill(self, fill):
            self.hear(self.now, fill.ts, fill.price, fill.quantity, fill.position, fill.liquidity)

    opening = START + 2 * MINUTE
    # New at the open of 102, the limit of 102.5 takes 102 (B2).
    assert heard(Told, TEN) == [
        ("asked", 1),
        (1, "working", "limit", 102.5, 0.0, "cheap"),
        (opening, opening, 102.0, 2.0, 2.0, "taker"),
        (1, "filled", "limit", 102.5, 2.0, "cheap"),
    ]


def test_a_bar_that_is_kept_never_changes():
    class Keeps(Recorder):
        def on_bar(self, bar):
            self.hear(bar)

    kept = [bar for (bar,) in heard(Keeps, TEN)]
    assert [bar.close for bar in kept] == list(range(100, 110))
    assert [bar.ts for bar in kept] == TEN.ts.tolist()
    with pytest.raises(AttributeError):
        kept[0].close = 1.0


def test_the_bar_has_all_its_columns():
    class Reads(Recorder):
        def on_bar(self, bar):
            self.hear(
                bar.symbol, bar.timeframe, bar.ts, bar.close_ts, bar.open, bar.high, bar.low, bar.close, bar.volume
            )

    bars = bars_of([(1.5, 4, 1, 2, 7.25)], symbol="X")
    assert heard(Reads, bars) == [("X", MINUTE, START, START + MINUTE, 1.5, 4.0, 1.0, 2.0, 7.25)]


class Remembering(Strategy):
    """Trades by what it has collected since it was made: in the class, in __init__ and in init."""

    in_class: list = []  # noqa: RUF012

    def __init__(self):
        super().__init__()
        self.in_init = {"bars": 0}

    def on_bar(self, bar):
        self.in_class.append(bar.close)
        self.in_init["bars"] += 1
        self.hold(min(len(self.in_class), self.in_init["bars"]))


def test_running_twice_gives_the_same():
    strategy = Remembering()
    hashes = {parrot.backtest(thing, TEN).stats["hash"] for thing in (strategy, strategy, Remembering, Remembering())}
    assert len(hashes) == 1
    assert Remembering.in_class == []
    assert strategy.in_init == {"bars": 0}


def test_what_cannot_be_copied_belongs_into_init():
    class Holds(Strategy):
        def __init__(self):
            super().__init__()
            self.lines = (line for line in "abc")

    with pytest.raises(ParameterError, match=r"Holds holds something that cannot be copied.*make it in init"):
        parrot.backtest(Holds, TEN)


def test_the_future_cannot_be_asked_for():
    class Peeks(Strategy):
        def init(self):
            self.c = self.price()

        def on_bar(self):
            self.c[1]

    with pytest.raises(
        StrategyError, match=r"IndexError: \[1\] lies in the future; \[0\] is now, \[-1\] the bar before"
    ):
        parrot.backtest(Peeks, TEN)


def test_lines_show_now_and_before():
    class Reads(Recorder):
        def init(self):
            self.c, self.m = self.price(), self.sma(2)

        def on_bar(self, bar):
            self.hear(
                self.c[0], self.c[-1], self.m[0], self.m[-1], float(self.m), self.m.value, self.c.last(3).tolist()
            )

    rows = heard(Reads, TEN)
    # The average of two needs a bar more for its value before (T5): the first call is on the third bar.
    assert rows[0] == (102.0, 101.0, 101.5, 100.5, 101.5, 101.5, [100.0, 101.0, 102.0])
    assert rows[-1][:4] == (109.0, 108.0, 108.5, 107.5)
    assert len(rows) == 8


def test_before_the_first_bar_a_line_has_no_value():
    class Reads(Recorder):
        def init(self):
            self.c = self.price()

        def on_bar(self):
            self.hear(math.isnan(self.c[-3]), self.c.last(3).tolist())

    assert heard(Reads, TEN)[0] == (True, [100.0])


def test_t5_handlers_wait_for_a_value_and_a_previous_value_of_every_line():
    class Waits(Recorder):
        def init(self):
            self.short, self.long = self.sma(2), self.rsi(5)

        def on_bar(self, bar):
            self.hear(bar.ts, math.isnan(self.long[0]), math.isnan(self.long[-1]), math.isnan(self.long[-2]))

    # The RSI of 5 has its first value on bar 5 (five changes), so handlers begin on bar 6.
    assert heard(Waits, TEN)[0] == (START + 6 * MINUTE, False, False, True)


def test_t5_warm_up_is_each_symbol_s_own():
    class Waits(Recorder):
        def init(self):
            self.sma(4)

        def on_bar(self, bar):
            self.hear(bar.symbol, (bar.ts - START) // MINUTE)

    late = closes(*range(1, 8), start=START + 3 * MINUTE)
    rows = heard(Waits, {"A": TEN, "B": late})
    assert min(minute for symbol, minute in rows if symbol == "A") == 4
    assert min(minute for symbol, minute in rows if symbol == "B") == 3 + 4


def test_a_strategy_can_ask_for_more_warm_up():
    class Waits(Recorder):
        warmup = 7

        def on_bar(self, bar):
            self.hear(bar.close)

    assert heard(Waits, TEN) == [(107.0,), (108.0,), (109.0,)]


def test_a_line_of_one_s_own_is_revealed_bar_by_bar():
    class Computes(Recorder):
        def init(self):
            self.range = self.compute(lambda high, low: high - low, "high", "low", lookback=2)

        def on_bar(self, bar):
            self.hear(self.range[0], self.range[0] == bar.high - bar.low)

    rows = heard(Computes, walk(50))
    assert len(rows) == 47
    assert all(equal for _, equal in rows)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda s: s.compute(lambda c: c, "closing"),
            "'closing' is not a column; expected: open, high, low, close, volume",
        ),
        (lambda s: s.compute(lambda c: c[1:]), "another length"),
        (lambda s: s.price("middle"), "middle"),
        (lambda s: s.sma(3, source="middle"), "middle"),
        (lambda s: s.sma(0), "sma"),
        (lambda s: s.sma(3, timeframe="5m"), "timeframe"),
        (lambda s: s.indicator("smma", 3), "smma"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_place(ask, message):
    class Asks(Strategy):
        def init(self):
            ask(self)

    with pytest.raises(StrategyError, match=message) as caught:
        parrot.backtest(Asks, TEN)
    assert "test_strategy.py:" in caught.value.location


def test_t3_a_larger_timeframe_is_told_before_the_smaller_one_at_the_same_time():
    class Two(Recorder):
        timeframes = ("5m",)

        def on_bar(self, bar):
            self.hear(bar.timeframe // MINUTE, (bar.close_ts - START) // MINUTE, bar.open, bar.close)

    rows = heard(Two, TEN)
    assert [row[:2] for row in rows] == [
        (1, 1), (1, 2), (1, 3), (1, 4), (5, 5), (1, 5), (1, 6), (1, 7), (1, 8), (1, 9), (5, 10), (1, 10),
    ]  # fmt: skip
    assert rows[4] == (5, 5, 100.0, 104.0)


def test_a_line_of_a_larger_timeframe_shows_its_last_closed_bar():
    class Two(Recorder):
        timeframes = ("3m",)

        def init(self):
            self.slow = self.price(timeframe="3m")

        def on_bar(self, bar):
            if bar.timeframe == MINUTE:
                self.hear((bar.close_ts - START) // MINUTE, self.slow[0])

    rows = dict(heard(Two, TEN))
    assert {minute: rows[minute] for minute in (3, 4, 5, 6, 8, 9)} == {3: 102, 4: 102, 5: 102, 6: 105, 8: 105, 9: 108}


def test_symbols_are_told_in_the_order_given():
    class All(Recorder):
        def on_bar(self, bar):
            self.hear(bar.symbol, self.symbols, self.position_of("B"))

    assert [row[0] for row in heard(All, {"B": closes(1, 2), "A": closes(3, 4)})] == ["B", "A", "B", "A"]


def test_a_line_belongs_to_the_symbol_whose_handler_runs_and_can_be_asked_for_another():
    class Pair(Recorder):
        def init(self):
            self.c = self.price()

        def on_bar(self, bar):
            self.hear(bar.symbol, self.c[0], self.c["A"][0], self.c["B"][0])

    rows = heard(Pair, {"A": closes(1, 2), "B": closes(3, 4)})
    assert rows == [("A", 1.0, 1.0, 3.0), ("B", 3.0, 1.0, 3.0), ("A", 2.0, 2.0, 4.0), ("B", 4.0, 2.0, 4.0)]


@pytest.mark.parametrize(
    "verb",
    [
        lambda s, **k: s.buy(1, **k),
        lambda s, **k: s.sell(1, **k),
        lambda s, **k: s.hold(1, **k),
        lambda s, **k: s.target(0.1, **k),
        lambda s, **k: s.close(**k),
    ],
)
@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({}, "symbol= is missing; expected: one of A, B"),
        ({"symbol": "C"}, "symbol 'C' is unknown; expected: one of A, B"),
    ],
)
def test_several_symbols_need_a_known_name(verb, keywords, message):
    class Asks(Strategy):
        def on_bar(self):
            verb(self, **keywords)

    with pytest.raises(StrategyError, match=f"OrderError: {message}"):
        parrot.backtest(Asks, {"A": TEN, "B": TEN})


def test_timers_ring_at_multiples_of_their_interval():
    class Rings(Recorder):
        def init(self):
            self.every("5m", lambda: self.hear("five", (self.now - START) // MINUTE))
            self.every("4m")

        def on_timer(self, name):
            self.hear(name, (self.now - START) // MINUTE)

    assert heard(Rings, closes(*range(1, 13))) == [("4m", 4), ("five", 5), ("4m", 8), ("five", 10), ("4m", 12)]


def test_a_timer_without_a_handler_is_refused():
    class Rings(Strategy):
        def init(self):
            self.every("1m")

    with pytest.raises(StrategyError, match=r"timer '1m' has no handler.*on_timer"):
        parrot.backtest(Rings, TEN)


def test_an_order_of_a_timer_waits_for_the_next_open():
    class Rings(Strategy):
        def init(self):
            self.every("4m", lambda: self.hold(1) if self.now == START + 4 * MINUTE else None)

    fills = parrot.backtest(Rings, TEN).fills
    assert fills["price"].to_list() == [104.0]


def test_the_log_speaks_in_simulated_time(caplog):
    class Logs(Strategy):
        def on_bar(self, bar):
            if bar.close == 103:
                self.log("close %s at %d", bar.close, self.now)

    with caplog.at_level(logging.INFO, logger="parrot.strategy"):
        parrot.backtest(Logs, TEN)
    (record,) = caplog.records
    closing = START + 4 * MINUTE
    assert (record.name, record.getMessage()) == ("parrot.strategy.Logs", f"close 103.0 at {closing}")
    assert record.simulated_ns == closing


class Unspeakable:
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("bar", 103.0), "bar 103.0"),
        (("%d", "x"), "%d x"),
        (("100 %",), "100 %"),
        (("100 %", 5), "100 % 5"),
        ((103.5,), "103.5"),
        (("at %(name)s", 1), "at %(name)s 1"),
        (("at %(name)s", {"name": 1}), "at 1"),
        ((None, (1, 2)), "None (1, 2)"),
        (("%s", Unspeakable()), "%s <Unspeakable that raises ValueError>"),
        ((Unspeakable(),), "<Unspeakable that raises ValueError>"),
    ],
)
def test_a_line_of_the_log_never_ends_a_strategy(given, said, caplog):
    class Logs(Strategy):
        def on_bar(self, bar):
            if bar.close == 103:
                self.log(*given)

    with caplog.at_level(logging.INFO, logger="parrot.strategy"):
        parrot.backtest(Logs, TEN)
    assert [record.getMessage() for record in caplog.records] == [said]


class Fails(Strategy):
    """Holds one, and divides by zero on the sixth bar."""

    def on_bar(self, bar):
        self.hold(1)
        if bar.close == 105:
            self.divide(0)

    def divide(self, by):
        return 1 / by


def test_an_error_of_the_strategy_names_its_file_and_line_and_keeps_what_was_done():
    with pytest.raises(StrategyError, match="Fails raised ZeroDivisionError: division by zero") as caught:
        parrot.backtest(Fails, TEN)
    line = Fails.divide.__code__.co_firstlineno + 1
    assert caught.value.location == f"{__file__}:{line}"
    assert "return 1 / by" in str(caught.value)
    result: Any = caught.value.result
    assert result.status == "failed"
    assert result.fills["price"].to_list() == [101.0]
    assert len(result.equity) == 6
    assert result.stats["final_equity"] == 1_000_004.0


@pytest.mark.parametrize("name", ["init", "on_start", "on_stop", "on_fill", "on_order"])
def test_every_handler_s_error_is_the_strategy_s(name):
    def fails(self, *_):
        raise RuntimeError("mine")

    strategy = type("Mine", (Strategy,), {name: fails, "on_bar": lambda self: self.hold(1)})
    with pytest.raises(StrategyError, match="Mine raised RuntimeError: mine") as caught:
        parrot.backtest(strategy, TEN)
    assert caught.value.location == f"{__file__}:{fails.__code__.co_firstlineno + 1}"


def test_an_order_that_could_never_be_is_an_error_of_the_strategy():
    class Wrong(Strategy):
        def on_bar(self):
            self.buy(-1)

    with pytest.raises(
        StrategyError, match="Wrong raised OrderError: the quantity is -1; it must be positive"
    ) as caught:
        parrot.backtest(Wrong, TEN)
    assert "self.buy(-1)" in str(caught.value)


@pytest.mark.parametrize("verb", ["hold", "target"])
@pytest.mark.parametrize("amount", ["much", math.nan, math.inf, None])
def test_an_amount_that_is_no_number_is_an_error_of_the_strategy(verb, amount):
    class Wrong(Strategy):
        def on_bar(self):
            getattr(self, verb)(amount)

    with pytest.raises(StrategyError, match=f"OrderError: {verb}"):
        parrot.backtest(Wrong, TEN)


def test_numbers_come_from_anywhere():
    class Mixed(Strategy):
        def on_bar(self, bar):
            if bar.close == 100:
                for amount in (1, 0.5, "0.25", np.float64(2), np.int64(3)):
                    self.buy(amount)

    fills = parrot.backtest(Mixed, TEN).fills
    assert fills["quantity"].to_list() == [1.0, 0.5, 0.25, 2.0, 3.0]


def test_an_error_inside_a_library_names_the_line_that_called_it():
    class Reads(Strategy):
        def on_bar(self, bar):
            json.loads("{")

    with pytest.raises(StrategyError, match="Reads raised JSONDecodeError") as caught:
        parrot.backtest(Reads, TEN)
    assert caught.value.location == f"{__file__}:{Reads.on_bar.__code__.co_firstlineno + 1}"
