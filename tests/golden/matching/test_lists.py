"""OCO: two legs of which one replaces the other: M34 and M35."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    DAN,
    Order,
    Row,
    accepted,
    add_symbol,
    amend,
    bracket,
    cancel,
    cancelled,
    deposit,
    disconnect,
    done,
    expired,
    filled,
    limit,
    market,
    mass_cancel,
    oco,
    oto,
    peg,
    phase,
    prevented,
    rested,
    shrunk,
    stop,
    time,
    touch,
    trade,
    trailing,
    triggered,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    AT_CLOSE,
    BOTH,
    BUY,
    DAY,
    FOK,
    GTD,
    IOC,
    MAKER_DONE,
    ON_DISCONNECT,
    POST_ONLY,
    QUOTE,
    REDUCE_ONLY,
    SELL,
    SLIDE,
    Phase,
    Reason,
    SelfTrade,
)

EXIT = oco(limit(ANN, SELL, 110, 5), stop(ANN, SELL, 90, 5))
ENTRY = oco(limit(ANN, BUY, 95, 5), stop(ANN, BUY, 105, 5))
PARENT, CHILD = limit(ANN, BUY, 100, 5), limit(ANN, SELL, 110, 5)

NO_LISTS: dict[str, list[Row]] = {
    "one leg": oco(PARENT),
    "a bracket of two": bracket(PARENT, CHILD),
    "unequal quantities": oco(limit(ANN, SELL, 110, 5), stop(ANN, SELL, 90, 4)),
    "an OCO of both sides": oco(limit(ANN, SELL, 110, 5), stop(ANN, BUY, 120, 5)),
    "two owners": oco(limit(ANN, SELL, 110, 5), stop(BOB, SELL, 90, 5)),
    "two symbols": oco(limit(ANN, SELL, 110, 5), stop(ANN, SELL, 90, 5, symbol=1)),
    "two kinds of list": [*oco(PARENT), *oto(CHILD)],
    "a bracket's child on the parent's side": bracket(PARENT, CHILD, limit(ANN, BUY, 110, 5)),
    "a parent that waits": oto(stop(ANN, BUY, 105, 5), CHILD),
    "a pegged parent": oto(peg(ANN, BUY, 5, cap=100), CHILD),
    "a parent with a display": oto({**PARENT, "display": 2}, CHILD),
    "a parent with a minimum": oto({**PARENT, "minimum": 2}, CHILD),
    "a parent by amount": oto(market(ANN, BUY, 5, flags=QUOTE), CHILD),
    "a parent for the close": oto({**PARENT, "tif": AT_CLOSE}, CHILD),
    "an OCO leg at market": oco(limit(ANN, SELL, 110, 5), market(ANN, SELL, 5)),
    "an OCO leg that does not stay": oco(limit(ANN, SELL, 110, 5, tif=IOC), stop(ANN, SELL, 90, 5)),
    "an OCO leg with a display": oco(limit(ANN, SELL, 110, 5, display=2), stop(ANN, SELL, 90, 5)),
    "an OCO leg with a minimum": oco(limit(ANN, SELL, 110, 5, minimum=2), stop(ANN, SELL, 90, 5)),
    "a pegged leg": oco(limit(ANN, SELL, 110, 5), peg(ANN, SELL, 5)),
    "a child that does not stay": oto(PARENT, {**CHILD, "tif": FOK}),
    "a child at market, all or nothing": oto(PARENT, market(ANN, SELL, 5, tif=FOK)),
    "a bracket's child at market": bracket(PARENT, CHILD, market(ANN, SELL, 5)),
    "a post-only child": oto(PARENT, {**CHILD, "flags": POST_ONLY}),
    "a sliding child": bracket(PARENT, {**CHILD, "flags": SLIDE}, stop(ANN, SELL, 90, 5)),
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_legs_that_form_no_list_are_all_rejected(venue: Venue, name: str) -> None:
    """M34."""
    venue.send(add_symbol(1))
    venue.send(phase(Phase.CONTINUOUS, symbol=1))
    legs = NO_LISTS[name]
    if name == "two kinds of list":
        for leg in legs:
            venue.refuses(leg, Reason.INVALID_LIST)
    else:
        venue.refuses(legs, *[Reason.INVALID_LIST] * len(legs))


LISTS: dict[str, list[Row]] = {
    "two limits": oco(limit(ANN, SELL, 110, 5), limit(ANN, SELL, 120, 5, tif=DAY)),
    "a touch and a stop": oco(touch(ANN, SELL, 110, 5), stop(ANN, SELL, 90, 5, price=80)),
    "a limit and a trailing stop": oco(limit(ANN, SELL, 110, 5, flags=POST_ONLY), trailing(ANN, SELL, 5, 5)),
    "a child at market": oto(PARENT, market(ANN, SELL, 5)),
    "a child on its parent's side": oto(PARENT, limit(ANN, BUY, 90, 5)),
    "a parent at market": bracket(market(ANN, BUY, 5), CHILD, stop(ANN, SELL, 90, 5)),
    "children whose trigger is reached": bracket(PARENT, touch(ANN, SELL, 99, 5), stop(ANN, SELL, 101, 5)),
    "a reduce-only child without a position": oto(PARENT, {**CHILD, "flags": REDUCE_ONLY}),
    "a child that nobody could pay": oto(PARENT, limit(ANN, BUY, 10**9, 5)),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_that_are_admitted(venue: Venue, name: str) -> None:
    """M34: every leg is ACCEPTED in order, and kept from the start."""
    venue.traded_at(100)
    answer = venue.send(LISTS[name])
    legs = len(LISTS[name])
    assert [event["id"] for event in answer.events[:legs]] == [order.id for order in answer.orders]
    assert all(event["handle"] for event in answer.events[:legs])


def test_if_one_leg_fails_the_others_are_list_members(venue: Venue) -> None:
    """M34 M11: its own reason for the one, and nothing was changed."""
    venue.traded_at(100)
    venue.refuses(oco(limit(ANN, SELL, 0, 5), stop(ANN, SELL, 90, 5)), Reason.INVALID_PRICE, Reason.LIST_MEMBER)
    venue.refuses(oco(limit(ANN, SELL, 110, 5), stop(ANN, SELL, 100, 5)), Reason.LIST_MEMBER, Reason.WOULD_TRIGGER)
    children = {**CHILD, "price": -1}, stop(ANN, SELL, 90, 5)
    venue.refuses(bracket(PARENT, *children), Reason.LIST_MEMBER, Reason.INVALID_PRICE, Reason.LIST_MEMBER)
    venue.place(limit(BOB, BUY, 99, 1))
    taking = oco(limit(ANN, SELL, 99, 5, flags=POST_ONLY), stop(ANN, SELL, 90, 5))
    venue.refuses(taking, Reason.WOULD_TAKE, Reason.LIST_MEMBER)


@pytest.mark.parametrize("call", [Phase.OPENING, Phase.CLOSING], ids=str)
def test_lists_enter_in_continuous_trading_only(venue: Venue, call: Phase) -> None:
    """M34 M13."""
    venue.send(phase(call))
    venue.refuses(EXIT, Reason.WRONG_PHASE, Reason.LIST_MEMBER)


def test_an_oco_locks_the_larger_need_of_its_legs(venue: Venue) -> None:
    """M35 M34: 475 for the limit, 525 for the stop: 525; a sell locks its quantity once."""
    venue.leave(ANN, CASH, 524)
    venue.refuses(ENTRY, Reason.LIST_MEMBER, Reason.INSUFFICIENT_BALANCE)
    venue.leave(ANN, CASH, 474)
    venue.refuses(ENTRY, Reason.INSUFFICIENT_BALANCE, Reason.LIST_MEMBER)
    venue.send(deposit(ANN, CASH, 51))
    one, two = venue.send(ENTRY).orders
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH)) == (0, 525)
    venue.send(cancel(ANN, two)).gives(cancelled(5, Reason.REQUESTED), cancelled(5, Reason.OCO, of=one))
    venue.send(EXIT)
    assert venue.locked(ANN, COIN) == 5


def exit_of_ann(venue: Venue) -> list[Order]:
    """Ann's legs: 5 at 110, and a stop at 90."""
    answer = venue.send(EXIT)
    answer.gives(accepted(110, 5), accepted(0, 5), rested(110, 5, 5, 5))
    assert all(order.handle for order in answer.orders)
    return answer.orders


