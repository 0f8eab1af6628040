"""The feeds and the journal: M46 and M47. Every other case checks both as well, command by command and at its end."""

from __future__ import annotations

from tests.golden.matching.feed import Feed
from tests.golden.matching.story import (
    ANN,
    BOB,
    CAT,
    DAN,
    amend,
    bracket,
    cancel,
    disconnect,
    limit,
    market,
    oco,
    peg,
    peg_mid,
    phase,
    reference,
    stop,
    time,
    trailing,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    AT_CLOSE,
    BUY,
    DAY,
    GTD,
    ON_DISCONNECT,
    REDUCE_ONLY,
    SELL,
    Phase,
    Reason,
    SelfTrade,
)


def a_day(venue: Venue) -> None:
    """Something of everything: an opening, trading with icebergs, pegs, lists and stops, a halt, a close."""
    venue.send(phase(Phase.CLOSED))
    venue.send(phase(Phase.OPENING))
    for price in (98, 99, 101):
        venue.place(limit(ANN, BUY, price, 20, display=6))
        venue.place(limit(BOB, SELL, price + 1, 15, stp=SelfTrade.CANCEL_OLDEST))
    venue.send(phase(Phase.CONTINUOUS))
    venue.place(peg(CAT, BUY, 7, cap=150, offset=1))
    venue.place(peg_mid(CAT, SELL, 7, flags=ON_DISCONNECT))
    venue.send(oco(limit(DAN, SELL, 104, 5), stop(DAN, SELL, 95, 5)))
    venue.send(bracket(limit(DAN, BUY, 99, 8), limit(DAN, SELL, 105, 8), trailing(DAN, SELL, 2, 8)))
    venue.place(trailing(BOB, BUY, 2, 9, price=104))
    venue.send(market(CAT, SELL, 33))
    venue.send(market(CAT, BUY, 25, stp=SelfTrade.DECREMENT))
    venue.send(limit(BOB, BUY, 102, 9, stp=SelfTrade.CANCEL_BOTH))
    venue.place(limit(CAT, SELL, 108, 3, flags=REDUCE_ONLY) | {"owner": DAN, "side": SELL})
    venue.place(limit(ANN, SELL, 107, 30, display=4, tif=GTD, expiry=500))
    venue.send(amend(ANN, venue.known[1], quantity=12))
    venue.send(amend(BOB, venue.known[6], price=106))
    venue.send(time(400))
    venue.send(phase(Phase.HALTED))
    venue.send(cancel(ANN, venue.known[1]))
    venue.send(reference(101))
    venue.send(phase(Phase.CONTINUOUS))
    venue.place(limit(CAT, BUY, 103, 4, tif=AT_CLOSE))
    venue.place(limit(BOB, BUY, 90, 4, tif=DAY))
    venue.send(disconnect(CAT))
    venue.send(phase(Phase.CLOSING))
    venue.send(limit(BOB, SELL, 97, 40))
    venue.send(time(600))
    venue.send(phase(Phase.CLOSED))


def test_a_day_is_told_by_its_events(venue: Venue) -> None:
    """M46: after each command both feeds are compared with the books; here something is left at the end of it."""
    a_day(venue)
    assert venue.book(SELL) or venue.book(BUY)
    assert venue.feed.in_priority(0, SELL) == [
        (order["price"], order["handle"], order["visible"]) for order in venue.machine.orders(0, SELL)
    ]


def test_who_missed_an_event_has_another_book(venue: Venue) -> None:
    """M46: so that a feed that hears nothing does not pass for one that is right."""
    order = venue.place(limit(ANN, BUY, 99, 5))
    assert Feed().in_priority(0, BUY) != venue.feed.in_priority(0, BUY) == [(99, order.handle, 5)]
    assert Feed().by_level(0, BUY) != venue.feed.by_level(0, BUY) == [(99, 5)]


def test_a_journal_replayed_and_a_snapshot_with_its_tail_lead_to_the_same_state(venue: Venue) -> None:
    """M47: whole, and from the middle, as after every case."""
    a_day(venue)
    venue.check_replay()
    assert len(venue.journal) > 40


def test_rejected_commands_are_not_in_the_journal(venue: Venue) -> None:
    """M47 M2: the journal leads to the same state without them."""
    before = len(venue.journal)
    venue.refuses(limit(ANN, BUY, 99, 0), Reason.INVALID_QUANTITY)
    venue.refuses(cancel(ANN, venue.place(limit(BOB, BUY, 99, 1))), Reason.NOT_OWNER)
    assert len(venue.journal) == before + 1


def test_a_journal_that_lacks_a_record_leads_elsewhere(venue: Venue) -> None:
    """M47: so that equal states mean something."""
    a_day(venue)
    other = venue.machine.fresh()
    for rows in venue.journal[:-1]:
        other.execute(rows)
    assert other.state() != venue.machine.state()
