"""What the venue's reports mean: each becomes records, and a repeated one becomes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from parrot.centers.execution.client_ids import own_prefix
from parrot.centers.execution.fence import ask, unknown
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.order import Order
from parrot.centers.execution.orders import trade_key
from parrot.centers.execution.questions import STATE
from parrot.contracts.records import (
    CancelRefused,
    CancelSent,
    DecisionNoted,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderReplaced,
    ReduceOnlySet,
)
from parrot.contracts.venue import (
    Accepted,
    CancelFailed,
    CancelPlaced,
    Filled,
    Found,
    Rejected,
    Replaced,
    Unanswered,
    Withdrawn,
)
from parrot.kernel.decimals import ZERO, add, plain, subtract

_WAITING = (State.SENT, State.UNKNOWN)


def accepted(floor: Floor, report: Accepted, now: int) -> Iterator[Any]:
    """The venue took an order on."""
    order = floor.orders.of_client(report.client_id)
    if order is None or report.client_id != order.client_id or (order.ended and not order.accepted):
        if order is None or order.state is not State.FILLED:
            yield from stray(floor, order, report.client_id, symbol=order.asked.symbol if order else "", now=now)
    elif order.state in _WAITING or (order.state is State.PARTIALLY_FILLED and not order.accepted):
        yield _accept(order, report.venue_id, report.ts)


def _accept(order: Order, venue_id: str, ts: int, *, adopted: bool = False) -> OrderAccepted:
    return OrderAccepted(order_id=order.id, client_id=order.client_id, venue_id=venue_id, venue_ts=ts, adopted=adopted)


def rejected(floor: Floor, report: Rejected, now: int) -> Iterator[Any]:
    """The venue refused an order."""
    order = floor.orders.of_client(report.client_id)
    if order is None or order.state is State.REJECTED:
        return
    if order.ended or report.client_id != order.client_id:
        yield note(order, f"rejected after it was {order.state.value}: {report.reason}", now)
    elif order.repeats:
        # The word may be about the repetition alone; what became of the first one has to be asked.
        if order.state is State.SENT:
            yield unknown(floor, order, "place", f"the repetition was refused: {report.reason}")
    else:
        yield OrderRejected(order_id=order.id, client_id=report.client_id, reason=report.reason, venue_ts=report.ts)


def filled(floor: Floor, report: Filled, now: int) -> Iterator[Any]:
    """One execution: counted once, whatever the order's state."""
    order = floor.orders.of_client(report.client_id)
    if order is None:
        yield from orphan(floor, report, now)
    elif trade_key(report.client_id, report.trade_id) not in order.trades:
        yield from count(floor, order, report, already=order.filled, now=now)
        if report.number > floor.orders.trades + 1:
            floor.state_wanted = True


def count(floor: Floor, order: Order, fill: Filled, *, already: Decimal, now: int) -> Iterator[Any]:
    """Counts an execution behind `already` filled; impossible ones are shown to a person and counted by nobody."""
    if wrong := _impossible(order, fill):
        yield note(order, wrong, now)
        yield reduce_only(floor, wrong)
        return
    total = add(already, fill.quantity)
    most = order.most
    if order.quantity < total <= order.next_quantity and not order.ended:
        # More than the old size can fill: the change to a larger one has happened, whatever was said of it.
        yield OrderReplaced(order_id=order.id, quantity=order.next_quantity, limit=order.next_limit)
        most = order.next_quantity
    left = max(ZERO, subtract(most, total))
    yield OrderFilled(order_id=order.id, fill=fill, filled=total, left=left, late=order.ended)
    if total > most:
        why = f"order {order.id} filled {plain(total)} of {plain(most)}"
        yield note(order, f"overfill: {why}", now)
        yield reduce_only(floor, why)
    closing = floor.closing.get(order.id)
    if closing is not None and left and total >= closing.filled:
        yield ending(order, closing)


def _impossible(order: Order, fill: Filled) -> str:
    asked = order.asked
    if not (fill.quantity.is_finite() and fill.price.is_finite() and fill.fee.is_finite()):
        return f"trade {fill.trade_id} has amounts that are no numbers"
    if fill.quantity <= 0 or fill.price <= 0:
        return f"trade {fill.trade_id} has quantity {fill.quantity} at {fill.price}"
    if fill.symbol != asked.symbol or fill.side is not asked.side:
        return f"trade {fill.trade_id} is a {fill.side} of {fill.symbol}, the order a {asked.side} of {asked.symbol}"
    return ""


def orphan(floor: Floor, fill: Filled, now: int) -> Iterator[Any]:
    """An execution of an order that the journal does not have: of somebody else, long ago, or of a lost journal."""
    if not fill.client_id.startswith(own_prefix(floor.orders.account)) or 0 < fill.number <= floor.orders.trades:
        return
    why = f"trade {fill.trade_id} belongs to {fill.client_id}, which is not in the journal"
    if not floor.orders.reduce_only:
        yield DecisionNoted(
            strategy="", symbol=fill.symbol, order_id=0, gate="order life", passed=False, text=why, decided=now
        )
        yield reduce_only(floor, why)


