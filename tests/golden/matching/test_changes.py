"""Cancels and amends: M37 to M39."""

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
    NOBODY,
    Order,
    Row,
    accepted,
    add_symbol,
    amend,
    amended,
    cancel,
    cancelled,
    disconnect,
    done,
    expired,
    filled,
    limit,
    mass_cancel,
    peg,
    phase,
    prevented,
    reference,
    rested,
    set_limit,
    stop,
    touch,
    trade,
    trailing,
    triggered,
    withdraw,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    AT_CLOSE,
    BOTH,
    BUY,
    EVERY_SYMBOL,
    IN_BOOK,
    KEPT,
    ON_DISCONNECT,
    POST_ONLY,
    SELL,
    SLIDE,
    CommandKind,
    Limit,
    Phase,
    Reason,
    SelfTrade,
)


def test_a_cancel_takes_what_is_left_away(venue: Venue) -> None:
    """M37 M6: visible and hidden; the level keeps the others."""
    order = venue.place(limit(ANN, SELL, 100, 10, display=3))
    venue.place(limit(BOB, SELL, 100, 2))
    venue.send(limit(CAT, BUY, 100, 1))
    venue.send(cancel(ANN, order)).gives(cancelled(9, Reason.REQUESTED, price=100, level=2, flags=IN_BOOK))
    assert venue.locked(ANN, COIN) == 0


def test_only_a_living_order_of_ones_own_is_cancelled(venue: Venue) -> None:
    """M37 M4: an unknown handle, somebody else's order, an order that ended."""
    order = venue.place(limit(ANN, SELL, 100, 1))
    venue.refuses(cancel(ANN, Order(1, ANN, SELL, 0, handle=0)), Reason.UNKNOWN_ORDER)
    venue.refuses(cancel(ANN, Order(1, ANN, SELL, 0, handle=order.handle + 1)), Reason.UNKNOWN_ORDER)
    venue.refuses(cancel(ANN, Order(1, ANN, SELL, 0, handle=order.handle + (1 << 32))), Reason.UNKNOWN_ORDER)
    venue.refuses(cancel(BOB, order), Reason.NOT_OWNER)
    venue.send(limit(BOB, BUY, 100, 1))
    venue.refuses(cancel(ANN, order), Reason.UNKNOWN_ORDER)
    venue.refuses(cancel(BOB, order), Reason.UNKNOWN_ORDER)


@pytest.mark.parametrize("now", [Phase.CLOSED, Phase.OPENING, Phase.CLOSING, Phase.HALTED], ids=str)
def test_orders_are_cancelled_in_every_phase(venue: Venue, now: Phase) -> None:
    """M37: one in the book, one that waits."""
    stands, waits = venue.place(limit(ANN, SELL, 100, 1)), venue.place(stop(ANN, BUY, 110, 1))
    venue.send(phase(now))
    venue.send(cancel(ANN, stands)).gives(cancelled(1, Reason.REQUESTED, price=100, flags=IN_BOOK))
    venue.send(cancel(ANN, waits)).gives(cancelled(1, Reason.REQUESTED, price=0, flags=0))


@pytest.fixture
def orders(venue: Venue) -> dict[str, Order]:
    """Orders of Ann in two symbols, on both sides, and one of Bob."""
    venue.send(add_symbol(1))
    venue.send(phase(Phase.CONTINUOUS, symbol=1))
    return {
        "other sell": venue.place(limit(ANN, SELL, 100, 1, symbol=1)),
        "stop": venue.place(stop(ANN, BUY, 110, 2)),
        "buy": venue.place(limit(ANN, BUY, 90, 3)),
        "Bob's": venue.place(limit(BOB, BUY, 90, 4)),
        "sell": venue.place(limit(ANN, SELL, 100, 5)),
    }


