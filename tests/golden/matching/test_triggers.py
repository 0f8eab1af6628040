"""Stops, touches, trailing stops, and the queue of what a trade reaches: M26 to M29."""

from __future__ import annotations

import pytest

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    DAN,
    Row,
    accepted,
    auction,
    expired,
    filled,
    limit,
    phase,
    phased,
    reduced,
    reference,
    rested,
    set_limit,
    stop,
    touch,
    trade,
    trailing,
    triggered,
)
from tests.golden.matching.venue import Venue
from tests.golden.matching.words import BUY, IN_AUCTION, PERCENT, SELL, EventKind, Limit, Phase, Reason

# By the last price 100: an order, the last price that does not reach it, the one that does.
REACHED: dict[str, tuple[Row, int, int]] = {
    "a stop buys at or above its trigger": (stop(ANN, BUY, 105, 2), 104, 105),
    "a stop sells at or below its trigger": (stop(ANN, SELL, 95, 2), 96, 95),
    "a touch buys at or below its trigger": (touch(ANN, BUY, 95, 2), 96, 95),
    "a touch sells at or above its trigger": (touch(ANN, SELL, 105, 2), 104, 105),
    "a gap beyond the trigger reaches it too": (stop(ANN, BUY, 105, 2), 101, 120),
}


@pytest.mark.parametrize("name", REACHED)
def test_the_last_trade_price_reaches_a_trigger(venue: Venue, name: str) -> None:
    """M26 M28."""
    command, not_yet, then = REACHED[name]
    venue.traded_at(100)
    waits = venue.send(command).gives(accepted(0, 2))
    assert waits.handle
    venue.traded_at(not_yet)
    maker = venue.place(limit(CAT, SELL, then, 1))
    venue.send(limit(DAN, BUY, then, 1)).gives(
        accepted(),
        trade(then, 1, of=maker),
        filled(1),
        triggered(command["trigger"], 2, of=waits),
        expired(2, Reason.NO_LIQUIDITY, of=waits),
    )


@pytest.mark.parametrize(
    "command",
    [
        stop(ANN, BUY, 100, 2),
        stop(ANN, BUY, 99, 2, price=101),
        stop(ANN, SELL, 100, 2),
        stop(ANN, SELL, 101, 2, price=99),
        touch(ANN, BUY, 100, 2),
        touch(ANN, BUY, 101, 2, price=99),
        touch(ANN, SELL, 100, 2),
        touch(ANN, SELL, 99, 2, price=99),
    ],
    ids=str,
)
def test_a_trigger_that_is_reached_already_is_refused(venue: Venue, command: Row) -> None:
    """M26: by the last price 100; without a last price nothing is reached."""
    venue.place(command)
    venue.traded_at(100)
    venue.refuses(command, Reason.WOULD_TRIGGER)


def test_a_trailing_stop_needs_a_last_price(venue: Venue) -> None:
    """M26: a reference is none."""
    venue.send(reference(100))
    venue.refuses(trailing(ANN, SELL, 5, 2), Reason.NO_REFERENCE)
    venue.traded_at(100)
    venue.send(trailing(ANN, SELL, 5, 2)).gives(accepted(0, 2))


def test_a_triggered_stop_enters_as_a_taker(venue: Venue) -> None:
    """M28 M24: at market; its trades are its own."""
    waits = venue.place(stop(ANN, BUY, 105, 3))
    one = venue.place(limit(CAT, SELL, 105, 1))
    two = venue.place(limit(BOB, SELL, 106, 5))
    venue.send(limit(DAN, BUY, 105, 1)).gives(
        accepted(),
        trade(105, 1, of=one, by=venue.known[4]),
        filled(1),
        triggered(105, 3, of=waits),
        trade(106, 3, 2, of=two, by=waits),
        filled(3, of=waits),
    )
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH)) == (1_000_000 - 318, 0)


def test_a_triggered_stop_limit_enters_as_a_limit_order(venue: Venue) -> None:
    """M28: it takes up to its limit and stands with the rest."""
    waits = venue.send(stop(ANN, BUY, 105, 3, price=106)).gives(accepted(106, 3))
    venue.place(limit(CAT, SELL, 105, 1))
    two = venue.place(limit(BOB, SELL, 106, 1))
    answer = venue.send(limit(DAN, BUY, 105, 1))
    assert answer.kinds[3:] == [EventKind.TRIGGERED, EventKind.TRADE, EventKind.RESTED]
    assert answer.events[4]["id"] == two.id
    assert (venue.book(BUY), venue.queue(BUY)) == ([(106, 2)], [waits.id])
    assert venue.locked(ANN, CASH) == 212


def test_a_triggered_touch_limit_may_stand_at_once(venue: Venue) -> None:
    """M28: a touch sells at 105 or more, with a limit of 108."""
    waits = venue.place(touch(ANN, SELL, 105, 3, price=108))
    venue.place(limit(CAT, SELL, 105, 1))
    venue.send(limit(DAN, BUY, 105, 1)).gives(
        accepted(), trade(105, 1), filled(1), triggered(105, 3, of=waits), rested(108, 3, 3, 3, of=waits)
    )


