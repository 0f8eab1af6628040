"""What a venue looks at before it takes an order on, and how an order without a limit gets its worst price."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Final

import msgspec

from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.listing import Listing
from parrot.contracts.venue import PlaceOrder

_LIMITED: Final = frozenset({OrderKind.LIMIT, OrderKind.STOP_LIMIT, OrderKind.TOUCH_LIMIT})
_TRIGGERED: Final = frozenset({OrderKind.STOP, OrderKind.STOP_LIMIT, OrderKind.TOUCH, OrderKind.TOUCH_LIMIT})
_KINDS: Final = _LIMITED | _TRIGGERED | {OrderKind.MARKET, OrderKind.TRAILING}
_PRICE_MOST: Final = Decimal(10**9)


def wrong(asked: PlaceOrder, listing: Listing) -> str:
    """Why an order cannot be taken on whatever the market is, "" when it can."""
    return next(_faults(asked, listing), "")


def amiss(quantity: Decimal, price: Decimal | None, listing: Listing) -> str:
    """Why a quantity at a price cannot be, "" when it can."""
    return next((*_quantity(quantity, listing), *_price("limit", price, listing)).__iter__(), "")


def _faults(asked: PlaceOrder, listing: Listing) -> Iterator[str]:
    if asked.kind not in _KINDS:
        yield f"{asked.kind.value} orders are not taken here"
    if asked.display is not None:
        yield "orders that show a part of themselves are not taken here"
    yield from _quantity(asked.quantity, listing)
    if asked.kind in _LIMITED:
        yield from _price("limit", asked.limit, listing)
    if asked.kind in _TRIGGERED:
        yield from _price("trigger", asked.trigger, listing)
    if asked.kind is OrderKind.TRAILING:
        if asked.side is Side.BUY:
            yield "trailing stops that buy are not taken here"
        elif asked.trail is None or not asked.trail.is_finite() or asked.trail <= 0:
            yield f"trail {asked.trail} is no distance"
    worth = asked.limit if asked.limit is not None else asked.trigger
    if worth is not None and asked.quantity * worth < listing.min_notional and not asked.reduce_only:
        yield f"worth less than {listing.min_notional}"


def _quantity(quantity: Decimal, listing: Listing) -> Iterator[str]:
    if not quantity.is_finite() or quantity <= 0:
        yield f"quantity {quantity} is none"
    elif quantity > listing.max_quantity or quantity < listing.min_quantity:
        yield f"quantity {quantity:.30} is not within {listing.min_quantity} to {listing.max_quantity}"
    elif quantity % listing.lot:
        yield f"quantity {quantity} is no multiple of {listing.lot}"


def _price(name: str, price: Decimal | None, listing: Listing) -> Iterator[str]:
    if price is None or not price.is_finite() or price <= 0:
        yield f"{name} {price} is no price"
    elif price > _PRICE_MOST or price % listing.tick:
        yield f"{name} {price} is no multiple of {listing.tick}"


def bounded(asked: PlaceOrder, listing: Listing, touch: tuple[Decimal, Decimal] | None, collar: Decimal) -> PlaceOrder:
    """The order as the core gets it: with a worst price where it could otherwise cost anything.

    A market order becomes a limit order for now, `collar` through the market; a stop that buys gets a limit as far
    above its trigger.
    """
    buys = asked.side is Side.BUY
    if asked.kind is OrderKind.MARKET:
        if touch is None:
            return asked
        tif = TimeInForce.FOK if asked.tif is TimeInForce.FOK else TimeInForce.IOC
        worst = _beyond(touch[1] if buys else touch[0], listing, collar, buys=buys)
        return msgspec.structs.replace(asked, kind=OrderKind.LIMIT, limit=worst, tif=tif)
    if buys and asked.trigger is not None and asked.kind in (OrderKind.STOP, OrderKind.TOUCH):
        kind = OrderKind.STOP_LIMIT if asked.kind is OrderKind.STOP else OrderKind.TOUCH_LIMIT
        return msgspec.structs.replace(asked, kind=kind, limit=_beyond(asked.trigger, listing, collar, buys=True))
    return asked


def _beyond(price: Decimal, listing: Listing, collar: Decimal, *, buys: bool) -> Decimal:
    wanted = price * (1 + collar if buys else 1 - collar) / listing.tick
    return max(wanted.to_integral_value(ROUND_UP if buys else ROUND_DOWN), Decimal(1)) * listing.tick
