"""Pegged orders and reduce-only orders: M30 to M33."""

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
    amend,
    amended,
    aside,
    cancel,
    cancelled,
    expired,
    filled,
    limit,
    market,
    peg,
    peg_mid,
    phase,
    repriced,
    rested,
    set_limit,
    shrunk,
    stop,
    trade,
    triggered,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    BUY,
    FOK,
    IOC,
    KEPT,
    MAKER_DONE,
    REDUCE_ONLY,
    SELL,
    EventKind,
    Limit,
    Phase,
    Reason,
    SelfTrade,
)


@pytest.fixture
def quoted(venue: Venue) -> Venue:
    """Bob bids 100, Bob offers 110."""
    venue.place(limit(BOB, BUY, 100, 5))
    venue.place(limit(BOB, SELL, 110, 5))
    return venue


def test_a_primary_peg_stands_behind_the_best_price_of_its_side(quoted: Venue) -> None:
    """M30 M4: an offset of 2: 98 and 112; without one at the best price, behind those there. Kept from the start."""
    quoted.send(peg(ANN, BUY, 3, cap=105, offset=2)).gives(accepted(105, 3, handle=1 << 32 | 3), rested(98, 3, 3, 3))
    quoted.send(peg(ANN, SELL, 3, offset=2)).gives(accepted(0, 3, handle=1 << 32 | 4), rested(112, 3, 3, 3))
    quoted.send(peg(ANN, BUY, 3, cap=105)).gives(accepted(), rested(100, 3, 3, 8))


def test_a_peg_follows_a_new_best_price_with_the_command_that_made_it(quoted: Venue) -> None:
    """M31 M30: 102 becomes the best bid: the peg leaves 98 for 100; when it is gone it goes back."""
    pegged = quoted.place(peg(ANN, BUY, 3, cap=105, offset=2))
    better = quoted.send(limit(CAT, BUY, 102, 1)).gives(
        accepted(), rested(102, 1), repriced(98, 3, 0, of=pegged, flags=1), rested(100, 3, 3, 8, of=pegged)
    )
    quoted.send(cancel(CAT, better)).gives(
        cancelled(1, Reason.REQUESTED), repriced(100, 3, 5, of=pegged), rested(98, 3, of=pegged)
    )


def test_a_peg_does_not_go_beyond_its_cap(quoted: Venue) -> None:
    """M30: a buy not above 104, a sell not below 106."""
    buying, selling = quoted.place(peg(ANN, BUY, 3, cap=104)), quoted.place(peg(ANN, SELL, 3, cap=106))
    quoted.send(limit(CAT, BUY, 105, 1)).gives(
        accepted(), rested(), repriced(100, 3, of=buying), rested(104, 3, of=buying)
    )
    quoted.send(cancel(CAT, quoted.known[5]))
    quoted.send(limit(CAT, SELL, 105, 1)).gives(
        accepted(), rested(), repriced(110, 3, of=selling), rested(106, 3, of=selling)
    )


def test_a_mid_peg_stands_half_way_rounded_to_its_own_side(fresh: Venue) -> None:
    """M30: between 100 and 115 half-way is 107.5; with ticks of 5 a buy stands at 105, a sell at 110."""
    venue = fresh.opened(tick=5)
    venue.place(limit(BOB, BUY, 100, 5))
    venue.place(limit(BOB, SELL, 115, 5))
    venue.send(peg_mid(ANN, BUY, 3, cap=200)).gives(accepted(200, 3), rested(105, 3))
    venue.send(peg_mid(CAT, SELL, 3)).gives(accepted(0, 3), rested(110, 3))
    venue.send(peg_mid(ANN, BUY, 1, cap=100)).gives(accepted(), rested(100, 1, 1, 6))
    venue.send(peg_mid(CAT, SELL, 1, cap=125)).gives(accepted(), rested(125, 1))


def test_pegs_do_not_follow_pegs(quoted: Venue) -> None:
    """M30: the mid peg at 105 is the best bid, but the primary one looks at Bob's 100."""
    quoted.send(peg_mid(ANN, BUY, 3, cap=200)).gives(accepted(), rested(105, 3))
    quoted.send(peg(CAT, BUY, 3, cap=200)).gives(accepted(), rested(100, 3, 3, 8))


