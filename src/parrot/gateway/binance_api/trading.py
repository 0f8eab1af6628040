"""Sending, trying, ending and changing single orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from parrot.contracts.exchange import NewOrder, OrderState, PublicMarket, Stage
from parrot.gateway.binance_api import errors, finding, ordering, preventions, views
from parrot.gateway.binance_api.amounts import text
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.refusals import of_amend, of_cancel, of_order
from parrot.gateway.binance_api.venue import Amendment
from parrot.kernel.errors import Refused

View = Callable[[OrderState, int], dict[str, Any]]

VIEWS: Final[dict[str, View]] = {"ACK": views.ack, "RESULT": views.result, "FULL": views.full}
_ITEMS: Final = 500
_ITEMS_MAX: Final = 1_000
RESTRICTIONS: Final = {"ONLY_NEW": Stage.NEW, "ONLY_PARTIALLY_FILLED": Stage.PARTIALLY_FILLED}


def place(call: Call) -> dict[str, Any]:
    """POST order: a new order."""
    order = ordering.order(call, call.market().symbol)
    view = VIEWS[ordering.response(call, order.kind, post_only=order.post_only)]
    return taken(call, submit(call, order), view)


def taken(call: Call, state: OrderState, view: View) -> dict[str, Any]:
    """An order that was just taken, with the trades with itself that it did not make."""
    shown = view(state, call.unit)
    events = call.venue.prevented
    if events and view is not views.ack:
        if state.prevented:
            shown["preventedMatchId"] = preventions.number_of(events[-1])
        if view is views.full:
            met = [one for one in preventions.matches(events) if one.taker == state.order_id]
            shown["preventedMatches"] = [preventions.brief(one, call.order_of) for one in met]
    return shown


def submit(call: Call, order: NewOrder) -> OrderState:
    """Sends an order and counts it; raises ApiError when there are too many, or when it is refused."""
    limits, account, now = call.venue.limits, call.account, call.venue.now
    limits.place(account, 1, now)
    call.orders_counted = True
    call.venue.prevented.clear()
    try:
        return call.exchange.submit(account, order)
    except Refused as refused:
        limits.take_back(account, 1, now)
        raise of_order(refused) from None


def test(call: Call) -> dict[str, Any]:
    """POST order/test: whether an order would be taken, and at which rates."""
    market = call.market()
    order = ordering.order(call, market.symbol)
    ordering.response(call, order.kind)
    rates = call.flag("computeCommissionRates")
    try:
        call.exchange.check(call.account, order)
    except Refused as refused:
        raise of_order(refused) from None
    return _rates(market) if rates else {}


def cancel(call: Call) -> dict[str, Any]:
    """DELETE order: ends one open order, and the others of its list with it."""
    market = call.market()
    request_id = call.client_id("newClientOrderId")
    allowed = restriction(call)
    found = finding.for_cancel(call, market)
    return end(call, found, request_id or call.venue.new_name(), allowed)


def restriction(call: Call) -> Stage | None:
    """The only stage in which the order may be ended, None for any."""
    written = call.text("cancelRestrictions")
    if written is None:
        return None
    stage = RESTRICTIONS.get(written)
    if stage is None:
        raise ApiError(-1145, "Invalid cancelRestrictions")
    return stage


def end(call: Call, found: OrderState, request_id: str, allowed: Stage | None) -> dict[str, Any]:
    """Ends an open order under the name `request_id`; raises ApiError where its stage is not the one allowed."""
    if allowed is not None and found.stage is not allowed:
        raise ApiError(-2011, "Order was not canceled due to cancel restrictions.")
    try:
        ended = call.exchange.cancel(call.account, found.order_id, request_id)
    except Refused as refused:
        raise of_cancel(refused) from None
    if found.list_id < 0:
        return views.canceled(ended, request_id, call.unit)
    whole = call.exchange.order_list(call.account, found.list_id)
    return views.canceled_list(whole, request_id, call.unit)


def cancel_all(call: Call) -> list[dict[str, Any]]:
    """DELETE openOrders: ends every open order of a symbol."""
    market = call.market()
    request_id = call.venue.new_name()
    found = call.exchange.open_orders(call.account, market.symbol)
    if not found:
        raise ApiError(-2011, "Unknown order sent.")
    single = [end(call, one, request_id, None) for one in found if one.list_id < 0]
    lists = {one.list_id: one for one in found if one.list_id >= 0}
    return single + [end(call, one, request_id, None) for one in lists.values()]


def amend(call: Call) -> dict[str, Any]:
    """PUT order/amend/keepPriority: makes an open order smaller where it stands."""
    market = call.market()
    quantity = call.amount("newQty")
    if quantity is None:
        raise errors.missing("newQty")
    if not quantity:
        raise ApiError(-1013, "Invalid quantity.")
    name = call.client_id("newClientOrderId") or call.venue.new_name()
    try:
        found = finding.for_cancel(call, market)
    except ApiError as problem:
        if problem.code == -2011:
            raise ApiError(-2038, problem.text) from None
        raise
    _check_smaller(found, quantity)
    try:
        after = call.exchange.amend(call.account, found.order_id, quantity=quantity, request_id=name)
    except Refused as refused:
        raise of_amend(refused) from None
    number = call.venue.last_change_id
    change = Amendment(number, found.client_id, after.client_id, found.quantity, after.quantity, after.updated)
    call.venue.amended(found.order_id, change)
    shown = {
        "transactTime": call.ticks(after.updated),
        "executionId": number,
        "amendedOrder": views.amended(after, found.client_id, call.unit),
    }
    if after.list_id >= 0:
        listed = views.order_list(call.exchange.order_list(call.account, after.list_id), call.unit)
        del listed["listStatusType"], listed["transactionTime"]
        shown["listStatus"] = listed
    return shown


def amendments(call: Call) -> list[dict[str, Any]]:
    """GET order/amendments: how an order became what it is."""
    market, order_id = call.market(), call.whole("orderId")
    if order_id is None:
        raise errors.missing("orderId")
    first, limit = call.whole("fromExecutionId") or 0, call.limit(_ITEMS, _ITEMS_MAX)
    finding.for_query(call, market)
    found = [one for one in call.venue.amendments(order_id) if one.id >= first]
    return [
        {
            "symbol": market.symbol,
            "orderId": order_id,
            "executionId": one.id,
            "origClientOrderId": one.before,
            "newClientOrderId": one.after,
            "origQty": text(one.quantity_before),
            "newQty": text(one.quantity),
            "time": call.ticks(one.ts),
        }
        for one in found[:limit]
    ]


def _check_smaller(found: OrderState, quantity: int) -> None:
    if quantity == found.quantity:
        raise ApiError(-2038, "The requested action would change no state; rejecting.")
    if quantity > found.quantity:
        raise ApiError(-2038, "Order amend (quantity increase) is not supported.")


def _rates(market: PublicMarket) -> dict[str, Any]:
    none = {"maker": text(0), "taker": text(0)}
    return {
        "standardCommissionForOrder": {"maker": text(market.maker_fee), "taker": text(market.taker_fee)},
        "specialCommissionForOrder": none,
        "taxCommissionForOrder": none,
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": "BNB",
            "discount": text(0),
        },
    }
