"""What happens to an approved order: it is held, or its intent is written and its request leaves."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from parrot.centers.execution.client_ids import client_id
from parrot.centers.execution.dust import dust
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.order import FIRED, Order
from parrot.centers.execution.room import blockers, most
from parrot.contracts.commands import OrderKind, Role, Side
from parrot.contracts.records import OrderCanceled, OrderHeld, OrderRefused, OrderSent
from parrot.contracts.venue import PlaceOrder
from parrot.kernel.decimals import ZERO, plain

_TOUCHES: Final = frozenset({OrderKind.TOUCH, OrderKind.TOUCH_LIMIT})
_PRICED: Final = frozenset({OrderKind.LIMIT, OrderKind.STOP_LIMIT, OrderKind.TOUCH_LIMIT})


def leave(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """Records and requests that follow from an approval."""
    if scope := killed(floor, order):
        yield _killed(order, scope)
    elif order.worked:
        yield OrderHeld(order_id=order.id, waits_for="schedule", arrival=floor.middle(order.asked.symbol))
    elif supervised(floor, order):
        yield OrderHeld(order_id=order.id, waits_for="trigger")
    elif not floor.ready:
        yield OrderHeld(order_id=order.id, waits_for="line", arrival=floor.middle(order.asked.symbol))
    elif waits := blockers(floor, order):
        yield OrderHeld(order_id=order.id, waits_for=waits, arrival=floor.middle(order.asked.symbol))
    else:
        yield from send(floor, order, now)


def killed(floor: Floor, order: Order) -> str:
    """The scope of a kill that keeps the order here, empty where none does.

    Protection goes on beside kills that do not flatten, flattening beside those that all do.
    """
    kills, role = floor.orders.kills, order.asked.role
    for scope in kills.over(order.asked):
        flattens = scope in kills.flatten
        exempt = flattens if role is Role.FLATTEN else order.protective and not flattens
        if not (exempt and order.asked.reduce_only):
            return scope
    return ""


def supervised(floor: Floor, order: Order) -> bool:
    """Whether the desk itself waits for the trigger."""
    if order.fired:
        return False
    if order.protective and dust(floor, order, order.left):
        return True
    if order.asked.kind not in FIRED:
        return False
    if order.asked.kind is OrderKind.TRAILING:
        return not floor.terms.trailing
    if not floor.terms.stops or (order.asked.kind in _TOUCHES and not floor.terms.touches):
        return True
    # The stop of a position rests at the venue; its take waits here, because both together could turn it over, and so
    # does a stop for what orders on their way out of the position may take.
    return order.parent > 0 and (order.asked.role is Role.TAKE or order.kept_here)


def send(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """The intent, and behind it the request; an order that only reduces is cut to what there is to reduce."""
    quantity = order.quantity
    if order.asked.reduce_only and (quantity := most(floor, order)) <= ZERO:
        yield OrderCanceled(order_id=order.id, by="desk", reason="there is nothing left to reduce")
        return
    if fault := dust(floor, order, quantity):
        yield OrderRefused(
            order_id=order.id,
            rule="fields",
            scope=fault.field,
            limit=fault.expected,
            actual=fault.actual,
            text=fault.text,
        )
        return
    attempt = order.attempt + 1
    book = floor.orders
    name = client_id(book.account, epoch=book.epoch, intent=order.id, attempt=attempt)
    yield _intent(floor, order, name, attempt=attempt, quantity=quantity)
    yield request(floor, order, name, quantity=quantity, now=now)


def repeat(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """The same attempt under the same id, for venues that never take an id twice."""
    yield _intent(floor, order, order.client_id, attempt=order.attempt, quantity=order.quantity)
    yield request(floor, order, order.client_id, quantity=order.quantity, now=now)


def wire_kind(order: Order) -> OrderKind:
    """What the order is for the venue."""
    return FIRED.get(order.asked.kind, order.asked.kind) if order.fired else order.asked.kind


def _intent(floor: Floor, order: Order, name: str, *, attempt: int, quantity: Decimal) -> OrderSent:
    kind = wire_kind(order)
    return OrderSent(
        order_id=order.id,
        client_id=name,
        attempt=attempt,
        quantity=quantity,
        limit=order.limit if kind in _PRICED else None,
        trigger=order.trigger if kind in FIRED else None,
        arrival=floor.middle(order.asked.symbol),
    )


def request(floor: Floor, order: Order, name: str, *, quantity: Decimal, now: int) -> PlaceOrder:
    """The order in the venue's words."""
    asked, kind = order.asked, wire_kind(order)
    trails = kind is OrderKind.TRAILING
    return PlaceOrder(
        client_id=name,
        symbol=asked.symbol,
        side=asked.side,
        kind=kind,
        quantity=quantity,
        limit=order.limit if kind in _PRICED else None,
        trigger=order.trigger if kind in FIRED else None,
        trail=asked.trail if trails else None,
        trail_percent=asked.trail_percent if trails else False,
        tif=asked.tif,
        until=asked.until,
        post_only=asked.post_only and kind is OrderKind.LIMIT,
        reduce_only=asked.reduce_only and _net_shrinks(floor, order, quantity),
        display=asked.display if kind is OrderKind.LIMIT else None,
        ts=now,
    )


def _net_shrinks(floor: Floor, order: Order, quantity: Decimal) -> bool:
    """Books of +1 and -1 net to 0: the venue's flag is set only where the whole quantity shrinks the account too."""
    net = floor.orders.net(order.asked.symbol)
    return net >= quantity if order.asked.side is Side.SELL else -net >= quantity


def _killed(order: Order, scope: str) -> OrderRefused:
    return OrderRefused(
        order_id=order.id,
        rule="kill",
        scope=scope,
        limit="0 orders",
        actual="1 order",
        text=f"the kill switch of {scope} is engaged; expected: no order of {plain(order.quantity)} "
        f"{order.asked.symbol}; fix: a named person re-arms it",
    )
