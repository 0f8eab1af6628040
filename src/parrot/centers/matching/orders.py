"""What we ask for, in the exchange's units: exact, or refused with a reason."""

from __future__ import annotations

from decimal import Decimal, DecimalException
from typing import Final

from parrot.centers.matching.opening import OWN_NUMBER
from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.listing import Listing
from parrot.contracts.venue import PlaceOrder
from parrot.engine.matching import Flag, OrderType, SelfTrade
from parrot.engine.matching import Side as EngineSide
from parrot.engine.matching import TimeInForce as EngineTif
from parrot.kernel.errors import Refused

_DAY_NS: Final = 86_400_000_000_000
_UNITS_MAX: Final = (1 << 63) - 1
_ID_LONGEST: Final = 36
_DIGITS_MAX: Final = 20  # larger numbers fit no field, and some cannot even be written out
_PERCENT: Final = 2  # decimals: basis points of a percent
_KINDS: Final = {
    OrderKind.MARKET: OrderType.MARKET,
    OrderKind.LIMIT: OrderType.LIMIT,
    OrderKind.ICEBERG: OrderType.LIMIT,
    OrderKind.STOP: OrderType.STOP,
    OrderKind.STOP_LIMIT: OrderType.STOP_LIMIT,
    OrderKind.TOUCH: OrderType.TOUCH,
    OrderKind.TOUCH_LIMIT: OrderType.TOUCH_LIMIT,
    OrderKind.TRAILING: OrderType.TRAILING,
}
_TIFS: Final = {
    TimeInForce.GTC: EngineTif.GTC,
    TimeInForce.GTD: EngineTif.GTD,
    TimeInForce.DAY: EngineTif.GTD,  # a market without a close: the day ends at midnight UTC
    TimeInForce.IOC: EngineTif.IOC,
    TimeInForce.FOK: EngineTif.FOK,
}
_SIDES: Final = {Side.BUY: EngineSide.BUY, Side.SELL: EngineSide.SELL}


def check_id(client_id: str) -> None:
    """Raises Refused for what cannot be a client id."""
    if not 0 < len(client_id) <= _ID_LONGEST or not client_id.isascii() or not client_id.isprintable():
        raise refused("CLIENT_ID", f"client id {client_id[:50]!r}", f"1 to {_ID_LONGEST} printable ASCII characters")


def translated(
    request: PlaceOrder, listing: Listing, symbol: int, *, number: int, now: int, self_trade: SelfTrade
) -> tuple[int, ...]:
    """The arguments of the exchange's `submit`; raises Refused for what cannot be one."""
    kind = _KINDS.get(request.kind)
    if kind is None:
        raise refused("ORDER_TYPE", f"orders of kind {request.kind}", "a kind that venues know; algos are for the desk")
    price, quantity = listing.price_decimals, listing.quantity_decimals
    tif, expiry = lifetime(request, kind, now)
    percent = request.trail_percent and request.trail is not None
    return (
        symbol,
        OWN_NUMBER,
        int(_SIDES[request.side]),
        units(request.limit, price, "PRICE_TICK", "limit"),
        units(request.quantity, quantity, "QUANTITY_LOT", "quantity"),
        number,
        int(kind),
        tif,
        int(self_trade),
        _flags(request, percent=percent),
        units(request.display, quantity, "QUANTITY_LOT", "display"),
        0,
        units(request.trigger, price, "PRICE_TICK", "trigger"),
        units(request.trail, _PERCENT if percent else price, "PRICE_TICK", "trail"),
        expiry,
    )


def _flags(request: PlaceOrder, *, percent: bool) -> int:
    flags = Flag.POST_ONLY if request.post_only else 0
    flags |= Flag.REDUCE_ONLY if request.reduce_only else 0
    return int(flags | Flag.PERCENT if percent else flags)


def lifetime(request: PlaceOrder, kind: OrderType, now: int) -> tuple[int, int]:
    """Time in force and expiry in the exchange's words; a market order never stays."""
    if kind is OrderType.MARKET:
        return int(EngineTif.FOK if request.tif is TimeInForce.FOK else EngineTif.IOC), 0
    if request.tif is TimeInForce.DAY:
        return int(EngineTif.GTD), (now // _DAY_NS + 1) * _DAY_NS
    if request.tif is TimeInForce.GTD:
        if not now < request.until <= _UNITS_MAX:
            raise refused("INVALID_EXPIRY", f"until {request.until}", "a time after now, ns UTC")
        return int(EngineTif.GTD), request.until
    return int(_TIFS[request.tif]), 0


def units(value: Decimal | None, decimals: int, reason: str, name: str) -> int:
    """`value` in whole units, 0 for None; raises Refused for what is not exact, not finite or too large."""
    if value is None:
        return 0
    try:
        if value.adjusted() > _DIGITS_MAX:
            raise OverflowError
        whole = int(value.scaleb(decimals))
        exact = Decimal(whole).scaleb(-decimals) == value
    except (ValueError, OverflowError, DecimalException):
        raise refused(reason, f"{name} {value}", "a finite number") from None
    if not exact or abs(whole) > _UNITS_MAX:
        raise refused(reason, f"{name} {value}"[:80], f"at most {decimals} decimals and 63 bits")
    return whole


def refused(reason: str, problem: str, expected: str) -> Refused:
    """A refusal at the edge, before the exchange sees anything."""
    return Refused(problem, reason=reason, expected=expected)