def withdrawn(floor: Floor, report: Withdrawn, now: int) -> Iterator[Any]:
    """An order ended at the venue; its end waits here for fills that have not come yet."""
    order = floor.orders.of_client(report.client_id)
    if order is None or order.ended:
        return
    if report.client_id != order.client_id:
        yield note(order, f"the end of an earlier attempt {report.client_id} was reported", now)
    elif report.filled > order.filled:
        floor.closing[order.id] = report
        floor.state_wanted = True
    else:
        yield ending(order, report)


def ending(order: Order, report: Withdrawn) -> OrderCanceled | OrderExpired:
    """The record of an end that the venue reported."""
    if report.expired:
        return OrderExpired(order_id=order.id, reason=report.reason or "its time ran out")
    by = "user" if order.unwanted else "venue"
    return OrderCanceled(order_id=order.id, by=by, reason=order.unwanted or report.reason or "ended by the venue")


def replaced(floor: Floor, report: Replaced, now: int) -> Iterator[Any]:
    """An order has another quantity and limit."""
    order = floor.orders.of_client(report.client_id)
    if order is None or order.ended:
        return
    if order.replace is not Pending.NONE or (report.quantity, report.limit) != (order.quantity, order.limit):
        yield OrderReplaced(order_id=order.id, quantity=report.quantity, limit=report.limit)


def cancel_failed(floor: Floor, report: CancelFailed, now: int) -> Iterator[Any]:
    """A cancel or replace was refused; what became of the order is asked."""
    order = floor.orders.of_client(report.client_id)
    if order is None or order.ended:
        return
    if Pending.NONE not in (order.cancel, order.replace) or order.cancel is not order.replace:
        yield CancelRefused(order_id=order.id, client_id=report.client_id, reason=report.reason)
        if order.state is not State.SENT:
            yield from ask(floor, order, now)


def unanswered(floor: Floor, report: Unanswered, now: int) -> Iterator[Any]:
    """No usable answer came."""
    if report.request == "state":
        floor.questions.unanswered(STATE, now, report.retry_after)
        floor.state_wanted = True
        return
    order = floor.orders.of_client(report.client_id)
    if order is None or order.ended or report.client_id != order.client_id:
        return
    if report.request == "query":
        floor.questions.unanswered(order.id, now, report.retry_after)
    elif report.request == "place" and order.state is State.SENT:
        yield unknown(floor, order, "place", report.reason)
    elif report.request == "cancel" and order.cancel is Pending.ASKED:
        yield unknown(floor, order, "cancel", report.reason)
    elif report.request == "replace" and order.replace is Pending.ASKED:
        yield unknown(floor, order, "replace", report.reason)


def found(floor: Floor, report: Found, now: int) -> Iterator[Any]:
    """The venue knows the order: whatever it says is evidence."""
    order = floor.orders.of_client(report.client_id)
    if order is None or order.ended or report.client_id != order.client_id:
        return
    if report.status in ("new", "partially_filled"):
        yield from _still_open(floor, order, report, now)
    elif report.status == "rejected":
        yield OrderRejected(
            order_id=order.id, client_id=order.client_id, reason="rejected, says the venue", venue_ts=report.ts
        )
    else:
        expired = report.status == "expired"
        end = Withdrawn(client_id=report.client_id, filled=report.filled, expired=expired, ts=report.ts)
        yield from withdrawn(floor, end, now)


def _still_open(floor: Floor, order: Order, report: Found, now: int) -> Iterator[Any]:
    if order.state in _WAITING:
        yield _accept(order, report.venue_id, report.ts, adopted=True)
    elif order.unwanted and order.cancel is not Pending.ASKED:
        # The cancel was lost or refused, and the order is still there.
        yield from cancel_again(order, now)
    if report.filled > order.filled or order.replace is Pending.UNKNOWN:
        floor.state_wanted = True


def cancel_again(order: Order, now: int) -> Iterator[Any]:
    """A cancel may be repeated: a second one does nothing."""
    yield CancelSent(order_id=order.id, client_id=order.client_id, why=order.unwanted)
    yield CancelPlaced(client_id=order.client_id, symbol=order.asked.symbol, ts=now)


def stray(floor: Floor, order: Order | None, client_id: str, *, symbol: str, now: int) -> Iterator[Any]:
    """An order of ours that should not be at the venue is withdrawn there, and a person hears of it."""
    if not client_id.startswith(own_prefix(floor.orders.account)):
        return
    text = f"{client_id} is at the venue and should not be; it is withdrawn"
    yield DecisionNoted(
        strategy=order.asked.strategy if order else "",
        symbol=symbol,
        order_id=order.id if order else 0,
        gate="order life",
        passed=False,
        text=text,
        decided=now,
    )
    if symbol:
        yield CancelPlaced(client_id=client_id, symbol=symbol, ts=now)


def note(order: Order, text: str, now: int) -> DecisionNoted:
    """An alarm: something happened that the table of an order's life does not know."""
    asked = order.asked
    return DecisionNoted(
        strategy=asked.strategy,
        symbol=asked.symbol,
        order_id=order.id,
        gate="order life",
        passed=False,
        text=text,
        decided=now,
    )


def reduce_only(floor: Floor, why: str) -> ReduceOnlySet:
    """From here the account only shrinks its positions, until a person has looked."""
    return ReduceOnlySet(account=floor.orders.account, on=True, why=why, by="execution")
