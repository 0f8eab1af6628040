"""Continuous trading: priority, times in force, icebergs, market-to-limit, post-only: M16 to M22 and M24."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    DAN,
    accepted,
    cancelled,
    expired,
    filled,
    limit,
    market,
    market_to_limit,
    oco,
    reference,
    refreshed,
    rested,
    set_limit,
    shrunk,
    trade,
    withdraw,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    BUY,
    FOK,
    IOC,
    MAKER_DONE,
    POST_ONLY,
    REDUCE_ONLY,
    SELL,
    SLIDE,
    Limit,
    Reason,
    SelfTrade,
)


def test_the_best_price_trades_first_then_the_older_order(venue: Venue) -> None:
    """M16 M24: each at the maker's price."""
    dear = venue.place(limit(ANN, SELL, 102, 5))
    old = venue.place(limit(BOB, SELL, 101, 2))
    young = venue.place(limit(CAT, SELL, 101, 2))
    venue.send(limit(DAN, BUY, 103, 6)).gives(
        accepted(103, 6),
        trade(101, 2, 0, 2, of=old),
        trade(101, 2, 0, 0, of=young),
        trade(102, 2, 3, 3, of=dear),
        filled(6),
    )


def test_bids_too_trade_from_the_best_price(venue: Venue) -> None:
    """M16."""
    low, high = venue.place(limit(ANN, BUY, 98, 5)), venue.place(limit(BOB, BUY, 99, 5))
    venue.send(limit(CAT, SELL, 98, 7)).gives(accepted(), trade(99, 5, of=high), trade(98, 2, 3, of=low), filled(7))


def test_what_is_left_of_a_limit_order_stands_at_the_tail_of_its_level(venue: Venue) -> None:
    """M16 M24: it was the taker, and is the maker from then on."""
    ask = venue.place(limit(ANN, SELL, 100, 2))
    order = venue.send(limit(BOB, BUY, 100, 5)).gives(
        accepted(100, 5), trade(100, 2, of=ask, flags=1 | MAKER_DONE), rested(100, 3, 3, 3)
    )
    behind = venue.send(limit(CAT, BUY, 100, 4)).gives(accepted(), rested(100, 4, 4, 7))
    assert venue.queue(BUY) == [order.id, behind.id]
    venue.send(limit(DAN, SELL, 100, 4)).gives(
        accepted(), trade(100, 3, 0, 4, of=order), trade(100, 1, 3, 3, of=behind), filled(4)
    )


def test_an_order_does_not_trade_beyond_its_limit(venue: Venue) -> None:
    """M16."""
    venue.place(limit(ANN, SELL, 101, 5))
    venue.send(limit(BOB, BUY, 100, 5)).gives(accepted(), rested(100, 5, 5, 5))
    assert (venue.book(BUY), venue.book(SELL)) == ([(100, 5)], [(101, 5)])


def test_immediate_or_cancel_leaves_nothing(venue: Venue) -> None:
    """M17."""
    ask = venue.place(limit(ANN, SELL, 100, 2))
    venue.send(limit(BOB, BUY, 100, 5, tif=IOC)).gives(accepted(), trade(100, 2, of=ask), expired(3, Reason.UNFILLED))
    assert venue.locked(BOB, CASH) == 0


def test_fill_or_kill_is_all_or_nothing(venue: Venue) -> None:
    """M17 M18: within its limit 4 are to be had, 5 at a higher one."""
    one, two = venue.place(limit(ANN, SELL, 100, 4)), venue.place(limit(ANN, SELL, 101, 4))
    venue.send(limit(BOB, BUY, 100, 5, tif=FOK)).gives(accepted(), expired(5, Reason.FILL_OR_KILL))
    venue.send(limit(BOB, BUY, 101, 5, tif=FOK)).gives(
        accepted(), trade(100, 4, of=one), trade(101, 1, 3, of=two), filled(5)
    )