def test_a_peg_never_takes(quoted: Venue) -> None:
    """M30: half-way is 105 for both: the buy stands there, the sell one tick behind it."""
    quoted.send(peg_mid(ANN, BUY, 3, cap=200)).gives(accepted(), rested(105, 3))
    quoted.send(peg_mid(CAT, SELL, 3)).gives(accepted(), rested(106, 3))


def test_a_peg_stands_aside_without_a_price_to_go_by(venue: Venue) -> None:
    """M31: it is kept from the start; with the first bid it enters the book, with the last it leaves it."""
    pegged = venue.send(peg(ANN, BUY, 3, cap=105)).gives(accepted(105, 3), aside(0, 3, 0, flags=0))
    assert (pegged.handle, venue.book(BUY)) == (1 << 32 | 1, [])
    bid = venue.send(limit(BOB, BUY, 100, 5)).gives(accepted(), rested(100, 5), rested(100, 3, 3, 8, of=pegged))
    venue.send(cancel(BOB, bid)).gives(cancelled(5, Reason.REQUESTED), aside(100, 3, 0, of=pegged, flags=1))
    assert venue.locked(ANN, CASH) == 315


def test_a_target_below_the_lowest_price_is_none(quoted: Venue) -> None:
    """M31: 100 - 100 is not above 0."""
    quoted.send(peg(ANN, BUY, 3, cap=105, offset=99)).gives(accepted(), rested(1, 3))
    quoted.send(peg(ANN, BUY, 3, cap=105, offset=100)).gives(accepted(), aside(0, 3))


def test_the_same_price_keeps_the_place(quoted: Venue) -> None:
    """M31: a new best ask moves the mid from 105 to 104.5 and 104; the primary buy stays before Cat's order."""
    primary = quoted.place(peg(ANN, BUY, 3, cap=200))
    later = quoted.place(limit(CAT, BUY, 100, 2))
    mid = quoted.place(peg_mid(ANN, BUY, 3, cap=200))
    quoted.send(limit(DAN, SELL, 109, 1)).gives(accepted(), rested(), repriced(105, 3, of=mid), rested(104, 3, of=mid))
    assert quoted.queue(BUY) == [mid.id, 1, primary.id, later.id]


def test_pegs_are_priced_by_acceptance(quoted: Venue) -> None:
    """M31: both go to the tail of the new level in the order in which they were accepted."""
    pegs = [quoted.place(peg(owner, BUY, 1, cap=200)) for owner in (ANN, CAT, ANN)]
    best = quoted.place(limit(DAN, BUY, 103, 1))
    assert quoted.queue(BUY) == [best.id, *(pegged.id for pegged in pegs), 1]


def test_pegs_are_priced_after_all_that_queued_behind_the_command(quoted: Venue) -> None:
    """M31 M28: Dan takes the bid at 100 and reaches Cat's stop, which rests at 97; then the peg goes there."""
    pegged = quoted.place(peg(ANN, BUY, 3, cap=200, offset=1))
    waits = quoted.place(stop(CAT, BUY, 100, 2, price=97))
    quoted.send(limit(DAN, SELL, 100, 5)).gives(
        accepted(),
        trade(100, 5, of=quoted.known[1]),
        filled(5),
        triggered(of=waits),
        rested(97, 2, of=waits),
        repriced(99, 3, of=pegged),
        rested(96, 3, of=pegged),
    )


def test_a_peg_trades_as_a_maker_at_its_price(quoted: Venue) -> None:
    """M30 M6: what it saves against its cap becomes free."""
    pegged = quoted.place(peg_mid(ANN, BUY, 3, cap=200))
    assert quoted.locked(ANN, CASH) == 600
    quoted.send(market(CAT, SELL, 2)).gives(accepted(), trade(105, 2, 1, of=pegged), filled(2))
    assert (quoted.free(ANN, CASH), quoted.locked(ANN, CASH)) == (1_000_000 - 210 - 200, 200)


