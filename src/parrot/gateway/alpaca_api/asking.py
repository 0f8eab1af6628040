"""An order as a client asks for it in JSON, as the exchange understands it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from parrot.contracts.commands import Side
from parrot.contracts.exchange import SCALE, Kind, Lifetime, ListForm, NewOrder, NewOrderList, OrderState, SelfTrade
from parrot.gateway.alpaca_api.problems import forbidden, invalid, missing
from parrot.gateway.alpaca_api.values import units

EXTENDED_HOURS: Final = 1  # the flag of orders that said so
LIFETIMES: Final = {
    "day": Lifetime.DAY,
    "gtc": Lifetime.GTC,
    "opg": Lifetime.OPEN,
    "cls": Lifetime.CLOSE,
    "ioc": Lifetime.IOC,
    "fok": Lifetime.FOK,
}
_KINDS: Final = {
    "market": Kind.MARKET,
    "limit": Kind.LIMIT,
    "stop": Kind.STOP,
    "stop_limit": Kind.STOP_LIMIT,
    "trailing_stop": Kind.STOP,
}
_PRICES: Final = {  # which price fields a type must have and may not have
    "market": (),
    "limit": ("limit_price",),
    "stop": ("stop_price",),
    "stop_limit": ("stop_price", "limit_price"),
    "trailing_stop": (),
}
_INTENTS: Final = {
    "buy": ("buy_to_open", "buy_to_close"),
    "sell": ("sell_to_close", "sell_to_open"),
}
_CENT: Final = SCALE // 100
_CLIENT_ID_MAX: Final = 128

Fields = Mapping[str, Any]


def word(fields: Fields, name: str, known: Sequence[str], default: str | None = None) -> str:
    """One of the known words of a field; raises Problem."""
    value = fields.get(name)
    if value is None or value == "":
        if default is None:
            raise missing(f"{name} is required")
        return default
    if not isinstance(value, str) or value not in known:
        raise invalid(f"invalid {name} {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    return f'"{str(value)[:40]}"'


def _price(fields: Fields, name: str) -> int:
    price = units(fields[name], name)
    if price % _CENT:
        text = str(fields[name])[:40]
        raise invalid(f"invalid {name} {text}. sub-penny increment does not fulfill minimum pricing criteria")
    return price


def _given(fields: Fields, name: str) -> bool:
    return fields.get(name) not in (None, "")


def client_id(fields: Fields) -> str:
    """The client's own name of an order, empty where there is none; raises Problem."""
    found = fields.get("client_order_id")
    if found is None:
        return ""
    if not isinstance(found, str) or not found.isprintable() or not found.isascii():
        raise invalid("invalid client_order_id")
    if len(found) > _CLIENT_ID_MAX:
        raise invalid(f"client_order_id must be no more than {_CLIENT_ID_MAX} characters")
    return found


def single(fields: Fields, symbol: str) -> NewOrder:
    """The order of a request, without its legs; raises Problem."""
    side = word(fields, "side", ("buy", "sell"))
    kind = word(fields, "type", tuple(_KINDS))
    lifetime = LIFETIMES[word(fields, "time_in_force", tuple(LIFETIMES))]
    intent = word(fields, "position_intent", ("", *_INTENTS["buy"], *_INTENTS["sell"]), "")
    if intent and intent not in _INTENTS[side]:
        raise invalid(f"position_intent {_shown(intent)} does not match side {_shown(side)}")
    if intent == "sell_to_open":
        raise forbidden("account is not allowed to short")
    quantity, notional = _amount(fields)
    order = NewOrder(
        symbol=symbol,
        side=Side(side),
        kind=_KINDS[kind],
        quantity=quantity,
        quote_quantity=notional,
        lifetime=lifetime,
        client_id=client_id(fields),
        self_trade=SelfTrade.EXPIRE_TAKER,
        flags=EXTENDED_HOURS if _extended(fields) else 0,
    )
    order = msgspec.structs.replace(order, **_prices(fields, kind))
    _together(order, kind)
    return order


def _amount(fields: Fields) -> tuple[int, int]:
    if _given(fields, "qty") and _given(fields, "notional"):
        raise invalid("only one of qty or notional is accepted")
    if _given(fields, "qty"):
        return units(fields["qty"], "qty"), 0
    if not _given(fields, "notional"):
        raise missing("qty or notional is required")
    notional = units(fields["notional"], "notional")
    if notional % _CENT:
        raise invalid("notional value must be limited to 2 decimal places")
    if notional < SCALE:
        raise forbidden("cost basis must be >= minimal amount of order 1")
    return 0, notional


