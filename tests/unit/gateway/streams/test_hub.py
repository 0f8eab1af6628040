"""What market streams say, and to whom."""

import itertools

import pytest

from parrot.contracts.exchange import Traded
from parrot.gateway.binance_api.faults import FaultKind, Faults, FaultSpec
from parrot.gateway.binance_api.frame import text_frame
from parrot.gateway.binance_api.hub import Hub
from parrot.gateway.binance_api.streams import INTERVALS, Topic, topic
from tests.unit.gateway.streams.quiet import (
    MS,
    SECOND,
    UNIT,
    Ear,
    QuietExchange,
    bar,
    call,
    change,
    payload,
    top,
    trade,
)

SYMBOLS = {"btcusdt": "BTCUSDT", "ethusdt": "ETHUSDT"}


@pytest.fixture
def exchange() -> QuietExchange:
    return QuietExchange()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def hub(exchange: QuietExchange, faults: Faults) -> Hub:
    made = Hub(exchange, exchange.markets(), call, faults)
    made.tick(10 * SECOND)
    return made


def joined(hub: Hub, name: str, *, wrapped: bool = False, unit: int = MS) -> Ear:
    ear = Ear()
    hub.join(ear, name, wrapped=wrapped, unit=unit)
    return ear


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_frame_says_how_long_it_is(size):
    assert payload(text_frame(b"x" * size)) == b"x" * size


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("btcusdt@trade", Topic("trade", "BTCUSDT")),
        ("btcusdt@aggTrade", Topic("aggTrade", "BTCUSDT")),
        ("btcusdt@bookTicker", Topic("bookTicker", "BTCUSDT")),
        ("!bookTicker", Topic("bookTicker", "")),
        ("btcusdt@depth", Topic("depth", "BTCUSDT", SECOND)),
        ("btcusdt@depth@1000ms", Topic("depth", "BTCUSDT", SECOND)),
        ("btcusdt@depth@100ms", Topic("depth", "BTCUSDT", 100 * MS)),
        ("btcusdt@depth20@100ms", Topic("partial", "BTCUSDT", 100 * MS, "20")),
        ("btcusdt@depth5", Topic("partial", "BTCUSDT", SECOND, "5")),
        ("btcusdt@kline_1s", Topic("kline", "BTCUSDT", SECOND, "1s")),
        ("btcusdt@kline_1M", Topic("kline", "BTCUSDT", 2 * SECOND, "1M")),
        ("ethusdt@ticker", Topic("ticker", "ETHUSDT", SECOND)),
        ("ethusdt@miniTicker", Topic("miniTicker", "ETHUSDT", SECOND)),
        ("ethusdt@ticker_4h", Topic("window", "ETHUSDT", SECOND, "4h")),
        ("ethusdt@avgPrice", Topic("avgPrice", "ETHUSDT", SECOND)),
        ("!ticker@arr", Topic("ticker", "", SECOND)),
        ("!miniTicker@arr", Topic("miniTicker", "", SECOND)),
        ("!miniTicker@arr@1000ms", Topic("miniTicker", "", SECOND)),
        ("!miniTicker@arr@3000ms", Topic("miniTicker", "", 3 * SECOND)),
        ("!ticker_1d@arr", Topic("window", "", SECOND, "1d")),
    ],
)
def test_a_name_says_what_a_stream_is_about(name, expected):
    assert topic(name, SYMBOLS) == expected


@pytest.mark.parametrize(
    "name",
    ["", "!", "btcusdt", "BTCUSDT@trade", "btcusdt@depth7", "btcusdt@depth@250ms", "btcusdt@kline_7m", "x@trade",
     "btcusdt@ticker_2h", "!trade@arr", "!ticker_9d@arr", "!arr@ticker", "!ticker@arr@5ms", "btcusdt@", "@trade"],
)  # fmt: skip
def test_a_name_that_the_venue_does_not_have_is_about_nothing(name):
    assert topic(name, SYMBOLS) is None


def test_every_interval_is_a_stream():
    assert all(topic(f"btcusdt@kline_{interval}", SYMBOLS) for interval in INTERVALS)


def test_a_trade_goes_out_at_once_bare_and_wrapped_and_in_both_units(hub):
    bare, wrapped = joined(hub, "btcusdt@trade"), joined(hub, "btcusdt@trade", wrapped=True)
    micro = joined(hub, "btcusdt@trade", unit=1_000)
    hub.take([Traded(trade=trade(7, ts=1_234_567_891, price=6_000_000_000_001))])
    expected = {
        "e": "trade",
        "E": 1234,
        "s": "BTCUSDT",
        "t": 7,
        "p": "60000.00000001",
        "q": "0.00100000",
        "T": 1234,
        "m": False,
        "M": True,
    }
    assert bare.take() == [expected]
    assert wrapped.take() == [{"stream": "btcusdt@trade", "data": expected}]
    assert micro.take() == [expected | {"E": 1_234_567, "T": 1_234_567}]