def test_pegs_stand_aside_in_a_call_and_come_back(quoted: Venue) -> None:
    """M31 M40 M41: one that stands in the book steps aside, a new one stands aside from the start."""
    pegged = quoted.place(peg(ANN, BUY, 3, cap=200, offset=1))
    answer = quoted.send(phase(Phase.CLOSING))
    assert answer.kinds == [EventKind.PHASE, EventKind.ASIDE]
    assert (answer.events[1]["id"], answer.events[1]["price"]) == (pegged.id, 99)
    new = quoted.send(peg(CAT, SELL, 2)).gives(accepted(0, 2), aside(0, 2, 0, flags=0))
    answer = quoted.send(phase(Phase.CONTINUOUS))
    assert answer.kinds == [EventKind.AUCTION, EventKind.PHASE, EventKind.RESTED, EventKind.RESTED]
    assert (quoted.book(BUY), quoted.book(SELL)) == ([(100, 5), (99, 3)], [(110, 7)])
    assert quoted.queue(SELL)[-1] == new.id


def long_position(venue: Venue, quantity: int) -> None:
    """Ann buys so much from Dan at 90."""
    venue.place(limit(DAN, SELL, 90, quantity))
    venue.send(limit(ANN, BUY, 90, quantity))
    assert venue.position(ANN) == quantity


def test_a_reduce_only_taker_trades_at_most_the_position(venue: Venue) -> None:
    """M32: 3 of 5; the rest is cancelled, so the position never flips."""
    long_position(venue, 3)
    bid = venue.place(limit(BOB, BUY, 100, 9))
    venue.send(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY)).gives(
        accepted(100, 5), trade(100, 3, 6, of=bid), cancelled(2, Reason.REDUCE_ONLY, price=0, flags=0)
    )
    assert (venue.position(ANN), venue.locked(ANN, COIN)) == (0, 0)


def test_a_reduce_only_taker_of_just_the_position_is_filled(venue: Venue) -> None:
    """M32."""
    long_position(venue, 3)
    bid = venue.place(limit(BOB, BUY, 100, 9))
    venue.send(market(ANN, SELL, 3, flags=REDUCE_ONLY)).gives(accepted(), trade(100, 3, 6, of=bid), filled(3))


def test_a_reduce_only_order_that_traded_less_than_the_position_stands(venue: Venue) -> None:
    """M32: 1 of 3 sold; the other 4 of its 5 stand, though only 2 can trade."""
    long_position(venue, 3)
    bid = venue.place(limit(BOB, BUY, 100, 1))
    venue.send(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY)).gives(accepted(), trade(100, 1, of=bid), rested(100, 4))


def test_a_reduce_only_maker_is_cut_to_the_position_when_its_turn_comes(venue: Venue) -> None:
    """M32: of 5 with 2 held: 3 taken off, then the trade."""
    long_position(venue, 2)
    order = venue.place(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY))
    venue.send(limit(BOB, BUY, 100, 9)).gives(
        accepted(),
        shrunk(3, Reason.REDUCE_ONLY, of=order, price=100, left=2, level=2, flags=1),
        trade(100, 2, 0, of=order, flags=1 | MAKER_DONE),
        rested(100, 7),
    )
    assert (venue.position(ANN), venue.locked(ANN, COIN)) == (0, 0)


def test_a_reduce_only_maker_without_a_position_is_cancelled_when_its_turn_comes(venue: Venue) -> None:
    """M32: the position was sold otherwise."""
    long_position(venue, 2)
    order = venue.place(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY))
    venue.place(limit(BOB, BUY, 95, 2))
    venue.send(limit(ANN, SELL, 95, 2))
    behind = venue.place(limit(CAT, SELL, 100, 4))
    venue.send(limit(BOB, BUY, 100, 3)).gives(
        accepted(),
        cancelled(5, Reason.REDUCE_ONLY, of=order, price=100, level=4, flags=1),
        trade(100, 3, 1, of=behind),
        filled(3),
    )