def _extended(fields: Fields) -> bool:
    value = fields.get("extended_hours")
    if value is not None and not isinstance(value, bool):
        raise invalid("invalid extended_hours")
    return bool(value)


def _prices(fields: Fields, kind: str) -> dict[str, int]:
    found = {"limit_price": 0, "stop_price": 0}
    for name in found:
        if name in _PRICES[kind]:
            if not _given(fields, name):
                raise missing(f"{kind} orders require {name.replace('_', ' ')}")
            found[name] = _price(fields, name)
        elif _given(fields, name):
            raise invalid(f"{kind} orders must not have {name.replace('_', ' ')}")
    prices = {"limit": found["limit_price"], "trigger": found["stop_price"]}
    return prices | _trail(fields, kind)


def _trail(fields: Fields, kind: str) -> dict[str, int]:
    price, percent = _given(fields, "trail_price"), _given(fields, "trail_percent")
    if kind != "trailing_stop":
        if price or percent:
            raise invalid(f"{kind} orders must not have trail price or trail percent")
        return {}
    if price == percent:
        raise invalid("trailing_stop orders must specify one of trail price or trail percent")
    if price:
        return {"trail": _price(fields, "trail_price")}
    return {"trail_bips": bips(units(fields["trail_percent"], "trail_percent"))}


def bips(percent: int) -> int:
    """Basis points of a percentage in units; raises Problem."""
    if percent % _CENT:
        raise invalid("trail_percent must be limited to 2 decimal places")
    return percent // _CENT


def _together(order: NewOrder, kind: str) -> None:
    day, lifetime = order.lifetime is Lifetime.DAY, order.lifetime
    if order.flags & EXTENDED_HOURS and not (day and order.kind is Kind.LIMIT):
        raise invalid("extended hours order must be DAY limit orders")
    if order.quote_quantity and order.kind is not Kind.MARKET:
        raise invalid("notional orders must be market orders")
    fractional = order.quote_quantity or order.quantity % SCALE
    if fractional and (not day or kind == "trailing_stop"):
        raise invalid("fractional orders must be DAY orders" if not day else "fractional orders must not trail")
    if lifetime in (Lifetime.OPEN, Lifetime.CLOSE) and order.kind not in (Kind.MARKET, Kind.LIMIT):
        raise invalid(f"{kind} orders must be day or gtc")
    if lifetime in (Lifetime.IOC, Lifetime.FOK) and order.kind not in (Kind.MARKET, Kind.LIMIT):
        raise invalid(f"{kind} orders must be day or gtc")


def listed(fields: Fields, symbol: str, form: str) -> NewOrderList:
    """The orders of a bracket, an OCO or an OTO; raises Problem."""
    profit, loss = _leg(fields, "take_profit"), _leg(fields, "stop_loss")
    if form in ("bracket", "oco") and profit is None:
        raise invalid(f"{form} orders require take_profit.limit_price")
    if form in ("bracket", "oco") and loss is None:
        raise invalid(f"{form} orders require stop_loss.stop_price")
    if form == "oto" and (profit is None) == (loss is None):
        raise invalid("oto orders require either take_profit or stop_loss")
    if form == "oco":
        return _one_cancels_other(fields, symbol, profit or {}, loss or {})
    first = single(fields, symbol)
    _fit_for_list(first, form)
    side = Side.SELL if first.side is Side.BUY else Side.BUY
    legs = [_stop(first, loss, side)] if loss is not None else []
    if profit is not None:
        legs.append(_profit(first, profit, side))
    _apart(legs, side)
    found = ListForm.OTOCO if form == "bracket" else ListForm.OTO
    return NewOrderList(form=found, orders=(first, *legs))


def _one_cancels_other(fields: Fields, symbol: str, profit: Fields, loss: Fields) -> NewOrderList:
    if word(fields, "type", tuple(_KINDS), "limit") != "limit":
        raise invalid("oco orders must be limit orders")
    basis = single({**fields, "type": "limit", "limit_price": profit["limit_price"]}, symbol)
    _fit_for_list(basis, "oco")
    legs = [_stop(basis, loss, basis.side), basis]
    _apart(legs, basis.side)
    return NewOrderList(form=ListForm.OCO, orders=tuple(legs))