def test_every_fill_of_one_leg_shrinks_the_other(venue: Venue) -> None:
    """M35: 2 of 5, then the other 3: the stop is cancelled with the 3 that it had left."""
    take, waits = exit_of_ann(venue)
    venue.send(limit(BOB, BUY, 110, 2)).gives(
        accepted(), trade(110, 2, 3, of=take), shrunk(2, Reason.OCO, of=waits, price=0, left=0, flags=0), filled(2)
    )
    venue.send(limit(BOB, BUY, 110, 3)).gives(
        accepted(), trade(110, 3, 0, of=take), cancelled(3, Reason.OCO, of=waits, flags=0), filled(3)
    )
    assert (venue.position(ANN), venue.locked(ANN, COIN)) == (-5, 0)


def test_a_leg_that_is_triggered_shrinks_the_other_in_the_book(venue: Venue) -> None:
    """M35 M28: the stop sells 3 of its 5 and expires; that leaves the limit working with 2."""
    take, waits = exit_of_ann(venue)
    venue.place(limit(CAT, BUY, 90, 1))
    bid = venue.place(limit(BOB, BUY, 89, 3))
    venue.send(limit(DAN, SELL, 90, 1)).gives(
        accepted(),
        trade(90, 1),
        filled(1),
        triggered(90, 5, of=waits),
        trade(89, 3, 0, of=bid, by=waits),
        shrunk(3, Reason.OCO, of=take, price=110, left=2, level=2, flags=1),
        expired(2, Reason.NO_LIQUIDITY, of=waits),
    )
    assert (venue.book(SELL), venue.locked(ANN, COIN)) == ([(110, 2)], 2)