def test_a_trailing_sell_follows_the_highest_price(venue: Venue) -> None:
    """M27: 5 behind 100, then behind 103: 98 reaches it, 99 does not; a lower price does not move it back."""
    venue.traded_at(100)
    waits = venue.place(trailing(ANN, SELL, 5, 2))
    for price in (103, 101, 99):
        venue.traded_at(price)
    bid = venue.place(limit(BOB, BUY, 98, 3))
    venue.send(limit(DAN, SELL, 98, 1)).gives(
        accepted(),
        trade(98, 1, 2, of=bid),
        filled(1),
        triggered(98, 2, of=waits),
        trade(98, 2, 0, of=bid, by=waits),
        filled(2, of=waits),
    )


def test_a_trailing_buy_follows_the_lowest_price_and_keeps_its_lock(venue: Venue) -> None:
    """M27: 5 above 100, then above 96: 101; locked stay 2 x 105."""
    venue.traded_at(100)
    waits = venue.place(trailing(ANN, BUY, 5, 2))
    venue.traded_at(96)
    assert venue.locked(ANN, CASH) == 210
    venue.traded_at(100)
    venue.place(limit(CAT, SELL, 101, 1))
    venue.send(limit(DAN, BUY, 101, 1)).gives(
        accepted(), trade(101, 1), filled(1), triggered(101, 2, of=waits), expired(2, Reason.NO_LIQUIDITY, of=waits)
    )
    assert venue.locked(ANN, CASH) == 0


def test_a_trail_in_percent_is_rounded_up(venue: Venue) -> None:
    """M27: 5 % of 101 are 5.05, so 6: 95 reaches it, 96 does not; of 120 it is 6 again: 114."""
    venue.traded_at(101)
    first = venue.place(trailing(ANN, SELL, 500, 2, flags=PERCENT))
    venue.traded_at(96)
    second = venue.place(trailing(ANN, SELL, 500, 3, flags=PERCENT))
    venue.place(limit(CAT, SELL, 95, 1))
    venue.send(limit(DAN, BUY, 95, 1)).gives(
        accepted(), trade(95, 1), filled(1), triggered(95, 2, of=first), expired(2, Reason.NO_LIQUIDITY, of=first)
    )
    venue.traded_at(120)
    venue.place(limit(CAT, SELL, 114, 1))
    venue.send(limit(DAN, BUY, 114, 1)).gives(
        accepted(), trade(114, 1), filled(1), triggered(114, 3, of=second), expired(of=second)
    )


def test_a_trade_moves_the_best_price_before_it_is_compared(venue: Venue) -> None:
    """M27: one command trades at 110 and then at 105: the first moves the level to 105, which the second reaches."""
    venue.traded_at(100)
    waits = venue.place(trailing(ANN, SELL, 5, 2))
    venue.place(limit(BOB, BUY, 110, 1))
    venue.place(limit(BOB, BUY, 105, 1))
    venue.send(limit(DAN, SELL, 105, 2)).gives(
        accepted(),
        trade(110, 1),
        trade(105, 1),
        filled(2),
        triggered(105, 2, of=waits),
        expired(2, Reason.NO_LIQUIDITY, of=waits),
    )


def test_a_trailing_stop_with_a_price_becomes_a_limit_order(venue: Venue) -> None:
    """M28."""
    venue.traded_at(100)
    waits = venue.send(trailing(ANN, SELL, 5, 2, price=97)).gives(accepted(97, 2))
    venue.place(limit(CAT, SELL, 95, 1))
    venue.send(limit(DAN, BUY, 95, 1)).gives(
        accepted(), trade(95, 1), filled(1), triggered(95, 2, of=waits), rested(97, 2, of=waits)
    )


def test_orders_reached_queue_by_trade_then_by_acceptance(venue: Venue) -> None:
    """M28: 106 is accepted first but reached by the second trade; of the two at 105 the older one comes first."""
    late = venue.place(stop(ANN, BUY, 106, 1))
    older = venue.place(stop(BOB, BUY, 105, 1))
    younger = venue.place(stop(ANN, BUY, 105, 1))
    venue.place(limit(CAT, SELL, 105, 1))
    venue.place(limit(CAT, SELL, 106, 1))
    depth = venue.place(limit(CAT, SELL, 107, 9))
    venue.send(limit(DAN, BUY, 106, 2)).gives(
        accepted(),
        trade(105, 1),
        trade(106, 1),
        filled(2),
        *turn(older, depth, 8),
        *turn(younger, depth, 7),
        *turn(late, depth, 6),
    )


def turn(order, maker, left: int):
    """A stop's turn: triggered, one lot bought at 107, filled."""
    return triggered(of=order), trade(107, 1, left, of=maker, by=order), filled(1, of=order)


