"""Bars by time, trades, volume and value: the rules by hand, against a plain reading, and live against batch."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.market_data.live import BarRule, LiveMarket
from parrot.centers.market_data.live.batch import TradeColumns, bars_of
from parrot.contracts.ticks import BarClosed, TradeTick
from parrot.engine.columns import WEEK
from parrot.kernel.errors import MissingError, ParameterError
from tests.unit.centers.market_data.live.ticks import COIN, MS, SECOND, START, SYMBOL, at, gates, market, patient, trade

RULES = (BarRule("time", SECOND), BarRule("tick", 3), BarRule("volume", 4 * COIN), BarRule("dollar", 250))


def closed(live: LiveMarket, ticks: list[TradeTick], now: int | None = None) -> list[BarClosed]:
    messages = live.take(ticks, ticks[-1].ts if now is None else now).messages
    return [message for message in messages if isinstance(message, BarClosed)]


def ohlcv(bar: BarClosed) -> tuple[int, ...]:
    return bar.open, bar.high, bar.low, bar.close, bar.volume // COIN, bar.trades


def test_a_time_bar_closes_with_the_first_trade_at_its_end_and_stands_before_it() -> None:
    live = market(bars=(RULES[0],))
    ticks = [trade(1, 10_000, ms=0), trade(2, 10_100, ms=1), trade(3, 9_950, ms=2), trade(4, 10_005, ms=999)]
    assert closed(live, ticks) == []
    messages = live.take([trade(5, ms=1_000)], at(1_000)).messages
    assert [type(message) for message in messages] == [BarClosed, TradeTick]
    assert (messages[0].ts, messages[0].close_ts) == (START, START + SECOND)
    assert ohlcv(messages[0]) == (10_000, 10_100, 9_950, 10_005, 4, 4)


def test_time_closes_a_bar_a_grace_after_its_end() -> None:
    live = market(bars=(RULES[0],), grace=250 * MS)
    live.take([trade(1, ms=0)], at(0))
    assert live.take([], at(1_249.9)).messages == []
    (bar,) = live.take([], at(1_250)).messages
    assert (bar.close_ts, bar.trades) == (START + SECOND, 1)


def test_a_trade_that_comes_after_its_bar_was_closed_by_time_is_named_and_not_counted() -> None:
    live = market(bars=(RULES[0],), grace=250 * MS)
    live.take([trade(1, ms=0)], at(0))
    live.take([], at(1_300))
    late = trade(2, ms=900)
    flow = live.take([late, trade(3, ms=1_310)], at(1_310))
    assert gates(flow) == ["late"]
    assert late in flow.messages, "it is a good trade all the same"
    (bar,) = live.take([], at(2_300)).messages
    assert bar.trades == 1


def test_an_empty_bar_repeats_the_last_close_and_says_that_it_was_not_made_of_trades() -> None:
    live = patient(bars=(RULES[0],))
    bars = closed(live, [trade(1, 10_000, ms=0), trade(2, 10_050, ms=500), trade(3, ms=3_100)])
    assert [bar.made for bar in bars] == [True, False, False]
    assert [ohlcv(bar) for bar in bars[1:]] == [(10_050, 10_050, 10_050, 10_050, 0, 0)] * 2
    assert [bar.ts for bar in bars] == [START, START + SECOND, START + 2 * SECOND]


def test_no_bar_comes_before_the_first_trade() -> None:
    live = patient(bars=(RULES[0],))
    assert live.take([], at(60_000)).messages == []


def test_at_most_so_many_empty_bars_come_in_a_row_by_trades_and_by_time() -> None:
    by_trade = closed(patient(bars=(RULES[0],), fill=3), [trade(1, ms=0), trade(2, ms=60_000)])
    assert [bar.made for bar in by_trade] == [True, False, False, False]
    live = patient(bars=(RULES[0],), fill=3)
    live.take([trade(1, ms=0)], at(0))
    by_time = [bar for second in range(1, 60) for bar in live.take([], at(second * 1_000 + 300)).messages]
    assert by_time == by_trade
    assert closed(live, [trade(2, ms=60_500), trade(3, ms=61_500)])[-1].ts == at(60_000)


def test_weeks_begin_on_monday() -> None:
    live = patient(bars=(BarRule("time", WEEK),))
    (bar,) = closed(live, [trade(1, ms=0), trade(2, ms=WEEK // MS)])
    assert bar.ts == 1_699_833_600 * SECOND, "2023-11-13"


def test_a_bar_of_trades_volume_or_value_closes_with_the_trade_that_fills_it() -> None:
    ticks = [trade(1, 10_000), trade(2, 10_100), trade(3, 9_900), trade(4, 10_000, size=7 * COIN), trade(5, 10_000)]
    assert [ohlcv(bar) for bar in closed(market(bars=(BarRule("tick", 2),)), ticks)] == [
        (10_000, 10_100, 10_000, 10_100, 2, 2),
        (9_900, 10_000, 9_900, 10_000, 8, 2),
    ]
    assert [ohlcv(bar) for bar in closed(market(bars=(BarRule("volume", 4 * COIN),)), ticks)] == [
        (10_000, 10_100, 9_900, 10_000, 10, 4),
    ]
    dollars = closed(market(bars=(BarRule("dollar", 201),)), ticks)
    assert [ohlcv(bar) for bar in dollars] == [
        (10_000, 10_100, 10_000, 10_100, 2, 2),
        (9_900, 10_000, 9_900, 10_000, 8, 2),
    ]
    assert (dollars[0].ts, dollars[0].close_ts) == (at(1), at(2))


def test_a_bar_that_may_lack_trades_says_so() -> None:
    live = market(bars=(BarRule("tick", 2),))
    seen = [trade(7), trade(8), trade(9), trade(10), trade(12), trade(13), trade(14), trade(15)]
    assert [bar.partial for bar in closed(live, seen)] == [True, False, True, False]
    assert [bar.partial for bar in closed(market(bars=(BarRule("tick", 2),)), [trade(1), trade(2)])] == [False]


def test_a_trade_kept_back_leaves_its_bar_partial() -> None:
    bars = closed(market(bars=(BarRule("tick", 2),)), [trade(1), trade(2, 99_000), trade(3)])
    assert [(bar.partial, bar.high) for bar in bars] == [(True, 10_000)]


def test_bars_of_one_more_rule_begin_when_they_are_asked_for() -> None:
    live = market()
    live.take([trade(1)], at(1))
    live.build(SYMBOL, BarRule("tick", 2))
    assert [bar.trades for bar in closed(live, [trade(2), trade(3)])] == [2]
    with pytest.raises(MissingError):
        live.build("OTHER", BarRule("tick", 2))


def test_a_rule_that_makes_no_bars_is_refused() -> None:
    for kind, step in (("moon", 1), ("time", 0), ("tick", -1)):
        with pytest.raises(ParameterError):
            BarRule(kind, step)


TRADES = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.integers(0, 1_700) | st.integers(0, 20_000),
        st.integers(1_998, 2_002),
        st.integers(1, 6 * COIN),
    ),
    min_size=1,
    max_size=60,
)


def made_of(rows: list[tuple[int, int, int, int]]) -> list[TradeTick]:
    ticks, seq, ms = [], 0, 0
    for step, wait, price, size in rows:
        seq, ms = seq + step, ms + wait
        ticks.append(trade(seq, price * 5, ms=ms, size=size))
    return ticks


def plain_bars(ticks: list[TradeTick], rule: BarRule) -> list[tuple[Any, ...]]:
    """A second reading of the rules, one bar after the other: open, high, low, close, volume, trades of full bars."""
    found: list[tuple[Any, ...]] = []
    held: list[TradeTick] = []

    def close() -> None:
        prices = [tick.price for tick in held]
        size = sum(tick.size for tick in held)
        found.append((prices[0], max(prices), min(prices), prices[-1], size, len(held)))
        held.clear()

    for tick in ticks:
        if rule.kind == "time" and held and tick.ts // rule.step != held[0].ts // rule.step:
            close()
        held.append(tick)
        value = {
            "time": 0,
            "tick": len(held),
            "volume": sum(t.size for t in held),
            "dollar": sum(t.size * t.price for t in held) // 10**10,
        }
        if rule.kind != "time" and value[rule.kind] >= rule.step:
            close()
    return found


@given(TRADES, st.sampled_from(RULES))
def test_live_bars_equal_a_plain_reading(rows: list[tuple[int, int, int, int]], rule: BarRule) -> None:
    ticks = made_of(rows)
    bars = [bar for bar in closed(patient(bars=(rule,)), ticks) if bar.made]
    assert [(b.open, b.high, b.low, b.close, b.volume, b.trades) for b in bars] == plain_bars(ticks, rule)


@given(TRADES, st.sampled_from(RULES), st.integers(0, 4), st.lists(st.integers(1, 7), min_size=1), st.data())
def test_live_equals_batch_however_the_ticks_and_the_time_come(
    rows: list[tuple[int, int, int, int]], rule: BarRule, fill: int, sizes: list[int], data: st.DataObject
) -> None:
    ticks = made_of(rows)
    live = patient(bars=(rule,), grace=0, fill=fill)
    found: list[BarClosed] = []
    place = 0
    while place < len(ticks):
        part = ticks[place : place + sizes[place % len(sizes)]]
        place += len(part)
        found += closed(live, part)
        last = ticks[place].ts if place < len(ticks) else part[-1].ts
        beat = data.draw(st.integers(part[-1].ts, last))
        found += [message for message in live.take([], beat).messages if isinstance(message, BarClosed)]
    until = ticks[-1].ts + data.draw(st.integers(0, 5 * SECOND))
    found += live.take([], until).messages
    assert found == bars_of(TradeColumns.of(ticks, 2), rule, until=until, fill=fill)


def test_no_trades_are_no_bars() -> None:
    nothing = TradeColumns.of([trade(1)], 2)._replace(ts=TradeColumns.of([trade(1)], 2).ts[:0])
    assert bars_of(nothing, RULES[0]) == []
