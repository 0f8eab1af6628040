"""I8: what may only reduce never grows a position and never turns it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from parrot.centers.audit.findings import Check, Look
from parrot.centers.audit.orders import Known, Orders, against
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderFilled, OrderSent
from parrot.kernel.decimals import ZERO, add, size, subtract


class ReduceOnly(Check):
    """Every fill of a reduce-only order, a stop, a target or a flattening makes its book smaller, to zero at most.

    When such an order is sent, all of them that may be at the venue on that side of the book close no more than there
    is; of a group one is enough.
    """

    name = "I8"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    @property
    def looks(self) -> Mapping[type, Look]:
        """Sends and fills."""
        return {OrderSent: self._sent, OrderFilled: self._filled}

    def _filled(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None or not order.shrinks:
            return
        held = self._orders.position(order.asked.strategy, order.asked.symbol)
        quantity: Decimal = entry.record.fill.quantity
        if not against(held, quantity, buys=order.buys):
            side = order.asked.side.value
            yield f"order {order.id} may only reduce, and its {side} of {quantity} met a position of {held}"

    def _sent(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None or not order.shrinks:
            return
        held = self._orders.position(order.asked.strategy, order.asked.symbol)
        claimed = self._claimed(order, subtract(entry.record.quantity, order.filled))
        if not against(held, claimed, buys=order.buys):
            yield f"orders that may only reduce close {claimed} of {size(held)} with order {order.id}"

    def _claimed(self, order: Known, quantity: Decimal) -> Decimal:
        """What the orders of this side close at most: the largest of each group, with the one that is sent now."""
        largest: dict[str, Decimal] = {group_of(order): quantity}
        for other in self._orders.of_book(order.asked.strategy, order.asked.symbol):
            if other is not order and other.shrinks and other.buys is order.buys and other.attempts:
                name = group_of(other)
                largest[name] = max(largest.get(name, ZERO), other.left)
        total = ZERO
        for claim in largest.values():
            total = add(total, claim)
        return total


def group_of(order: Known) -> str:
    """The name of the orders of which one is enough; an order without a group is alone."""
    return f"group {order.asked.group}" if order.asked.group else f"order {order.unit}"