def test_a_leg_that_trades_as_it_enters_shrinks_the_next_before_that_enters(venue: Venue) -> None:
    """M34 M35: 3 of 5 are bought; both legs stand with 2."""
    ask = venue.place(limit(BOB, SELL, 100, 3))
    answer = venue.send(oco(limit(ANN, BUY, 100, 5), limit(ANN, BUY, 99, 5)))
    one, two = answer.orders
    answer.gives(
        accepted(of=one),
        accepted(of=two),
        trade(100, 3, of=ask, by=one),
        shrunk(3, Reason.OCO, of=two),
        rested(100, 2, of=one),
        rested(99, 2, of=two),
    )
    assert venue.locked(ANN, CASH) == 200


def test_a_leg_that_is_filled_as_it_enters_cancels_the_next(venue: Venue) -> None:
    """M34 M35."""
    ask = venue.place(limit(BOB, SELL, 100, 5))
    answer = venue.send(oco(limit(ANN, BUY, 100, 5), stop(ANN, BUY, 120, 5)))
    one, two = answer.orders
    answer.gives(
        accepted(),
        accepted(),
        trade(100, 5, of=ask, by=one),
        cancelled(5, Reason.OCO, of=two),
        filled(5, of=one),
    )
    assert venue.locked(ANN, CASH) == 0


def test_of_two_lists_the_makers_is_shrunk_first(venue: Venue) -> None:
    """M35."""
    take, waits = exit_of_ann(venue)
    answer = venue.send(oco(limit(BOB, BUY, 110, 5), stop(BOB, BUY, 120, 5)))
    one, two = answer.orders
    answer.gives(
        accepted(),
        accepted(),
        trade(110, 5, of=take, by=one),
        cancelled(5, Reason.OCO, of=waits),
        cancelled(5, Reason.OCO, of=two),
        filled(5, of=one),
    )


def test_cancelling_a_leg_cancels_the_other(venue: Venue) -> None:
    """M35 M37: by command, by mass cancel, by a lost connection; the other is not counted where it follows."""
    one, two = exit_of_ann(venue)
    venue.send(cancel(ANN, two)).gives(cancelled(5, Reason.REQUESTED), cancelled(5, Reason.OCO, of=one))
    one, two = exit_of_ann(venue)
    venue.send(mass_cancel(ANN, symbol=0, side=BOTH)).gives(
        cancelled(5, Reason.MASS, of=one), cancelled(5, Reason.OCO, of=two), done(1)
    )
    one, two = venue.send([EXIT[0], {**EXIT[1], "flags": ON_DISCONNECT}]).orders
    venue.send(disconnect(ANN)).gives(
        cancelled(5, Reason.DISCONNECTED, of=two), cancelled(5, Reason.OCO, of=one, price=110, flags=1), done(1)
    )


def test_a_leg_that_ends_otherwise_leaves_the_other_working(venue: Venue) -> None:
    """M35 M45 M23: it expires, or self-trade prevention cancels it."""
    legs = venue.send([{**EXIT[0], "tif": GTD, "expiry": 10}, EXIT[1]]).orders
    venue.send(time(10)).gives(expired(5, Reason.GTD, of=legs[0]), done())
    assert venue.locked(ANN, COIN) == 5
    venue.send(cancel(ANN, legs[1])).gives(cancelled(5, Reason.REQUESTED))
    one, two = exit_of_ann(venue)
    venue.send(limit(ANN, BUY, 110, 1, stp=SelfTrade.CANCEL_OLDEST)).gives(
        accepted(), cancelled(5, Reason.SELF_TRADE, of=one), rested(110, 1)
    )
    venue.send(cancel(ANN, two)).gives(cancelled(5, Reason.REQUESTED))