def test_a_market_order_takes_at_any_price_and_leaves_nothing(venue: Venue) -> None:
    """M17."""
    one, two = venue.place(limit(ANN, BUY, 99, 2)), venue.place(limit(ANN, BUY, 50, 2))
    venue.send(market(BOB, SELL, 5)).gives(
        accepted(0, 5), trade(99, 2, of=one), trade(50, 2, of=two), expired(1, Reason.NO_LIQUIDITY)
    )
    venue.send(market(BOB, SELL, 5)).gives(accepted(), expired(5, Reason.NO_LIQUIDITY))
    venue.send(market(BOB, SELL, 5, tif=FOK)).gives(accepted(), expired(5, Reason.FILL_OR_KILL))


def test_a_market_fill_or_kill_takes_all(venue: Venue) -> None:
    """M17."""
    one, two = venue.place(limit(ANN, BUY, 99, 2)), venue.place(limit(ANN, BUY, 50, 2))
    venue.send(market(BOB, SELL, 4, tif=FOK)).gives(accepted(), trade(99, 2, of=one), trade(50, 2, of=two), filled(4))


def test_fill_or_kill_counts_what_icebergs_hide(venue: Venue) -> None:
    """M18 M20."""
    berg = venue.place(limit(ANN, SELL, 100, 5, display=2))
    venue.send(limit(BOB, BUY, 100, 6, tif=FOK)).gives(accepted(), expired(6, Reason.FILL_OR_KILL))
    venue.send(limit(BOB, BUY, 100, 5, tif=FOK)).gives(
        accepted(),
        trade(100, 2, 0, 0, of=berg, flags=1),
        refreshed(100, 2, 2, of=berg),
        trade(100, 2, 0, 0, of=berg, flags=1),
        refreshed(100, 1, 1, of=berg),
        trade(100, 1, 0, 0, of=berg, flags=1 | MAKER_DONE),
        filled(5),
    )


def test_fill_or_kill_counts_within_the_price_band(venue: Venue) -> None:
    """M18 M25: by the reference 100 and 10 % trades go up to 110."""
    venue.send(reference(100))
    venue.send(set_limit(Limit.BAND, 100_000))
    near = venue.place(limit(ANN, SELL, 110, 5))
    venue.place(limit(ANN, SELL, 111, 5))
    venue.send(limit(BOB, BUY, 120, 6, tif=FOK)).gives(accepted(), expired(6, Reason.FILL_OR_KILL))
    venue.send(limit(BOB, BUY, 120, 5, tif=FOK)).gives(accepted(), trade(110, 5, of=near), filled(5))


def test_fill_or_kill_with_cancel_oldest_does_not_count_own_orders(venue: Venue) -> None:
    """M18 M23: own 5 at 100 are not to be had; a killed order cancels nothing."""
    own, other = venue.place(limit(ANN, SELL, 100, 5)), venue.place(limit(BOB, SELL, 101, 5))
    killed = limit(ANN, BUY, 101, 6, tif=FOK, stp=SelfTrade.CANCEL_OLDEST)
    venue.send(killed).gives(accepted(), expired(6, Reason.FILL_OR_KILL))
    assert venue.queue(SELL) == [own.id, other.id]


@pytest.mark.parametrize("mode", [SelfTrade.CANCEL_NEWEST, SelfTrade.CANCEL_BOTH, SelfTrade.DECREMENT], ids=str)
def test_with_the_other_modes_counting_stops_at_the_first_own_order(venue: Venue, mode: SelfTrade) -> None:
    """M18 M23: 3 before the own order, whatever stands behind it."""
    first = venue.place(limit(BOB, SELL, 100, 3))
    venue.place(limit(ANN, SELL, 100, 2))
    venue.place(limit(BOB, SELL, 101, 9))
    venue.send(limit(ANN, BUY, 101, 4, tif=FOK, stp=mode)).gives(accepted(), expired(4, Reason.FILL_OR_KILL))
    venue.send(limit(ANN, BUY, 101, 3, tif=FOK, stp=mode)).gives(accepted(), trade(100, 3, of=first), filled(3))