@pytest.mark.parametrize(
    ("symbol", "side", "names"),
    [
        (EVERY_SYMBOL, BOTH, ["other sell", "stop", "buy", "sell"]),
        (EVERY_SYMBOL, SELL, ["other sell", "sell"]),
        (0, BOTH, ["stop", "buy", "sell"]),
        (0, BUY, ["stop", "buy"]),
        (1, BOTH, ["other sell"]),
        (1, BUY, []),
    ],
)
def test_a_mass_cancel_names_owner_symbol_and_side(
    venue: Venue, orders: dict[str, Order], symbol: int, side: int, names: list[str]
) -> None:
    """M37: by acceptance; DONE counts them and repeats what the command said."""
    venue.send(mass_cancel(ANN, symbol=symbol, side=side)).gives(
        *[cancelled(reason=Reason.MASS, of=orders[name]) for name in names],
        done(len(names), command=CommandKind.MASS_CANCEL, owner=ANN, symbol=symbol),
    )


def test_a_mass_cancel_needs_owner_symbol_and_side(venue: Venue) -> None:
    """M37 and the settings."""
    venue.refuses(mass_cancel(NOBODY, symbol=0, side=BOTH), Reason.UNKNOWN_OWNER)
    venue.refuses(mass_cancel(ANN, symbol=NO_SYMBOL, side=BOTH), Reason.UNKNOWN_SYMBOL)
    venue.refuses(mass_cancel(ANN, symbol=0, side=3), Reason.INVALID_SIDE)


def test_a_lost_connection_cancels_the_orders_that_asked_for_it(venue: Venue) -> None:
    """M37: by acceptance, in the book or not."""
    waits = venue.place(stop(ANN, BUY, 110, 2, flags=ON_DISCONNECT))
    stays = venue.place(limit(ANN, BUY, 90, 3))
    stands = venue.place(limit(ANN, BUY, 91, 4, flags=ON_DISCONNECT))
    venue.place(limit(BOB, BUY, 80, 4, flags=ON_DISCONNECT))
    venue.send(disconnect(ANN)).gives(
        cancelled(2, Reason.DISCONNECTED, of=waits),
        cancelled(4, Reason.DISCONNECTED, of=stands),
        done(2, command=CommandKind.DISCONNECT, owner=ANN),
    )
    assert venue.queue(BUY) == [stays.id, 4]
    venue.refuses(disconnect(NOBODY), Reason.UNKNOWN_OWNER)


def test_the_checks_of_an_amend_in_their_order(venue: Venue) -> None:
    """M38: one amend that is wrong in everything, mended step by step."""
    venue.traded_at(100)
    order = venue.place(limit(ANN, BUY, 90, 10, display=3, flags=POST_ONLY))
    venue.send(limit(BOB, SELL, 90, 2))
    venue.place(limit(BOB, SELL, 95, 5))
    wrong = {"stp": 9, "price": -1, "trigger": -1, "quantity": -1}
    gone = Order(1, ANN, BUY, 0, handle=77)
    venue.refuses(amend(BOB, gone, **wrong), Reason.UNKNOWN_ORDER)
    venue.refuses(amend(BOB, order, **wrong), Reason.NOT_OWNER)
    for now, reason in ((Phase.CLOSED, Reason.MARKET_CLOSED), (Phase.HALTED, Reason.MARKET_HALTED)):
        venue.send(phase(now))
        venue.refuses(amend(ANN, order, **wrong), reason)
    venue.send(phase(Phase.CONTINUOUS))
    venue.send(set_limit(Limit.MAX_PRICE, 200))
    venue.send(set_limit(Limit.MAX_QUANTITY, 2_500))
    venue.send(set_limit(Limit.MAX_POSITION, 2_000))
    venue.send(withdraw(ANN, CASH, 900_000))
    mended = [
        (Reason.INVALID_STP, {"stp": 0}),
        (Reason.INVALID_TRIGGER, {"trigger": 0}),
        (Reason.INVALID_PRICE, {"price": 201}),
        (Reason.INVALID_QUANTITY, {"quantity": 2}),
        (Reason.INVALID_QUANTITY, {"quantity": 3}),
        (Reason.INVALID_QUANTITY, {"quantity": 2_501}),
        (Reason.PRICE_RANGE, {"price": 95}),
        (Reason.QUANTITY_RANGE, {"quantity": 2_500}),
        (Reason.MAX_POSITION, set_limit(Limit.MAX_POSITION, 0)),
        (Reason.WOULD_TAKE, {"price": 94}),
        (Reason.INSUFFICIENT_BALANCE, {"quantity": 4}),
    ]
    for reason, mend in mended:
        venue.refuses(amend(ANN, order, **wrong), reason)
        if "kind" in mend:
            venue.send(mend)
        else:
            wrong |= mend
    venue.send(amend(ANN, order, **wrong)).gives(amended(90, 2), rested(94, 2, 2, 2))


