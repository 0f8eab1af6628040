"""The checks that an order passes before it is accepted (M11 to M15, M22, M26, M33, M42)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.accounts import free, need
from tests.reference.exchange.fields import check_fields
from tests.reference.exchange.rows import Row
from tests.reference.exchange.state import CALLS, PEG_TYPES, TRIGGER_TYPES, Order, Symbol, World
from tests.reference.exchange.triggers import is_reached, start_trailing

NONE = w.Reason.NONE
FITS_63_BITS = 2**63 - 1
AT_ONCE = (w.Tif.IOC, w.Tif.FOK)


def admit(world: World, row: Row, earlier: list[Order], *, child: bool = False) -> tuple[int, Order | None]:
    """The order of a command, or the reason why there is none; `earlier`: the legs before it in its list."""
    if row.symbol >= len(world.symbols):
        return w.Reason.UNKNOWN_SYMBOL, None
    if row.owner >= len(world.owners):
        return w.Reason.UNKNOWN_OWNER, None
    reason = check_fields(row, world.now)
    if reason:
        return reason, None
    order = Order(row, world.symbols[row.symbol], world.owners[row.owner])
    reason = (
        check_phase(order)
        or check_values(order)
        or (check_reduce_only(order) if not child else NONE)
        or check_counts(world, order, earlier)
        or (check_open_buys(world, order, earlier) if child else NONE)
        or (check_trigger(order) if not child else NONE)
        or (check_taking(order) if not child else NONE)
        or (check_amount_again(order) if not child else NONE)
        or (check_balance(order, earlier) if not child else NONE)
    )
    return reason, order


def check_phase(order: Order) -> int:
    """M13."""
    phase = order.symbol.phase
    if phase == w.Phase.CLOSED:
        return w.Reason.MARKET_CLOSED
    if phase == w.Phase.HALTED:
        return w.Reason.MARKET_HALTED
    wrong = order.tif == w.Tif.AT_OPEN and phase != w.Phase.OPENING
    if order.listed:
        wrong |= phase != w.Phase.CONTINUOUS
    if phase in CALLS:
        wrong |= order.tif in AT_ONCE or order.type == w.Type.MARKET_TO_LIMIT or order.minimum > 0
        wrong |= order.has(w.Flag.POST_ONLY) or order.has(w.Flag.SLIDE)
    return w.Reason.WRONG_PHASE if wrong else NONE


def check_values(order: Order) -> int:
    """Prices, quantities and what they come to (M14)."""
    symbol = order.symbol
    trail = 0 if order.has(w.Flag.PERCENT) else order.trail
    if any(value % symbol.tick for value in (order.price, order.trigger, trail)):
        return w.Reason.PRICE_TICK
    lowest, highest = symbol.limit(w.Limit.MIN_PRICE), symbol.limit(w.Limit.MAX_PRICE)
    if any(value and not lowest <= value <= highest for value in (order.price, order.trigger)):
        return w.Reason.PRICE_RANGE
    if not order.quote:
        if any(value % symbol.lot for value in (order.quantity, order.display, order.minimum)):
            return w.Reason.QUANTITY_LOT
        if not symbol.limit(w.Limit.MIN_QUANTITY) <= order.quantity <= symbol.limit(w.Limit.MAX_QUANTITY):
            return w.Reason.QUANTITY_RANGE
    return check_notional(order) or check_percent(order)


def check_notional(order: Order) -> int:
    symbol = order.symbol
    price = order.price or order.trigger or symbol.reference or symbol.last
    notional = order.quantity * price * symbol.quote_unit if price else None
    if order.quote:
        notional = order.quantity
    elif max(notional or 0, order.quantity * symbol.base_unit) > FITS_63_BITS:
        return w.Reason.AMOUNT
    least, most = symbol.limit(w.Limit.MIN_NOTIONAL), symbol.limit(w.Limit.MAX_NOTIONAL)
    if notional is not None and (notional < least or (most and notional > most)):
        return w.Reason.NOTIONAL
    return NONE


def check_amount_again(order: Order) -> int:
    """A price that the order got only now (M21, M22, M42) must fit as well."""
    if order.type in PEG_TYPES or order.quote or not order.price:
        return NONE
    return w.Reason.AMOUNT if order.quantity * order.price * order.symbol.quote_unit > FITS_63_BITS else NONE


def check_percent(order: Order) -> int:
    reference = order.symbol.reference
    if reference is None or not order.price or order.type in PEG_TYPES:
        return NONE
    bounds = (w.Limit.BUY_DOWN, w.Limit.BUY_UP) if order.side == w.BUY else (w.Limit.SELL_DOWN, w.Limit.SELL_UP)
    down, up = (order.symbol.limit(bound) for bound in bounds)
    if down and order.price < -(-reference * down // 10**6):
        return w.Reason.PERCENT_PRICE
    if up and order.price > reference * up // 10**6:
        return w.Reason.PERCENT_PRICE
    return NONE


def check_reduce_only(order: Order) -> int:
    """M33."""
    return w.Reason.REDUCE_ONLY if order.reduce_only and not order.reducible() else NONE


def check_counts(world: World, order: Order, earlier: list[Order]) -> int:
    """M15."""
    symbol = order.symbol
    most_orders, most_algo = symbol.limit(w.Limit.MAX_ORDERS), symbol.limit(w.Limit.MAX_ALGO_ORDERS)
    others = [*world.orders(symbol, order.owner), *earlier] if (most_orders or most_algo) else []
    if most_orders and order.tif not in AT_ONCE and len(others) + 1 > most_orders:
        return w.Reason.MAX_ORDERS
    if most_algo and order.type in TRIGGER_TYPES:
        waiting = sum(other.type in TRIGGER_TYPES for other in others)
        if waiting + 1 > most_algo:
            return w.Reason.MAX_ALGO_ORDERS
    if order.side == w.BUY and not order.quote:
        return check_position(world, order, order.quantity, earlier)
    return NONE


def check_position(world: World, order: Order, wanted: int, earlier: list[Order]) -> int:
    symbol, owner = order.symbol, order.owner
    most = symbol.limit(w.Limit.MAX_POSITION)
    if not most:
        return NONE
    held = (owner.free.get(symbol.base, 0) + owner.locked.get(symbol.base, 0)) // symbol.base_unit
    others = [*world.orders(symbol, owner), *earlier]
    buys = sum(other.left for other in others if other.side == w.BUY and other is not order)
    return w.Reason.MAX_POSITION if held + buys + wanted > most else NONE


def check_open_buys(world: World, child: Order, earlier: list[Order]) -> int:
    """M15: a child locks nothing yet, so that nothing else bounds what they come to."""
    others = [*world.orders(child.symbol, child.owner), *earlier]
    buys = sum(other.left for other in others if other.side == w.BUY)
    return w.Reason.AMOUNT if child.side == w.BUY and buys + child.quantity > 2**62 else NONE


def check_trigger(order: Order) -> int:
    """What needs a price to start from, and triggers reached already (M26, M42); sets lock prices."""
    symbol = order.symbol
    if order.type == w.Type.MARKET and order.tif not in AT_ONCE:
        band = symbol.band()
        if band is None:
            return w.Reason.NO_REFERENCE
        limit = edge(symbol, order.side, band)
        if not symbol.limit(w.Limit.MIN_PRICE) <= limit <= symbol.limit(w.Limit.MAX_PRICE):
            return w.Reason.NO_REFERENCE
        become_limit(order, limit)
    if order.type == w.Type.TRAILING:
        if symbol.last is None:
            return w.Reason.NO_REFERENCE
        start_trailing(order, symbol.last)
    if order.type in TRIGGER_TYPES:
        order.lock_price = order.price or order.lock_price or order.trigger
        if is_reached(order, symbol.last):
            return w.Reason.WOULD_TRIGGER
    return NONE


def become_limit(order: Order, price: int) -> None:
    order.type = w.Type.LIMIT
    order.price = order.lock_price = price


def edge(symbol: Symbol, side: int, band: tuple[int, int]) -> int:
    """The price of a market order of an auction (M42)."""
    lowest, highest = symbol.limit(w.Limit.MIN_PRICE), symbol.limit(w.Limit.MAX_PRICE)
    price = max(lowest, min(highest, band[1] if side == w.BUY else band[0]))
    return price // symbol.tick * symbol.tick if side == w.BUY else -(-price // symbol.tick) * symbol.tick


def check_taking(order: Order) -> int:
    """Post-only, slide (M22) and the other side of a market-to-limit (M21)."""
    symbol = order.symbol
    best = symbol.best(1 - order.side)
    if order.type == w.Type.MARKET_TO_LIMIT:
        if best is None:
            return w.Reason.NO_LIQUIDITY
        order.price = order.lock_price = best
        return NONE
    if best is None or not (order.has(w.Flag.POST_ONLY) or order.has(w.Flag.SLIDE)) or not crosses(order, best):
        return NONE
    if order.has(w.Flag.POST_ONLY):
        return w.Reason.WOULD_TAKE
    price = best - symbol.tick if order.side == w.BUY else best + symbol.tick
    if not symbol.limit(w.Limit.MIN_PRICE) <= price <= symbol.limit(w.Limit.MAX_PRICE):
        return w.Reason.WOULD_TAKE
    order.price = order.lock_price = price
    return NONE


def crosses(order: Order, price: int) -> bool:
    return order.price >= price if order.side == w.BUY else order.price <= price


def check_balance(order: Order, earlier: list[Order]) -> int:
    """M6, M7: what the order locks, or a market buy spends at least, must be free."""
    if order.quote:
        return NONE
    wanted = market_need(order) if is_market_buy(order) else need(order, order.left)
    if order.row.list == w.ListKind.OCO:
        wanted = max([wanted, *(need(other, other.left) for other in earlier)])
    return w.Reason.INSUFFICIENT_BALANCE if wanted > free(order.owner, order.gives) else NONE


def is_market_buy(order: Order) -> bool:
    return order.type == w.Type.MARKET and order.side == w.BUY


def market_need(order: Order) -> int:
    return order.left * (order.symbol.best(w.SELL) or 0) * order.symbol.quote_unit
