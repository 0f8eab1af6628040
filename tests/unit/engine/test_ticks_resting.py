"""Resting limits wait their turn (K4), and trades alone (K5)."""

from __future__ import annotations

import pytest

from parrot.contracts.market import FillModel
from tests.unit.engine.tape import ASK, BID, BUYER, DELTA, SELLER, SNAPSHOT, play

BOOK = [(0, BID, 99, 5, SNAPSHOT), (0, BID, 98, 7, SNAPSHOT), (0, ASK, 100, 5, SNAPSHOT)]
JOIN = {("book", 0): lambda s: s.buy(2, limit=99)}


def test_k4_the_queue_ahead_goes_first():
    tape = [(1, 99, 4, SELLER), (2, 99, 2, SELLER), (3, 99, 1, SELLER)]
    played = play(JOIN, books=BOOK, trades=tape)
    # Five stand ahead: four go at second 1, the fifth at second 2, which leaves one of that trade for us.
    assert played.fills == [(2, "buy", 1, 99, True), (3, "buy", 1, 99, True)]
    assert played.evidence == [2, 3]


def test_k4_a_trade_that_our_own_side_took_does_not_count():
    played = play(JOIN, books=BOOK, trades=[(1, 99, 9, BUYER), (2, 99, 6, SELLER)])
    assert played.fills == [(2, "buy", 1, 99, True)]


def test_k4_a_trade_of_an_unknown_side_counts_as_against_us():
    played = play(JOIN, books=BOOK, trades=[(1, 99, 6, 0)])
    assert played.fills == [(1, "buy", 1, 99, True)]


@pytest.mark.parametrize(("size", "filled"), [(1.5, 1.5), (10, 2)])
def test_k4_a_trade_through_the_price_fills_at_the_price_up_to_its_size(size, filled):
    played = play(JOIN, books=BOOK, trades=[(1, 98.5, size, SELLER)])
    assert played.fills == [(1, "buy", filled, 99, True)]


def test_k4_two_orders_share_a_trade_the_better_price_first():
    script = {("book", 0): lambda s: (s.buy(2, limit=98), s.buy(2, limit=99))}
    played = play(script, books=BOOK, trades=[(1, 97.5, 3, SELLER)])
    assert played.fills == [(1, "buy", 2, 99, True), (1, "buy", 1, 98, True)]


@pytest.mark.parametrize(
    ("queue", "ahead_shrinks", "fills"),
    [
        # Ten ahead, then four behind; four of the fourteen are cancelled. In proportion 4 x 10 / 14 = 2.857142857... of
        # those ahead go, rounded down to 2.85714285, so 7.14285715 are left and a trade of nine brings us 1.85714285.
        ("proportional", 10, [(3, "buy", 1.85714285, 99, True)]),
        # By trades alone all ten are still ahead: the level shows ten.
        ("trades", 10, []),
        # The level shows seven, so no more than seven can stand ahead: two of a trade of nine come to us. In proportion
        # it would be 7 x 10 / 14 = 5 that went, five ahead, four left of the trade, of which we want two.
        ("trades", 7, [(3, "buy", 2, 99, True)]),
        ("proportional", 7, [(3, "buy", 2, 99, True)]),
    ],
)
def test_k4_cancellations_ahead_shrink_the_queue_by_the_model(queue, ahead_shrinks, fills):
    book = [
        (0, BID, 99, 10, SNAPSHOT),
        (0, ASK, 100, 5, SNAPSHOT),
        (1, BID, 99, 14, DELTA),
        (2, BID, 99, ahead_shrinks, DELTA),
    ]
    played = play(JOIN, books=book, trades=[(3, 99, 9, SELLER)], fill=FillModel(queue=queue))
    assert played.fills == fills


def test_k4_what_was_traded_is_not_cancelled_again():
    # Five ahead. Three trade at second 1, and the book says so at second 2: two are left ahead, nothing was cancelled.
    book = [*BOOK, (2, BID, 99, 2, DELTA)]
    played = play(JOIN, books=book, trades=[(1, 99, 3, SELLER), (3, 99, 3, SELLER)])
    assert played.fills == [(3, "buy", 1, 99, True)]


def test_k4_an_offer_that_comes_to_the_price_fills_up_to_its_size():
    book = [*BOOK, (1, BID, 99, 0, DELTA), (2, ASK, 99, 1.5, DELTA)]
    played = play(JOIN, books=book)
    assert played.fills == [(2, "buy", 1.5, 99, True)]


def test_k4_on_quotes_the_queue_is_the_size_shown_at_the_touch():
    quotes = [(0, 99, 100, 5, 5)]
    script = {("quote", 0): lambda s: s.buy(2, limit=99)}
    played = play(script, quotes=quotes, trades=[(1, 99, 6, SELLER)])
    assert played.fills == [(1, "buy", 1, 99, True)]