def _leg(fields: Fields, name: str) -> Fields | None:
    leg = fields.get(name)
    if leg is None:
        return None
    needed = "limit_price" if name == "take_profit" else "stop_price"
    if not isinstance(leg, dict) or not _given(leg, needed):
        raise invalid(f"{name}.{needed} is required")
    return leg


def _fit_for_list(first: NewOrder, form: str) -> None:
    if first.quote_quantity or first.quantity % SCALE:
        raise invalid("fractional orders must be simple orders")
    if first.kind not in (Kind.MARKET, Kind.LIMIT):
        raise invalid(f"{form} orders must be market or limit orders")
    if first.lifetime not in (Lifetime.DAY, Lifetime.GTC):
        raise invalid(f"{form} orders must be DAY or GTC orders")
    if first.flags & EXTENDED_HOURS:
        raise invalid(f"{form} orders must not be extended hours orders")


def _stop(first: NewOrder, leg: Fields, side: Side) -> NewOrder:
    limit = _price(leg, "limit_price") if _given(leg, "limit_price") else 0
    return NewOrder(
        symbol=first.symbol,
        side=side,
        kind=Kind.STOP_LIMIT if limit else Kind.STOP,
        quantity=first.quantity,
        limit=limit,
        trigger=_price(leg, "stop_price"),
        lifetime=first.lifetime,
        self_trade=first.self_trade,
    )


def _profit(first: NewOrder, leg: Fields, side: Side) -> NewOrder:
    return NewOrder(
        symbol=first.symbol,
        side=side,
        kind=Kind.LIMIT,
        quantity=first.quantity,
        limit=_price(leg, "limit_price"),
        lifetime=first.lifetime,
        self_trade=first.self_trade,
    )


def _apart(legs: Sequence[NewOrder], side: Side) -> None:
    if len(legs) < 2:
        return
    stop, profit = legs
    if side is Side.SELL and profit.limit <= stop.trigger:
        raise invalid("take_profit.limit_price must be greater than stop_loss.stop_price")
    if side is Side.BUY and profit.limit >= stop.trigger:
        raise invalid("take_profit.limit_price must be less than stop_loss.stop_price")


def successor(state: OrderState, fields: Fields) -> NewOrder:
    """The order that replaces an open one, with what a request changes of it; raises Problem."""
    old = state.order
    changed: dict[str, Any] = {"client_id": client_id(fields)}
    if _given(fields, "qty"):
        changed["quantity"] = units(fields["qty"], "qty")
    elif state.filled:
        changed["quantity"] = state.quantity
    if _given(fields, "time_in_force"):
        changed["lifetime"] = LIFETIMES[word(fields, "time_in_force", tuple(LIFETIMES))]
    changed |= _new_prices(old, fields)
    order = msgspec.structs.replace(old, **changed)
    if state.filled:
        if order.quantity <= state.filled:
            raise invalid("qty must be greater than the quantity that is filled already")
        order = msgspec.structs.replace(order, quantity=order.quantity - state.filled)
    if old.quote_quantity:
        raise invalid("notional orders cannot be replaced")
    _together(order, type_of(order))
    return order


def _new_prices(old: NewOrder, fields: Fields) -> dict[str, int]:
    changed = {}
    for name, field in (("limit_price", "limit"), ("stop_price", "trigger")):
        if _given(fields, name):
            if not getattr(old, field):
                raise invalid(f"{type_of(old)} orders must not have {name.replace('_', ' ')}")
            changed[field] = _price(fields, name)
    if _given(fields, "trail"):
        if old.trail:
            changed["trail"] = _price(fields, "trail")
        elif old.trail_bips:
            changed["trail_bips"] = bips(units(fields["trail"], "trail"))
        else:
            raise invalid(f"{type_of(old)} orders must not have trail")
    return changed


def type_of(order: NewOrder) -> str:
    """Alpaca's word for an order's type."""
    if order.trail_bips or order.trail:
        return "trailing_stop"
    return {
        Kind.MARKET: "market",
        Kind.LIMIT: "limit",
        Kind.STOP: "stop",
        Kind.STOP_LIMIT: "stop_limit",
        Kind.TOUCH: "stop",
        Kind.TOUCH_LIMIT: "stop_limit",
    }[order.kind]
