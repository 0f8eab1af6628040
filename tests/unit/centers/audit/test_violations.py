"""Each invariant catches a history in which it does not hold, and names the entry that shows it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from parrot.centers.audit.manifest import JOURNAL_INVARIANTS, violations
from parrot.contracts import records
from parrot.contracts.commands import OrderKind, Role
from parrot.contracts.ledger import EquityMarked, LedgerPosted
from parrot.contracts.message import Entry
from tests.unit.centers.audit.histories import COLLAR, SELL, History, changed, gates, opened, without
from tests.unit.centers.capital.kept import LISTINGS, SECOND

CASES: list[tuple[str, Callable[[History], Any]]] = []


def case(invariant: str) -> Callable[[Callable[[History], Any]], Callable[[History], Any]]:
    """The history is spoilt by the function, which returns the number of the entry that shows it.

    A function that returns (entries, number) gives the spoilt entries itself.
    """

    def enter(spoil: Callable[[History], Any]) -> Callable[[History], Any]:
        CASES.append((invariant, spoil))
        return spoil

    return enter


def sent(history: History, quantity: str = "2", **fields: Any) -> int:
    order = history.receive(quantity, **fields)
    history.approve(order, quantity)
    history.send(order, quantity)
    return order


@case("I1")
def a_fresh_id_on_a_timeout(history: History) -> int:
    order = sent(history)
    history.doubt(order)
    return history.send(order, attempt=2)


@case("I1")
def not_found_before_the_fence_is_called_proof(history: History) -> int:
    order = sent(history)
    history.doubt(order)
    return history.missing(order, after=SECOND)


@case("I1")
def the_same_id_is_sent_blindly_again(history: History) -> int:
    order = sent(history)
    history.doubt(order)
    return history.send(order)


@case("I1")
def two_attempts_are_at_the_venue(history: History) -> int:
    order = sent(history)
    history.doubt(order)
    history.missing(order)
    history.send(order, attempt=2)
    history.accept(order, attempt=2)
    return history.part(order, "1", "1", "1", attempt=1)


@case("I1")
def two_orders_share_a_client_id(history: History) -> int:
    first = sent(history)
    second = history.receive("1")
    history.approve(second, "1")
    return history.send(second, "1", client_id=f"P{first}A1")


@case("I1")
def a_client_id_is_too_long(history: History) -> int:
    order = history.receive()
    history.approve(order)
    return history.send(order, client_id="P" * 37)


@case("I2")
def an_order_in_doubt_is_written_off(history: History) -> int:
    order = sent(history)
    history.doubt(order)
    return history.tell(records.OrderCanceled(order_id=order, by="desk", reason="three times not found"))


@case("I2")
def a_mismatch_is_shrugged_off(history: History) -> int:
    history.tell(records.Reconciled(account="main", trades=0, orders=1, venue_ts=1, breaks=["one too many"]))
    return history.receive()


@case("I3")
def a_fill_is_counted_twice(history: History) -> int:
    order = sent(history)
    history.part(order, "1", "1", "1")
    history.trades -= 1
    return history.part(order, "1", "2", "0")


@case("I4")
def filled_does_not_add_up(history: History) -> int:
    order = sent(history)
    return history.part(order, "1", "2", "0")


@case("I4")
def left_is_wrong(history: History) -> int:
    order = sent(history)
    return history.part(order, "1", "1", "0.5")


@case("I4")
def an_overfill_passes_without_an_alarm(history: History) -> int:
    order = sent(history)
    history.part(order, "3", "3", "0")
    return history.receive("1")


@case("I4")
def an_end_has_an_exit(history: History) -> int:
    order = sent(history)
    history.tell(records.OrderRejected(order_id=order, client_id=f"P{order}A1", reason="no", venue_ts=1))
    return history.accept(order)


@case("I4")
def a_late_fill_is_not_called_late(history: History) -> int:
    order = sent(history)
    history.tell(records.OrderRejected(order_id=order, client_id=f"P{order}A1", reason="no", venue_ts=1))
    return history.part(order, "1", "1", "1")


@case("I4")
def children_work_more_than_their_parent(history: History) -> int:
    parent = history.receive("3", kind=OrderKind.TWAP)
    history.approve(parent, "3")
    history.tell(records.OrderHeld(order_id=parent, waits_for="schedule"))
    for _ in range(2):
        child = history.receive("2", role=Role.CHILD, parent=parent)
        history.approve(child, gates=gates("max_open_orders"))
        history.send(child)
    return history.desk.seq


@case("I5")
def a_fill_is_known_before_its_intent(history: History) -> Any:
    order = sent(history)
    fill = history.part(order, "2", "2", "0")
    sending = next(e.seq for e in history.entries if isinstance(e.record, records.OrderSent))
    return without(history.entries, sending), fill - 1


@case("I5")
def an_order_leaves_without_an_approval(history: History) -> int:
    order = history.receive()
    return history.send(order)


@case("I5")
def more_leaves_than_was_approved(history: History) -> int:
    order = history.receive("4")
    history.approve(order, "1")
    return history.send(order, "2")


@case("I6")
def not_a_number(history: History) -> Any:
    order = sent(history)
    return changed(history.entries, history.desk.seq, limit=Decimal("NaN")), history.desk.seq or order


@case("I6")
def minus_zero(history: History) -> Any:
    history.deposit("5")
    posted = history.entries[-1].record
    legs = [msgspec.structs.replace(leg, amount=Decimal("-0")) for leg in posted.legs]
    return changed(history.entries, history.desk.seq, legs=legs), history.desk.seq


@case("I6")
def a_binary_fraction(history: History) -> Any:
    history.deposit("5")
    return changed(history.entries, history.desk.seq, realised=0.5), history.desk.seq


@case("I6")
def dust_is_sent(history: History) -> int:
    return sent(history, "0.00001") and history.desk.seq


@case("I6")
def a_price_off_its_tick_is_sent(history: History) -> Any:
    sent(history)
    return changed(history.entries, history.desk.seq, limit=Decimal("100.001")), history.desk.seq


def posting(history: History) -> tuple[Entry, LedgerPosted]:
    history.bought()
    entry = history.entries[-1]
    return entry, entry.record


@case("I7")
def a_leg_is_one_unit_of_the_last_digit_off(history: History) -> Any:
    entry, posted = posting(history)
    legs = list(posted.legs)
    legs[2] = msgspec.structs.replace(legs[2], amount=legs[2].amount + Decimal("1e-12"))
    return changed(history.entries, entry.seq, legs=legs), entry.seq


@case("I7")
def a_balanced_transaction_says_something_else_than_its_fill(history: History) -> Any:
    entry, posted = posting(history)
    legs = list(posted.legs)
    legs[2] = msgspec.structs.replace(legs[2], amount=legs[2].amount - 1)
    legs[3] = msgspec.structs.replace(legs[3], amount=legs[3].amount + 1)
    return changed(history.entries, entry.seq, legs=legs), entry.seq


@case("I7")
def a_fill_is_not_posted(history: History) -> Any:
    entry, _ = posting(history)
    return without(history.entries, entry.seq), entry.seq - 1


@case("I7")
def a_transaction_is_posted_twice(history: History) -> Any:
    history.deposit("5", key="wire")
    last = history.entries[-1]
    return [*history.entries, Entry(last.seq + 1, last.ts, 0, last.record)], last.seq + 1


@case("I7")
def a_fill_is_posted_to_another_strategy(history: History) -> Any:
    entry, _ = posting(history)
    return changed(history.entries, entry.seq, strategy="b"), entry.seq


@case("I7")
def equity_is_off_by_one_unit_of_the_last_digit(history: History) -> Any:
    history.bought()
    history.quote("BTCUSDT", "105")
    (marked,) = history.beat()
    assert isinstance(marked, EquityMarked)
    return changed(history.entries, history.desk.seq, equity=marked.equity + Decimal("1e-10")), history.desk.seq


@case("I7")
def more_is_paid_than_there_is(history: History) -> int:
    order = sent(history, "5")
    return history.part(order, "5", "5", "0", price="200.01") + 1


@case("I8")
def a_stop_fills_on_a_flat_book(history: History) -> int:
    history.bought()
    stop = history.protect()
    sale = sent(history, "2", side=SELL)
    history.part(sale, "2", "2", "0", side=SELL)
    return history.part(stop, "2", "2", "0", side=SELL)


@case("I8")
def two_stops_close_more_than_there_is(history: History) -> int:
    history.bought()
    history.protect()
    history.protect()
    return history.desk.seq


@case("I9")
def a_limit_was_not_looked_at(history: History) -> int:
    order = history.receive()
    return history.approve(order, gates=gates("max_position"))


@case("I9")
def an_old_limit_was_looked_at(history: History) -> int:
    limits = {"max_quantity": "1"}
    history.tell(records.LimitsSet(scope="firm", version=2, limits=limits, approver="Ada"))
    order = history.receive("1")
    return history.approve(order, "1")


@case("I9")
def a_quantity_over_its_limit(history: History) -> int:
    order = history.receive("5.5")
    return history.approve(order, "5.5")


@case("I9")
def a_position_over_its_limit_with_all_open_orders(history: History) -> int:
    sent(history, "4")
    order = history.receive("3")
    return history.approve(order, "3")


@case("I9")
def one_order_too_many(history: History) -> int:
    for _ in range(4):
        sent(history, "1")
    return history.desk.seq - 1


@case("I9")
def a_sale_of_what_is_not_there(history: History) -> int:
    order = history.receive("1", SELL)
    return history.approve(order, "1")


@case("I9")
def an_order_that_grows_is_passed_as_one_that_shrinks(history: History) -> int:
    order = history.receive("1")
    return history.approve(order, "1", gates=COLLAR)


@case("I10")
def more_orders_than_the_rate_allows(history: History) -> int:
    orders = [history.receive("1") for _ in range(4)]
    return [history.approve(order, "1") for order in orders][-1]


@case("I10")
def an_order_leaves_behind_a_breaker(history: History) -> int:
    order = history.receive()
    history.approve(order)
    history.tell(records.BreakerTripped(scope="all", rule="daily_loss", limit="1", actual="2"))
    return history.send(order)


@case("I11")
def an_order_leaves_behind_a_kill(history: History) -> int:
    order = history.receive()
    history.approve(order)
    history.tell(records.KillEngaged(scope="strategy:a", by="Ada", source="cli", reason=""))
    return history.send(order)


@case("I11")
def nobody_re_arms(history: History) -> int:
    history.tell(records.KillEngaged(scope="all", by="Ada", source="cli", reason=""))
    return history.tell(records.KillRearmed(scope="all", by="system", reason=""))


@case("I12")
def an_order_on_stale_data(history: History) -> int:
    order = history.receive()
    return history.approve(order, gates=gates(age="5001ms"))


@case("I12")
def data_that_nobody_looked_at(history: History) -> int:
    order = history.receive()
    return history.approve(order, gates=gates("stale_data"))


@case("I12")
def a_market_at_a_negative_price(history: History) -> Any:
    sent(history)
    return changed(history.entries, history.desk.seq, arrival=Decimal(-1)), history.desk.seq


@case("I14")
def a_number_is_missing(history: History) -> Any:
    history.bought()
    return [entry for entry in history.entries if entry.seq != 3], 4


@case("I14")
def an_owner_is_missing(history: History) -> int:
    return history.tell(opened(3, clean=False))


@case("I14")
def something_happens_behind_the_end(history: History) -> int:
    history.tell(records.DeskClosed(reason="asked"))
    return history.receive()


@case("I14")
def a_crash_is_called_clean(history: History) -> int:
    return history.tell(opened(2, clean=True))


@case("I14")
def a_cause_lies_behind_its_consequence(history: History) -> Any:
    history.bought()
    last = history.entries[-1]
    return [*history.entries[:-1], Entry(last.seq, last.ts, last.seq + 1, last.record)], last.seq


@case("I15")
def one_key_makes_two_orders(history: History) -> int:
    history.receive(key="1")
    return history.receive(key="1")


@case("I19")
def an_owner_without_a_build(history: History) -> Any:
    return changed(history.entries, 1, build=""), 1


@case("I20")
def a_doubt_that_nobody_settles(history: History) -> int:
    order = sent(history)
    history.doubt(order, fence=SECOND)
    return history.tell(opened(2, clean=False), wait=SECOND) and history.tell(
        records.LineChanged(venue="v", up=True, reason=""), wait=40 * SECOND
    )


@pytest.mark.parametrize(("invariant", "spoil"), CASES, ids=[f"{name} {spoil.__name__}" for name, spoil in CASES])
def test_a_spoilt_history_is_caught_at_the_entry_that_shows_it(invariant, spoil) -> None:
    history = History()
    spoilt = spoil(history)
    entries, seq = spoilt if isinstance(spoilt, tuple) else (history.entries, spoilt)
    found = violations(entries, LISTINGS)
    assert (invariant, seq) in [(violation.invariant, violation.seq) for violation in found], found


def test_every_invariant_of_the_journal_has_a_history_that_breaks_it() -> None:
    assert {invariant for invariant, _ in CASES} == set(JOURNAL_INVARIANTS)