def test_a_decrement_shrinks_the_other_leg(venue: Venue) -> None:
    """M35 M23."""
    take, waits = exit_of_ann(venue)
    venue.send(limit(ANN, BUY, 110, 2, stp=SelfTrade.DECREMENT)).gives(
        accepted(),
        prevented(110, 2, 3, 3, of=take),
        shrunk(2, Reason.OCO, of=waits),
        cancelled(0, Reason.SELF_TRADE),
    )


def test_a_buying_leg_at_market_cancels_the_other_when_it_is_triggered(venue: Venue) -> None:
    """M35 M7: its lock becomes free, and it may spend all."""
    below, above = venue.send(ENTRY).orders
    venue.place(limit(CAT, SELL, 105, 1))
    depth = venue.place(limit(BOB, SELL, 108, 3))
    venue.send(limit(DAN, BUY, 105, 1)).gives(
        accepted(),
        trade(105, 1),
        filled(1),
        triggered(105, 5, of=above),
        cancelled(5, Reason.OCO, of=below, price=95, flags=1),
        trade(108, 3, 0, of=depth, by=above),
        expired(2, Reason.NO_LIQUIDITY, of=above),
    )
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH)) == (1_000_000 - 324, 0)


def test_a_triggered_leg_with_a_limit_leaves_the_other_working(venue: Venue) -> None:
    """M35 M28: both stand in the book then, and a fill of one shrinks the other."""
    answer = venue.send(oco(limit(ANN, BUY, 95, 5), stop(ANN, BUY, 105, 5, price=106)))
    below, above = answer.orders
    venue.traded_at(105)
    assert venue.book(BUY) == [(106, 5), (95, 5)]
    venue.send(limit(BOB, SELL, 106, 4)).gives(
        accepted(),
        trade(106, 4, 1, of=above),
        shrunk(4, Reason.OCO, of=below, price=95, left=1, level=1, flags=1),
        filled(4),
    )
    assert venue.locked(ANN, CASH) == 106


def test_a_leg_that_takes_from_its_own_list_as_reduce_only(venue: Venue) -> None:
    """M35 M32: a reduce-only leg cut at its turn is no fill: the other keeps its 5."""
    venue.place(limit(DAN, SELL, 100, 3))
    venue.send(limit(ANN, BUY, 100, 3))
    legs = [{**EXIT[0], "flags": REDUCE_ONLY}, EXIT[1]]
    take, waits = venue.send(legs).orders
    venue.send(limit(BOB, BUY, 110, 1)).gives(
        accepted(),
        shrunk(2, Reason.REDUCE_ONLY, of=take, left=3),
        trade(110, 1, 2, of=take),
        shrunk(1, Reason.OCO, of=waits),
        filled(1),
    )
    venue.send(limit(BOB, BUY, 110, 2)).gives(
        accepted(),
        trade(110, 2, 0, of=take, flags=1 | MAKER_DONE),
        shrunk(2, Reason.OCO, of=waits),
        filled(2),
    )
    venue.send(cancel(ANN, waits)).gives(cancelled(2, Reason.REQUESTED))


def test_legs_cannot_be_amended(venue: Venue) -> None:
    """M38 M34."""
    one, two = exit_of_ann(venue)
    venue.refuses(amend(ANN, one, quantity=3), Reason.LISTED)
    venue.refuses(amend(ANN, two, trigger=80), Reason.LISTED)


def test_a_leg_waits_before_the_other_enters(venue: Venue) -> None:
    """M34 M35: the limit buys 2 at 106, which reaches the stop at 105; that cancels the limit and buys the other 3."""
    near, far = venue.place(limit(BOB, SELL, 106, 2)), venue.place(limit(BOB, SELL, 120, 9))
    answer = venue.send(oco(limit(ANN, BUY, 110, 5), stop(ANN, BUY, 105, 5)))
    one, two = answer.orders
    answer.gives(
        accepted(of=one),
        accepted(of=two),
        trade(106, 2, 0, of=near, by=one),
        shrunk(2, Reason.OCO, of=two),
        rested(110, 3, of=one),
        triggered(105, 3, of=two),
        cancelled(3, Reason.OCO, of=one, price=110, flags=1),
        trade(120, 3, 6, of=far, by=two),
        filled(3, of=two),
    )
    assert (venue.position(ANN), venue.locked(ANN, CASH)) == (5, 0)
