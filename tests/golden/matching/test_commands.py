"""Commands, outcomes, numbers and handles: M1 to M4."""

from __future__ import annotations

from tests.golden.matching.story import (
    ANN,
    BOB,
    COIN,
    accepted,
    add_currency,
    amend,
    amended,
    cancel,
    cancelled,
    deposit,
    done,
    expired,
    filled,
    limit,
    market,
    mass_cancel,
    oco,
    phase,
    phased,
    reference,
    rested,
    stop,
    time,
    trade,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import (
    BOTH,
    BUY,
    GTD,
    IOC,
    KEPT,
    MAKER_DONE,
    SELL,
    CommandKind,
    Phase,
    Reason,
    Setting,
)

FIRST = 1 << 32  # generation 1
SECOND = 2 << 32


def test_time_moves_by_the_time_command_and_never_back(venue: Venue) -> None:
    """M1."""
    venue.send(time(50)).gives(done(ts=50, command=CommandKind.TIME))
    venue.send(limit(ANN, BUY, 99, 1)).gives(accepted(ts=50), rested(ts=50))
    venue.refuses(time(49), Reason.TIME_BACKWARD)
    venue.send(time(50)).gives(done(ts=50))
    venue.send(time(51)).gives(done(ts=51))


def test_every_kind_of_command_has_its_outcome(venue: Venue) -> None:
    """M2: ACCEPTED, AMENDED, CANCELLED, PHASE, and DONE for all others."""
    order = venue.send(limit(ANN, BUY, 99, 5)).gives(accepted(99, 5), rested(99, 5, 5, 5))
    venue.send(amend(ANN, order, quantity=4)).gives(amended(99, 4, 4, 4, of=order, flags=KEPT | 1))
    venue.send(cancel(ANN, order)).gives(cancelled(4, Reason.REQUESTED, of=order))
    venue.send(phase(Phase.HALTED)).gives(phased(Phase.HALTED, symbol=0))
    venue.send(deposit(ANN, COIN, 1)).gives(done(0, command=Setting.DEPOSIT, owner=ANN, symbol=COIN))
    venue.send(reference(100)).gives(done(0, command=CommandKind.REFERENCE))


def test_the_done_of_a_mass_cancel_comes_last_and_counts(venue: Venue) -> None:
    """M2 M37."""
    one = venue.place(limit(ANN, BUY, 99, 5))
    two = venue.place(limit(ANN, SELL, 101, 5))
    venue.send(mass_cancel(ANN, symbol=0, side=BOTH)).gives(
        cancelled(5, Reason.MASS, of=one),
        cancelled(5, Reason.MASS, of=two),
        done(2, command=CommandKind.MASS_CANCEL, owner=ANN, symbol=0),
    )


def test_a_rejected_command_changes_nothing_and_has_no_number(venue: Venue) -> None:
    """M2 M3: the venue compares the state before and after; the next event continues the numbers."""
    before = venue.seq
    venue.refuses(limit(ANN, BUY, 0, 5), Reason.INVALID_PRICE)
    venue.refuses({"kind": 200}, Reason.INVALID_KIND)
    venue.refuses({"kind": 0}, Reason.INVALID_KIND)
    venue.send(limit(ANN, BUY, 99, 5)).gives(accepted(seq=before + 1), rested(seq=before + 2))


def test_events_are_numbered_from_one(bare: Venue) -> None:
    """M3 M1: before any TIME the time is 0."""
    bare.send(add_currency(0)).gives(done(seq=1, ts=0))
    bare.refuses(add_currency(2), Reason.INVALID_VALUE)
    bare.send(add_currency(1)).gives(done(seq=2, ts=0))


def test_an_accepted_order_ends_exactly_once(venue: Venue) -> None:
    """M3: as a taker FILLED, as a maker a TRADE with MAKER_DONE, or CANCELLED, or EXPIRED."""
    maker = venue.send(limit(ANN, SELL, 100, 3)).gives(accepted(), rested())
    venue.send(limit(BOB, BUY, 100, 1)).gives(accepted(), trade(100, 1, 2, of=maker, flags=1), filled(1))
    venue.send(limit(BOB, BUY, 100, 2)).gives(accepted(), trade(100, 2, 0, of=maker, flags=1 | MAKER_DONE), filled(2))
    order = venue.place(limit(ANN, SELL, 100, 3, tif=GTD, expiry=10))
    venue.send(time(10)).gives(expired(3, Reason.GTD, of=order, price=100, flags=1), done())
    venue.send(limit(BOB, BUY, 100, 2, tif=IOC)).gives(accepted(), expired(2, Reason.UNFILLED, price=0, flags=0))


def test_handles_are_slots_with_generations(venue: Venue) -> None:
    """M4: slots and generations count from 1; the slot freed last is used first, with its next generation."""
    one = venue.send(limit(ANN, SELL, 101, 1)).gives(accepted(handle=0), rested(handle=FIRST | 1))
    two = venue.send(limit(BOB, SELL, 102, 1)).gives(accepted(handle=0), rested(handle=FIRST | 2))
    venue.send(cancel(ANN, one))
    venue.send(cancel(BOB, two))
    venue.send(limit(ANN, SELL, 103, 1)).gives(accepted(), rested(handle=SECOND | 2))
    venue.send(limit(ANN, SELL, 104, 1)).gives(accepted(), rested(handle=SECOND | 1))
    venue.send(limit(ANN, SELL, 105, 1)).gives(accepted(), rested(handle=FIRST | 3))
    venue.refuses(cancel(ANN, one), Reason.UNKNOWN_ORDER)
    venue.refuses(cancel(BOB, two), Reason.UNKNOWN_ORDER)


def test_an_order_that_rests_after_a_trade_may_take_its_makers_slot(venue: Venue) -> None:
    """M4: the maker gave its slot back with the trade that filled it."""
    maker = venue.send(limit(ANN, SELL, 101, 1)).gives(accepted(), rested(handle=FIRST | 1))
    venue.send(limit(BOB, BUY, 101, 3)).gives(
        accepted(handle=0), trade(101, 1, of=maker, handle=FIRST | 1), rested(101, 2, handle=SECOND | 1)
    )


def test_an_order_that_waits_is_kept_from_the_start(venue: Venue) -> None:
    """M4: a stop has its handle in ACCEPTED; an order that is filled at once never has one."""
    venue.send(stop(ANN, BUY, 110, 1)).gives(accepted(0, 1, handle=FIRST | 1))
    maker = venue.send(limit(ANN, SELL, 101, 1)).gives(accepted(), rested(handle=FIRST | 2))
    venue.send(market(BOB, BUY, 1)).gives(accepted(handle=0), trade(101, 1, of=maker), filled(1, handle=0))


def test_of_a_list_the_filled_leg_gives_its_slot_back_first(venue: Venue) -> None:
    """M4 M35: the maker's slot 1 with its TRADE, then the slot 2 of the other leg, which is used first."""
    one, two = venue.send(oco(limit(ANN, SELL, 101, 1), limit(ANN, SELL, 102, 1))).orders
    assert (one.handle, two.handle) == (FIRST | 1, FIRST | 2)
    venue.send(limit(BOB, BUY, 101, 1)).gives(
        accepted(), trade(101, 1, of=one), cancelled(1, Reason.OCO, of=two), filled(1)
    )
    venue.send(limit(ANN, SELL, 103, 1)).gives(accepted(), rested(handle=SECOND | 2))
    venue.send(limit(ANN, SELL, 104, 1)).gives(accepted(), rested(handle=SECOND | 1))