def test_an_amend_needs_the_field_that_it_changes(venue: Venue) -> None:
    """M38: a price for an order without one or for a peg, a trigger for one without, a trailing one's trigger."""
    venue.traded_at(100)
    plain, waits = venue.place(limit(ANN, BUY, 90, 5)), venue.place(stop(ANN, BUY, 110, 5))
    pegged, trails = venue.place(peg(ANN, BUY, 5, cap=90)), venue.place(trailing(ANN, SELL, 5, 5))
    venue.refuses(amend(ANN, waits, price=120), Reason.INVALID_PRICE)
    venue.refuses(amend(ANN, pegged, price=95), Reason.INVALID_PRICE)
    venue.refuses(amend(ANN, plain, trigger=95), Reason.INVALID_TRIGGER)
    venue.refuses(amend(ANN, trails, trigger=90), Reason.INVALID_TRIGGER)
    venue.refuses(amend(ANN, waits, trigger=-1), Reason.INVALID_TRIGGER)
    venue.refuses(amend(ANN, plain, price=-1), Reason.INVALID_PRICE)
    venue.refuses(amend(ANN, plain, quantity=-1), Reason.INVALID_QUANTITY)


def test_an_amend_passes_the_filters_with_the_values_as_they_would_be(fresh: Venue) -> None:
    """M38 M14."""
    venue = fresh.opened(tick=5, lot=10)
    order = venue.place(limit(ANN, BUY, 100, 50))
    venue.send(reference(100))
    venue.send(set_limit(Limit.MIN_NOTIONAL, 2_000))
    venue.send(set_limit(Limit.BUY_DOWN, 900_000))
    venue.refuses(amend(ANN, order, price=101), Reason.PRICE_TICK)
    venue.refuses(amend(ANN, order, quantity=25), Reason.QUANTITY_LOT)
    venue.refuses(amend(ANN, order, quantity=10), Reason.NOTIONAL)
    venue.refuses(amend(ANN, order, price=85), Reason.PERCENT_PRICE)
    venue.refuses(amend(ANN, order, price=5 * 2**40, quantity=10 * 2**30), Reason.AMOUNT)
    venue.send(amend(ANN, order, price=95, quantity=30)).gives(amended(100, 30), rested(95, 30))


def test_an_amended_trigger_is_not_reached_already(venue: Venue) -> None:
    """M38 M26."""
    venue.traded_at(100)
    waits = venue.place(stop(ANN, BUY, 110, 5))
    venue.refuses(amend(ANN, waits, trigger=100), Reason.WOULD_TRIGGER)
    venue.send(amend(ANN, waits, trigger=101)).gives(amended(0, 5, 0, 0, flags=KEPT))
    assert venue.locked(ANN, CASH) == 505
    venue.place(limit(CAT, SELL, 101, 1))
    venue.send(limit(DAN, BUY, 101, 1)).gives(
        accepted(), trade(101, 1), filled(1), triggered(101, 5, of=waits), expired(5, of=waits)
    )