def test_fills_of_one_taker_at_one_price_are_one_aggregate(hub):
    ear = joined(hub, "btcusdt@aggTrade")
    dear = 60_001 * UNIT
    fills = [
        trade(1, buyer_order=5),
        trade(2, buyer_order=5),
        trade(3, price=dear, buyer_order=5),
        trade(4, price=dear, buyer_order=6),
    ]
    hub.take([Traded(trade=fill) for fill in fills])
    told = [(one["a"], one["f"], one["l"], one["q"]) for one in ear.take()]
    assert told == [(1, 1, 2, "0.00200000"), (3, 3, 3, "0.00100000"), (4, 4, 4, "0.00100000")]


def test_the_best_prices_go_to_the_symbols_stream_and_to_the_one_of_all(hub):
    one, every, other = joined(hub, "btcusdt@bookTicker"), joined(hub, "!bookTicker"), joined(hub, "ethusdt@bookTicker")
    hub.take([top(9)])
    expected = {
        "u": 9, "s": "BTCUSDT", "b": "59999.00000000", "B": "1.00000000", "a": "60001.00000000", "A": "2.00000000"
    }  # fmt: skip
    assert (one.take(), every.take(), other.take()) == ([expected], [expected], [])


def test_depth_streams_have_no_gap_at_either_speed(hub):
    fast, slow = joined(hub, "btcusdt@depth@100ms"), joined(hub, "btcusdt@depth")
    heard = {"fast": [], "slow": []}
    for number in range(1, 41):
        hub.take([change(3 * number, 3 * number + 2, bids=[(100 + number, number)])])
        hub.tick(10 * SECOND + number * 50 * MS)
        heard["fast"] += fast.take()
        heard["slow"] += slow.take()
    for told in heard.values():
        assert told[0]["U"] == 3
        assert all(left["u"] + 1 == right["U"] for left, right in itertools.pairwise(told))
    assert (len(heard["fast"]), len(heard["slow"])) == (20, 2)
    assert heard["slow"][-1]["u"] == heard["fast"][-1]["u"] == 122


def test_gathered_levels_are_the_newest_best_first_and_zero_takes_away(hub):
    ear = joined(hub, "btcusdt@depth@100ms")
    hub.take([change(5, 6, bids=[(10 * UNIT, UNIT), (11 * UNIT, UNIT)], asks=[(13 * UNIT, UNIT), (12 * UNIT, UNIT)])])
    hub.take([change(7, 7, bids=[(10 * UNIT, 0)])])
    hub.tick(11 * SECOND)
    (told,) = ear.take()
    assert (told["U"], told["u"], told["e"], told["s"], told["E"]) == (5, 7, "depthUpdate", "BTCUSDT", 11_000)
    assert told["b"] == [["11.00000000", "1.00000000"], ["10.00000000", "0.00000000"]]
    assert told["a"] == [["12.00000000", "1.00000000"], ["13.00000000", "1.00000000"]]
    hub.tick(12 * SECOND)
    assert ear.take() == []


def test_partial_depth_tells_the_best_levels_when_the_book_changed(hub, exchange):
    ear = joined(hub, "btcusdt@depth5@100ms")
    hub.tick(11 * SECOND)
    hub.tick(12 * SECOND)
    exchange.book = 2
    hub.tick(13 * SECOND)
    first, second = ear.take()
    assert (first["lastUpdateId"], second["lastUpdateId"], len(first["bids"])) == (1, 2, 5)


def test_a_bar_is_told_as_it_grows_and_once_more_when_it_closes(hub, exchange):
    ear = joined(hub, "btcusdt@kline_1m")
    exchange.bars = [bar(0, UNIT, closed=True), bar(60 * SECOND, UNIT, closed=False)]
    for now in (20, 22):
        hub.tick(now * SECOND)
    exchange.bars = [bar(60 * SECOND, 2 * UNIT, closed=True), bar(120 * SECOND, UNIT, closed=False)]
    hub.tick(24 * SECOND)
    told = [(one["k"]["t"], one["k"]["c"], one["k"]["x"]) for one in ear.take()]
    assert told == [(60_000, "1.00000000", False), (60_000, "2.00000000", True), (120_000, "1.00000000", False)]