def test_a_reduce_only_iceberg_loses_what_is_hidden_first(venue: Venue) -> None:
    """M32 M20: of 10 with 3 visible and 4 held, 6 of the hidden 7 go."""
    long_position(venue, 4)
    order = venue.place(limit(ANN, SELL, 100, 10, display=3, flags=REDUCE_ONLY))
    answer = venue.send(limit(BOB, BUY, 100, 1))
    answer.gives(accepted(), shrunk(6, Reason.REDUCE_ONLY, of=order, left=3), trade(100, 1, 2, of=order), filled(1))
    assert venue.hidden(SELL) == [1]


def test_a_short_position_is_reduced_by_buying(venue: Venue) -> None:
    """M32 M33: Bob is short 3."""
    venue.place(limit(ANN, BUY, 90, 3))
    venue.send(limit(BOB, SELL, 90, 3))
    ask = venue.place(limit(CAT, SELL, 91, 9))
    venue.refuses(limit(BOB, SELL, 95, 1, flags=REDUCE_ONLY), Reason.REDUCE_ONLY)
    venue.send(limit(BOB, BUY, 91, 4, tif=IOC, flags=REDUCE_ONLY)).gives(
        accepted(), trade(91, 3, 6, of=ask), cancelled(1, Reason.REDUCE_ONLY)
    )


def test_reduce_only_needs_a_position_on_the_other_side(venue: Venue) -> None:
    """M33: none, then one on the order's own side; the quantity may exceed the position."""
    venue.refuses(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY), Reason.REDUCE_ONLY)
    long_position(venue, 3)
    venue.refuses(limit(ANN, BUY, 100, 1, flags=REDUCE_ONLY), Reason.REDUCE_ONLY)
    venue.send(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY)).gives(accepted(100, 5), rested(100, 5))


def test_fill_or_kill_and_minimum_count_at_most_the_position(venue: Venue) -> None:
    """M33 M18 M19: 3 are held."""
    long_position(venue, 3)
    bid = venue.place(limit(BOB, BUY, 100, 9))
    killed = limit(ANN, SELL, 100, 4, tif=FOK, flags=REDUCE_ONLY)
    venue.send(killed).gives(accepted(), expired(4, Reason.FILL_OR_KILL))
    venue.send(limit(ANN, SELL, 100, 5, minimum=4, flags=REDUCE_ONLY)).gives(accepted(), expired(5, Reason.MINIMUM))
    venue.send({**killed, "quantity": 3}).gives(accepted(), trade(100, 3, of=bid), filled(3))


def test_a_triggered_reduce_only_order_without_a_position_is_cancelled(venue: Venue) -> None:
    """M32 M28: the position that its stop should close is gone when it is reached."""
    long_position(venue, 2)
    waits = venue.place(stop(ANN, SELL, 80, 2, flags=REDUCE_ONLY))
    venue.place(limit(BOB, BUY, 85, 2))
    venue.send(market(ANN, SELL, 2))
    venue.place(limit(BOB, BUY, 80, 9))
    venue.send(limit(DAN, SELL, 80, 1)).gives(
        accepted(),
        trade(80, 1),
        filled(1),
        triggered(80, 2, of=waits),
        cancelled(2, Reason.REDUCE_ONLY, of=waits),
    )
    assert venue.position(ANN) == 0


def test_an_amended_reduce_only_order_enters_within_the_position(venue: Venue) -> None:
    """M32 M39: it comes down to the bid and may sell what is held."""
    long_position(venue, 2)
    order = venue.place(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY))
    bid = venue.place(limit(BOB, BUY, 95, 9))
    answer = venue.send(amend(ANN, order, price=95))
    assert answer.kinds == [EventKind.AMENDED, EventKind.TRADE, EventKind.CANCELLED]
    assert (answer.events[1]["id"], answer.events[1]["quantity"], answer.events[2]["quantity"]) == (bid.id, 2, 3)


def test_pegs_are_not_priced_in_a_halt(quoted: Venue) -> None:
    """M31: the best bid is cancelled in the halt; the peg goes aside when trading starts again."""
    pegged = quoted.place(peg(ANN, BUY, 3, cap=200))
    quoted.send(phase(Phase.HALTED))
    quoted.send(cancel(BOB, quoted.known[1])).gives(cancelled(5, Reason.REQUESTED))
    assert quoted.queue(BUY) == [pegged.id]
    answer = quoted.send(phase(Phase.CONTINUOUS))
    assert answer.kinds == [EventKind.AUCTION, EventKind.PHASE, EventKind.ASIDE]


