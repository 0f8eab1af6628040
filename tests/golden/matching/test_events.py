"""Every kind of event, field by field, as in the table of the page: M2, M24, M46."""

from __future__ import annotations

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    Row,
    amend,
    cancel,
    deposit,
    in_words,
    limit,
    mass_cancel,
    oco,
    peg,
    phase,
    stop,
    time,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    BOTH,
    BUY,
    IN_AUCTION,
    IN_BOOK,
    KEPT,
    MAKER_DONE,
    SELL,
    TAKER_DONE,
    CommandKind,
    EventKind,
    Phase,
    Reason,
    SelfTrade,
    Setting,
)

ORDERS = ("id", "taker", "handle", "price", "quantity", "left", "level", "fee", "taker_fee", "owner", "taker_owner")
FIELDS = ("seq", "ts", *ORDERS, "symbol", "kind", "side", "reason", "flags", "command", "spare")
NOW = 77
ONE, TWO, THREE = (1 << 32 | slot for slot in (1, 2, 3))


def spelled(events: list[Row], *wanted: Row) -> None:
    """These events and no other; every field that is not named is 0, but the number and the time, which are checked."""
    first = events[0]["seq"]
    for offset, (event, fields) in enumerate(zip(events, wanted, strict=True)):
        seq = first + offset if first else 0
        assert event == {**dict.fromkeys(FIELDS, 0), "seq": seq, "ts": NOW, **fields}, in_words(event)


def at(venue: Venue, now: int = NOW) -> Venue:
    venue.send(time(now))
    return venue


def test_rejected(venue: Venue) -> None:
    """M2: what the command said, its kind and the reason."""
    order = at(venue).place(limit(BOB, SELL, 101, 5))
    command = {**cancel(CAT, order), "id": 9, "side": 1, "symbol": 3}
    said = {"id": 9, "handle": ONE, "owner": CAT, "side": 1, "symbol": 3, "command": CommandKind.CANCEL}
    spelled(venue.send(command).events, {"kind": EventKind.REJECTED, "reason": Reason.NOT_OWNER, **said})


def test_accepted_rested_trade_and_filled(venue: Venue) -> None:
    """M24: an order that rests, and one that takes it."""
    own = {"id": 1, "owner": BOB, "side": SELL}
    spelled(
        at(venue).send(limit(BOB, SELL, 101, 9, display=4)).events,
        {"kind": EventKind.ACCEPTED, **own, "price": 101, "quantity": 9},
        {
            "kind": EventKind.RESTED,
            **own,
            "handle": ONE,
            "price": 101,
            "quantity": 9,
            "left": 4,
            "level": 4,
            "flags": IN_BOOK,
        },
    )
    pair = {**own, "handle": ONE, "taker": 2, "taker_owner": CAT, "price": 101}
    spelled(
        venue.send(limit(CAT, BUY, 102, 4)).events,
        {"kind": EventKind.ACCEPTED, "id": 2, "owner": CAT, "price": 102, "quantity": 4},
        {"kind": EventKind.TRADE, **pair, "quantity": 4, "flags": IN_BOOK},
        {
            "kind": EventKind.REFRESHED,
            **own,
            "handle": ONE,
            "price": 101,
            "quantity": 4,
            "left": 4,
            "level": 4,
            "flags": IN_BOOK,
        },
        {"kind": EventKind.FILLED, "id": 2, "owner": CAT, "quantity": 4},
    )


def test_a_trade_that_ends_the_maker(venue: Venue) -> None:
    """M3 M24."""
    at(venue).place(limit(BOB, SELL, 101, 4))
    pair = {"id": 1, "owner": BOB, "side": SELL, "handle": ONE, "taker": 2, "taker_owner": CAT, "price": 101}
    trade = {"kind": EventKind.TRADE, **pair, "quantity": 4, "flags": IN_BOOK | MAKER_DONE}
    spelled(venue.send(limit(CAT, BUY, 101, 4)).events[1:2], trade)


def test_amended_and_cancelled(venue: Venue) -> None:
    """M39 M37: in place, to another level, out of the book."""
    own = {"id": 1, "owner": BOB, "side": SELL, "handle": ONE}
    order = at(venue).place(limit(BOB, SELL, 101, 9))
    kept = {"kind": EventKind.AMENDED, **own, "price": 101, "quantity": 8, "left": 8, "level": 8}
    spelled(venue.send(amend(BOB, order, quantity=8)).events, {**kept, "flags": IN_BOOK | KEPT})
    moved = {"kind": EventKind.AMENDED, **own, "price": 101, "quantity": 8, "flags": IN_BOOK}
    rested = {"kind": EventKind.RESTED, **own, "price": 102, "quantity": 8, "left": 8, "level": 8, "flags": IN_BOOK}
    spelled(venue.send(amend(BOB, order, price=102)).events, moved, rested)
    gone = {"kind": EventKind.CANCELLED, **own, "price": 102, "quantity": 8, "reason": Reason.REQUESTED}
    spelled(venue.send(cancel(BOB, order)).events, {**gone, "flags": IN_BOOK})


def test_triggered_and_expired(venue: Venue) -> None:
    """M28: the order had a handle, and keeps it to its end."""
    own = {"id": 1, "owner": ANN, "handle": ONE}
    spelled(
        at(venue).send(stop(ANN, BUY, 105, 3)).events,
        {"kind": EventKind.ACCEPTED, **own, "quantity": 3},
    )
    venue.place(limit(BOB, SELL, 105, 1))
    spelled(
        venue.send(limit(CAT, BUY, 105, 1)).events[3:],
        {"kind": EventKind.TRIGGERED, **own, "price": 105, "quantity": 3},
        {"kind": EventKind.EXPIRED, **own, "quantity": 3, "reason": Reason.NO_LIQUIDITY},
    )


