"""Self-trade prevention and the price band: M23 and M25."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    Order,
    accepted,
    cancel,
    cancelled,
    expired,
    filled,
    limit,
    market,
    phase,
    phased,
    prevented,
    reference,
    rested,
    set_limit,
    trade,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import BUY, FOK, IOC, SELL, Limit, Phase, Reason, SelfTrade


@pytest.fixture
def asks(venue: Venue) -> tuple[Order, Order, Order]:
    """At 100 stand Bob's 2, Ann's own 3, Cat's 5."""
    bob, own, cat = (venue.place(limit(owner, SELL, 100, size)) for owner, size in ((BOB, 2), (ANN, 3), (CAT, 5)))
    return bob, own, cat


def test_none_lets_an_owner_trade_with_itself(venue: Venue, asks: tuple[Order, Order, Order]) -> None:
    """M23."""
    bob, own, cat = asks
    venue.send(limit(ANN, BUY, 100, 6)).gives(
        accepted(), trade(100, 2, of=bob), trade(100, 3, of=own), trade(100, 1, 4, of=cat), filled(6)
    )
    assert (venue.free(ANN, COIN), venue.free(ANN, CASH)) == (1_003, 1_000_000 - 300)


def test_cancel_newest_cancels_the_taker(venue: Venue, asks: tuple[Order, Order, Order]) -> None:
    """M23: what it traded before stands."""
    bob, own, cat = asks
    venue.send(limit(ANN, BUY, 100, 6, stp=SelfTrade.CANCEL_NEWEST)).gives(
        accepted(), trade(100, 2, of=bob), cancelled(4, Reason.SELF_TRADE, price=0, flags=0)
    )
    assert venue.queue(SELL) == [own.id, cat.id]
    assert venue.locked(ANN, CASH) == 0


def test_cancel_oldest_cancels_the_maker(venue: Venue, asks: tuple[Order, Order, Order]) -> None:
    """M23: and the taker goes on."""
    bob, own, cat = asks
    venue.send(limit(ANN, BUY, 100, 6, stp=SelfTrade.CANCEL_OLDEST)).gives(
        accepted(),
        trade(100, 2, of=bob),
        cancelled(3, Reason.SELF_TRADE, of=own, price=100, level=5, flags=1),
        trade(100, 4, 1, of=cat),
        filled(6),
    )
    assert venue.locked(ANN, COIN) == 0


def test_cancel_both_cancels_the_maker_then_the_taker(venue: Venue, asks: tuple[Order, Order, Order]) -> None:
    """M23."""
    bob, own, cat = asks
    taker = venue.send(limit(ANN, BUY, 100, 6, stp=SelfTrade.CANCEL_BOTH))
    taker.gives(
        accepted(),
        trade(100, 2, of=bob),
        cancelled(3, Reason.SELF_TRADE, of=own),
        cancelled(4, Reason.SELF_TRADE, of=taker.orders[0]),
    )
    assert venue.queue(SELL) == [cat.id]


def test_decrement_takes_the_smaller_left_off_both(venue: Venue, asks: tuple[Order, Order, Order]) -> None:
    """M23: the maker's 3: it is at zero; the taker goes on with 1 of 4, and has traded 2 + 1."""
    bob, own, cat = asks
    venue.send(limit(ANN, BUY, 100, 6, stp=SelfTrade.DECREMENT)).gives(
        accepted(),
        trade(100, 2, of=bob),
        prevented(100, 3, 0, 5, of=own, reason=Reason.SELF_TRADE),
        cancelled(0, Reason.SELF_TRADE, of=own),
        trade(100, 1, 4, of=cat),
        filled(3),
    )
    assert (venue.locked(ANN, COIN), venue.locked(ANN, CASH), venue.position(ANN)) == (0, 0, 3)


