"""Orders that wait for the last price to reach their trigger (M26, M27)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.state import TRIGGER_TYPES, Order, Symbol, World


def level(order: Order) -> int:
    """The price at which an order is triggered."""
    if order.type != w.Type.TRAILING:
        return order.trigger
    distance = -(-order.best * order.trail // 10**4) if order.has(w.Flag.PERCENT) else order.trail
    return order.best - distance if order.side == w.SELL else order.best + distance


def is_reached(order: Order, price: int | None) -> bool:
    if price is None:
        return False
    touch = order.type in (w.Type.TOUCH, w.Type.TOUCH_LIMIT)
    rising = (order.side == w.BUY) != touch
    return price >= level(order) if rising else price <= level(order)


def start_trailing(order: Order, last: int) -> None:
    order.best = last
    order.lock_price = order.price or level(order)


def waiting(world: World, symbol: Symbol) -> list[Order]:
    return [order for order in world.orders(symbol) if order.state == "waiting" and order.type in TRIGGER_TYPES]


def move_trailing(world: World, symbol: Symbol, price: int) -> None:
    """A trade: trailing stops follow the best price."""
    for order in waiting(world, symbol):
        if order.type == w.Type.TRAILING and not order.queued:
            order.best = max(order.best, price) if order.side == w.SELL else min(order.best, price)


def queue_reached(world: World, symbol: Symbol) -> None:
    """Orders that the last price reaches queue by acceptance (M28, M29)."""
    for order in waiting(world, symbol):
        if not order.queued and is_reached(order, symbol.last):
            order.queued = True
            order.reached = level(order)
            world.queue.append(([order], 0))
