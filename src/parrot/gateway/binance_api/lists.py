"""Orders that belong together: one cancels the other, one triggers the other, and both at once."""

from __future__ import annotations

from typing import Any, Final

from parrot.contracts.commands import Side
from parrot.contracts.exchange import ListForm, NewOrder, NewOrderList, OrderListState
from parrot.gateway.binance_api import errors, ordering, views
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.ordering import Names, leg_names
from parrot.gateway.binance_api.refusals import of_list_query, of_order
from parrot.gateway.binance_api.trading import VIEWS
from parrot.kernel.errors import Refused

_DAY: Final = 86_400 * 10**9
_ITEMS: Final = 500
_ITEMS_MAX: Final = 1_000

ABOVE: Final = leg_names("above", side="side", quantity="quantity")
BELOW: Final = leg_names("below", side="side", quantity="quantity")
WORKING: Final = leg_names("working", side="workingSide", quantity="workingQuantity")
PENDING: Final = leg_names("pending", side="pendingSide", quantity="pendingQuantity")
PENDING_ABOVE: Final = leg_names("pendingAbove", side="pendingSide", quantity="pendingQuantity")
PENDING_BELOW: Final = leg_names("pendingBelow", side="pendingSide", quantity="pendingQuantity")
OLD_LIMIT: Final = Names(
    "",
    "side",
    "quantity",
    "",
    "price",
    "",
    "",
    "",
    "limitIcebergQty",
    "limitClientOrderId",
    "limitStrategyId",
    "limitStrategyType",
)
OLD_STOP: Final = Names(
    "",
    "side",
    "quantity",
    "",
    "stopLimitPrice",
    "stopPrice",
    "trailingDelta",
    "stopLimitTimeInForce",
    "stopIcebergQty",
    "stopClientOrderId",
    "stopStrategyId",
    "stopStrategyType",
)

_STOPS: Final = frozenset({"STOP_LOSS", "STOP_LOSS_LIMIT"})
_TAKES: Final = frozenset({"LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"})
_MISPLACED: Final = {
    (Side.BUY, "LIMIT_MAKER"): (-1165, "A limit order in a buy OCO must be below."),
    (Side.SELL, "LIMIT_MAKER"): (-1166, "A limit order in a sell OCO must be above."),
    (Side.BUY, "STOP_LOSS"): (-1196, "A stop loss order in a buy OCO must be above."),
    (Side.SELL, "STOP_LOSS"): (-1197, "A stop loss order in a sell OCO must be below."),
    (Side.BUY, "TAKE_PROFIT"): (-1198, "A take profit order in a buy OCO must be below."),
    (Side.SELL, "TAKE_PROFIT"): (-1199, "A take profit order in a sell OCO must be above."),
}


def oco(call: Call) -> dict[str, Any]:
    """POST orderList/oco: an order above the market and one below, of which one cancels the other."""
    symbol = call.market().symbol
    return _send(call, ListForm.OCO, _pair(call, symbol, ABOVE, BELOW))


def oto(call: Call) -> dict[str, Any]:
    """POST orderList/oto: an order that places another once it is filled."""
    symbol = call.market().symbol
    return _send(call, ListForm.OTO, (_working(call, symbol), ordering.order(call, symbol, PENDING)))


def otoco(call: Call) -> dict[str, Any]:
    """POST orderList/otoco: an order that places a pair once it is filled."""
    symbol = call.market().symbol
    working = _working(call, symbol)
    return _send(call, ListForm.OTOCO, (working, *_pair(call, symbol, PENDING_ABOVE, PENDING_BELOW)))


def old_oco(call: Call) -> dict[str, Any]:
    """POST order/oco: the older form, a limit order and a stop."""
    symbol = call.market().symbol
    if "stopPrice" not in call.params:
        raise errors.missing("stopPrice")
    kind = "STOP_LOSS"
    if "stopLimitPrice" in call.params:
        kind = "STOP_LOSS_LIMIT"
        if "stopLimitTimeInForce" not in call.params:
            words = "Combination of optional parameters invalid. "
            raise ApiError(-1128, words + "Recommendation: 'stopLimitTimeInForce' should also be sent.")
    limit = ordering.order(call, symbol, OLD_LIMIT, kind="LIMIT_MAKER")
    return _send(call, ListForm.OCO, (ordering.order(call, symbol, OLD_STOP, kind=kind), limit))


