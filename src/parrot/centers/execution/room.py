"""Room beside other orders: nothing that only reduces may turn a position over, however many of them race."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from parrot.centers.execution.dust import dust
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.order import Order
from parrot.contracts.commands import OrderKind, Role
from parrot.kernel.decimals import ZERO, add, down, subtract


def blockers(floor: Floor, order: Order) -> str:
    """What an order must wait for before it may leave: "group", "room", or nothing."""
    if any(True for _ in siblings_out(floor, order)):
        return "room" if order.fired else "group"
    return "room" if _crowded(floor, order) or _twice(floor, order) else ""


def siblings_out(floor: Floor, order: Order) -> Iterator[Order]:
    """Orders of the same group that the venue has or may have."""
    if not order.asked.group or order.parent:
        return
    for other in floor.orders.of_book(*order.book):
        if other.id != order.id and other.asked.group == order.asked.group and other.out:
            yield other


def in_the_way(floor: Floor, order: Order) -> Iterator[Order]:
    """Orders that are out and would take the same position as this one."""
    if shrinks(floor, order):
        for other in floor.orders.of_book(*order.book):
            if other.id != order.id and other.out and other.sign == order.sign:
                yield other


def shrinks(floor: Floor, order: Order) -> bool:
    """Whether an order works against the position of its book."""
    return floor.orders.position(*order.book) * order.sign < 0


def free(floor: Floor, order: Order) -> Decimal:
    """What of the position no other order that is out may still take."""
    left = abs(floor.orders.position(*order.book))
    for other in in_the_way(floor, order):
        left = subtract(left, at_most(other))
    return max(left, ZERO)


def goes_first(order: Order) -> bool:
    """Whether it is a stop whose price came: it goes before everything else that would close the position."""
    return order.asked.role is Role.STOP and (order.fired or order.asked.kind is OrderKind.MARKET)


def _crowded(floor: Floor, order: Order) -> bool:
    """Whether an order has to wait: beside protection until that was cut, and one that only reduces for any room."""
    if not shrinks(floor, order):
        return False
    guarded = any(other.protective for other in in_the_way(floor, order))
    return (guarded and order.left > free(floor, order)) or (order.asked.reduce_only and not _room(floor, order))


def _room(floor: Floor, order: Order) -> bool:
    """Whether there is any room for an order that only reduces; dust is none to a stop that could have more."""
    amount = most(floor, order)
    if amount and goes_first(order) and dust(floor, order, amount):
        alone = min(order.left, down(abs(floor.orders.position(*order.book)), floor.listings[order.asked.symbol].lot))
        return dust(floor, order, alone) is not None
    return amount > ZERO


def _twice(floor: Floor, order: Order) -> bool:
    """Whether it and what else guards the same entry could together close more than that opened."""
    entry = floor.orders.get(order.parent)
    if entry is None or not order.protective:
        return False
    listing = floor.listings[order.asked.symbol]
    # Parts of lots of other entries may be protected along with it.
    left = add(entry.unguarded, max(listing.lot, listing.min_quantity))
    for child in (floor.orders.get(number) for number in entry.children):
        if child is not None and child.id != order.id and child.out:
            left = subtract(left, at_most(child))
    return order.left > left


def at_most(order: Order) -> Decimal:
    """What an order can still fill in the worst case, with a change that may or may not have happened."""
    return max(ZERO, subtract(order.most, order.filled))


def most(floor: Floor, order: Order) -> Decimal:
    """How much an order that only reduces may take: what is held less what others may still take, in whole lots."""
    if not shrinks(floor, order):
        return ZERO
    return min(order.quantity, down(free(floor, order), floor.listings[order.asked.symbol].lot))
