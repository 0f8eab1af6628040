"""What an order is made of on the wire: which parameters each type needs, takes and refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from parrot.contracts.commands import Side
from parrot.contracts.exchange import Kind, Lifetime, NewOrder, SelfTrade
from parrot.gateway.binance_api import errors
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.errors import ApiError

SIDES: Final = {"BUY": Side.BUY, "SELL": Side.SELL}
LIFETIMES: Final = {"GTC": Lifetime.GTC, "IOC": Lifetime.IOC, "FOK": Lifetime.FOK}
SELF_TRADES: Final = {mode.name: mode for mode in SelfTrade}
RESPONSES: Final = frozenset({"ACK", "RESULT", "FULL"})
_STRATEGY_TYPE_MIN: Final = 1_000_000
_PEGS: Final = frozenset({"pegPriceType", "pegOffsetType", "pegOffsetValue"})


class Shape(NamedTuple):
    """What a type of order is inside, and which parameters it goes with."""

    kind: Kind
    priced: bool
    timed: bool
    stop: bool
    post_only: bool = False


TYPES: Final = {
    "LIMIT": Shape(Kind.LIMIT, priced=True, timed=True, stop=False),
    "MARKET": Shape(Kind.MARKET, priced=False, timed=False, stop=False),
    "STOP_LOSS": Shape(Kind.STOP, priced=False, timed=False, stop=True),
    "STOP_LOSS_LIMIT": Shape(Kind.STOP_LIMIT, priced=True, timed=True, stop=True),
    "TAKE_PROFIT": Shape(Kind.TOUCH, priced=False, timed=False, stop=True),
    "TAKE_PROFIT_LIMIT": Shape(Kind.TOUCH_LIMIT, priced=True, timed=True, stop=True),
    "LIMIT_MAKER": Shape(Kind.LIMIT, priced=True, timed=False, stop=False, post_only=True),
}


class Names(NamedTuple):
    """The names under which the parts of one order come."""

    type: str
    side: str
    quantity: str
    quote_quantity: str
    price: str
    stop_price: str
    trail: str
    lifetime: str
    display: str
    client_id: str
    strategy_id: str
    strategy_type: str

    def every(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self)


PLAIN: Final = Names(
    "type",
    "side",
    "quantity",
    "quoteOrderQty",
    "price",
    "stopPrice",
    "trailingDelta",
    "timeInForce",
    "icebergQty",
    "newClientOrderId",
    "strategyId",
    "strategyType",
)


def leg_names(prefix: str, *, side: str, quantity: str) -> Names:
    """The names of one order of a list."""
    return Names(
        prefix + "Type",
        side,
        quantity,
        "",
        prefix + "Price",
        prefix + "StopPrice",
        prefix + "TrailingDelta",
        prefix + "TimeInForce",
        prefix + "IcebergQty",
        prefix + "ClientOrderId",
        prefix + "StrategyId",
        prefix + "StrategyType",
    )


def side(call: Call, name: str = "side") -> Side:
    """Buy or sell; it must be there."""
    written = call.text(name)
    if written is None:
        raise errors.missing(name)
    found = SIDES.get(written)
    if found is None:
        raise ApiError(-1117, "Invalid side.")
    return found


def self_trade(call: Call) -> SelfTrade:
    """What is to happen where the order would meet one of its own account."""
    written = call.text("selfTradePreventionMode")
    if written is None:
        return SelfTrade.EXPIRE_MAKER
    found = SELF_TRADES.get(written)
    if found is None:
        if written == "TRANSFER":
            raise ApiError(-1013, "This symbol does not allow the specified self-trade prevention mode.")
        raise errors.invalid("selfTradePreventionMode")
    return found


def response(call: Call, kind: Kind, *, post_only: bool = False) -> str:
    """Which answer the client wants to an order: ACK, RESULT or FULL."""
    wanted = call.choice("newOrderRespType", RESPONSES)
    if wanted is not None:
        return wanted
    return "FULL" if kind is Kind.MARKET or (kind is Kind.LIMIT and not post_only) else "ACK"


def order(call: Call, symbol: str, names: Names = PLAIN, *, kind: str | None = None) -> NewOrder:
    """The order that the parameters describe; raises ApiError for what is missing, needless or no value."""
    params = call.params
    way = SIDES.get(params.get(names.side, "")) or side(call, names.side)
    written = kind or call.text(names.type)
    if written is None:
        raise errors.missing(names.type)
    shape = TYPES.get(written)
    if shape is None:
        raise ApiError(-1116, "Invalid orderType.")
    if not _PEGS.isdisjoint(params):
        raise ApiError(-2010, "Pegged orders are not supported for this symbol.")
    lifetime = _lifetime(params.get(names.lifetime), names.lifetime, shape)
    quantity, quote_quantity = _quantity(call, names, shape)
    limit = _limit(call, names.price) if shape.priced else _none(call, names.price)
    trigger, trail = _trigger(call, names) if shape.stop else _no_trigger(params, names)
    return NewOrder(
        symbol=symbol,
        side=way,
        kind=shape.kind,
        quantity=quantity,
        quote_quantity=quote_quantity,
        limit=limit,
        trigger=trigger,
        trail_bips=trail,
        display=_display(call, names, shape, lifetime=lifetime, quantity=quantity) if names.display in params else 0,
        lifetime=lifetime,
        post_only=shape.post_only,
        self_trade=self_trade(call) if "selfTradePreventionMode" in params else SelfTrade.EXPIRE_MAKER,
        client_id=call.client_id(names.client_id),
        strategy_id=call.whole(names.strategy_id) or 0 if names.strategy_id in params else 0,
        strategy_type=_strategy_type(call, names.strategy_type) if names.strategy_type in params else 0,
    )


def _lifetime(written: str | None, name: str, shape: Shape) -> Lifetime:
    if not shape.timed:
        if written is not None:
            raise errors.needless(name)
        return Lifetime.GTC
    if written is None:
        raise errors.missing(name)
    found = LIFETIMES.get(written)
    if found is None:
        raise ApiError(-1115, "Invalid timeInForce.") if written else errors.empty(name)
    return found


def _quantity(call: Call, names: Names, shape: Shape) -> tuple[int, int]:
    quantity = call.amount(names.quantity)
    by_amount = call.amount(names.quote_quantity) if names.quote_quantity else None
    if quantity == 0:
        raise ApiError(-1013, "Invalid quantity.")
    if shape.kind is not Kind.MARKET or not names.quote_quantity:
        if quantity is None:
            raise errors.missing(names.quantity)
        if by_amount is not None:
            raise errors.needless(names.quote_quantity)
        return quantity, 0
    if quantity is None and by_amount is None:
        raise errors.missing_both(names.quantity, names.quote_quantity)
    if quantity is not None and by_amount is not None:
        raise errors.needless(names.quote_quantity)
    if by_amount == 0:
        raise errors.filter_failure("NOTIONAL")
    return quantity or 0, by_amount or 0


def _limit(call: Call, name: str) -> int:
    price = call.amount(name)
    if price is None:
        raise errors.missing(name)
    if not price:
        raise ApiError(-1013, "Invalid price.")
    return price


def _none(call: Call, name: str) -> int:
    if name in call.params:
        raise errors.needless(name)
    return 0


def _no_trigger(params: Mapping[str, str], names: Names) -> tuple[int, int]:
    for name in (names.stop_price, names.trail):
        if name in params:
            raise errors.needless(name)
    return 0, 0


def _trigger(call: Call, names: Names) -> tuple[int, int]:
    params = call.params
    if names.stop_price not in params and names.trail not in params:
        raise errors.missing_both(names.stop_price, names.trail)
    trigger = call.amount(names.stop_price) or 0
    if not trigger and names.stop_price in params:
        raise errors.filter_failure("PRICE_FILTER")
    trail = call.whole(names.trail)
    if trail == 0 or (trail or 0) >= 2**31:
        raise errors.filter_failure("TRAILING_DELTA")
    return trigger, trail or 0


def _display(call: Call, names: Names, shape: Shape, *, lifetime: Lifetime, quantity: int) -> int:
    shown = call.amount(names.display)
    if not shape.priced:
        raise errors.needless(names.display)
    if not shown:
        return 0
    if lifetime is not Lifetime.GTC:
        if names is PLAIN:
            raise ApiError(-1014, "Unsupported order combination.")
        raise ApiError(-1160, f"Parameter '{names.display}' is not supported if '{names.lifetime}' is not GTC.")
    if shown > quantity:
        raise ApiError(-2010, "IcebergQty exceeds QTY.")
    return shown


def _strategy_type(call: Call, name: str) -> int:
    number = call.whole(name) or 0
    if number < _STRATEGY_TYPE_MIN:
        raise ApiError(-1134, f"{name} was less than {_STRATEGY_TYPE_MIN}.")
    if number >= 2**31:
        raise errors.overflowed(name)
    return number