def cancel(call: Call) -> dict[str, Any]:
    """DELETE orderList: ends a list."""
    market = call.market()
    request_id = call.client_id("newClientOrderId") or call.venue.new_name()
    list_id, name = _wanted(call, "listClientOrderId")
    try:
        found = _find(call, list_id, name)
        still_open = [one for one in found.orders if one.open]
        if found.symbol != market.symbol or not still_open:
            raise Refused("no open list", reason="unknown_order")
        call.exchange.cancel(call.account, still_open[0].order_id, request_id)
    except Refused:
        raise ApiError(-2011, "Unknown order list sent.") from None
    return views.canceled_list(call.exchange.order_list(call.account, found.list_id), request_id, call.unit)


def query(call: Call) -> dict[str, Any]:
    """GET orderList: one list."""
    list_id, name = _wanted(call, "origClientOrderId")
    try:
        return views.order_list(_find(call, list_id, name), call.unit)
    except Refused as refused:
        raise of_list_query(refused) from None


def query_all(call: Call) -> list[dict[str, Any]]:
    """GET allOrderList: lists from a number or time on, else the newest."""
    first, limit = call.whole("fromId"), call.limit(_ITEMS, _ITEMS_MAX)
    since, until = call.period(_DAY)
    if first is not None and (since or until):
        raise errors.combination()
    if first is not None:
        found = call.exchange.order_lists(call.account, from_id=first, limit=limit)
        return [views.order_list(one, call.unit) for one in found]
    every = call.exchange.order_lists(call.account, limit=_ITEMS_MAX)
    chosen = [one for one in every if one.ts >= since and (not until or one.ts <= until)]
    chosen = chosen[:limit] if since else chosen[-limit:]
    return [views.order_list(one, call.unit) for one in chosen]


def query_open(call: Call) -> list[dict[str, Any]]:
    """GET openOrderList: the lists that are not done."""
    found = call.exchange.order_lists(call.account, open_only=True)
    return [views.order_list(one, call.unit) for one in found]


def _send(call: Call, form: ListForm, orders: tuple[NewOrder, ...]) -> dict[str, Any]:
    """Sends orders that belong together and counts each of them."""
    view = VIEWS[call.choice("newOrderRespType", ordering.RESPONSES) or "RESULT"]
    asked = NewOrderList(form=form, orders=orders, client_id=call.client_id("listClientOrderId"))
    limits, account, now = call.venue.limits, call.account, call.venue.now
    limits.place(account, len(orders), now)
    call.orders_counted = True
    try:
        made = call.exchange.submit_list(account, asked)
    except Refused as refused:
        limits.take_back(account, len(orders), now)
        raise of_order(refused) from None
    shown = views.order_list(made, call.unit)
    shown["orderReports"] = [view(one, call.unit) for one in made.orders]
    return shown


def _working(call: Call, symbol: str) -> NewOrder:
    kind = call.text(WORKING.type)
    if kind is not None and kind not in ("LIMIT", "LIMIT_MAKER"):
        raise ApiError(-1116, "Invalid orderType.")
    return ordering.order(call, symbol, WORKING)


def _pair(call: Call, symbol: str, above: Names, below: Names) -> tuple[NewOrder, NewOrder]:
    """The stop and the other order of a pair, in this order."""
    side = ordering.side(call, above.side)
    kinds = (_kind(call, above), _kind(call, below))
    if kinds == ("LIMIT_MAKER", "LIMIT_MAKER"):
        raise ApiError(-1168, "At least one OCO order must be contingent.")
    for kind, fitting in zip(kinds, (_TAKES, _STOPS) if side is Side.SELL else (_STOPS, _TAKES), strict=True):
        if kind not in fitting:
            raise ApiError(*_MISPLACED[side, kind.removesuffix("_LIMIT")])
    over, under = ordering.order(call, symbol, above), ordering.order(call, symbol, below)
    return (under, over) if side is Side.SELL else (over, under)


def _kind(call: Call, names: Names) -> str:
    kind = call.text(names.type)
    if kind is None:
        raise errors.missing(names.type)
    if kind not in ordering.TYPES:
        raise ApiError(-1116, "Invalid orderType.")
    if kind not in _STOPS and kind not in _TAKES:
        raise ApiError(-1158, "Order type not supported in OCO.")
    return kind


def _wanted(call: Call, name: str) -> tuple[int | None, str]:
    list_id, client_id = call.whole("orderListId"), call.client_id(name)
    if list_id is None and not client_id:
        raise errors.missing_both(name, "orderListId")
    return list_id, client_id


def _find(call: Call, list_id: int | None, name: str) -> OrderListState:
    if list_id is None:
        return call.exchange.order_list(call.account, client_id=name)
    found = call.exchange.order_list(call.account, list_id)
    if name and found.client_id != name:
        raise Refused("no such list", reason="unknown_order")
    return found
