"""Faults of ours, put into the code on purpose: a suite that does not see each of them is not to be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from itertools import count
from typing import Any
from unittest.mock import patch

import msgspec

from parrot.app.desk import Desk
from parrot.centers.capital import postings
from parrot.centers.execution import fence, protection, reconcile, reports, room, sending
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.orders import Orders
from parrot.centers.risk import market, switch
from parrot.centers.risk.holdings import Holdings
from parrot.centers.risk.orders import Order as RiskOrder
from parrot.centers.risk.service import Risk
from parrot.contracts import records
from parrot.contracts.ledger import AccountKind, Posting
from parrot.contracts.listing import VenueTerms
from parrot.kernel.errors import StorageError

Patches = Iterator[tuple[Any, str, Any]]
MUTANTS: dict[str, Callable[[], Patches]] = {}


def mutant(name: str) -> Callable[[Callable[[], Patches]], Callable[[], Patches]]:
    def keep(patches: Callable[[], Patches]) -> Callable[[], Patches]:
        MUTANTS[name] = patches
        return patches

    return keep


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The code with one fault in it."""
    with ExitStack() as stack:
        for owner, attribute, replacement in MUTANTS[name]():
            stack.enter_context(patch.object(owner, attribute, replacement))
        yield


# -- identity of orders ------------------------------------------------------------------------------------------------


@mutant("a fresh id on a timeout")
def fresh_id() -> Patches:
    honest = reports.unanswered

    def unanswered(floor: Any, report: Any, now: int) -> Iterator[Any]:
        yield from honest(floor, report, now)
        order = floor.orders.of_client(report.client_id)
        if order is not None and report.request == "place" and order.state is State.SENT:
            yield records.OrderMissing(order_id=order.id, client_id=order.client_id, venue_ts=report.ts, proved=True)

    yield reports, "unanswered", unanswered


@mutant("the same id again on a timeout")
def same_id() -> Patches:
    honest = reports.unanswered

    def unanswered(floor: Any, report: Any, now: int) -> Iterator[Any]:
        yield from honest(floor, report, now)
        order = floor.orders.of_client(report.client_id)
        if order is not None and report.request == "place" and order.state is State.SENT:
            yield sending.request(floor, order, order.client_id, quantity=order.quantity, now=now)

    yield reports, "unanswered", unanswered


@mutant("not found means rejected")
def not_found_rejected() -> Patches:
    def not_found(floor: Any, report: Any, now: int) -> Iterator[Any]:
        order = floor.orders.of_client(report.client_id)
        if order is not None and order.state is State.UNKNOWN:
            yield records.OrderRejected(
                order_id=order.id, client_id=order.client_id, reason="not found", venue_ts=report.ts
            )

    yield fence, "not_found", not_found
    yield fence, "_ask_now", lambda floor, order, now: order.state is State.UNKNOWN