def test_before_an_own_order_only_what_is_visible_at_its_level_counts(venue: Venue) -> None:
    """M18: the iceberg's next slice would stand behind the own order; the iceberg at 99 counts whole."""
    venue.place(limit(BOB, SELL, 99, 4, display=1))
    venue.place(limit(BOB, SELL, 100, 9, display=2))
    venue.place(limit(ANN, SELL, 100, 2))
    command = limit(ANN, BUY, 100, 7, tif=FOK, stp=SelfTrade.CANCEL_NEWEST)
    venue.send(command).gives(accepted(), expired(7, Reason.FILL_OR_KILL))
    assert venue.send({**command, "quantity": 6}).events[-1]["quantity"] == 6
    assert venue.book(SELL) == [(100, 4)]


def test_without_prevention_own_orders_count(venue: Venue) -> None:
    """M18 M23."""
    own = venue.place(limit(ANN, SELL, 100, 5))
    venue.send(limit(ANN, BUY, 100, 5, tif=FOK)).gives(accepted(), trade(100, 5, of=own), filled(5))


def test_fill_or_kill_counts_the_legs_of_one_oco_once(venue: Venue) -> None:
    """M18 M35."""
    legs = venue.send(oco(limit(ANN, SELL, 100, 5), limit(ANN, SELL, 101, 5))).orders
    venue.send(limit(BOB, BUY, 101, 6, tif=FOK)).gives(accepted(), expired(6, Reason.FILL_OR_KILL))
    venue.send(limit(BOB, BUY, 101, 5, tif=FOK))
    assert venue.book(SELL) == []
    assert venue.over >= {legs[0].id, legs[1].id}


def test_fill_or_kill_counts_reduce_only_makers_as_far_as_they_would_trade(venue: Venue) -> None:
    """M18 M32: Ann holds 3; of her 5 only 3 are to be had."""
    venue.place(limit(BOB, SELL, 90, 3))
    venue.place(limit(ANN, BUY, 90, 3))
    reducing = venue.place(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY))
    venue.send(limit(BOB, BUY, 100, 4, tif=FOK)).gives(accepted(), expired(4, Reason.FILL_OR_KILL))
    venue.send(limit(BOB, BUY, 100, 3, tif=FOK)).gives(
        accepted(),
        shrunk(2, Reason.REDUCE_ONLY, of=reducing, left=3, price=100, flags=1),
        trade(100, 3, of=reducing, flags=1 | MAKER_DONE),
        filled(3),
    )


def test_a_minimum_quantity_is_filled_at_once_or_the_order_expires(venue: Venue) -> None:
    """M19: 4 are to be had; what is left of an order that got its minimum stands."""
    ask = venue.place(limit(ANN, SELL, 100, 4))
    venue.send(limit(BOB, BUY, 100, 8, minimum=5)).gives(accepted(), expired(8, Reason.MINIMUM))
    venue.send(limit(BOB, BUY, 100, 8, minimum=4)).gives(accepted(), trade(100, 4, of=ask), rested(100, 4, 4))


def test_an_immediate_order_with_a_minimum(venue: Venue) -> None:
    """M19 M17: limit and market."""
    one = venue.place(limit(ANN, SELL, 100, 4))
    venue.send(limit(BOB, BUY, 100, 8, minimum=5, tif=IOC)).gives(accepted(), expired(8, Reason.MINIMUM))
    venue.send(market(BOB, BUY, 8, minimum=5)).gives(accepted(), expired(8, Reason.MINIMUM))
    venue.send(market(BOB, BUY, 8, minimum=4)).gives(accepted(), trade(100, 4, of=one), expired(4, Reason.NO_LIQUIDITY))


