"""Cancelling and changing orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from parrot.centers.execution.dust import dust
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.order import Order
from parrot.contracts.commands import AmendOrder, CancelAll, CancelOrder, OrderKind
from parrot.contracts.listing import Amends
from parrot.contracts.records import (
    CancelSent,
    CommandRefused,
    OrderCanceled,
    OrderReplaced,
    ReplaceReceived,
    ReplaceSent,
)
from parrot.contracts.venue import CancelPlaced, ReplacePlaced
from parrot.kernel.decimals import checked, is_multiple, plain, subtract
from parrot.kernel.errors import InputError

_POSSIBLE = {Amends.ANY: "any change", Amends.SMALLER: "a smaller quantity", Amends.NONE: "no change at all"}
_LIMITED = frozenset({OrderKind.LIMIT, OrderKind.STOP_LIMIT})


def cancel_one(floor: Floor, command: CancelOrder, now: int) -> Iterator[Any]:
    """What follows from the wish to end one order."""
    order = floor.orders.get(command.order_id)
    if order is None or order.ended:
        state = "unknown" if order is None else f"{order.state.value} already"
        text = f"order {command.order_id} is {state}; expected: an open order; fix: look at the open orders"
        yield CommandRefused(command="CancelOrder", text=text, user=command.user)
    elif order.cancel is Pending.NONE:
        yield from cancel(floor, order, command.why or "asked for", now)


def cancel_all(floor: Floor, command: CancelAll, now: int) -> Iterator[Any]:
    """Ends all orders of a strategy and symbol but protection."""
    found = [
        order
        for order in floor.orders.open.values()
        if command.strategy in ("", order.asked.strategy) and command.symbol in ("", order.asked.symbol)
    ]
    yield from cancel_many(floor, found, command.why or "asked for", now=now)


def cancel_many(floor: Floor, found: Iterable[Order], why: str, *, now: int, protection: bool = False) -> Iterator[Any]:
    """Ends many at once; their requests leave with one commit."""
    chosen = {order.id: order for order in found if protection or not order.protective}
    for order in chosen.values():
        parent = chosen.get(order.parent)
        # The end of an algo ends its children.
        if order.cancel is Pending.NONE and (parent is None or not parent.worked):
            yield from cancel(floor, order, why, now)


def cancel(floor: Floor, order: Order, why: str, now: int) -> Iterator[Any]:
    """Ends one order: here if it never left, else at the venue. An algo ends when its children have."""
    if order.id in floor.doomed:
        return
    if order.worked and any(_open(floor, child) for child in order.children):
        yield CancelSent(order_id=order.id, client_id="", why=why)
    elif not order.out:
        floor.doomed.add(order.id)
        yield OrderCanceled(order_id=order.id, by="desk", reason=why)
    else:
        yield CancelSent(order_id=order.id, client_id=order.client_id, why=why)
        yield CancelPlaced(client_id=order.client_id, symbol=order.asked.symbol, ts=now)


def _open(floor: Floor, order_id: int) -> bool:
    return order_id in floor.orders.open


def amend(floor: Floor, command: AmendOrder, now: int) -> Iterator[Any]:
    """What follows from the wish for another quantity or limit."""
    order = floor.orders.get(command.order_id)
    fault = amend_fault(floor, order, command)
    if order is None or fault:
        yield CommandRefused(command="AmendOrder", text=fault, user=command.user)
        return
    quantity = order.quantity if command.quantity is None else command.quantity
    limit = order.limit if command.limit is None else command.limit
    yield from resize(floor, order, quantity, limit=limit, now=now, user=command.user)


def amend_fault(floor: Floor, order: Order | None, command: AmendOrder) -> str:
    """Why an order cannot be changed so; empty when it can."""
    if order is None or order.ended:
        return f"order {command.order_id} is not open; expected: an open order; fix: look at the open orders"
    if order.worked or order.state not in (State.ACCEPTED, State.PARTIALLY_FILLED, State.HELD):
        return f"order {order.id} is {order.state.value}; expected: a working order; fix: wait for the venue's word"
    if order.cancel is not Pending.NONE or order.replace is not Pending.NONE:
        return f"order {order.id} is being changed; expected: no change under way; fix: wait for the venue's word"
    fault = _amount_fault(floor, order, command)
    quantity = order.quantity if command.quantity is None else command.quantity
    limit = order.limit if command.limit is None else command.limit
    if not fault and not in_place(floor, order, quantity, limit=limit):
        possible = _POSSIBLE[floor.terms.amends]
        fault = f"{floor.terms.venue} cannot do that; expected: {possible}; fix: cancel the order and place another"
    return fault


def in_place(floor: Floor, order: Order, quantity: Decimal, *, limit: Decimal | None) -> bool:
    """Whether an order can be changed so: always here, at the venue as its terms say."""
    if not order.out or floor.terms.amends is Amends.ANY:
        return True
    return floor.terms.amends is Amends.SMALLER and quantity < order.quantity and limit == order.limit


def _amount_fault(floor: Floor, order: Order, command: AmendOrder) -> str:
    listing = floor.listings[order.asked.symbol]
    for name, value, step in (
        ("quantity", command.quantity, listing.lot),
        ("limit", command.limit, listing.tick),
    ):
        if value is None:
            continue
        try:
            checked(value, name)
        except InputError as fault:
            return str(fault)
        if value <= 0 or not is_multiple(value, step):
            return f"{name} is {plain(value)}; expected: a multiple of {plain(step)} above zero; fix: round it"
    if command.limit is not None and order.asked.kind not in _LIMITED:
        return f"limit of a {order.asked.kind.value} order; expected: an order with a limit; fix: leave limit out"
    if command.quantity is not None and command.quantity <= order.filled:
        return (
            f"quantity is {plain(command.quantity)}, filled are {plain(order.filled)}; expected: more; fix: cancel it"
        )
    if order.protective:
        return ""
    quantity = order.quantity if command.quantity is None else command.quantity
    little = dust(floor, order, subtract(quantity, order.filled), limit=command.limit)
    return little.text if little is not None else ""


def resize(
    floor: Floor, order: Order, quantity: Decimal, *, limit: Decimal | None, now: int, user: str = ""
) -> Iterator[Any]:
    """Changes an order: what may cost more is asked of risk first, the rest leaves at once."""
    if quantity == order.quantity and limit == order.limit:
        return
    if order.out and (fault := dust(floor, order, subtract(quantity, order.filled), limit=limit)):
        yield from cancel(floor, order, f"what is left of it is too little: {fault.text}", now)
        return
    if not in_place(floor, order, quantity, limit=limit):
        # Whoever wants it otherwise makes a new one once this has ended.
        yield from cancel(floor, order, "the venue cannot change it in place", now)
        return
    if quantity <= order.quantity and limit == order.limit:
        yield from replace(order, quantity, limit=limit, now=now)
    else:
        yield ReplaceReceived(order_id=order.id, quantity=quantity, limit=limit, user=user)


def replace(order: Order, quantity: Decimal, *, limit: Decimal | None, now: int) -> Iterator[Any]:
    """The change itself: at once for an order that is held here, by request for one that is out."""
    if order.out:
        yield ReplaceSent(order_id=order.id, client_id=order.client_id, quantity=quantity, limit=limit)
        yield ReplacePlaced(
            client_id=order.client_id, symbol=order.asked.symbol, quantity=quantity, limit=limit, ts=now
        )
    else:
        yield OrderReplaced(order_id=order.id, quantity=quantity, limit=limit)
