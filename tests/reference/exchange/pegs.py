"""Pegged orders (M30, M31)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.endings import leave, rest, stand_aside
from tests.reference.exchange.state import PEG_TYPES, Order, Symbol, World


def bests(symbol: Symbol) -> tuple[int | None, int | None]:
    """The best prices of orders that are not pegged."""
    bids = [order.at for order in symbol.book[w.BUY] if order.type not in PEG_TYPES]
    asks = [order.at for order in symbol.book[w.SELL] if order.type not in PEG_TYPES]
    return max(bids, default=None), min(asks, default=None)


def target(order: Order) -> int | None:
    """The price at which a peg should stand, if any."""
    symbol, tick = order.symbol, order.symbol.tick
    bid, ask = bests(symbol)
    own = bid if order.side == w.BUY else ask
    if own is None:
        return None
    if order.type == w.Type.PEG_PRIMARY:
        price = own - order.trail if order.side == w.BUY else own + order.trail
    elif bid is None or ask is None:
        return None
    elif order.side == w.BUY:
        price = (bid + ask) // 2 // tick * tick
    else:
        price = -(-(bid + ask) // (2 * tick)) * tick
    if order.price:
        price = min(price, order.price) if order.side == w.BUY else max(price, order.price)
    other = symbol.best(1 - order.side)
    if other is not None:
        price = min(price, other - tick) if order.side == w.BUY else max(price, other + tick)
    within = symbol.limit(w.Limit.MIN_PRICE) <= price <= symbol.limit(w.Limit.MAX_PRICE)
    return price if within and order.left * price * symbol.quote_unit < 2**63 else None


def place(world: World, order: Order) -> None:
    """Prices a peg that is new or enters again."""
    price = target(order)
    if price is None:
        stand_aside(world, order)
    else:
        rest(world, order, price)


def reprice(world: World, order: Order) -> None:
    """Prices a peg that stands in the book or aside."""
    price = target(order)
    if price is None:
        if order.state == "book":
            stand_aside(world, order)
    elif order.state != "book" or price != order.at:
        if order.state == "book":
            world.write(w.Event.REPRICED, order, quantity=order.left, **leave(order))
        rest(world, order, price)


def reprice_all(world: World) -> None:
    """After a command: prices the pegs of every symbol whose best prices moved."""
    for symbol in world.symbols:
        if symbol.phase != w.Phase.CONTINUOUS or bests(symbol) == symbol.priced:
            continue
        symbol.priced = bests(symbol)
        for order in world.orders(symbol):
            if order.alive and order.type in PEG_TYPES:
                reprice(world, order)