@mutant("a fence without the query lag")
def short_fence() -> Patches:
    yield VenueTerms, "fence", property(lambda terms: terms.receive_window // 5)


@mutant("the key of a caller is not looked at")
def no_keys() -> Patches:
    yield Orders, "of_key", lambda orders, strategy, key: None


# -- fills -------------------------------------------------------------------------------------------------------------


@mutant("fills are not told apart")
def no_dedup() -> Patches:
    numbers = count()
    yield reports, "trade_key", lambda client_id, trade_id: f"{next(numbers)}"


@mutant("fills are told apart by their time")
def dedup_by_time() -> Patches:
    honest = reports.filled
    seen: dict[int, set[tuple[str, int]]] = {}

    def filled(floor: Any, report: Any, now: int) -> Iterator[Any]:
        times = seen.setdefault(id(floor.orders), set())
        if (report.symbol, report.ts) not in times:
            times.add((report.symbol, report.ts))
            yield from honest(floor, report, now)

    yield reports, "filled", filled
    yield reconcile, "_missed", lambda floor, trades, filled, *, now: iter(())


@mutant("a fill after the end is dropped")
def late_fill_dropped() -> Patches:
    honest = reports.count

    def counted(floor: Any, order: Any, fill: Any, **more: Any) -> Iterator[Any]:
        if not order.ended:
            yield from honest(floor, order, fill, **more)

    yield reports, "count", counted
    yield reconcile, "count", counted
    yield reports, "withdrawn", withdrawn_at_once


def withdrawn_at_once(floor: Any, report: Any, now: int) -> Iterator[Any]:
    """An end is believed before the fills that came before it."""
    order = floor.orders.of_client(report.client_id)
    if order is not None and not order.ended and report.client_id == order.client_id:
        yield reports.ending(order, report)


@mutant("the history of trades is not read")
def no_history() -> Patches:
    yield reconcile, "_missed", lambda floor, trades, filled, *, now: iter(())


# -- the journal first -------------------------------------------------------------------------------------------------


@mutant("requests leave before the commit")
def send_first() -> Patches:
    def commit(desk: Any) -> Any:
        for request in desk._requests:
            desk._send(request)
        desk._requests = []
        return honest(desk)

    honest = Desk.commit
    yield Desk, "commit", commit


@mutant("watchers are told before the commit")
def tell_first() -> Patches:
    def commit(desk: Any) -> Any:
        for watcher in desk.watchers:
            watcher(desk._batch)
        return honest(desk)

    honest = Desk.commit
    yield Desk, "commit", commit


@mutant("a journal that fails is not minded")
def journal_ignored() -> Patches:
    def commit(desk: Any) -> Any:
        requests = list(desk._requests)
        try:
            return honest(desk)
        except StorageError:
            desk._journal.broken = False
            for request in requests:
                desk._send(request)
            return []

    honest = Desk.commit
    yield Desk, "commit", commit


def forgotten(*kinds: type) -> Patches:
    """Records of these kinds are not folded in a replay, as if they had been in memory only."""

    def recover(desk: Any) -> Any:
        kept = desk._follows
        desk._follows = {kind: folds for kind, folds in kept.items() if kind not in kinds}
        try:
            return honest(desk)
        finally:
            desk._follows = kept

    honest = Desk.recover
    yield Desk, "recover", recover


@mutant("the kill switch is in memory only")
def kill_forgotten() -> Patches:
    yield from forgotten(records.KillEngaged, records.KillRearmed)


@mutant("limits are in memory only")
def limits_forgotten() -> Patches:
    yield from forgotten(records.LimitsSet)


@mutant("one component keeps what it should have journalled")
def unjournalled() -> Patches:
    def accepted(book: Any, entry: Any) -> Any:
        book.trades += 1
        return honest(book, entry)

    honest = Orders._accepted
    yield Orders, "_accepted", accepted
    yield from forgotten(records.OrderAccepted)


# -- risk --------------------------------------------------------------------------------------------------------------


@mutant("check first, reserve later")
def race() -> Patches:
    def approve(holdings: Any, order: Any, quantity: Any, price: Any) -> None:
        if not order.approved:
            holdings._count(order, 1)
        order.approved, order.quantity, order.price = True, quantity, price

    yield Holdings, "approve", approve


@mutant("what is UNKNOWN is not reserved")
def unknown_not_reserved() -> Patches:
    def follows(risk: Any) -> Any:
        return {**honest.fget(risk), records.OrderUnknown: lambda entry: release(risk, entry.record)}

    def release(risk: Any, record: Any) -> None:
        order = risk._holdings.orders.get(record.order_id)
        if order is not None and record.request == "place":
            order.approved = False
            risk._holdings.refresh(order)

    honest: Any = Risk.follows
    yield Risk, "follows", property(follows)


@mutant("data of any age will do")
def stale_off() -> Patches:
    yield market.Market, "age", lambda market, symbol, now: 0


@mutant("reduce-only is a word")
def reduce_only_off() -> Patches:
    yield RiskOrder, "only_shrinks", property(lambda order: False)
    yield sending, "most", lambda floor, order: order.quantity
    yield room, "most", lambda floor, order: order.quantity


@mutant("nobody asks the kill switch")
def kill_off() -> Patches:
    yield switch.Switch, "stops", lambda *args, **more: None
    yield sending, "killed", lambda floor, order: ""
    yield fence, "killed", lambda floor, order: ""


# -- protection, cancels -----------------------------------------------------------------------------------------------


@mutant("protection stays as small as the first fill")
def protection_dropped() -> Patches:
    honest = protection._fit

    def fit(floor: Any, entry: Any, made: Any, **more: Any) -> Iterator[Any]:
        if not made:
            yield from honest(floor, entry, made, **more)

    yield protection, "_fit", fit
    yield protection, "_given_up", lambda *args, **more: False


@mutant("a cancel without an answer is believed")
def cancel_believed() -> Patches:
    honest = reports.unanswered

    def unanswered(floor: Any, report: Any, now: int) -> Iterator[Any]:
        order = floor.orders.of_client(report.client_id)
        if order is not None and report.request == "cancel" and order.cancel is Pending.ASKED and not order.ended:
            yield records.OrderCanceled(order_id=order.id, by="user", reason="asked for")
        else:
            yield from honest(floor, report, now)

    yield reports, "unanswered", unanswered


# -- money -------------------------------------------------------------------------------------------------------------


@mutant("a float in one leg")
def float_leg() -> Patches:
    def leg(owner: str, kind: AccountKind, currency: str, amount: Decimal) -> Posting:
        rounded = Decimal(float(amount)) if kind is AccountKind.CASH else amount
        return Posting(owner, kind, currency, rounded)

    yield postings, "Posting", leg
    yield postings, "_balanced", lambda posted: posted


@mutant("fees are left out of the ledger")
def fees_dropped() -> Patches:
    honest = postings.trade

    def trade(record: Any, listing: Any, book: Any, **more: Any) -> Any:
        posted = honest(record, listing, book, **more)
        ending = 2 if record.fill.fee else 0
        return msgspec.structs.replace(posted, legs=posted.legs[: len(posted.legs) - ending])

    yield postings, "trade", trade
