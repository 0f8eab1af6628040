"""Call auctions: the price, and the pairing at that price (M43, M44)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.accounts import settle
from tests.reference.exchange.endings import close, follow
from tests.reference.exchange.state import Order, Symbol, World
from tests.reference.exchange.taking import refresh
from tests.reference.exchange.triggers import move_trailing

TICKS_MAX = 400  # more are not tried one by one: only those beside which something changes


def volumes(symbol: Symbol, price: int) -> tuple[int, int]:
    """What wants to buy and to sell at a price."""
    buys = sum(order.left for order in symbol.book[w.BUY] if order.at >= price)
    sells = sum(order.left for order in symbol.book[w.SELL] if order.at <= price)
    return buys, sells


def candidates(symbol: Symbol, ticks_max: int = TICKS_MAX) -> list[int]:
    """All ticks from the lowest to the highest limit price and the reference."""
    marks = {order.at for side in symbol.book for order in side}
    if symbol.reference is not None:
        marks.add(symbol.reference)
    if not marks:
        return []
    if (max(marks) - min(marks)) // symbol.tick <= ticks_max:
        return list(range(min(marks), max(marks) + 1, symbol.tick))
    near = {mark + step for mark in marks for step in (-symbol.tick, 0, symbol.tick)}
    return [price for price in near if min(marks) <= price <= max(marks)]


def indicative(symbol: Symbol, prices: list[int] | None = None) -> tuple[int, int, int]:
    """Price, volume and imbalance of an auction now; zeros when there is no price."""

    def rank(price: int) -> tuple[int, int, int, int]:
        buys, sells = volumes(symbol, price)
        if symbol.reference is None:
            return -min(buys, sells), abs(buys - sells), price, 0
        return -min(buys, sells), abs(buys - sells), abs(price - symbol.reference), -price

    price = min(candidates(symbol) if prices is None else prices, key=rank, default=0)
    buys, sells = volumes(symbol, price)
    return (price, min(buys, sells), buys - sells) if min(buys, sells) else (0, 0, 0)


def uncross(world: World, symbol: Symbol) -> None:
    """Holds the auction."""
    price, volume, imbalance = indicative(symbol)
    world.write(w.Event.AUCTION, symbol=symbol.number, price=price, quantity=volume, left=imbalance)
    while volume:
        buy, sell = symbol.first(w.BUY), symbol.first(w.SELL)
        quantity = min(buy.visible, sell.visible, volume)
        volume -= quantity
        pair(world, buy, sell, quantity, price)
    if price:
        symbol.reference = price


def pair(world: World, buy: Order, sell: Order, quantity: int, price: int) -> None:
    """One trade of an auction."""
    symbol = buy.symbol
    maker, taker = (buy, sell) if buy.rank < sell.rank else (sell, buy)
    fee, taker_fee, marks = settle(world, maker, taker, quantity, price, auction=True)
    for order in (buy, sell):
        order.left -= quantity
        order.visible -= quantity
        order.filled += quantity
    symbol.last = price
    marks |= w.Mark.AUCTION | (0 if maker.left else w.Mark.MAKER_DONE) | (0 if taker.left else w.Mark.TAKER_DONE)
    world.write(
        w.Event.TRADE,
        maker,
        price=price,
        quantity=quantity,
        left=maker.visible,
        fee=fee,
        taker_fee=taker_fee,
        taker=taker.id,
        taker_owner=taker.owner.number,
        flags=marks,
    )
    for order in (buy, sell):
        world.write(
            w.Event.REDUCED,
            order,
            price=order.at,
            quantity=quantity,
            left=order.visible,
            level=symbol.visible(order.side, order.at),
            flags=w.Mark.IN_BOOK,
        )
    move_trailing(world, symbol, price)
    for order in (buy, sell):
        if not order.left:
            close(world, order)
            follow(world, order)
        elif not order.visible:
            refresh(world, order)
