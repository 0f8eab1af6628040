"""Orders that the desk keeps: until a price, until the line stands, until others are out of the way."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from parrot.centers.execution.floor import Floor
from parrot.centers.execution.order import Order
from parrot.contracts.commands import Quoted
from parrot.contracts.records import OrderCanceled, OrderTriggered


def on_quote(floor: Floor, quote: Quoted, now: int) -> Iterator[Any]:
    """Triggers."""
    return iter(())


def on_beat(floor: Floor, now: int) -> Iterator[Any]:
    """Time."""
    return iter(())


def on_fill(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """Fills."""
    return iter(())


def on_end(floor: Floor, order: Order, now: int) -> Iterator[Any]:
    """Ends."""
    return iter(())


def on_ready(floor: Floor, now: int) -> Iterator[Any]:
    """The line stands, and what the venue has was compared."""
    for order in list(floor.orders.open.values()):
        if order.waits_for == "line":
            yield release(floor, order, now)


def release(floor: Floor, order: Order, now: int, price: Decimal = Decimal(0)) -> OrderTriggered | OrderCanceled:
    """What it waited for is there; risk looks at it once more before it leaves."""
    quote = floor.quotes.get(order.asked.symbol)
    return OrderTriggered(order_id=order.id, price=price, quoted=quote.ts if quote else now)
