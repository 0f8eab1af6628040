"""Protection that a strategy places itself: the desk only steps in where it fails to come."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from parrot.centers.execution.floor import Floor
from parrot.centers.execution.order import Order
from parrot.contracts.commands import Guard, OrderKind, Role, Side
from parrot.kernel.decimals import ZERO, add, multiply, subtract, to_step

_PERCENT: Final = Decimal("0.01")


def own_stops(floor: Floor, book: tuple[str, str]) -> Decimal:
    """What the stops that a strategy has placed itself cover of its position."""
    total, held = ZERO, floor.orders.position(*book)
    for order in floor.orders.of_book(*book):
        if order.asked.role is Role.STOP and not order.parent and order.sign * held < 0:
            total = add(total, order.left)
    return total


def left_alone(floor: Floor, entry: Order, uncovered: Decimal, now: int) -> Decimal:
    """What the desk has to protect instead: all that stayed uncovered for longer than a strategy needs."""
    if not uncovered:
        floor.lone.pop(entry.id, None)
        return ZERO
    since = floor.lone.setdefault(entry.id, now)
    return uncovered if now - since >= floor.settings.own_protection else ZERO


def level_of(floor: Floor, entry: Order) -> Decimal | None:
    """The price at which what protects an entry would be dealt, None where only the market knows."""
    asked = entry.asked
    if asked.guard is None or asked.guard.stop is None:
        return asked.stop or asked.take
    _, trigger, trail, percent = stop_of(asked.guard, entry, floor.listings[asked.symbol].tick)
    if trail is None:
        return trigger
    away = multiply(multiply(entry.first_price, trail), _PERCENT) if percent else trail
    return subtract(entry.first_price, away) if asked.side is Side.BUY else add(entry.first_price, away)


def stop_of(guard: Guard, entry: Order, tick: Decimal) -> tuple[OrderKind, Decimal | None, Decimal | None, bool]:
    """Kind, trigger, trail and whether the trail is in percent, measured from the entry's first fill.

    A trigger between two ticks goes to the one that is nearer to the entry.
    """
    size = guard.stop or ZERO
    if guard.trailing and guard.stop_unit != "price":
        return OrderKind.TRAILING, None, size, guard.stop_unit == "percent"
    buys, price = entry.asked.side is Side.BUY, entry.first_price
    away = multiply(multiply(price, size), _PERCENT) if guard.stop_unit == "percent" else size
    level = size if guard.stop_unit == "price" else (subtract(price, away) if buys else add(price, away))
    if guard.trailing:
        return OrderKind.TRAILING, None, abs(subtract(price, level)), False
    trigger = to_step(level, tick, rounding=ROUND_CEILING if buys else ROUND_FLOOR)
    return OrderKind.STOP, max(trigger, tick), None, False