def test_decrement_of_a_smaller_taker(venue: Venue) -> None:
    """M23: the maker keeps 3 of 5, the taker is at zero."""
    own = venue.place(limit(ANN, SELL, 100, 5))
    venue.send(limit(ANN, BUY, 100, 2, stp=SelfTrade.DECREMENT)).gives(
        accepted(), prevented(100, 2, 3, 3, of=own), cancelled(0, Reason.SELF_TRADE)
    )
    assert (venue.locked(ANN, COIN), venue.locked(ANN, CASH)) == (3, 0)


def test_decrement_of_equals_cancels_the_maker_first(venue: Venue) -> None:
    """M23."""
    own = venue.place(limit(ANN, SELL, 100, 5))
    answer = venue.send(limit(ANN, BUY, 100, 5, stp=SelfTrade.DECREMENT))
    answer.gives(
        accepted(),
        prevented(100, 5, 0, 0, of=own),
        cancelled(0, Reason.SELF_TRADE, of=own),
        cancelled(0, Reason.SELF_TRADE, of=answer.orders[0]),
    )


def test_decrement_takes_what_is_hidden_first(venue: Venue) -> None:
    """M23 M20: of 10 with 4 visible 7 go: the hidden 6 and 1 of what is visible; its place is kept."""
    berg = venue.place(limit(ANN, SELL, 100, 10, display=4))
    venue.place(limit(BOB, SELL, 100, 1))
    venue.send(limit(ANN, BUY, 100, 7, stp=SelfTrade.DECREMENT)).gives(
        accepted(), prevented(100, 7, 3, 4, of=berg), cancelled(0, Reason.SELF_TRADE)
    )
    assert (venue.queue(SELL)[0], venue.hidden(SELL)) == (berg.id, [0, 0])


def test_cancel_oldest_cancels_what_is_hidden_too(venue: Venue) -> None:
    """M23 M20."""
    berg = venue.place(limit(ANN, SELL, 100, 10, display=4))
    venue.send(limit(ANN, BUY, 100, 7, stp=SelfTrade.CANCEL_OLDEST)).gives(
        accepted(), cancelled(10, Reason.SELF_TRADE, of=berg, price=100, level=0), rested(100, 7)
    )


def test_the_takers_mode_counts_not_the_makers(venue: Venue) -> None:
    """M23."""
    own = venue.place(limit(ANN, SELL, 100, 3, stp=SelfTrade.CANCEL_BOTH))
    venue.send(limit(ANN, BUY, 100, 3)).gives(accepted(), trade(100, 3, of=own), filled(3))


def test_other_owners_trade_whatever_the_mode(venue: Venue) -> None:
    """M23."""
    for mode in SelfTrade:
        ask = venue.place(limit(BOB, SELL, 100, 3, stp=mode))
        venue.send(limit(ANN, BUY, 100, 3, stp=mode)).gives(accepted(), trade(100, 3, of=ask), filled(3))


def test_own_orders_beyond_the_limit_are_left_alone(venue: Venue) -> None:
    """M23 M24: the limit is looked at first."""
    own = venue.place(limit(ANN, SELL, 101, 3))
    venue.send(limit(ANN, BUY, 100, 5, stp=SelfTrade.CANCEL_BOTH)).gives(accepted(), rested(100, 5))
    assert venue.queue(SELL) == [own.id]


def with_band(venue: Venue, ppm: int, price: int = 100) -> None:
    venue.send(reference(price))
    venue.send(set_limit(Limit.BAND, ppm))


def test_an_order_ends_where_its_next_trade_would_leave_the_band(venue: Venue) -> None:
    """M25: by the reference 100 and 10 % trades lie from 90 to 110."""
    with_band(venue, 100_000)
    near, far = venue.place(limit(BOB, SELL, 110, 5)), venue.place(limit(BOB, SELL, 111, 5))
    venue.send(limit(ANN, BUY, 120, 7)).gives(accepted(), trade(110, 5, of=near), expired(2, Reason.PRICE_BAND))
    assert venue.queue(SELL) == [far.id]
    venue.send(market(ANN, BUY, 2)).gives(accepted(), expired(2, Reason.PRICE_BAND))