def test_k4_where_the_size_is_not_known_the_order_waits_until_its_level_is_shown():
    # The quote shows 99 only. At second 2 the level of 98 is shown with four; we stand behind them.
    quotes = [(0, 99, 100, 5, 5), (2, 98, 100, 4, 5)]
    script = {("quote", 0): lambda s: s.buy(2, limit=98)}
    played = play(script, quotes=quotes, trades=[(1, 98, 3, SELLER), (3, 98, 5, SELLER)])
    assert played.fills == [(3, "buy", 1, 98, True)]


def test_k4_behind_a_quote_without_sizes_only_a_trade_through_fills():
    quotes = [(0, 99, 100, float("nan"), float("nan"))]
    script = {("quote", 0): lambda s: s.buy(2, limit=99)}
    played = play(script, quotes=quotes, trades=[(1, 99, 50, SELLER), (2, 98.9, 3, SELLER)])
    assert played.fills == [(2, "buy", 2, 99, True)]


def test_k4_inside_the_spread_nobody_stands_ahead():
    quotes = [(0, 99, 100, 5, 5)]
    script = {("quote", 0): lambda s: s.buy(2, limit=99.5)}
    played = play(script, quotes=quotes, trades=[(1, 99.5, 1, SELLER)])
    assert played.fills == [(1, "buy", 1, 99.5, True)]


def test_k4_when_the_touch_falls_back_nobody_is_left_ahead():
    # Five stood ahead at 99; the quote of second 1 shows nobody there any more.
    quotes = [(0, 99, 100, 5, 5), (1, 98, 100, 7, 5)]
    script = {("quote", 0): lambda s: s.buy(2, limit=99)}
    played = play(script, quotes=quotes, trades=[(2, 99, 1, SELLER)])
    assert played.fills == [(2, "buy", 1, 99, True)]


def test_k4_where_the_size_is_not_known_a_trade_through_fills():
    quotes = [(0, 99, 100, 5, 5)]
    script = {("quote", 0): lambda s: s.buy(2, limit=98)}
    played = play(script, quotes=quotes, trades=[(1, 97.9, 3, SELLER)])
    assert played.fills == [(1, "buy", 2, 98, True)]


# -- trades only --------------------------------------------------------------------------------------------------

TAPE = [(0, 100, 1, BUYER), (1, 101, 1, BUYER), (2, 100, 1, SELLER), (3, 99.5, 1, SELLER), (4, 98, 1, SELLER)]


def test_k5_a_market_order_fills_at_the_next_trade_slipped():
    played = play({("trade", 0): lambda s: s.buy(1)}, trades=TAPE, slippage="10bp")
    assert played.fills == [(1, "buy", 1, 101.101, False)]  # 101 + 0.1 % of it


@pytest.mark.parametrize(
    ("touch", "fill"),
    [(False, (3, "buy", 1, 100, True)), (True, (2, "buy", 1, 100, True))],
)
def test_k5_a_limit_fills_when_a_trade_goes_through_it(touch, fill):
    played = play(
        {("trade", 0): lambda s: s.buy(1, limit=100)}, trades=TAPE, fill=FillModel(touch=touch), slippage="10bp"
    )
    assert played.fills == [fill]


def test_k5_a_stop_fills_at_the_trade_that_reaches_it_slipped():
    script = {("trade", 0): lambda s: (s.buy(1), s.sell(1, trigger=99))}
    played = play(script, trades=TAPE, slippage="1%")
    assert played.fills == [(1, "buy", 1, 102.01, False), (4, "sell", 1, 97.02, False)]


def test_k5_a_stop_is_reached_by_a_touch():
    script = {("trade", 0): lambda s: (s.buy(1), s.sell(1, trigger=99.5))}
    assert play(script, trades=TAPE).fills[1] == (3, "sell", 1, 99.5, False)


def test_k5_a_trailing_stop_follows_the_trades():
    # The best trade is 101; 1.2 below it lies 99.8; the trade at 99.5 is the first at or below.
    script = {("trade", 0): lambda s: s.buy(1), ("trade", 1): lambda s: s.sell(1, trail=1.2)}
    assert play(script, trades=TAPE).fills[1] == (3, "sell", 1, 99.5, False)


def test_k5_protection_is_live_from_the_fill_on():
    # Bought at 101 with the stop 1 % below, at 99.99: the trade at 99.5 reaches it.
    from parrot.sdk import pct

    played = play({("trade", 0): lambda s: s.buy(1, stop=pct(1))}, trades=TAPE)
    assert played.fills == [(1, "buy", 1, 101, False), (3, "sell", 1, 99.5, False)]


@pytest.mark.parametrize("tif", ["IOC", "FOK"])
def test_k5_immediate_orders_are_cancelled_by_the_next_trade_that_does_not_fill_them(tif):
    played = play({("trade", 0): lambda s: s.buy(1, limit=99, tif=tif)}, trades=TAPE)
    assert played.orders == [("canceled", 0, tif.lower())]
