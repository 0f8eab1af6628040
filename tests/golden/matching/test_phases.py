"""Phases, and what they do to orders: M40 to M42 and M45."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    DAN,
    NO_SYMBOL,
    accepted,
    add_currency,
    add_owner,
    add_symbol,
    aside,
    auction,
    cancelled,
    deposit,
    done,
    expired,
    filled,
    limit,
    market,
    market_to_limit,
    oco,
    peg,
    phase,
    phased,
    reduced,
    reference,
    rested,
    set_limit,
    stop,
    time,
    touch,
    trade,
    triggered,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    AT_CLOSE,
    AT_OPEN,
    BUY,
    DAY,
    GTD,
    IN_BOOK,
    POST_ONLY,
    REDUCE_ONLY,
    SELL,
    SLIDE,
    Limit,
    Phase,
    Reason,
)


def test_a_symbol_is_closed_at_first(fresh: Venue) -> None:
    """M40 M13."""
    for command in (add_currency(COIN), add_currency(CASH), add_symbol(0), add_owner(ANN), deposit(ANN, CASH, 100)):
        fresh.send(command)
    assert fresh.machine.phase(0) == Phase.CLOSED
    fresh.refuses(limit(ANN, BUY, 1, 1), Reason.MARKET_CLOSED)
    fresh.refuses(phase(Phase.CLOSED), Reason.INVALID_PHASE)
    fresh.send(phase(Phase.CONTINUOUS)).gives(auction(0, 0, 0), phased(Phase.CONTINUOUS))


def test_any_phase_may_follow_any_other(venue: Venue) -> None:
    """M40: but not itself, nor one that does not exist."""
    for one in Phase:
        for other in Phase:
            if venue.machine.phase(0) != one:
                venue.send(phase(one))
            venue.refuses(phase(one), Reason.INVALID_PHASE)
            if other != one:
                assert venue.send(phase(other)).events[-1]["price"] == other
    venue.refuses(phase(5), Reason.INVALID_PHASE)
    venue.refuses(phase(Phase.OPENING, symbol=NO_SYMBOL), Reason.UNKNOWN_SYMBOL)


def test_in_a_call_orders_stand_without_trading(venue: Venue) -> None:
    """M41: the book is crossed then."""
    venue.send(phase(Phase.OPENING)).gives(phased(Phase.OPENING))
    venue.send(limit(ANN, BUY, 105, 5)).gives(accepted(105, 5, handle=0), rested(105, 5, 5, 5))
    venue.send(limit(BOB, SELL, 95, 3, display=1)).gives(accepted(95, 3), rested(95, 3, 1, 1))
    assert (venue.book(BUY), venue.book(SELL)) == ([(105, 5)], [(95, 1)])


def test_orders_with_triggers_wait_in_a_call(venue: Venue) -> None:
    """M41 M26."""
    venue.traded_at(100)
    venue.send(phase(Phase.CLOSING))
    venue.send(stop(ANN, BUY, 105, 5)).gives(accepted(0, 5))
    venue.refuses(stop(ANN, BUY, 95, 5), Reason.WOULD_TRIGGER)


def test_reduce_only_orders_stand_aside_in_a_call(venue: Venue) -> None:
    """M41 M40: one that stood in the book steps aside, a new one stays out; both enter when trading goes on."""
    venue.place(limit(BOB, SELL, 90, 5))
    venue.send(limit(ANN, BUY, 90, 5))
    stood = venue.place(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY))
    venue.send(phase(Phase.CLOSING)).gives(phased(Phase.CLOSING), aside(100, 5, 0, of=stood, flags=IN_BOOK))
    new = venue.send(limit(ANN, SELL, 101, 5, flags=REDUCE_ONLY)).gives(accepted(101, 5), aside(0, 5, 0, flags=0))
    assert venue.locked(ANN, COIN) == 10
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(0, 0, 0), phased(Phase.CONTINUOUS), rested(100, 5, of=stood), rested(101, 5, of=new)
    )


def test_legs_of_lists_step_aside_in_a_call_and_enter_as_takers(venue: Venue) -> None:
    """M40: the leg at 100 comes back as a taker of a bid that came in the call."""
    take, waits = venue.send(oco(limit(ANN, SELL, 100, 5), stop(ANN, SELL, 80, 5))).orders
    venue.send(phase(Phase.CLOSING)).gives(phased(Phase.CLOSING), aside(100, 5, 0, of=take, flags=IN_BOOK))
    bid = venue.place(limit(BOB, BUY, 103, 5))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(0, 0, 0),
        phased(Phase.CONTINUOUS),
        trade(103, 5, 0, of=bid, by=take),
        cancelled(5, Reason.OCO, of=waits),
        filled(5, of=take),
    )


def test_post_only_orders_that_come_back_and_would_take_are_cancelled(venue: Venue) -> None:
    """M40 M22."""
    plain = venue.send(oco(limit(ANN, SELL, 100, 5, flags=POST_ONLY), limit(ANN, SELL, 120, 5))).orders
    slide = venue.send(oco(limit(CAT, SELL, 100, 5, flags=SLIDE), limit(CAT, SELL, 125, 5))).orders
    venue.send(phase(Phase.CLOSING))
    venue.place(limit(BOB, BUY, 103, 5))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(0, 0, 0),
        phased(Phase.CONTINUOUS),
        cancelled(5, Reason.WOULD_TAKE, of=plain[0], price=0, flags=0),
        rested(120, 5, of=plain[1]),
        cancelled(5, Reason.WOULD_TAKE, of=slide[0]),
        rested(125, 5, of=slide[1]),
    )


def test_orders_aside_enter_by_acceptance(venue: Venue) -> None:
    """M40: the older of the two takes the only bid."""
    venue.place(limit(BOB, SELL, 90, 10))
    venue.send(limit(ANN, BUY, 90, 5))
    venue.send(limit(CAT, BUY, 90, 5))
    older = venue.place(limit(CAT, SELL, 110, 5, flags=REDUCE_ONLY))
    venue.send(phase(Phase.CLOSING))
    younger = venue.place(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY))
    bid = venue.place(limit(BOB, BUY, 110, 5))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(0, 0, 0),
        phased(Phase.CONTINUOUS),
        trade(110, 5, of=bid, by=older),
        filled(5, of=older),
        rested(100, 5, of=younger),
    )


def test_orders_for_the_open_end_with_the_opening_call(venue: Venue) -> None:
    """M40: after the auction, before the phase; one of them trades in it."""
    venue.send(phase(Phase.OPENING))
    ask = venue.place(limit(BOB, SELL, 100, 3))
    buy = venue.send(limit(ANN, BUY, 100, 5, tif=AT_OPEN)).gives(accepted(100, 5), rested(100, 5))
    answer = venue.send(phase(Phase.CONTINUOUS))
    answer.gives(
        auction(100, 3, 2),
        trade(100, 3, of=ask, by=buy),
        reduced(100, 3, 2, 2, of=buy),
        reduced(100, 3, 0, 0, of=ask),
        expired(2, Reason.AUCTION_OVER, of=buy, price=100, level=0, flags=IN_BOOK),
        phased(Phase.CONTINUOUS),
    )
    assert (venue.locked(ANN, CASH), venue.last(), venue.machine.reference(0)) == (0, 100, 100)


def test_orders_for_the_open_end_without_an_auction_too(venue: Venue) -> None:
    """M40: the opening call is left for a halt."""
    venue.send(phase(Phase.OPENING))
    buy = venue.place(limit(ANN, BUY, 100, 5, tif=AT_OPEN))
    venue.send(phase(Phase.HALTED)).gives(expired(5, Reason.AUCTION_OVER, of=buy), phased(Phase.HALTED))


def test_orders_for_the_close_stand_aside_until_the_closing_call(venue: Venue) -> None:
    """M41 M40: they enter it after the change of phase, trade in its auction, and end with it."""
    early = venue.send(limit(ANN, BUY, 100, 5, tif=AT_CLOSE)).gives(accepted(100, 5), aside(0, 5, 0, flags=0))
    assert early.handle
    venue.send(phase(Phase.CLOSING)).gives(phased(Phase.CLOSING), rested(100, 5, 5, 5, of=early))
    late = venue.send(limit(CAT, BUY, 99, 5, tif=AT_CLOSE)).gives(accepted(99, 5), rested(99, 5))
    ask = venue.place(limit(BOB, SELL, 100, 3))
    venue.send(phase(Phase.CLOSED)).gives(
        auction(100, 3, 2),
        trade(100, 3, of=early, by=ask),
        reduced(100, 3, 2, of=early),
        reduced(100, 3, 0, of=ask),
        expired(2, Reason.AUCTION_OVER, of=early, price=100),
        expired(5, Reason.AUCTION_OVER, of=late, price=99),
        phased(Phase.CLOSED),
    )


def test_orders_for_the_close_wait_through_the_opening_call(venue: Venue) -> None:
    """M41 M40: they do not enter when continuous trading begins."""
    venue.send(phase(Phase.OPENING))
    order = venue.send(limit(ANN, BUY, 100, 5, tif=AT_CLOSE)).gives(accepted(), aside(0, 5))
    venue.send(phase(Phase.CONTINUOUS)).gives(auction(0, 0, 0), phased(Phase.CONTINUOUS))
    venue.send(phase(Phase.CLOSING)).gives(phased(Phase.CLOSING), rested(100, 5, of=order))


def test_day_orders_end_when_the_symbol_closes(venue: Venue) -> None:
    """M40: with orders for the close that had none, by acceptance; others stay."""
    day = venue.place(limit(ANN, BUY, 90, 5, tif=DAY))
    closing = venue.place(limit(ANN, BUY, 91, 5, tif=AT_CLOSE))
    stays = venue.place(limit(ANN, BUY, 92, 5))
    waits = venue.place(touch(ANN, BUY, 80, 5, tif=DAY))
    venue.send(phase(Phase.CLOSED)).gives(
        phased(Phase.CLOSED),
        expired(5, Reason.END_OF_DAY, of=day, price=90, flags=IN_BOOK),
        expired(5, Reason.END_OF_DAY, of=closing, price=0, flags=0),
        expired(5, Reason.END_OF_DAY, of=waits, price=0, flags=0),
    )
    assert (venue.queue(BUY), venue.locked(ANN, CASH)) == ([stays.id], 460)


def test_a_halt_leaves_orders_where_they_are(venue: Venue) -> None:
    """M40: going on, the book is uncrossed first, though nothing crosses."""
    bid, pegged = venue.place(limit(BOB, BUY, 90, 5, tif=DAY)), venue.place(peg(ANN, BUY, 3, cap=95))
    venue.send(phase(Phase.HALTED)).gives(phased(Phase.HALTED))
    assert venue.queue(BUY) == [bid.id, pegged.id]
    venue.send(phase(Phase.CONTINUOUS)).gives(auction(0, 0, 0), phased(Phase.CONTINUOUS))
    assert venue.queue(BUY) == [bid.id, pegged.id]


def test_a_market_order_for_an_auction_is_a_limit_order_at_the_edge_of_the_band(venue: Venue) -> None:
    """M42: by the reference 99 and 10 %: 89.1 to 108.9, so 90 and 108."""
    venue.send(reference(99))
    venue.send(set_limit(Limit.BAND, 100_000))
    venue.send(phase(Phase.OPENING))
    venue.send(market(ANN, BUY, 5, tif=AT_OPEN)).gives(accepted(108, 5), rested(108, 5))
    venue.send(market(BOB, SELL, 5, tif=AT_OPEN)).gives(accepted(90, 5), rested(90, 5))
    assert venue.locked(ANN, CASH) == 540


def test_the_edge_is_cut_to_the_tick_inside_and_to_the_price_range(fresh: Venue) -> None:
    """M42: ticks of 5 and 100 with 12 %: 88 to 112, so 90 and 110; lowest price 95, highest 105."""
    venue = fresh.opened(tick=5)
    venue.send(reference(100))
    venue.send(set_limit(Limit.BAND, 120_000))
    venue.send(phase(Phase.CLOSING))
    venue.send(market(ANN, BUY, 5, tif=AT_CLOSE)).gives(accepted(110, 5), rested(110, 5))
    venue.send(market(BOB, SELL, 5, tif=AT_CLOSE)).gives(accepted(90, 5), rested(90, 5))
    venue.send(set_limit(Limit.MIN_PRICE, 95))
    venue.send(set_limit(Limit.MAX_PRICE, 105))
    venue.send(market(ANN, BUY, 5, tif=AT_CLOSE)).gives(accepted(105, 5), rested(105, 5))
    venue.send(market(BOB, SELL, 5, tif=AT_CLOSE)).gives(accepted(95, 5), rested(95, 5))


def test_a_market_order_for_an_auction_needs_band_and_reference(venue: Venue) -> None:
    """M42: the last price does not help."""
    venue.traded_at(100)
    order = market(ANN, BUY, 5, tif=AT_CLOSE)
    venue.refuses(order, Reason.NO_REFERENCE)
    venue.send(reference(100))
    venue.refuses(order, Reason.NO_REFERENCE)
    venue.send(set_limit(Limit.BAND, 100_000))
    venue.send(order).gives(accepted(110, 5), aside(0, 5))
    venue.send(reference(0))
    venue.refuses(order, Reason.NO_REFERENCE)


def test_orders_expire_by_time(venue: Venue) -> None:
    """M45: at or after their expiry; by expiry, then by acceptance; DONE is the last event."""
    one = venue.place(limit(ANN, BUY, 90, 1, tif=GTD, expiry=30))
    two = venue.place(stop(ANN, BUY, 110, 2, tif=GTD, expiry=20))
    three = venue.place(limit(BOB, SELL, 120, 3, tif=GTD, expiry=20))
    later = venue.place(limit(BOB, SELL, 120, 4, tif=GTD, expiry=31))
    venue.send(time(19)).gives(done())
    venue.send(time(30)).gives(
        expired(2, Reason.GTD, of=two, ts=30, price=0, flags=0),
        expired(3, Reason.GTD, of=three, price=120, level=4, flags=IN_BOOK),
        expired(1, Reason.GTD, of=one, price=90, level=0, flags=IN_BOOK),
        done(ts=30),
    )
    venue.send(time(31)).gives(expired(4, Reason.GTD, of=later), done())


def test_orders_expire_in_every_phase(venue: Venue) -> None:
    """M45: a halted symbol, and one that waits through the close."""
    order = venue.place(limit(ANN, BUY, 90, 1, tif=GTD, expiry=30))
    venue.send(phase(Phase.CLOSED))
    venue.send(time(30)).gives(expired(1, Reason.GTD, of=order), done())


def test_a_market_to_limit_that_stands_expires_as_a_limit_order(venue: Venue) -> None:
    """M45 M21."""
    venue.place(limit(BOB, SELL, 100, 1))
    order = venue.place(market_to_limit(ANN, BUY, 3, tif=GTD, expiry=30))
    venue.send(time(30)).gives(expired(2, Reason.GTD, of=order, price=100), done())


def test_what_one_symbol_does_leaves_the_others(venue: Venue) -> None:
    """M40."""
    venue.send(add_symbol(1))
    order = venue.place(limit(ANN, BUY, 90, 1, tif=DAY))
    venue.send(phase(Phase.OPENING, symbol=1)).gives(phased(Phase.OPENING, symbol=1))
    venue.send(phase(Phase.CLOSED, symbol=1)).gives(phased(Phase.CLOSED, symbol=1))
    assert (venue.queue(BUY), venue.machine.phase(0)) == ([order.id], Phase.CONTINUOUS)


def test_pegs_and_lists_are_refused_or_wait_in_a_call(venue: Venue) -> None:
    """M41 M34: a peg stands aside from the start, a list is refused."""
    venue.send(phase(Phase.OPENING))
    venue.send(peg(ANN, BUY, 3, cap=95)).gives(accepted(95, 3), aside(0, 3))
    venue.refuses(oco(limit(ANN, SELL, 100, 5), limit(ANN, SELL, 101, 5)), Reason.WRONG_PHASE, Reason.LIST_MEMBER)


@pytest.mark.parametrize("now", [Phase.CLOSED, Phase.HALTED], ids=str)
def test_orders_stand_in_the_book_while_nothing_trades(venue: Venue, now: Phase) -> None:
    """M40 M13."""
    order = venue.place(limit(ANN, BUY, 90, 1))
    venue.send(phase(now)).gives(phased(now))
    assert venue.queue(BUY) == [order.id]


def test_orders_for_the_close_end_with_the_closing_call_whatever_follows(venue: Venue) -> None:
    """M40: trading goes on after it."""
    order = venue.place(limit(ANN, BUY, 100, 5, tif=AT_CLOSE))
    venue.send(phase(Phase.CLOSING))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(0, 0, 0), expired(5, Reason.AUCTION_OVER, of=order, price=100), phased(Phase.CONTINUOUS)
    )


def test_what_the_last_price_reached_queues_before_what_orders_from_aside_reach(venue: Venue) -> None:
    """M40 M29 M28: the auction reached Dan's stop; Ann's trade as she comes back, Cat's older touch."""
    venue.place(limit(BOB, SELL, 95, 5))
    venue.send(limit(ANN, BUY, 95, 5))
    touches, stops = venue.place(touch(CAT, SELL, 102, 1)), venue.place(stop(DAN, BUY, 96, 1))
    reducing = venue.place(limit(ANN, SELL, 102, 5, flags=REDUCE_ONLY))
    venue.send(phase(Phase.CLOSING))
    bid, ask = venue.place(limit(BOB, BUY, 102, 2)), venue.place(limit(CAT, SELL, 100, 1))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(100, 1, 1),
        trade(100, 1, of=bid, by=ask),
        reduced(102, 1, 1, of=bid),
        reduced(100, 1, 0, of=ask),
        phased(Phase.CONTINUOUS),
        trade(102, 1, 0, of=bid, by=reducing),
        rested(102, 4, of=reducing),
        triggered(96, 1, of=stops),
        trade(102, 1, 3, of=reducing, by=stops),
        filled(1, of=stops),
        triggered(102, 1, of=touches),
        expired(1, Reason.NO_LIQUIDITY, of=touches),
    )


def test_a_market_order_for_an_auction_needs_a_tick_within_the_price_range(fresh: Venue) -> None:
    """M42: between 101 and 104 there is no multiple of 5."""
    venue = fresh.opened(tick=5)
    venue.send(reference(100))
    venue.send(set_limit(Limit.BAND, 100_000))
    venue.send(set_limit(Limit.MIN_PRICE, 101))
    venue.send(set_limit(Limit.MAX_PRICE, 104))
    venue.refuses(market(ANN, BUY, 5, tif=AT_CLOSE), Reason.NO_REFERENCE)
    venue.refuses(market(ANN, SELL, 5, tif=AT_CLOSE), Reason.NO_REFERENCE)