def test_an_iceberg_shows_its_display_and_goes_to_the_tail_with_each_slice(venue: Venue) -> None:
    """M20: 10 in slices of 3; Cat's 2 stand behind the first slice."""
    berg = venue.send(limit(ANN, SELL, 100, 10, display=3)).gives(accepted(100, 10), rested(100, 10, 3, 3))
    other = venue.place(limit(CAT, SELL, 100, 2))
    venue.send(limit(BOB, BUY, 100, 4)).gives(
        accepted(),
        trade(100, 3, 0, 2, of=berg, flags=1),
        refreshed(100, 3, 5, of=berg, left=3),
        trade(100, 1, 1, 4, of=other),
        filled(4),
    )
    assert venue.queue(SELL) == [other.id, berg.id]
    assert venue.hidden(SELL) == [0, 4]


def test_the_last_slice_is_what_is_left(venue: Venue) -> None:
    """M20: 4 in slices of 3: 3, then 1."""
    berg = venue.place(limit(ANN, SELL, 100, 4, display=3))
    venue.send(limit(BOB, BUY, 100, 3)).gives(
        accepted(), trade(100, 3, 0, 0, of=berg, flags=1), refreshed(100, 1, 1, of=berg), filled(3)
    )
    venue.send(limit(BOB, BUY, 100, 1)).gives(accepted(), trade(100, 1, of=berg, flags=1 | MAKER_DONE), filled(1))


def test_an_iceberg_takes_with_all_it_has(venue: Venue) -> None:
    """M20: 10 with 3 visible take 4; of the 6 left 3 are visible; 8 of 10 leave 2."""
    ask = venue.place(limit(BOB, SELL, 100, 4))
    venue.send(limit(ANN, BUY, 100, 10, display=3)).gives(
        accepted(100, 10), trade(100, 4, of=ask), rested(100, 6, 3, 3)
    )
    ask = venue.place(limit(BOB, SELL, 110, 8))
    venue.send(limit(ANN, BUY, 110, 10, display=3)).gives(accepted(), trade(110, 8, of=ask), rested(110, 2, 2, 2))


def test_market_to_limit_takes_at_the_best_price_and_stands_there(venue: Venue) -> None:
    """M21: 3 at 100; the ask at 101 is left alone."""
    ask = venue.place(limit(ANN, SELL, 100, 3))
    venue.place(limit(ANN, SELL, 101, 3))
    venue.send(market_to_limit(BOB, BUY, 5)).gives(accepted(0, 5), trade(100, 3, of=ask), rested(100, 2, 2, 2))
    assert venue.locked(BOB, CASH) == 200
    venue.send(market_to_limit(CAT, SELL, 1)).gives(accepted(0, 1), trade(100, 1, 1), filled(1))


def test_market_to_limit_needs_an_other_side(venue: Venue) -> None:
    """M21: before the balance is looked at."""
    venue.place(limit(ANN, SELL, 100, 3))
    venue.refuses(market_to_limit(BOB, SELL, 5_000), Reason.NO_LIQUIDITY)
    venue.refuses(market_to_limit(BOB, BUY, 50_000), Reason.INSUFFICIENT_BALANCE)


def test_post_only_never_takes(venue: Venue) -> None:
    """M22: at the best ask or above it is refused, below it stands."""
    venue.place(limit(ANN, SELL, 101, 3))
    venue.refuses(limit(BOB, BUY, 101, 5, flags=POST_ONLY), Reason.WOULD_TAKE)
    venue.refuses(limit(BOB, BUY, 105, 5, flags=POST_ONLY), Reason.WOULD_TAKE)
    venue.send(limit(BOB, BUY, 100, 5, flags=POST_ONLY)).gives(accepted(100, 5), rested(100, 5))
    venue.refuses(limit(CAT, SELL, 100, 5, flags=POST_ONLY), Reason.WOULD_TAKE)


def test_slide_moves_one_tick_behind_the_best_price_of_the_other_side(fresh: Venue) -> None:
    """M22: ticks of 5."""
    venue = fresh.opened(tick=5)
    venue.place(limit(ANN, SELL, 105, 3))
    venue.send(limit(BOB, BUY, 120, 5, flags=SLIDE)).gives(accepted(100, 5), rested(100, 5))
    venue.send(limit(CAT, SELL, 90, 5, flags=SLIDE)).gives(accepted(105, 5), rested(105, 5, 5, 8))
    venue.send(limit(DAN, BUY, 95, 5, flags=SLIDE)).gives(accepted(95, 5), rested(95, 5))
    assert venue.locked(BOB, CASH) == 500