def test_a_target_above_the_highest_price_is_none(quoted: Venue) -> None:
    """M31: 110 + 3 is above 112."""
    quoted.send(set_limit(Limit.MAX_PRICE, 112))
    quoted.send(peg(ANN, SELL, 3, offset=2)).gives(accepted(), rested(112, 3))
    quoted.send(peg(ANN, SELL, 3, offset=3)).gives(accepted(), aside(0, 3))


def test_self_trade_prevention_comes_before_the_cut_of_the_maker(venue: Venue) -> None:
    """M24 M23 M32: the own reduce-only order has no position any more, but is cancelled as an own order."""
    long_position(venue, 2)
    own = venue.place(limit(ANN, SELL, 100, 5, flags=REDUCE_ONLY))
    venue.place(limit(BOB, BUY, 95, 2))
    venue.send(limit(ANN, SELL, 95, 2))
    venue.send(limit(ANN, BUY, 100, 1, stp=SelfTrade.CANCEL_OLDEST)).gives(
        accepted(), cancelled(5, Reason.SELF_TRADE, of=own), rested(100, 1)
    )


def test_the_cap_of_a_reduce_only_taker_is_looked_at_first(venue: Venue) -> None:
    """M24 M32: the book is empty after the 3, but the order ends for its position."""
    long_position(venue, 3)
    venue.place(limit(BOB, BUY, 100, 3))
    venue.send(limit(ANN, SELL, 100, 5, tif=IOC, flags=REDUCE_ONLY)).gives(
        accepted(), trade(100, 3), cancelled(2, Reason.REDUCE_ONLY)
    )


def test_the_cap_of_a_reduce_only_taker_counts_over_all_its_makers(venue: Venue) -> None:
    """M32: 3 held: 2 at 100 and 1 at 99."""
    long_position(venue, 3)
    one, two = venue.place(limit(BOB, BUY, 100, 2)), venue.place(limit(BOB, BUY, 99, 5))
    venue.send(limit(ANN, SELL, 99, 5, flags=REDUCE_ONLY)).gives(
        accepted(), trade(100, 2, of=one), trade(99, 1, 4, of=two), cancelled(2, Reason.REDUCE_ONLY)
    )


def test_a_buying_peg_stays_behind_a_pegged_ask(quoted: Venue) -> None:
    """M30: half-way is 105 for both: the sell stands there, the buy one tick behind it."""
    quoted.send(peg_mid(ANN, SELL, 3)).gives(accepted(), rested(105, 3))
    quoted.send(peg_mid(CAT, BUY, 3, cap=200)).gives(accepted(), rested(104, 3))


def test_the_price_range_is_that_of_the_target_behind_the_other_side(fresh: Venue) -> None:
    """M31 M30: half-way is 95, below the lowest price 97; but one tick behind the pegged bid at 95 is 100."""
    venue = fresh.opened(tick=5)
    venue.place(limit(BOB, BUY, 90, 5))
    venue.place(limit(BOB, SELL, 100, 5))
    venue.send(peg_mid(ANN, BUY, 3, cap=200)).gives(accepted(), rested(95, 3))
    venue.send(set_limit(Limit.MIN_PRICE, 97))
    venue.send(peg_mid(CAT, SELL, 3)).gives(accepted(), rested(100, 3, 3, 8))


def test_a_peg_that_is_amended_and_finds_no_target_stands_aside(quoted: Venue) -> None:
    """M39 M31: it leaves the book at 110, where nothing may stand any more; then it is changed in place."""
    pegged = quoted.place(peg(ANN, SELL, 3))
    quoted.send(set_limit(Limit.MAX_PRICE, 105))
    quoted.send(amend(ANN, pegged, quantity=4)).gives(amended(110, 4, 0, 5, flags=1), aside(0, 4, 0, flags=0))
    quoted.send(amend(ANN, pegged, quantity=5)).gives(amended(0, 5, 0, 0, flags=KEPT))
    quoted.send(cancel(ANN, pegged)).gives(cancelled(5, Reason.REQUESTED, price=0, flags=0))
