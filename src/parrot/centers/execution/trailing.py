"""Trailing stops that the desk holds: the best price since the order came, and the level behind it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from parrot.centers.execution.floor import Floor
from parrot.centers.execution.order import Order
from parrot.contracts.commands import Quoted, Side
from parrot.contracts.records import OrderTriggered, TaskMoved
from parrot.kernel.decimals import ZERO, add, multiply, subtract

_PERCENT: Final = Decimal("0.01")
_TENTH: Final = Decimal("0.1")


def follow(floor: Floor, order: Order, quote: Quoted) -> Iterator[Any]:
    """Moves the best price along, and fires when the last trade has come back by the distance.

    The best price is journalled each time it has moved a tenth of the distance, so that a restart loses less than that.
    """
    last = quote.last
    if last <= 0 or order.asked.trail is None:
        return
    kept = Decimal(order.note) if order.note else ZERO
    known = floor.peaks.get(order.id) or kept or last
    buys = order.asked.side is Side.BUY
    best = min(known, last) if buys else max(known, last)
    floor.peaks[order.id] = best
    distance = _distance(order, best)
    level = add(best, distance) if buys else subtract(best, distance)
    if last >= level if buys else last <= level:
        yield OrderTriggered(order_id=order.id, price=last, quoted=quote.ts)
    elif not kept or abs(subtract(best, kept)) >= multiply(distance, _TENTH):
        yield TaskMoved(order_id=order.id, step=order.step + 1, due=0, done=order.done, note=str(best))


def _distance(order: Order, best: Decimal) -> Decimal:
    trail = order.asked.trail or ZERO
    return multiply(multiply(best, trail), _PERCENT) if order.asked.trail_percent else trail