def test_no_bar_is_lost_while_nobody_asks(hub, exchange):
    ear = joined(hub, "btcusdt@kline_1m")
    exchange.bars = [bar(60 * SECOND, UNIT, closed=False)]
    hub.tick(62 * SECOND)
    exchange.bars = [bar(minute * 60 * SECOND, UNIT, closed=minute < 5) for minute in range(6)]
    hub.tick(302 * SECOND)
    told = [(one["k"]["t"] // 60_000, one["k"]["x"]) for one in ear.take()]
    assert told == [(1, False), (1, True), (2, True), (3, True), (4, True), (5, False)]


def test_tickers_tell_a_day_an_hour_and_the_average(hub, exchange):
    ears = {name: joined(hub, f"btcusdt@{name}") for name in ("ticker", "miniTicker", "ticker_1h", "avgPrice")}
    everything = joined(hub, "!miniTicker@arr")
    hub.tick(11 * SECOND)
    told = {name: ear.take()[0] for name, ear in ears.items()}
    day = told["ticker"]
    assert (day["e"], day["p"], day["P"], day["w"]) == ("24hrTicker", "10.00000000", "10.000", "105.00000000")
    assert (day["c"], day["o"], day["x"], day["C"]) == ("110.00000000", "100.00000000", "99.00000000", 86_400_000)
    assert (told["miniTicker"]["e"], told["miniTicker"]["h"]) == ("24hrMiniTicker", "120.00000000")
    assert (told["ticker_1h"]["e"], told["ticker_1h"]["C"], "x" in told["ticker_1h"]) == ("1hTicker", 3_600_000, False)
    assert told["avgPrice"] == {
        "e": "avgPrice", "E": 11_000, "s": "BTCUSDT", "i": "5m", "w": "110.00000000", "T": 1_000
    }  # fmt: skip
    assert [one["s"] for one in everything.take()[0]] == ["BTCUSDT", "ETHUSDT"]
    hub.tick(12 * SECOND)
    assert ears["ticker"].take() == []  # nothing has changed


def test_a_stream_that_nobody_hears_ends_and_begins_anew(hub):
    ear = joined(hub, "btcusdt@depth@100ms")
    hub.take([change(1, 1, bids=[(1, 1)])])
    hub.leave(ear, "btcusdt@depth@100ms")
    hub.take([change(2, 2, bids=[(1, 2)])])
    again = joined(hub, "btcusdt@depth@100ms")
    hub.take([change(3, 3, bids=[(1, 3)])])
    hub.tick(11 * SECOND)
    assert (ear.take(), again.take()[0]["U"]) == ([], 3)


def test_a_message_is_written_once_for_all_who_hear_it(hub):
    ears = [joined(hub, "btcusdt@trade") for _ in range(3)]
    hub.take([Traded(trade=trade(1))])
    assert len({id(ear.frames[0]) for ear in ears}) == 1


# -- faults ------------------------------------------------------------------------------------------------------------


def heard(hub: Hub, ear: Ear, numbers: range) -> list[int]:
    for number in numbers:
        hub.take([Traded(trade=trade(number, ts=11 * SECOND + number))])
    return [one["t"] for one in ear.take()]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("duplicate_events", [1, 2, 2, 3, 4]), ("lost_events", [1, 3, 4]), ("reordered_events", [1, 3, 2, 4])],
)
def test_events_come_twice_never_or_after_the_next_one(hub, faults, kind, expected):
    ear = joined(hub, "btcusdt@trade")
    faults.add(FaultSpec(kind=FaultKind(kind), match="btcusdt@*", after=1, count=1), 0)
    assert heard(hub, ear, range(1, 5)) == expected


def test_late_events_come_when_their_time_has_come(hub, faults):
    ear = joined(hub, "btcusdt@trade")
    faults.add(FaultSpec(kind=FaultKind("late_events"), count=1, delay_ms=300), 0)
    assert heard(hub, ear, range(1, 3)) == [2]
    hub.tick(11 * SECOND + 299 * MS)
    assert ear.take() == []
    hub.tick(11 * SECOND + 301 * MS)
    assert [one["t"] for one in ear.take()] == [1]


def test_a_depth_gap_loses_depth_and_nothing_else(hub, faults):
    depth, trades = joined(hub, "btcusdt@depth@100ms"), joined(hub, "btcusdt@trade")
    faults.add(FaultSpec(kind=FaultKind("depth_gap"), count=1), 0)
    for number in (1, 2):
        hub.take([Traded(trade=trade(number)), change(number, number, bids=[(1, number)])])
        hub.tick((10 + number) * SECOND)
    assert [one["U"] for one in depth.take()] == [2]
    assert [one["t"] for one in trades.take()] == [1, 2]


def test_chance_is_the_same_for_the_same_seed():
    def struck(seed: int) -> list[bool]:
        faults = Faults()
        faults.add(FaultSpec(kind=FaultKind("429"), probability=0.5, seed=seed), 0)
        return [faults.request("GET /api/v3/time", 0) is not None for _ in range(64)]

    assert struck(1) == struck(1) != struck(2)


def test_a_fault_ends_by_its_count_by_its_time_and_by_being_cleared(hub, faults):
    counted = faults.add(FaultSpec(kind=FaultKind("429"), match="POST *", count=2), 0)
    timed = faults.add(FaultSpec(kind=FaultKind("418"), match="DELETE *", duration_ms=1_000), 0)
    assert [faults.request("POST /api/v3/order", 0) is not None for _ in range(3)] == [True, True, False]
    assert faults.request("DELETE /api/v3/order", SECOND - 1) is not None
    assert faults.request("DELETE /api/v3/order", SECOND) is None
    assert (counted.happened, timed.happened, faults.request("GET /api/v3/time", 0)) == (2, 1, None)
    assert (faults.clear(counted.number), faults.active, faults.clear(), faults.active) == (1, True, 1, False)


def test_what_was_held_back_is_told_when_its_fault_is_cleared(hub, faults):
    ear = joined(hub, "btcusdt@trade")
    faults.add(FaultSpec(kind=FaultKind("late_events"), delay_ms=60_000), 0)
    assert heard(hub, ear, range(1, 3)) == []
    faults.clear()
    assert [one["t"] for one in ear.take()] == [1, 2]
