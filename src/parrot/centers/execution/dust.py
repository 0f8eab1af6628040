"""What only reduces and is worth less than the venue takes: it never leaves."""

from __future__ import annotations

from decimal import Decimal

from parrot.centers.execution.fields import Fault, worth_fault
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.order import Order


def dust(
    floor: Floor, order: Order, quantity: Decimal, *, limit: Decimal | None = None, fires: bool = False
) -> Fault | None:
    """What is wrong with so much of an order that only reduces, None where the venue takes it.

    `limit` is what it is about to have; `fires` says that its trigger is reached.
    """
    if not order.asked.reduce_only:
        return None
    trigger = None if order.fired or fires else order.trigger
    return too_little(floor, order.asked.symbol, quantity, limit or order.limit or trigger)


def too_little(floor: Floor, symbol: str, quantity: Decimal, price: Decimal | None = None) -> Fault | None:
    """The same of any quantity, at `price` or else at the market's."""
    if floor.terms.dust:
        return None
    return worth_fault(floor.listings[symbol], quantity, price or floor.last(symbol))