def test_what_a_triggered_order_reaches_queues_behind(venue: Venue) -> None:
    """M28: the stop at 105 trades at 107, which reaches that at 107, behind that at 105 which is older in the queue."""
    first = venue.place(stop(ANN, BUY, 105, 1))
    reached_later = venue.place(stop(BOB, BUY, 107, 1))
    second = venue.place(stop(ANN, BUY, 104, 1))
    venue.place(limit(CAT, SELL, 105, 1))
    depth = venue.place(limit(CAT, SELL, 107, 9))
    venue.send(limit(DAN, BUY, 105, 1)).gives(
        accepted(),
        trade(105, 1),
        filled(1),
        *turn(first, depth, 8),
        *turn(second, depth, 7),
        *turn(reached_later, depth, 6),
    )


def test_an_order_whose_turn_comes_in_a_halt_waits_on(venue: Venue) -> None:
    """M28 M25 M29: the first stop leaves the band and halts the symbol; the second waits until trading starts again."""
    venue.send(reference(100))
    venue.send(set_limit(Limit.BAND, 100_000))
    venue.send(set_limit(Limit.BAND_HALTS, 1))
    first, second = venue.place(stop(ANN, BUY, 105, 1)), venue.place(stop(BOB, BUY, 105, 1))
    venue.place(limit(CAT, SELL, 105, 1))
    venue.place(limit(CAT, SELL, 111, 9))
    venue.send(limit(DAN, BUY, 105, 1)).gives(
        accepted(),
        trade(105, 1),
        filled(1),
        triggered(of=first),
        expired(1, Reason.PRICE_BAND, of=first),
        phased(Phase.HALTED, reason=Reason.PRICE_BAND),
    )
    venue.send(set_limit(Limit.BAND, 0))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(0, 0, 0),
        phased(Phase.CONTINUOUS),
        triggered(105, 1, of=second),
        trade(111, 1, 8, by=second),
        filled(1, of=second),
    )


def test_filters_are_not_looked_at_again(venue: Venue) -> None:
    """M28 M14: a smaller largest quantity does not stop an order that waits."""
    waits = venue.place(stop(ANN, BUY, 105, 50, price=105))
    venue.send(set_limit(Limit.MAX_QUANTITY, 10))
    venue.traded_at(105)
    assert (venue.queue(BUY), venue.book(BUY)) == ([waits.id], [(105, 50)])


def test_at_the_start_of_trading_what_is_reached_queues_by_acceptance(venue: Venue) -> None:
    """M29 M44: the auction price 100 reaches both stops; in the call they wait."""
    venue.send(phase(Phase.OPENING))
    high, low = venue.place(stop(ANN, BUY, 100, 1)), venue.place(stop(BOB, BUY, 95, 1))
    unreached = venue.place(stop(BOB, BUY, 101, 1))
    venue.place(limit(CAT, SELL, 100, 2))
    venue.place(limit(DAN, BUY, 100, 2))
    venue.place(limit(CAT, SELL, 120, 9))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(100, 2, 0),
        trade(100, 2, by=venue.known[5], flags=IN_AUCTION | 2 | 4),
        reduced(100, 2, 0, 0),
        reduced(100, 2, 0, 0),
        phased(Phase.CONTINUOUS),
        triggered(100, 1, of=high),
        trade(120, 1, 8, by=high),
        filled(of=high),
        triggered(95, 1, of=low),
        trade(120, 1, 7, by=low),
        filled(of=low),
        triggered(101, 1, of=unreached),
        trade(120, 1, 6, by=unreached),
        filled(of=unreached),
    )


def test_a_sell_stop_gives_what_it_locked(venue: Venue) -> None:
    """M26 M6."""
    waits = venue.place(stop(ANN, SELL, 95, 10))
    venue.place(limit(BOB, BUY, 95, 1))
    bid = venue.place(limit(BOB, BUY, 94, 4))
    venue.send(limit(DAN, SELL, 95, 1)).gives(
        accepted(),
        trade(95, 1),
        filled(1),
        triggered(95, 10, of=waits),
        trade(94, 4, 0, of=bid, by=waits),
        expired(6, Reason.NO_LIQUIDITY, of=waits),
    )
    assert (venue.free(ANN, COIN), venue.locked(ANN, COIN)) == (996, 0)


def test_a_queued_trailing_stop_moves_no_more(venue: Venue) -> None:
    """M27 M28: reached at 95; the touch before it in the queue buys at 120, which would have moved it to 115."""
    venue.traded_at(100)
    touches, trails = venue.place(touch(BOB, BUY, 95, 1)), venue.place(trailing(ANN, SELL, 5, 2))
    venue.place(limit(CAT, BUY, 95, 1))
    venue.place(limit(CAT, SELL, 120, 1))
    venue.send(limit(DAN, SELL, 95, 1)).gives(
        accepted(),
        trade(95, 1),
        filled(1),
        triggered(95, 1, of=touches),
        trade(120, 1, by=touches),
        filled(1, of=touches),
        triggered(95, 2, of=trails),
        expired(2, Reason.NO_LIQUIDITY, of=trails),
    )
