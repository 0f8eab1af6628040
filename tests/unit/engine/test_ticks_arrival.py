"""Which data decide (K1), and when an order arrives (K2)."""

from __future__ import annotations

import pytest

from parrot.contracts.market import FillModel
from tests.unit.engine.tape import ASK, BID, BUYER, SELLER, SNAPSHOT, play

BARS = [(0, 100, 110, 90, 100, 50), (60, 105, 115, 95, 105, 50), (120, 107, 109, 103, 107, 50)]
TRADES = [(50, 98, 1, BUYER), (70, 98.5, 1, SELLER), (130, 99, 1, BUYER)]
QUOTES = [(40, 99.5, 100.5, 5, 5), (80, 101, 102, 5, 5)]
BOOK = [(30, BID, 94, 5, SNAPSHOT), (30, ASK, 95, 5, SNAPSHOT), (90, BID, 94.5, 5, 0)]


@pytest.mark.parametrize(
    ("data", "fill", "evidence"),
    [
        # Bars alone: the next open, at second 60.
        ({}, (60, "buy", 1, 105, False), 60),
        # Trades: the first one after the decision at second 60.
        ({"trades": TRADES}, (70, "buy", 1, 98.5, False), 70),
        # Quotes: the ask as known at second 60, which was shown at second 40.
        ({"trades": TRADES, "quotes": QUOTES}, (60, "buy", 1, 100.5, False), 40),
        # A book: its best ask as known at second 60, which was shown at second 30.
        ({"trades": TRADES, "quotes": QUOTES, "books": BOOK}, (60, "buy", 1, 95, False), 30),
    ],
)
def test_k1_the_finest_data_decide_and_bars_only_carry_signals(data, fill, evidence):
    played = play({("bar", 0): lambda s: s.buy(1)}, bars=BARS, **data)
    assert played.fills == [fill]
    assert played.evidence == [evidence]


def test_k1_a_bar_s_range_fills_nothing_where_quotes_decide():
    # The bar's low is 95, but no ask was ever at or below 99.
    played = play({("bar", 0): lambda s: s.buy(1, limit=99)}, bars=BARS, quotes=QUOTES)
    assert played.orders == [("expired", 0, "end of data")]


ASKS = [(0, 99, 100, 5, 5), (1, 100, 101, 5, 5), (2, 101, 102, 5, 5), (3, 102, 103, 5, 5)]


@pytest.mark.parametrize(
    ("feed", "order", "fill", "evidence"),
    [
        (0, 0, (0, "buy", 1, 100, False), 0),
        # 1.0 s for the news to come, 0.5 s for the order to go: it arrives at second 1.5, and meets the quote of 1.
        (1.0, 0.5, (1.5, "buy", 1, 101, False), 1),
        # It arrives together with a quote, and meets that one: the market as recorded at that time.
        (0, 2, (2, "buy", 1, 102, False), 2),
        (1, 1.999, (2.999, "buy", 1, 102, False), 2),
    ],
)
def test_k2_an_order_arrives_after_both_latencies_and_meets_the_market_as_it_is_then(feed, order, fill, evidence):
    latency = FillModel(feed_latency=round(feed * 1e9), order_latency=round(order * 1e9))
    played = play({("quote", 0): lambda s: s.buy(1)}, quotes=ASKS, fill=latency)
    assert played.fills == [fill]
    assert played.evidence == [evidence]


def test_k2_an_order_still_on_its_way_at_the_end_expires():
    played = play({("quote", 0): lambda s: s.buy(1)}, quotes=ASKS, fill=FillModel(order_latency=10 * 10**9))
    assert played.orders == [("expired", 0, "end of data")]


def test_k2_an_order_cancelled_on_its_way_never_arrives():
    script = {("quote", 0): lambda s: setattr(s, "mine", s.buy(1)), ("quote", 1): lambda s: s.cancel(s.mine)}
    played = play(script, quotes=ASKS, fill=FillModel(order_latency=2 * 10**9))
    assert played.fills == []
    assert [status for status, _, _ in played.orders] == ["canceled"]


def test_k2_a_trade_before_the_arrival_does_not_fill():
    # The order arrives at second 2.5; the trades of seconds 1 and 2 were before it.
    tape = [(0, 100, 1, BUYER), (1, 97, 1, SELLER), (2, 96, 1, SELLER), (3, 98, 1, SELLER)]
    latency = FillModel(order_latency=2_500_000_000)
    played = play({("trade", 0): lambda s: s.buy(1, limit=99)}, trades=tape, fill=latency)
    assert played.fills == [(3, "buy", 1, 99, True)]


def test_k2_the_best_price_of_a_trailing_stop_starts_at_the_arrival():
    # Bought at 100 at second 0. The stop sent at second 0 arrives at second 2.5, when the bid is 101: its level is 99.
    # The bid of 105 at second 1 came before. 99.5 at second 3 does not reach 99; 98 at second 4 does, and is sold at.
    tape = [(0, 99, 100, 5, 5), (1, 105, 106, 5, 5), (2, 101, 102, 5, 5), (3, 99.5, 100, 5, 5), (4, 98, 99, 5, 5)]
    latency = FillModel(order_latency=2_500_000_000)
    script = {("quote", 0): lambda s: (s.buy(1), s.sell(1, trail=2))}
    played = play(script, quotes=tape, fill=latency)
    assert played.fills == [(2.5, "buy", 1, 102, False), (4, "sell", 1, 98, False)]