def test_an_amend_needs_the_difference_of_the_locks(venue: Venue) -> None:
    """M38 M6: 5 x 90 are locked; 6 x 90 need 90 more; 5 x 91 need 5 more."""
    order = venue.place(limit(ANN, BUY, 90, 5))
    venue.leave(ANN, CASH, 89)
    venue.refuses(amend(ANN, order, quantity=6), Reason.INSUFFICIENT_BALANCE)
    venue.send(amend(ANN, order, price=91)).gives(amended(90, 5), rested(91, 5))
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH)) == (84, 455)
    venue.send(amend(ANN, order, quantity=1)).gives(amended(91, 1))
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH)) == (448, 91)


def test_a_smaller_left_at_the_same_price_keeps_the_place(venue: Venue) -> None:
    """M39: 10 to 6; of 10 with 4 filled, 6 means 2 left."""
    order, behind = venue.place(limit(ANN, SELL, 100, 10)), venue.place(limit(BOB, SELL, 100, 1))
    venue.send(amend(ANN, order, quantity=8)).gives(amended(100, 8, 8, 9, flags=IN_BOOK | KEPT))
    venue.send(limit(CAT, BUY, 100, 4))
    venue.refuses(amend(ANN, order, quantity=4), Reason.INVALID_QUANTITY)
    venue.send(amend(ANN, order, quantity=6)).gives(amended(100, 2, 2, 3, flags=IN_BOOK | KEPT))
    assert venue.queue(SELL) == [order.id, behind.id]


def test_an_amend_of_nothing_keeps_the_place(venue: Venue) -> None:
    """M38 M39: price and quantity 0 or as they are."""
    order, behind = venue.place(limit(ANN, SELL, 100, 10)), venue.place(limit(BOB, SELL, 100, 1))
    venue.send(amend(ANN, order)).gives(amended(100, 10, 10, 11, flags=IN_BOOK | KEPT))
    venue.send(amend(ANN, order, price=100, quantity=10)).gives(amended(100, 10, 10, 11, flags=IN_BOOK | KEPT))
    assert venue.queue(SELL) == [order.id, behind.id]


def test_what_is_hidden_shrinks_first(venue: Venue) -> None:
    """M39 M20: 10 with 4 visible become 5 with 4, after a trade of 1 and down to 5: 4 left, 3 visible."""
    order = venue.place(limit(ANN, SELL, 100, 10, display=4))
    venue.send(amend(ANN, order, quantity=6)).gives(amended(100, 6, 4, 4, flags=IN_BOOK | KEPT))
    assert venue.hidden(SELL) == [2]
    venue.send(limit(CAT, BUY, 100, 1))
    venue.refuses(amend(ANN, order, quantity=4), Reason.INVALID_QUANTITY)
    venue.send(amend(ANN, order, quantity=5)).gives(amended(100, 4, 3, 3, flags=IN_BOOK | KEPT))
    assert venue.hidden(SELL) == [1]


def test_a_larger_quantity_goes_to_the_tail(venue: Venue) -> None:
    """M39: under the same handle."""
    order, behind = venue.place(limit(ANN, SELL, 100, 5)), venue.place(limit(BOB, SELL, 100, 1))
    handle = order.handle
    venue.send(amend(ANN, order, quantity=6)).gives(
        amended(100, 6, 0, 1, flags=IN_BOOK), rested(100, 6, 6, 7, handle=handle)
    )
    assert venue.queue(SELL) == [behind.id, order.id]