def test_slide_stays_within_the_lowest_and_highest_price(venue: Venue) -> None:
    """M22: an ask at the lowest price, then a bid at the highest, leave no tick behind them."""
    venue.send(set_limit(Limit.MIN_PRICE, 50))
    venue.send(set_limit(Limit.MAX_PRICE, 150))
    venue.place(limit(ANN, SELL, 50, 1))
    venue.refuses(limit(BOB, BUY, 50, 5, flags=SLIDE), Reason.WOULD_TAKE)
    venue.send(limit(BOB, BUY, 50, 1))
    venue.place(limit(ANN, BUY, 150, 1))
    venue.refuses(limit(BOB, SELL, 60, 5, flags=SLIDE), Reason.WOULD_TAKE)


def test_post_only_is_judged_before_self_trade_prevention(venue: Venue) -> None:
    """M22 M23: an own ask would be cancelled; the post-only order is refused, the sliding one slides."""
    own = venue.place(limit(ANN, SELL, 101, 3))
    refused = limit(ANN, BUY, 101, 5, flags=POST_ONLY, stp=SelfTrade.CANCEL_OLDEST)
    venue.refuses(refused, Reason.WOULD_TAKE)
    venue.send({**refused, "flags": SLIDE}).gives(accepted(100, 5), rested(100, 5))
    assert venue.queue(SELL) == [own.id]


def test_money_and_coins_change_hands_with_each_trade(venue: Venue) -> None:
    """M16 M8: Dan pays 2 x 101 and 1 x 102."""
    venue.place(limit(ANN, SELL, 101, 2))
    venue.place(limit(BOB, SELL, 102, 5))
    venue.send(limit(DAN, BUY, 102, 3))
    assert (venue.free(DAN, CASH), venue.free(DAN, COIN)) == (1_000_000 - 304, 1_003)
    assert (venue.free(ANN, CASH), venue.free(BOB, CASH)) == (1_000_202, 1_000_102)
    assert (venue.locked(ANN, COIN), venue.locked(BOB, COIN)) == (0, 4)


def test_market_to_limit_takes_all_that_stands_at_the_best_price(venue: Venue) -> None:
    """M21 M20: an iceberg's slices too."""
    berg = venue.place(limit(ANN, SELL, 100, 5, display=3))
    venue.place(limit(ANN, SELL, 101, 3))
    venue.send(market_to_limit(BOB, BUY, 6)).gives(
        accepted(0, 6),
        trade(100, 3, of=berg),
        refreshed(100, 2, of=berg),
        trade(100, 2, of=berg),
        rested(100, 1),
    )


def test_a_minimum_is_counted_as_fill_or_kill_is(venue: Venue) -> None:
    """M18 M19 M23: 3 stand before the own order."""
    first = venue.place(limit(BOB, SELL, 100, 3))
    own = venue.place(limit(ANN, SELL, 100, 5))
    command = limit(ANN, BUY, 100, 8, minimum=4, stp=SelfTrade.CANCEL_BOTH)
    venue.send(command).gives(accepted(), expired(8, Reason.MINIMUM))
    answer = venue.send({**command, "minimum": 3})
    answer.gives(
        accepted(),
        trade(100, 3, of=first),
        cancelled(5, Reason.SELF_TRADE, of=own),
        cancelled(5, Reason.SELF_TRADE, of=answer.orders[0]),
    )


def test_a_minimum_needs_the_funds_too(venue: Venue) -> None:
    """M18 M19: eight could be had, but not be paid."""
    venue.send(limit(BOB, SELL, 100, 5))
    venue.send(limit(BOB, SELL, 200, 5))
    venue.send(withdraw(ANN, CASH, 999_000))
    venue.send(market(ANN, BUY, 10, minimum=8)).gives(accepted(), expired(10, Reason.MINIMUM))
