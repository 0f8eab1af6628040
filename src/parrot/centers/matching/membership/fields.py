"""An order in the engine's words."""

from __future__ import annotations

from typing import Final

from parrot.centers.matching.terms import Terms
from parrot.contracts.commands import Side
from parrot.contracts.exchange import Kind, Lifetime, NewOrder, SelfTrade
from parrot.engine.matching import Flag, OrderType, Phase, TimeInForce
from parrot.engine.matching import SelfTrade as EngineSelfTrade

STOPS: Final = (Kind.STOP, Kind.STOP_LIMIT, Kind.TOUCH, Kind.TOUCH_LIMIT)
LIMITS: Final = (Kind.LIMIT, Kind.STOP_LIMIT, Kind.TOUCH_LIMIT)
STAYING: Final = (Lifetime.GTC, Lifetime.DAY)
NAMES: Final = (
    "symbol",
    "owner",
    "side",
    "price",
    "quantity",
    "id",
    "order",
    "tif",
    "stp",
    "flags",
    "display",
    "minimum",
    "trigger",
    "trail",
    "expiry",
)
_TYPES: Final = {
    Kind.MARKET: OrderType.MARKET,
    Kind.LIMIT: OrderType.LIMIT,
    Kind.STOP: OrderType.STOP,
    Kind.STOP_LIMIT: OrderType.STOP_LIMIT,
    Kind.TOUCH: OrderType.TOUCH,
    Kind.TOUCH_LIMIT: OrderType.TOUCH_LIMIT,
}
_TIFS: Final = {
    Lifetime.GTC: int(TimeInForce.GTC),
    Lifetime.DAY: int(TimeInForce.DAY),
    Lifetime.IOC: int(TimeInForce.IOC),
    Lifetime.FOK: int(TimeInForce.FOK),
    Lifetime.OPEN: int(TimeInForce.AT_OPEN),
    Lifetime.CLOSE: int(TimeInForce.AT_CLOSE),
}
MODES: Final = {
    SelfTrade.NONE: int(EngineSelfTrade.NONE),
    SelfTrade.EXPIRE_TAKER: int(EngineSelfTrade.CANCEL_NEWEST),
    SelfTrade.EXPIRE_MAKER: int(EngineSelfTrade.CANCEL_OLDEST),
    SelfTrade.EXPIRE_BOTH: int(EngineSelfTrade.CANCEL_BOTH),
    SelfTrade.DECREMENT: int(EngineSelfTrade.DECREMENT),
}
_PLAIN: Final = {kind: int(code) for kind, code in _TYPES.items()}
_IMMEDIATE: Final = int(TimeInForce.IOC)
_AT_OPEN: Final = int(TimeInForce.AT_OPEN)
_GTC: Final = int(TimeInForce.GTC)
_POST_ONLY: Final = int(Flag.POST_ONLY)
_QUOTE: Final = int(Flag.QUOTE)
_PERCENT: Final = int(Flag.PERCENT)
_TRAILING: Final = int(OrderType.TRAILING)


def trails(order: NewOrder) -> bool:
    """Whether its trigger follows the price."""
    return order.trail_bips > 0 or order.trail > 0


def fields_of(order: NewOrder, terms: Terms, owner: int, number: int, *, phase: int) -> tuple[int, ...]:
    """The arguments of the engine's `submit`, in the order of NAMES."""
    kind, tif, flags = _PLAIN[order.kind], _TIFS[order.lifetime], 0
    trail, trigger = 0, order.trigger // terms.price_scale
    if order.kind is Kind.MARKET:
        if order.lifetime in STAYING:
            tif = _AT_OPEN if phase == Phase.OPENING else _IMMEDIATE
    elif order.lifetime is Lifetime.IOC and order.kind is not Kind.LIMIT:
        tif = _GTC  # once triggered, what does not trade at once is taken back
    if order.trail_bips:
        kind, trigger, trail, flags = _TRAILING, 0, order.trail_bips, _PERCENT
    elif order.trail:
        kind, trigger, trail = _TRAILING, 0, order.trail // terms.price_scale
    if order.post_only:
        flags |= _POST_ONLY
    quantity, display = order.quantity // terms.quantity_scale, order.display // terms.quantity_scale
    if order.quote_quantity:
        flags, quantity = flags | _QUOTE, order.quote_quantity
    return (
        terms.number,
        owner,
        0 if order.side is Side.BUY else 1,
        order.limit // terms.price_scale,
        quantity,
        number,
        kind,
        tif,
        MODES[order.self_trade],
        flags,
        0 if display >= quantity else display,
        0,
        trigger,
        trail,
        0,
    )
