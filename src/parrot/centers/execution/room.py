"""Room beside other orders: nothing that only reduces may turn a position over, however many of them race."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from parrot.centers.execution.floor import Floor
from parrot.centers.execution.order import Order
from parrot.kernel.decimals import ZERO, add, down, subtract


def blockers(floor: Floor, order: Order) -> str:
    """What an order must wait for before it may leave: "group", "room", or nothing."""
    if any(True for _ in siblings_out(floor, order)):
        return "room" if order.fired else "group"
    return "room" if _crowded(floor, order) else ""


def siblings_out(floor: Floor, order: Order) -> Iterator[Order]:
    """Orders of the same group that the venue has or may have."""
    if not order.asked.group:
        return
    for other in floor.orders.of_book(order.asked.strategy, order.asked.symbol):
        if other.id != order.id and other.asked.group == order.asked.group and other.out:
            yield other


def in_the_way(floor: Floor, order: Order) -> Iterator[Order]:
    """Orders that only reduce, are out, and would take the same position as this one."""
    if not shrinks(floor, order):
        return
    for other in floor.orders.of_book(order.asked.strategy, order.asked.symbol):
        if other.id != order.id and other.out and other.asked.reduce_only and other.sign == order.sign:
            yield other


def shrinks(floor: Floor, order: Order) -> bool:
    """Whether an order works against the position of its book."""
    return floor.orders.position(order.asked.strategy, order.asked.symbol) * order.sign < 0


def _crowded(floor: Floor, order: Order) -> bool:
    """Whether protection that is out would, with this order, take more than there is."""
    taken, guarded = ZERO, False
    for other in in_the_way(floor, order):
        taken = add(taken, at_most(other))
        guarded = guarded or other.protective
    held = abs(floor.orders.position(order.asked.strategy, order.asked.symbol))
    return guarded and add(taken, order.left) > held


def at_most(order: Order) -> Decimal:
    """What an order can still fill in the worst case, with a change that may or may not have happened."""
    return max(ZERO, subtract(order.most, order.filled))


def most(floor: Floor, order: Order) -> Decimal:
    """How much an order that only reduces may take: what is held less what others may still take, in whole lots."""
    asked = order.asked
    held = floor.orders.position(asked.strategy, asked.symbol)
    if held * order.sign >= 0:
        return ZERO
    free = abs(held)
    for other in in_the_way(floor, order):
        free = subtract(free, at_most(other))
    return min(order.quantity, down(max(free, ZERO), floor.listings[asked.symbol].lot))
