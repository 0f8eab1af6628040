"""UNKNOWN and the way out of it: wait until the venue cannot accept a request any more, ask, and believe the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parrot.centers.execution.floor import Floor
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.order import Order
from parrot.centers.execution.sending import killed, repeat, send
from parrot.contracts.listing import IdScope
from parrot.contracts.records import OrderCanceled, OrderMissing, OrderUnknown
from parrot.contracts.venue import NotFound, QueryPlaced


def doubt(floor: Floor, order: Order, reason: str) -> Iterator[OrderUnknown]:
    """Everything about an order that waits for an answer becomes UNKNOWN."""
    if order.state is State.SENT:
        yield unknown(floor, order, "place", reason)
    if order.cancel is Pending.ASKED and order.client_id:
        yield unknown(floor, order, "cancel", reason)
    if order.replace is Pending.ASKED:
        yield unknown(floor, order, "replace", reason)


def unknown(floor: Floor, order: Order, what: str, reason: str) -> OrderUnknown:
    """The record of a lost answer. The fence counts from the request, and never falls where requests do not expire."""
    since = order.sent if what == "place" else order.pending_since
    fence = since + floor.terms.fence if floor.terms.expires_requests else 0
    return OrderUnknown(order_id=order.id, client_id=order.client_id, request=what, reason=reason, fence=fence)


def overdue(floor: Floor, now: int) -> Iterator[Any]:
    """Requests that were not answered in time, and questions about those that are UNKNOWN."""
    for order in list(floor.orders.unsettled.values()):
        yield from _late(floor, order, now)
        if _ask_now(floor, order, now):
            yield from ask(floor, order, now)


def ask(floor: Floor, order: Order, now: int) -> Iterator[QueryPlaced]:
    """The question what became of an order."""
    floor.questions.ask(order.id, now)
    yield QueryPlaced(client_id=order.client_id, symbol=order.asked.symbol, ts=now)


def _late(floor: Floor, order: Order, now: int) -> Iterator[OrderUnknown]:
    timeout = floor.terms.request_timeout
    if order.state is State.SENT and now - order.sent >= timeout:
        yield unknown(floor, order, "place", "no answer in time")
    if order.client_id and now - order.pending_since >= timeout:
        if order.cancel is Pending.ASKED:
            yield unknown(floor, order, "cancel", "no answer in time")
        if order.replace is Pending.ASKED:
            yield unknown(floor, order, "replace", "no answer in time")


def _ask_now(floor: Floor, order: Order, now: int) -> bool:
    pause = floor.settings.query_every
    if order.state is State.UNKNOWN and not order.fence:
        # It may stay so for long: the more often it was asked, the more seldom it is asked again.
        pause = floor.questions.patience(order.id)
    if not floor.line_up or not floor.questions.may(order.id, now, pause):
        return False
    # Before the fence only "found" would mean anything, and that is seen in the state of the account as well.
    if order.state is State.UNKNOWN:
        return now >= order.fence
    return Pending.UNKNOWN in (order.cancel, order.replace) or order.gone_wrong


def absent(floor: Floor, now: int) -> Iterator[QueryPlaced]:
    """Questions about orders that the venue's state did not show."""
    for order_id in list(floor.absent):
        order = floor.orders.get(order_id)
        if order is None or not order.out or order.state is State.UNKNOWN:
            floor.absent.discard(order_id)
        elif floor.line_up and floor.questions.may(order_id, now, floor.settings.query_every):
            yield from ask(floor, order, now)


def not_found(floor: Floor, report: NotFound, now: int) -> Iterator[Any]:
    """What it means that the venue does not know an id."""
    order = floor.orders.of_client(report.client_id)
    if order is None or order.ended or report.client_id != order.client_id:
        return
    if order.state is State.UNKNOWN:
        yield from _absent(floor, order, report, now)
    # Both times are the venue's: the desk's clock may be off by more than a fence.
    elif order.state is not State.SENT and report.ts >= order.seen + floor.terms.fence:
        by, reason = ("user", order.unwanted) if order.unwanted else ("venue", "the venue does not know it any more")
        yield OrderCanceled(order_id=order.id, by=by, reason=reason)


def _absent(floor: Floor, order: Order, report: NotFound, now: int) -> Iterator[Any]:
    if order.fence and report.ts >= order.fence:
        yield OrderMissing(order_id=order.id, client_id=order.client_id, venue_ts=report.ts, proved=True)
    elif not order.fence and order.repeats < floor.settings.attempts and _may_repeat(floor, order):
        yield from repeat(floor, order, now)


def _may_repeat(floor: Floor, order: Order) -> bool:
    forever = floor.terms.id_scope is IdScope.FOREVER
    return forever and floor.ready and not order.unwanted and not killed(floor, order)


def after_absence(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """An order that provably never arrived is sent again under its next id, or ends here."""
    if order.state is not State.APPROVED:
        return
    settings = floor.settings
    if order.unwanted:
        yield OrderCanceled(order_id=order.id, by="desk", reason=order.unwanted)
    elif scope := killed(floor, order):
        yield OrderCanceled(order_id=order.id, by="desk", reason=f"the kill switch of {scope} is engaged")
    elif order.attempt >= settings.attempts or now - order.first_sent > settings.reissue_within:
        yield OrderCanceled(order_id=order.id, by="desk", reason=f"never arrived in {order.attempt} attempts")
    else:
        yield from send(floor, order, now)
