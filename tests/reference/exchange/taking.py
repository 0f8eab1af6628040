"""An order enters and takes (M16 to M25, M32)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.accounts import free, give_up_lock, settle
from tests.reference.exchange.admission import crosses
from tests.reference.exchange.counting import sweep
from tests.reference.exchange.endings import complete, finish, follow, leave, lose, rest, shrink, shrink_mate
from tests.reference.exchange.state import Order, World
from tests.reference.exchange.triggers import move_trailing, queue_reached

ANY_PRICE = (0, 2**80)


class Taker:
    """An order on its way through the other side of the book."""

    def __init__(self, order: Order, mode: int) -> None:
        self.order = order
        self.mode = mode
        self.traded = 0
        self.cap = order.reducible() if order.reduce_only else None

    @property
    def spent_cap(self) -> bool:
        return self.cap is not None and self.traded >= self.cap


def enter(world: World, order: Order, mode: int, *, first: bool = False) -> None:
    """The order takes what it can; what is left stands, expires or is cancelled. `first`: it enters as it came."""
    order.state = ""
    taker = Taker(order, mode)
    if first and short(world, order):
        return
    while order.left and order.alive:
        if taker.spent_cap:
            finish(world, order, w.Event.CANCELLED, w.Reason.REDUCE_ONLY)
            return
        maker = order.symbol.first(1 - order.side)
        if maker is None or (order.type != w.Type.MARKET and not crosses(order, maker.at)):
            remain(world, order)
            return
        if outside_band(world, order, maker.at):
            return
        if maker.owner is order.owner and mode != w.SelfTrade.NONE:
            prevent(world, taker, maker)
        elif maker.reduce_only and maker.reducible() < maker.left:
            shrink(world, maker, maker.left - maker.reducible(), w.Reason.REDUCE_ONLY)
        elif not trade_next(world, taker, maker):
            return
    if order.alive:
        complete(world, order)


def short(world: World, order: Order) -> bool:
    """Ends an order that can not fill at once what it must (M17 to M19)."""
    fok = order.tif == w.Tif.FOK
    wanted = order.quantity if fok else order.minimum
    if not wanted:
        return False
    lowest, highest = order.symbol.band() or ANY_PRICE
    if order.type != w.Type.MARKET:
        lowest, highest = (
            (lowest, min(highest, order.price)) if order.side == w.BUY else (max(lowest, order.price), highest)
        )
    played = sweep(order, wanted, (lowest, highest))
    enough = played.filled >= wanted
    if order.type == w.Type.MARKET and order.side == w.BUY:
        enough &= played.cost <= free(order.owner, order.gives)
    if not enough:
        finish(world, order, w.Event.EXPIRED, w.Reason.FILL_OR_KILL if fok else w.Reason.MINIMUM)
    return not enough


def remain(world: World, order: Order) -> None:
    """Nothing more to take."""
    if order.type == w.Type.MARKET:
        finish(world, order, w.Event.EXPIRED, w.Reason.NO_LIQUIDITY)
    elif order.tif in (w.Tif.IOC, w.Tif.FOK):
        finish(world, order, w.Event.EXPIRED, w.Reason.UNFILLED)
    else:
        rest(world, order, order.price)


def outside_band(world: World, order: Order, price: int) -> bool:
    """Ends an order whose next trade would lie outside the price band (M25)."""
    symbol = order.symbol
    band = symbol.band()
    if band is None or band[0] <= price <= band[1]:
        return False
    finish(world, order, w.Event.EXPIRED, w.Reason.PRICE_BAND)
    if symbol.limit(w.Limit.BAND_HALTS):
        symbol.phase = w.Phase.HALTED
        world.write(w.Event.PHASE, symbol=symbol.number, price=w.Phase.HALTED, reason=w.Reason.PRICE_BAND)
    return True


def prevent(world: World, taker: Taker, maker: Order) -> None:
    """Self-trade prevention (M23)."""
    order = taker.order
    if taker.mode == w.SelfTrade.DECREMENT:
        decrement(world, order, maker)
        return
    if taker.mode in (w.SelfTrade.CANCEL_OLDEST, w.SelfTrade.CANCEL_BOTH):
        finish(world, maker, w.Event.CANCELLED, w.Reason.SELF_TRADE)
    if taker.mode in (w.SelfTrade.CANCEL_NEWEST, w.SelfTrade.CANCEL_BOTH):
        finish(world, order, w.Event.CANCELLED, w.Reason.SELF_TRADE)


def decrement(world: World, order: Order, maker: Order) -> None:
    """Both lose the smaller of the two quantities."""
    both = min(maker.left, order.left)
    lose(maker, both)
    lose(order, both)
    world.write(
        w.Event.PREVENTED,
        maker,
        price=maker.at,
        quantity=both,
        left=maker.visible,
        level=maker.symbol.visible(maker.side, maker.at),
        taker=order.id,
        taker_owner=order.owner.number,
        reason=w.Reason.SELF_TRADE,
        flags=w.Mark.IN_BOOK,
    )
    for party in (maker, order):
        shrink_mate(world, party.mate, both)
    for party in (maker, order):
        if not party.left:
            finish(world, party, w.Event.CANCELLED, w.Reason.SELF_TRADE)


def fitting(order: Order, price: int) -> int:
    """The most that an order without a price can trade at a price: whole lots (M7)."""
    symbol = order.symbol
    unit = price * symbol.quote_unit
    if order.lock is not None:
        return order.left
    money = free(order.owner, order.gives)
    if order.side == w.SELL:
        most = min(order.left // unit if order.quote else order.left, money // symbol.base_unit)
    elif order.quote:
        most = min(order.left, money) // unit
    else:
        most = min(order.left, money // unit)
    return most // symbol.lot * symbol.lot


def out_of_money(world: World, order: Order) -> None:
    """Not one more lot fits."""
    if order.quote and order.filled:
        complete(world, order)
    else:
        finish(world, order, w.Event.EXPIRED, w.Reason.FUNDS)


def trade_next(world: World, taker: Taker, maker: Order) -> bool:
    """One trade with the next maker; False when the taker ended instead."""
    order = taker.order
    most = fitting(order, maker.at) if order.type == w.Type.MARKET else order.left
    if not most:
        out_of_money(world, order)
        return False
    quantity = min(most, maker.visible)
    if taker.cap is not None:
        quantity = min(quantity, taker.cap - taker.traded)
    trade(world, order, maker, quantity)
    taker.traded += quantity
    return True


def trade(world: World, order: Order, maker: Order, quantity: int) -> None:
    """Taker and maker trade at the maker's price."""
    symbol, price = maker.symbol, maker.at
    fee, taker_fee, marks = settle(world, maker, order, quantity, price)
    maker.left -= quantity
    maker.visible -= quantity
    maker.filled += quantity
    order.left -= quantity * price * symbol.quote_unit if order.quote else quantity
    order.filled += quantity
    symbol.last = price
    world.write(
        w.Event.TRADE,
        maker,
        price=price,
        quantity=quantity,
        left=maker.visible,
        level=symbol.visible(maker.side, price),
        fee=fee,
        taker_fee=taker_fee,
        taker=order.id,
        taker_owner=order.owner.number,
        flags=w.Mark.IN_BOOK | marks | (0 if maker.left else w.Mark.MAKER_DONE),
    )
    if not maker.left:
        leave(maker)
        world.let_go(maker)
    elif not maker.visible:
        refresh(world, maker)
    for party in (maker, order):
        shrink_mate(world, party.mate, quantity)
    if not maker.left:
        give_up_lock(maker)
        follow(world, maker)
    move_trailing(world, symbol, price)
    queue_reached(world, symbol)


def refresh(world: World, maker: Order) -> None:
    """The visible part of an iceberg is gone: its next slice stands at the tail."""
    book = maker.symbol.book[maker.side]
    book.remove(maker)
    book.append(maker)
    maker.visible = min(maker.display, maker.left)
    world.write(
        w.Event.REFRESHED,
        maker,
        price=maker.at,
        quantity=maker.visible,
        left=maker.visible,
        level=maker.symbol.visible(maker.side, maker.at),
        flags=w.Mark.IN_BOOK,
    )
