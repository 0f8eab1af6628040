"""Parents and their children: OTO and BRACKET: M36."""

from __future__ import annotations

from tests.golden.matching.story import (
    ANN,
    BOB,
    CASH,
    CAT,
    COIN,
    DAN,
    Order,
    accepted,
    amend,
    aside,
    auction,
    bracket,
    cancel,
    cancelled,
    done,
    expired,
    filled,
    limit,
    market,
    mass_cancel,
    oto,
    phase,
    phased,
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
from tests.golden.matching.words import BOTH, BUY, GTD, IOC, MAKER_DONE, POST_ONLY, SELL, EventKind, Phase, Reason

PARENT, CHILD = limit(ANN, BUY, 100, 5), limit(ANN, SELL, 110, 5)
WHOLE = bracket(PARENT, CHILD, stop(ANN, SELL, 90, 5))


def entered(venue: Venue, commands: list) -> list[Order]:
    """The legs of a list whose parent stands at 100."""
    answer = venue.send(commands)
    answer.gives(*[accepted(of=order) for order in answer.orders], rested(100, 5, of=answer.orders[0]))
    return answer.orders


def test_a_child_enters_when_its_parent_is_filled(venue: Venue) -> None:
    """M36: with the second fill, behind the command that made it; until then only the parent locks."""
    parent, child = entered(venue, oto(PARENT, CHILD))
    venue.send(limit(BOB, SELL, 100, 2)).gives(accepted(), trade(100, 2, 3, of=parent), filled(2))
    assert (venue.locked(ANN, CASH), venue.locked(ANN, COIN)) == (300, 0)
    venue.send(limit(BOB, SELL, 100, 3)).gives(
        accepted(), trade(100, 3, 0, of=parent, flags=1 | MAKER_DONE), filled(3), rested(110, 5, 5, 5, of=child)
    )
    assert (venue.locked(ANN, CASH), venue.locked(ANN, COIN)) == (0, 5)


def test_a_parent_that_is_filled_as_it_enters(venue: Venue) -> None:
    """M36 M34: at market; the child takes at once."""
    ask, bid = venue.place(limit(BOB, SELL, 100, 5)), venue.place(limit(CAT, BUY, 99, 3))
    answer = venue.send(oto(market(ANN, BUY, 5), limit(ANN, SELL, 99, 5)))
    parent, child = answer.orders
    answer.gives(
        accepted(0, 5, of=parent),
        accepted(99, 5, of=child),
        trade(100, 5, of=ask, by=parent),
        filled(5, of=parent),
        trade(99, 3, of=bid, by=child),
        rested(99, 2, of=child),
    )


def test_a_parent_that_ends_partly_filled_activates_that_much(venue: Venue) -> None:
    """M36: 2 of 5, the rest cancelled; the other 3 of the child fall away without an event."""
    parent, child = entered(venue, oto(PARENT, CHILD))
    venue.send(limit(BOB, SELL, 100, 2))
    venue.send(cancel(ANN, parent)).gives(cancelled(3, Reason.REQUESTED), rested(110, 2, 2, 2, of=child))
    assert venue.locked(ANN, COIN) == 2


def test_a_parent_that_expires_partly_filled_activates_that_much(venue: Venue) -> None:
    """M36 M17."""
    ask = venue.place(limit(BOB, SELL, 100, 2))
    answer = venue.send(oto({**PARENT, "tif": IOC}, CHILD))
    parent, child = answer.orders
    answer.gives(
        accepted(),
        accepted(),
        trade(100, 2, of=ask, by=parent),
        expired(3, Reason.UNFILLED, of=parent),
        rested(110, 2, of=child),
    )


def test_with_nothing_filled_the_children_are_cancelled(venue: Venue) -> None:
    """M36: right after the parent, in order."""
    parent, take, loss = entered(venue, WHOLE)
    venue.send(cancel(ANN, parent)).gives(
        cancelled(5, Reason.REQUESTED), cancelled(5, Reason.PARENT, of=take), cancelled(5, Reason.PARENT, of=loss)
    )
    answer = venue.send(oto({**PARENT, "tif": IOC}, CHILD))
    parent, child = answer.orders
    answer.gives(accepted(), accepted(), expired(5, Reason.UNFILLED, of=parent), cancelled(5, Reason.PARENT, of=child))


def test_the_children_of_a_bracket_become_an_oco(venue: Venue) -> None:
    """M36 M35: 5 coins are locked once; the take-profit fills and cancels the stop."""
    parent, take, loss = entered(venue, WHOLE)
    venue.send(limit(BOB, SELL, 100, 5)).gives(accepted(), trade(100, 5, of=parent), filled(5), rested(110, 5, of=take))
    assert venue.locked(ANN, COIN) == 5
    venue.send(limit(CAT, BUY, 110, 2)).gives(
        accepted(), trade(110, 2, 3, of=take), shrunk(2, Reason.OCO, of=loss), filled(2)
    )
    venue.send(limit(CAT, BUY, 110, 3)).gives(
        accepted(), trade(110, 3, 0, of=take), cancelled(3, Reason.OCO, of=loss), filled(3)
    )
    assert (venue.position(ANN), venue.free(ANN, CASH), venue.locked(ANN, COIN)) == (0, 1_000_050, 0)


def test_a_bracket_of_a_partly_filled_parent(venue: Venue) -> None:
    """M36 M35: 2 of 5: the stop sells 2 and cancels the take-profit."""
    parent, take, loss = entered(venue, WHOLE)
    venue.send(limit(BOB, SELL, 100, 2))
    venue.send(cancel(ANN, parent)).gives(cancelled(3, Reason.REQUESTED), rested(110, 2, of=take))
    bid = venue.place(limit(CAT, BUY, 90, 9))
    venue.send(limit(DAN, SELL, 90, 1)).gives(
        accepted(),
        trade(90, 1, 8, of=bid),
        filled(1),
        triggered(90, 2, of=loss),
        trade(90, 2, 6, of=bid, by=loss),
        cancelled(2, Reason.OCO, of=take, price=110, flags=1),
        filled(2, of=loss),
    )


def test_a_child_at_market_enters_at_once(venue: Venue) -> None:
    """M36."""
    bid = venue.place(limit(CAT, BUY, 95, 5))
    parent, child = entered(venue, oto(PARENT, market(ANN, SELL, 5)))
    venue.send(limit(BOB, SELL, 100, 5)).gives(
        accepted(), trade(100, 5, of=parent), filled(5), trade(95, 5, of=bid, by=child), filled(5, of=child)
    )


def test_a_child_whose_trigger_is_reached_enters_at_once(venue: Venue) -> None:
    """M36 M28: the parent's own trade at 100 is at or below 101."""
    bid = venue.place(limit(CAT, BUY, 95, 5))
    parent, child = entered(venue, oto(PARENT, stop(ANN, SELL, 101, 5)))
    venue.send(limit(BOB, SELL, 100, 5)).gives(
        accepted(),
        trade(100, 5, of=parent),
        filled(5),
        triggered(101, 5, of=child),
        trade(95, 5, of=bid, by=child),
        filled(5, of=child),
    )


def test_a_child_with_a_trigger_waits_from_its_activation_on(venue: Venue) -> None:
    """M36: a trade at 90 before that does not reach it; one after it does."""
    parent, child = entered(venue, oto(PARENT, stop(ANN, SELL, 90, 5)))
    venue.send(limit(BOB, SELL, 100, 5)).gives(accepted(), trade(100, 5, of=parent), filled(5))
    assert venue.locked(ANN, COIN) == 5
    venue.place(limit(CAT, BUY, 90, 1))
    venue.send(limit(DAN, SELL, 90, 1)).gives(
        accepted(), trade(90, 1), filled(1), triggered(90, 5, of=child), expired(5, Reason.NO_LIQUIDITY, of=child)
    )


def test_a_trailing_child_starts_from_the_last_price_at_its_activation(venue: Venue) -> None:
    """M36 M27: the parent trades at 100: the level is 95, whatever prices were before."""
    venue.traded_at(150)
    parent, child = entered(venue, oto(PARENT, trailing(ANN, SELL, 5, 5)))
    venue.send(limit(BOB, SELL, 100, 5)).gives(accepted(), trade(100, 5, of=parent), filled(5))
    venue.traded_at(96)
    venue.place(limit(CAT, BUY, 95, 1))
    venue.send(limit(DAN, SELL, 95, 1)).gives(
        accepted(), trade(95, 1), filled(1), triggered(95, 5, of=child), expired(of=child)
    )


def test_children_that_cannot_be_paid_are_cancelled(venue: Venue) -> None:
    """M36: a sell of 5 at 100 brings 500; the children want 5 x 110 at most."""
    venue.leave(ANN, CASH, 49)
    answer = venue.send(bracket(limit(ANN, SELL, 100, 5), limit(ANN, BUY, 90, 5), stop(ANN, BUY, 110, 5)))
    parent, one, two = answer.orders
    venue.send(limit(BOB, BUY, 100, 5)).gives(
        accepted(),
        trade(100, 5, of=parent),
        filled(5),
        cancelled(5, Reason.INSUFFICIENT_BALANCE, of=one),
        cancelled(5, Reason.INSUFFICIENT_BALANCE, of=two),
    )
    assert venue.free(ANN, CASH) == 549


def test_children_lock_the_larger_need(venue: Venue) -> None:
    """M36: just paid: 550 of 550."""
    venue.leave(ANN, CASH, 50)
    venue.send(bracket(limit(ANN, SELL, 100, 5), limit(ANN, BUY, 90, 5), stop(ANN, BUY, 110, 5)))
    venue.send(limit(BOB, BUY, 100, 5))
    assert (venue.free(ANN, CASH), venue.locked(ANN, CASH), venue.book(BUY)) == (0, 550, [(90, 5)])


def test_outside_continuous_trading_a_limit_child_stands_aside(venue: Venue) -> None:
    """M36 M40: the parent steps aside in the call and is cancelled there; the child enters when trading goes on."""
    parent, child = entered(venue, oto(PARENT, CHILD))
    venue.send(limit(BOB, SELL, 100, 2))
    venue.send(phase(Phase.CLOSING))
    venue.send(cancel(ANN, parent)).gives(
        cancelled(3, Reason.REQUESTED, price=0, flags=0), aside(0, 2, 0, of=child, flags=0)
    )
    answer = venue.send(phase(Phase.CONTINUOUS))
    assert answer.kinds == [EventKind.AUCTION, EventKind.PHASE, EventKind.RESTED]
    assert venue.queue(SELL) == [child.id]


def test_cancelling_a_waiting_child_leaves_the_parent(venue: Venue) -> None:
    """M36: it cancels the other child."""
    parent, take, loss = entered(venue, WHOLE)
    venue.send(cancel(ANN, loss)).gives(cancelled(5, Reason.REQUESTED), cancelled(5, Reason.OCO, of=take))
    venue.send(limit(BOB, SELL, 100, 5)).gives(accepted(), trade(100, 5, of=parent), filled(5))


def test_a_mass_cancel_names_the_parent_and_the_children_follow(venue: Venue) -> None:
    """M37 M36: by acceptance the parent comes first; its children are cancelled with it and not counted."""
    parent, take, loss = entered(venue, WHOLE)
    venue.send(mass_cancel(ANN, symbol=0, side=BOTH)).gives(
        cancelled(5, Reason.MASS, of=parent),
        cancelled(5, Reason.PARENT, of=take),
        cancelled(5, Reason.PARENT, of=loss),
        done(1),
    )


def test_a_child_at_market_is_not_checked_when_it_enters(venue: Venue) -> None:
    """M36 M7: the parent's sale of 5 at 100 pays 4 at 120."""
    venue.leave(ANN, CASH, 0)
    ask = venue.place(limit(CAT, SELL, 120, 9))
    parent, child = venue.send(oto(limit(ANN, SELL, 100, 5), market(ANN, BUY, 5))).orders
    venue.send(limit(BOB, BUY, 100, 5)).gives(
        accepted(),
        trade(100, 5, of=parent),
        filled(5),
        trade(120, 4, 5, of=ask, by=child),
        expired(1, Reason.FUNDS, of=child),
    )


def test_children_queue_before_what_the_trade_reached(venue: Venue) -> None:
    """M36 M28: the trade that fills the parent reaches Dan's stop: the child rests first, then that sells."""
    parent, child = entered(venue, oto(PARENT, CHILD))
    reached = venue.place(stop(DAN, SELL, 100, 1))
    bid = venue.place(limit(CAT, BUY, 95, 5))
    venue.send(limit(BOB, SELL, 100, 5)).gives(
        accepted(),
        trade(100, 5, of=parent),
        filled(5),
        rested(110, 5, of=child),
        triggered(100, 1, of=reached),
        trade(95, 1, 4, of=bid, by=reached),
        filled(1, of=reached),
    )


def test_an_active_child_is_an_order_as_others_are(venue: Venue) -> None:
    """M36 M38: though it cannot be amended."""
    _, child = entered(venue, oto(PARENT, CHILD))
    venue.send(limit(BOB, SELL, 100, 5))
    venue.refuses(amend(ANN, child, quantity=3), Reason.LISTED)
    venue.send(limit(CAT, BUY, 110, 5)).gives(accepted(), trade(110, 5, 0, of=child), filled(5))
    assert (venue.book(BUY), venue.book(SELL), venue.position(ANN)) == ([], [], 0)


def test_a_child_that_is_filled_as_it_enters_cancels_the_other(venue: Venue) -> None:
    """M36 M35: a bid above the take-profit is there when the parent is filled at market."""
    ask, bid = venue.place(limit(BOB, SELL, 100, 5)), venue.place(limit(CAT, BUY, 99, 9))
    answer = venue.send(bracket(market(ANN, BUY, 5), limit(ANN, SELL, 98, 5), stop(ANN, SELL, 90, 5)))
    parent, take, loss = answer.orders
    answer.gives(
        accepted(of=parent),
        accepted(of=take),
        accepted(of=loss),
        trade(100, 5, of=ask, by=parent),
        filled(5, of=parent),
        trade(99, 5, 4, of=bid, by=take),
        cancelled(5, Reason.OCO, of=loss),
        filled(5, of=take),
    )


def test_outside_continuous_trading_a_market_child_stands_aside(venue: Venue) -> None:
    """M36 M40."""
    parent, child = entered(venue, oto(PARENT, market(ANN, SELL, 5)))
    venue.send(limit(BOB, SELL, 100, 2))
    venue.place(limit(CAT, BUY, 80, 9))
    venue.send(phase(Phase.HALTED))
    venue.send(cancel(ANN, parent)).gives(cancelled(3, Reason.REQUESTED), aside(0, 2, of=child))
    answer = venue.send(phase(Phase.CONTINUOUS))
    assert answer.kinds == [EventKind.AUCTION, EventKind.PHASE, EventKind.TRADE, EventKind.FILLED]
    assert venue.position(ANN) == 0


def test_a_child_that_expires_leaves_the_parent_and_the_other_child(venue: Venue) -> None:
    """M36 M45: only a cancel takes the other child with it."""
    legs = bracket(PARENT, {**CHILD, "tif": GTD, "expiry": 10}, stop(ANN, SELL, 90, 5))
    parent, take, loss = entered(venue, legs)
    venue.send(time(10)).gives(expired(5, Reason.GTD, of=take), done())
    venue.send(limit(BOB, SELL, 100, 5)).gives(accepted(), trade(100, 5, of=parent), filled(5))
    venue.send(cancel(ANN, loss)).gives(cancelled(5, Reason.REQUESTED))


def test_a_parent_that_comes_back_and_would_take_is_cancelled_with_its_children(venue: Venue) -> None:
    """M40 M36: a post-only parent stepped aside in the call, where an ask at its price came."""
    parent, child = entered(venue, oto({**PARENT, "flags": POST_ONLY}, CHILD))
    venue.send(phase(Phase.CLOSING)).gives(phased(Phase.CLOSING), aside(100, 5, of=parent))
    venue.place(limit(BOB, SELL, 100, 1))
    venue.send(phase(Phase.CONTINUOUS)).gives(
        auction(0, 0, 0),
        phased(Phase.CONTINUOUS),
        cancelled(5, Reason.WOULD_TAKE, of=parent),
        cancelled(5, Reason.PARENT, of=child),
    )


def test_the_best_price_of_a_trailing_child_is_that_of_its_activation(venue: Venue) -> None:
    """M36 M27: 54; the touch, at its turn before it, sells at 48, below the level 50: it is triggered at once."""
    ask, bid = venue.place(limit(BOB, SELL, 54, 5)), venue.place(limit(CAT, BUY, 48, 3))
    answer = venue.send(bracket(market(ANN, BUY, 5), touch(ANN, SELL, 54, 5), trailing(ANN, SELL, 4, 5)))
    parent, touches, trails = answer.orders
    answer.gives(
        accepted(of=parent),
        accepted(of=touches),
        accepted(of=trails),
        trade(54, 5, of=ask, by=parent),
        filled(5, of=parent),
        triggered(54, 5, of=touches),
        trade(48, 3, of=bid, by=touches),
        shrunk(3, Reason.OCO, of=trails),
        expired(2, Reason.NO_LIQUIDITY, of=touches),
        triggered(50, 2, of=trails),
        expired(2, Reason.NO_LIQUIDITY, of=trails),
    )


def test_a_market_child_that_sells_locks(venue: Venue) -> None:
    """M36: of 7 coins the parent sold 5."""
    venue.leave(ANN, COIN, 7)
    parent, child = venue.send(oto(limit(ANN, SELL, 100, 5), market(ANN, SELL, 5))).orders
    venue.send(limit(BOB, BUY, 100, 5)).gives(
        accepted(), trade(100, 5, of=parent), filled(5), cancelled(5, Reason.INSUFFICIENT_BALANCE, of=child)
    )
