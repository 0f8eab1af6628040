"""Which order a request means: by number, by name, or by both where they agree."""

from __future__ import annotations

from parrot.contracts.exchange import OrderState, PublicMarket
from parrot.gateway.binance_api import errors
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.refusals import of_cancel, of_query
from parrot.kernel.errors import Refused


def for_query(call: Call, market: PublicMarket) -> OrderState:
    """The order that is asked for, open or ended; raises ApiError when the account has none of that kind."""
    try:
        return _find(call, market, "orderId", "origClientOrderId", open_only=False)
    except Refused as refused:
        raise of_query(refused) from None


def for_cancel(
    call: Call, market: PublicMarket, number: str = "orderId", name: str = "origClientOrderId"
) -> OrderState:
    """The open order that is to be ended or changed; raises ApiError when the account has none of that kind."""
    try:
        return _find(call, market, number, name, open_only=True)
    except Refused as refused:
        raise of_cancel(refused) from None


def wanted(call: Call, number: str, name: str) -> tuple[int | None, str]:
    """The number and name that a request gives; raises ApiError when it gives neither."""
    order_id, client_id = call.whole(number), call.client_id(name)
    if order_id is None and not client_id:
        raise errors.missing_both(name, number)
    return order_id, client_id


def _find(call: Call, market: PublicMarket, number: str, name: str, *, open_only: bool) -> OrderState:
    order_id, client_id = wanted(call, number, name)
    if order_id is None:
        found = call.exchange.order_named(call.account, client_id, market.symbol)
    else:
        found = call.exchange.order(call.account, order_id)
    if found.order.symbol != market.symbol or (client_id and found.client_id != client_id):
        raise Refused("no such order", reason="unknown_order")
    if open_only and not found.open:
        raise Refused("the order ended", reason="not_open")
    return found