def test_sells_know_the_lower_edge(venue: Venue) -> None:
    """M25."""
    with_band(venue, 100_000)
    near = venue.place(limit(BOB, BUY, 90, 5))
    venue.place(limit(BOB, BUY, 89, 5))
    venue.send(limit(ANN, SELL, 80, 7, tif=IOC)).gives(accepted(), trade(90, 5, of=near), expired(2, Reason.PRICE_BAND))


def test_both_edges_bind_both_sides(venue: Venue) -> None:
    """M25: a sell that would trade at a bid above the band ends too, and a buy at an ask below it."""
    with_band(venue, 100_000)
    bid = venue.place(limit(BOB, BUY, 120, 5))
    venue.send(limit(ANN, SELL, 95, 5)).gives(accepted(), expired(5, Reason.PRICE_BAND))
    venue.send(limit(ANN, SELL, 95, 5, tif=FOK)).gives(accepted(), expired(5, Reason.FILL_OR_KILL))
    venue.send(cancel(BOB, bid))
    venue.place(limit(BOB, SELL, 80, 5))
    venue.send(market(ANN, BUY, 5)).gives(accepted(), expired(5, Reason.PRICE_BAND))


def test_the_band_is_rounded_inwards(venue: Venue) -> None:
    """M25: 101 with 5 %: 95.95 to 106.05, so 96 to 106."""
    with_band(venue, 50_000, price=101)
    for side, inside, outside in ((SELL, 106, 107), (BUY, 96, 95)):
        near = venue.place(limit(BOB, side, inside, 1))
        venue.place(limit(BOB, side, outside, 1))
        venue.send(market(ANN, 1 - side, 2)).gives(accepted(), trade(inside, 1, of=near), expired(1, Reason.PRICE_BAND))


def test_orders_may_stand_outside_the_band(venue: Venue) -> None:
    """M25: only trades are bound; without a reference there is no band."""
    with_band(venue, 100_000)
    far = venue.send(limit(BOB, SELL, 150, 5)).gives(accepted(), rested(150, 5))
    venue.send(limit(ANN, BUY, 130, 5)).gives(accepted(), rested(130, 5))
    venue.send(reference(0))
    venue.send(market(CAT, BUY, 5)).gives(accepted(), trade(150, 5, of=far), filled(5))


def test_a_trade_outside_the_band_may_halt_the_symbol(venue: Venue) -> None:
    """M25 M13: the order ends, then the symbol halts; cancels are still possible."""
    with_band(venue, 100_000)
    venue.send(set_limit(Limit.BAND_HALTS, 1))
    near, far = venue.place(limit(BOB, SELL, 105, 1)), venue.place(limit(BOB, SELL, 111, 5))
    venue.send(limit(ANN, BUY, 120, 7)).gives(
        accepted(),
        trade(105, 1, of=near),
        expired(6, Reason.PRICE_BAND),
        phased(Phase.HALTED, reason=Reason.PRICE_BAND),
    )
    venue.refuses(limit(ANN, BUY, 90, 1), Reason.MARKET_HALTED)
    venue.send(phase(Phase.CONTINUOUS))
    assert venue.queue(SELL) == [far.id]


def test_a_killed_order_halts_nothing(venue: Venue) -> None:
    """M25 M18: it has no next trade."""
    with_band(venue, 100_000)
    venue.send(set_limit(Limit.BAND_HALTS, 1))
    venue.place(limit(BOB, SELL, 111, 5))
    venue.send(limit(ANN, BUY, 120, 5, tif=FOK)).gives(accepted(), expired(5, Reason.FILL_OR_KILL))


def test_the_band_is_looked_at_before_self_trade_prevention(venue: Venue) -> None:
    """M24 M25 M23: an own ask outside the band is not cancelled."""
    with_band(venue, 100_000)
    own = venue.place(limit(ANN, SELL, 111, 5))
    venue.send(limit(ANN, BUY, 120, 5, stp=SelfTrade.CANCEL_OLDEST)).gives(accepted(), expired(5, Reason.PRICE_BAND))
    assert venue.queue(SELL) == [own.id]