def test_repriced_and_aside(venue: Venue) -> None:
    """M31: a peg moves from 100 to 101, then aside."""
    bid = at(venue).place(limit(BOB, BUY, 100, 5))
    own = {"id": 2, "owner": ANN, "handle": TWO}
    venue.place(peg(ANN, BUY, 3, cap=200))
    better = venue.send(limit(BOB, BUY, 101, 1))
    place = {"price": 101, "quantity": 3, "left": 3, "level": 4, "flags": IN_BOOK}
    spelled(
        better.events[2:],
        {"kind": EventKind.REPRICED, **own, "price": 100, "quantity": 3, "level": 5, "flags": IN_BOOK},
        {"kind": EventKind.RESTED, **own, **place},
    )
    venue.send(cancel(BOB, better.orders[0]))
    spelled(
        venue.send(cancel(BOB, bid)).events[1:],
        {"kind": EventKind.ASIDE, **own, "price": 100, "quantity": 3, "flags": IN_BOOK},
    )


def test_prevented_and_what_it_leaves_with_nothing(venue: Venue) -> None:
    """M23: the taker is at zero."""
    at(venue).place(limit(ANN, SELL, 101, 5))
    lost = {"id": 1, "owner": ANN, "side": SELL, "handle": ONE, "taker": 2, "taker_owner": ANN, "price": 101}
    why = {"reason": Reason.SELF_TRADE, "flags": IN_BOOK}
    spelled(
        venue.send(limit(ANN, BUY, 101, 2, stp=SelfTrade.DECREMENT)).events[1:],
        {"kind": EventKind.PREVENTED, **lost, "quantity": 2, "left": 3, "level": 3, **why},
        {"kind": EventKind.CANCELLED, "id": 2, "owner": ANN, "reason": Reason.SELF_TRADE},
    )


def test_shrunk_outside_and_inside_the_book(venue: Venue) -> None:
    """M35."""
    at(venue).send(oco(limit(BOB, SELL, 101, 5), limit(BOB, SELL, 102, 5)))
    venue.place(limit(ANN, SELL, 102, 1))
    shrunk = {"id": 2, "owner": BOB, "side": SELL, "handle": TWO, "price": 102, "quantity": 2, "left": 3, "level": 4}
    spelled(
        venue.send(limit(CAT, BUY, 101, 2)).events[2:3],
        {"kind": EventKind.SHRUNK, **shrunk, "reason": Reason.OCO, "flags": IN_BOOK},
    )
    venue.send(oco(limit(CAT, SELL, 101, 5), stop(CAT, SELL, 90, 5)))
    venue.send(limit(ANN, BUY, 101, 3))
    outside = {"id": 6, "owner": CAT, "side": SELL, "quantity": 2, "reason": Reason.OCO}
    event = venue.send(limit(ANN, BUY, 101, 2)).events[2]
    spelled([event], {"kind": EventKind.SHRUNK, **outside, "handle": event["handle"]})


def test_auction_trade_reduced_and_phase(venue: Venue) -> None:
    """M44: the buy came first."""
    at(venue).send(phase(Phase.OPENING))
    venue.place(limit(ANN, BUY, 103, 5))
    venue.place(limit(BOB, SELL, 101, 7))
    buy, sell = {"id": 1, "handle": ONE}, {"id": 2, "owner": BOB, "side": SELL, "handle": TWO}
    both = {**buy, "taker": 2, "taker_owner": BOB, "price": 101, "quantity": 5, "flags": IN_AUCTION | MAKER_DONE}
    spelled(
        venue.send(phase(Phase.CONTINUOUS)).events,
        {"kind": EventKind.AUCTION, "price": 101, "quantity": 5, "left": -2},
        {"kind": EventKind.TRADE, **both},
        {"kind": EventKind.REDUCED, **buy, "price": 103, "quantity": 5, "flags": IN_BOOK},
        {
            "kind": EventKind.REDUCED,
            **sell,
            "price": 101,
            "quantity": 5,
            "left": 2,
            "level": 2,
            "flags": IN_BOOK,
        },
        {"kind": EventKind.PHASE, "price": Phase.CONTINUOUS},
    )


def test_an_auction_that_ends_both(venue: Venue) -> None:
    """M3 M44."""
    at(venue).send(phase(Phase.OPENING))
    venue.place(limit(ANN, BUY, 103, 5))
    venue.place(limit(BOB, SELL, 103, 5))
    flags = venue.send(phase(Phase.CONTINUOUS)).events[1]["flags"]
    assert flags == IN_AUCTION | MAKER_DONE | TAKER_DONE


def test_done(venue: Venue) -> None:
    """M2: kind, owner and symbol of the command; a mass cancel counts."""
    at(venue).place(limit(BOB, SELL, 101, 5))
    spelled(
        venue.send(deposit(BOB, CASH, 5)).events,
        {"kind": EventKind.DONE, "owner": BOB, "symbol": CASH, "command": Setting.DEPOSIT},
    )
    spelled(
        venue.send(mass_cancel(BOB, symbol=0, side=BOTH)).events[1:],
        {"kind": EventKind.DONE, "owner": BOB, "quantity": 1, "command": CommandKind.MASS_CANCEL},
    )
