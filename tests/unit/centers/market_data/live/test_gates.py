"""Every gate keeps back what it names and nothing else (I12); nothing that a feed says raises."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.market_data.live import Gates, LiveSettings
from parrot.contracts.ticks import BookLevel, QuoteTick, TradeTick
from parrot.kernel.errors import ParameterError
from tests.unit.centers.market_data.live.ticks import (
    COIN,
    MS,
    SECOND,
    SYMBOL,
    at,
    bar,
    change,
    gates,
    market,
    quote,
    snapshot,
    trade,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("bad", "gate"),
    [
        (trade(2, 0), "non-positive"),
        (trade(2, -5), "non-positive"),
        (trade(2, 10_001), "off tick"),
        (trade(2, 5 * 10**18), "huge"),
        (trade(2, NAN), "malformed"),
        (trade(2, float("inf")), "malformed"),
        (trade(2, "10000"), "malformed"),
        (trade(2, None), "malformed"),
        (trade(2, True), "malformed"),
        (trade(2, size=0), "zero volume"),
        (trade(2, size=-1), "bad size"),
        (trade(2, size=2**62), "bad size"),
        (trade(2, size=2**70), "malformed"),
        (trade(2, -(2**70)), "malformed"),
        (trade(2, 10**5_000), "malformed"),
        (trade(2, size=NAN), "malformed"),
        (trade(2, side=7), "malformed"),
        (trade(0), "malformed"),
        (trade(2, ts=-1), "malformed"),
        (trade(2, ts=2**70), "malformed"),
        (trade(2, symbol=["x"]), "malformed"),
        (trade(2, symbol="OTHER"), "unknown symbol"),
        (trade(1), "duplicate"),
        (trade(2, ms=-10_000), "backward time"),
        (trade(2, ms=-10_000, ts=at(-10_000)), "backward time"),
        (trade(2, ms=5_000), "future"),
        (trade(2, 20_000), "spike"),
        (trade(2, 5_000), "spike"),
    ],
)
def test_a_bad_trade_is_kept_back_with_its_reason(bad: TradeTick, gate: str) -> None:
    live = market()
    live.take([trade(1)], at(1))
    flow = live.take([bad], at(2))
    assert gates(flow) == [gate]
    assert bad not in flow.messages
    assert flow.quarantined[0].text
    assert sum(live.counts.values()) == 1


@pytest.mark.parametrize(
    ("bad", "gate"),
    [
        (quote(2, 0), "non-positive"),
        (quote(2, 10_000, -5), "non-positive"),
        (quote(2, 10_005, 10_000), "crossed"),
        (quote(2, 10_000, 10_000), "crossed"),
        (quote(2, 10_000, 10_003), "off tick"),
        (quote(2, 10_000, 10**17), "huge"),
        (quote(2, NAN), "malformed"),
        (quote(2, bid_size=-1), "bad size"),
        (quote(2, ask_size=10**5_000), "malformed"),
        (quote(2, 10**5_000), "malformed"),
        (quote(2, 20_000, 20_005), "spike"),
        (quote(1), "duplicate"),
        (quote(2, ms=-1), "backward time"),
        (quote(2, ms=9_000), "future"),
    ],
)
def test_a_bad_quote_is_kept_back_with_its_reason(bad: QuoteTick, gate: str) -> None:
    live = market()
    live.take([quote(1)], at(1))
    flow = live.take([bad], at(2))
    assert gates(flow) == [gate]
    assert bad not in flow.messages


def test_a_datum_older_than_the_limit_is_stale() -> None:
    live = market()
    flow = live.take([trade(1), quote(1)], at(1) + 5 * SECOND + 1)
    assert gates(flow) == ["stale", "stale"]
    assert gates(live.take([trade(2, ms=1), quote(2, ms=1)], at(1) + 5 * SECOND)) == ["stale", "stale"]
    assert gates(market().take([trade(1), quote(1)], at(1) + 5 * SECOND)) == []


@pytest.mark.parametrize(
    ("bad", "gate"),
    [
        (bar(1, high=9_000), "bad OHLC"),
        (bar(1, low=11_000, high=12_000), "bad OHLC"),
        (bar(1, open=0), "non-positive"),
        (bar(1, close=10_001), "off tick"),
        (bar(1, volume=-1), "bad size"),
        (bar(1, volume=NAN), "malformed"),
        (bar(-5), "backward time"),
        (bar(1, step=10**5_000), "malformed"),
        (bar(1, kind="moon"), "malformed"),
        (bar(1, made=1), "malformed"),
        (bar(1, 20_000), "spike"),
        (bar(1, 500), "spike"),
    ],
)
def test_a_bad_bar_is_kept_back_with_its_reason(bad: Any, gate: str) -> None:
    live = market()
    live.take([bar(0)], at(1_000))
    flow = live.take([bad], at(2_000))
    assert gates(flow) == [gate]
    assert not flow.messages


def test_a_price_far_off_passes_once_others_agree_with_it_for_long_enough() -> None:
    live = market(gates=Gates(settle=3, settle_after=100 * MS))
    live.take([trade(1)], at(1))
    crash = [trade(2 + k, 5_000 + 5 * (k % 2), ms=10 + 40 * k) for k in range(5)]
    kept = [gates(live.take([tick], tick.ts)) for tick in crash]
    assert kept == [["spike"], ["spike"], ["spike"], [], []]
    assert live.symbol(SYMBOL).trades.spikes.settled == 1


def test_spikes_that_do_not_agree_never_become_the_level() -> None:
    live = market(gates=Gates(settle=2, settle_after=1))
    live.take([trade(1)], at(1))
    wild = [trade(2 + k, 20_000 + 1_000 * k) for k in range(20)]
    assert all(gates(live.take([tick], tick.ts)) == ["spike"] for tick in wild)


def test_one_good_price_between_spikes_makes_them_begin_anew() -> None:
    live = market(gates=Gates(settle=2, settle_after=1))
    live.take([trade(1)], at(1))
    prices = [20_000, 10_000, 20_000, 10_000, 20_000]
    kept = [gates(live.take([trade(2 + k, price)], at(2 + k))) for k, price in enumerate(prices)]
    assert kept == [["spike"], [], ["spike"], [], ["spike"]]


def test_a_wild_market_widens_the_gate_up_to_the_collar() -> None:
    live = market()
    calm, wild = 10_000, [10_000 + 200 * (k % 3) for k in range(31)]
    live.take([trade(k + 1, price) for k, price in enumerate(wild)], at(31))
    assert gates(live.take([trade(32, calm + 1_000)], at(32))) == []
    assert gates(live.take([trade(33, calm + 1_500)], at(33))) == ["spike"], "12 deviations would be 2,400"


def test_numbers_that_fell_and_rise_again_are_a_stream_that_counts_anew() -> None:
    live = market(gates=Gates(restart=4))
    live.take([trade(1_000, ms=1)], at(1))
    kept = [gates(live.take([trade(k, ms=k + 1)], at(k + 1))) for k in range(1, 7)]
    assert kept == [["backward sequence"]] * 3 + [[], [], []]


def test_a_message_of_a_hundred_thousand_levels_is_kept_back_and_its_book_asked_for_again() -> None:
    live = market()
    whole = ((1, 9_995, COIN), (-1, 10_005, COIN))
    live.take([snapshot(0, *whole), snapshot(1, *whole)], at(1))
    flood = change(2, 2, *[(1, 5 * k, COIN) for k in range(1, 100_001)])
    flow = live.take([flood], at(2))
    assert gates(flow) == ["too many levels"]
    assert flow.asks == [SYMBOL]
    assert not flow.quoted[-1].valid


@pytest.mark.parametrize(
    "levels",
    [
        [BookLevel(1, 10**5_000, 1)],
        [BookLevel(1, -5, 1)],
        [BookLevel(1, 10**18, 1)],
        [BookLevel(1, 9_995, -1)],
        [BookLevel(0, 9_995, 1)],
        [BookLevel(1, NAN, 1)],
        ["nonsense"],
        "nonsense",
    ],
)
def test_a_bad_book_message_breaks_its_book(levels: Any) -> None:
    live = market()
    live.take([snapshot(1, (1, 9_995, COIN), (-1, 10_005, COIN))], at(1))
    flow = live.take([change(2, 2, levels=levels)], at(2))
    assert len(flow.quarantined) == 1
    assert flow.asks == [SYMBOL]
    assert not live.symbol(SYMBOL).book.valid


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.just(10**5_000),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.decimals(),
    st.just(10_000),
    st.just(at(5)),
)


@given(st.lists(st.tuples(st.sampled_from(["trade", "quote", "change", "snapshot", "bar", "raw"]), ANY, ANY, ANY)))
def test_nothing_that_a_feed_says_raises_and_only_sound_prices_pass(messages: list[Any]) -> None:
    live = market()
    for kind, one, two, three in messages:
        made = {
            "trade": lambda a, b, c: trade(1).__replace__(seq=a, price=b, ts=c),
            "quote": lambda a, b, c: quote(1).__replace__(seq=a, bid=b, ts=c),
            "change": lambda a, b, c: change(1, 1).__replace__(first=a, last=b, levels=c),
            "snapshot": lambda a, b, c: snapshot(1).__replace__(last=a, ts=b, levels=[BookLevel(1, c, 1)]),
            "bar": lambda a, b, c: bar(1).__replace__(open=a, ts=b, symbol=c),
            "raw": lambda a, b, c: {"type": "trade", "symbol": SYMBOL, "seq": a, "price": b, "size": c, "ts": at(5)},
        }[kind](one, two, three)
        flow = live.take([made], at(5))
        assert all(passed.price > 0 for passed in flow.messages if isinstance(passed, TradeTick))
        assert all(0 < passed.bid < passed.ask for passed in flow.messages if isinstance(passed, QuoteTick))
        assert all(quoted.bid > 0 for quoted in flow.quoted)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({}, "listing"),
        ({"symbol": SYMBOL}, "type"),
        ({"type": "gossip", "symbol": SYMBOL}, "gossip"),
        ({"type": ["trade"], "symbol": SYMBOL}, "type"),
        ({"type": "trade", "symbol": SYMBOL, "seq": 1, "ts": at(1), "price": "1e400", "size": "1"}, "price"),
        ({"type": "trade", "symbol": SYMBOL, "seq": 1, "ts": at(1), "price": "NaN", "size": "1"}, "price"),
        ({"type": "trade", "symbol": SYMBOL, "seq": 1, "ts": at(1), "price": "100.001", "size": "1"}, "decimals"),
        ({"type": "trade", "symbol": SYMBOL, "seq": "1", "ts": at(1), "price": "100", "size": "1"}, "seq"),
        ({"type": "trade", "symbol": SYMBOL, "seq": 1, "ts": at(1), "price": "100", "size": []}, "size"),
        ({"type": "trade", "symbol": SYMBOL, "seq": 1, "ts": at(1), "price": "1", "size": "1", "side": {}}, "side"),
        ({"type": "book", "symbol": SYMBOL, "first": 1, "last": 1, "ts": at(1), "levels": [["buy", "1"]]}, "level"),
        ({"type": "book", "symbol": SYMBOL, "first": 1, "last": 1, "ts": at(1), "levels": "bid"}, "levels"),
        ({"type": "trade", "symbol": SYMBOL, "seq": 1, "ts": at(1), "price": 10**5_000, "size": "1"}, "price"),
        ({"type": "trade", "symbol": SYMBOL, "seq": 10**5_000, "ts": at(1), "price": "1", "size": "1"}, "seq"),
        ({"type": "trade", "symbol": SYMBOL, "seq": 1, "ts": at(1), "price": "9" * 10**6, "size": "1"}, "price"),
        ({"type": "book", "symbol": SYMBOL, "first": 1, "last": 1, "ts": at(1), "levels": [()] * 10**5}, "levels"),
        (b"\x00garbage", "message"),
        (None, "message"),
        (7, "message"),
    ],
)
def test_a_malformed_message_says_which_field_is_wrong(raw: Any, says: str) -> None:
    flow = market().take([raw], at(1))
    assert gates(flow) == ["malformed"]
    assert says in flow.quarantined[0].text


def test_a_raw_message_becomes_the_exact_tick() -> None:
    said = {"type": "trade", "symbol": SYMBOL, "seq": 1, "ts": at(1), "price": "100.05", "size": 0.1, "side": "sell"}
    flow = market().take([said], at(1))
    assert flow.messages == [trade(1, 10_005, size=10_000_000, side=-1)]
    asked = {
        "type": "quote",
        "symbol": SYMBOL,
        "seq": 1,
        "ts": at(1),
        "received": at(1),
        "bid": 100,
        "ask": Decimal("100.05"),
    }
    flow = market().take([asked | {"bid_size": "1", "ask_size": "1e0"}], at(1))
    assert flow.messages == [quote(1)]


def test_settings_that_make_no_sense_are_refused() -> None:
    for wrong in ({"window": 4}, {"window": 0}, {"stale": -1}, {"settle": 0}):
        with pytest.raises(ParameterError):
            Gates(**wrong)
    for wrong in ({"fresh": 0}, {"grace": -1}, {"buffer": 0}):
        with pytest.raises(ParameterError):
            LiveSettings(**wrong)