def test_a_new_price_enters_as_a_taker(venue: Venue) -> None:
    """M39 M24: from 90 to 101 it takes 3 at 100, and stands with 2; its own number is the taker's."""
    ask = venue.place(limit(BOB, SELL, 100, 3))
    order = venue.place(limit(ANN, BUY, 90, 5))
    venue.send(amend(ANN, order, price=101)).gives(
        amended(90, 5, 0, 0, flags=IN_BOOK), trade(100, 3, 0, of=ask, by=order), rested(101, 2, 2, 2)
    )
    ask = venue.place(limit(BOB, SELL, 102, 9))
    venue.send(amend(ANN, order, price=102)).gives(amended(101, 2), trade(102, 2, 7, of=ask, by=order), filled(5))
    venue.refuses(cancel(ANN, order), Reason.UNKNOWN_ORDER)


def test_an_amended_order_enters_with_the_mode_of_the_command(venue: Venue) -> None:
    """M39 M23: it was sent without prevention."""
    own = venue.place(limit(ANN, SELL, 100, 3))
    order = venue.place(limit(ANN, BUY, 90, 5))
    venue.send(amend(ANN, order, price=100, stp=SelfTrade.DECREMENT)).gives(
        amended(90, 5), prevented(100, 3, 0, of=own, by=order), cancelled(0, Reason.SELF_TRADE, of=own), rested(100, 2)
    )
    own = venue.place(limit(ANN, SELL, 101, 3))
    venue.send(amend(ANN, order, price=101, stp=SelfTrade.CANCEL_NEWEST)).gives(
        amended(100, 2), cancelled(2, Reason.SELF_TRADE, price=0, flags=0)
    )
    assert (venue.queue(SELL), venue.locked(ANN, CASH)) == ([own.id], 0)


def test_an_amended_iceberg_shows_its_display_again(venue: Venue) -> None:
    """M39 M20."""
    order = venue.place(limit(ANN, SELL, 100, 10, display=3))
    venue.send(limit(CAT, BUY, 100, 1))
    venue.send(amend(ANN, order, price=101)).gives(amended(100, 9, 0, 0), rested(101, 9, 3, 3))


def test_an_order_accepted_as_post_only_or_slide_stays_one(venue: Venue) -> None:
    """M38 M22."""
    venue.place(limit(BOB, SELL, 100, 3))
    post, slide = venue.place(limit(ANN, BUY, 90, 5, flags=POST_ONLY)), venue.place(limit(ANN, BUY, 91, 5, flags=SLIDE))
    venue.refuses(amend(ANN, post, price=100), Reason.WOULD_TAKE)
    venue.send(amend(ANN, slide, price=105)).gives(amended(91, 5), rested(99, 5))


def test_orders_that_wait_or_stand_aside_are_changed_in_place(venue: Venue) -> None:
    """M39: a stop, a peg without a target, an order for the close; growing too."""
    waits = venue.place(touch(ANN, BUY, 80, 5, price=85))
    pegged, closing = venue.place(peg(ANN, BUY, 5, cap=90)), venue.place(limit(ANN, SELL, 100, 5, tif=AT_CLOSE))
    venue.send(amend(ANN, waits, price=86, quantity=7)).gives(amended(0, 7, 0, 0, flags=KEPT))
    venue.send(amend(ANN, pegged, quantity=6)).gives(amended(0, 6, 0, 0, flags=KEPT))
    venue.send(amend(ANN, closing, price=99, quantity=4)).gives(amended(0, 4, 0, 0, flags=KEPT))
    assert (venue.locked(ANN, CASH), venue.locked(ANN, COIN)) == (7 * 86 + 6 * 90, 4)
    venue.send(phase(Phase.CLOSING))
    assert venue.book(SELL) == [(99, 4)]


def test_in_a_call_an_amended_order_enters_without_trading(venue: Venue) -> None:
    """M39 M41."""
    venue.place(limit(BOB, SELL, 100, 3))
    order = venue.place(limit(ANN, BUY, 90, 5))
    venue.send(phase(Phase.CLOSING))
    venue.send(amend(ANN, order, price=101)).gives(amended(90, 5, 0, 0, flags=IN_BOOK), rested(101, 5, 5, 5))
    assert (venue.book(BUY), venue.book(SELL)) == ([(101, 5)], [(100, 3)])


def test_the_position_limit_counts_when_an_amend_lets_a_buy_grow(venue: Venue) -> None:
    """M38 M15: 1000 held, 5 open, 1010 at most; a smaller one passes whatever the limit."""
    order = venue.place(limit(ANN, BUY, 90, 5))
    venue.send(set_limit(Limit.MAX_POSITION, 1_010))
    venue.refuses(amend(ANN, order, quantity=11), Reason.MAX_POSITION)
    venue.send(amend(ANN, order, quantity=10)).gives(amended(90, 10), rested(90, 10))
    venue.send(set_limit(Limit.MAX_POSITION, 1))
    venue.send(amend(ANN, order, quantity=9)).gives(amended(90, 9, 9, 9))
    venue.send(amend(ANN, order, price=91)).gives(amended(90, 9), rested(91, 9))


def test_a_trailing_buy_that_grows_locks_at_its_first_level(venue: Venue) -> None:
    """M38 M27: 3 x 105, though the level is at 101 by then."""
    venue.traded_at(100)
    trails = venue.place(trailing(ANN, BUY, 5, 2))
    venue.traded_at(96)
    venue.send(amend(ANN, trails, quantity=3)).gives(amended(0, 3, 0, 0, flags=KEPT))
    assert venue.locked(ANN, CASH) == 315


def test_an_amend_may_use_all_that_is_free(venue: Venue) -> None:
    """M38 M6: 5 x 90 are locked and 90 free; a sell of 999 and 1 free."""
    order = venue.place(limit(ANN, BUY, 90, 5))
    venue.leave(ANN, CASH, 90)
    venue.send(amend(ANN, order, quantity=6)).gives(amended(90, 6), rested(90, 6))
    order = venue.place(limit(ANN, SELL, 100, 999))
    venue.refuses(amend(ANN, order, quantity=1_001), Reason.INSUFFICIENT_BALANCE)
    venue.send(amend(ANN, order, quantity=1_000)).gives(amended(100, 1_000), rested(100, 1_000))


@pytest.mark.parametrize("waiting", [stop(ANN, SELL, 95, 2), trailing(ANN, SELL, 4, 2)], ids=["stop", "trailing"])
def test_an_order_that_the_closing_auction_reached_cannot_be_amended_before_the_open(
    venue: Venue, waiting: Row
) -> None:
    """M38 M26 M29: its level is 95 or 96, the auction traded at 90; it waits for the start of trading."""
    venue.traded_at(100)
    order = venue.place(waiting)
    venue.send(phase(Phase.CLOSING))
    venue.place(limit(CAT, SELL, 90, 1))
    venue.place(limit(DAN, BUY, 90, 1))
    venue.send(phase(Phase.CLOSED))
    venue.send(phase(Phase.OPENING))
    venue.refuses(amend(ANN, order, quantity=1), Reason.WOULD_TRIGGER)
    assert venue.send(phase(Phase.CONTINUOUS)).events[2]["id"] == order.id


def test_an_iceberg_has_at_most_a_thousand_slices(venue: Venue) -> None:
    """M12 M38: what one order can make of work has an end."""
    venue.refuses(limit(ANN, BUY, 90, 2_002, display=2), Reason.INVALID_DISPLAY)
    order = venue.place(limit(ANN, BUY, 90, 2_001, display=2))
    venue.refuses(amend(ANN, order, quantity=2_002), Reason.INVALID_QUANTITY)


def test_an_amended_iceberg_has_at_most_a_thousand_slices(venue: Venue) -> None:
    """M38 M12."""
    order = venue.place(limit(ANN, BUY, 1, 10, display=1))
    venue.refuses(amend(ANN, order, quantity=1_001), Reason.INVALID_QUANTITY)
    venue.send(amend(ANN, order, quantity=1_000)).gives(amended(1, 1_000), rested(1, 1_000, 1))
