"""What an account has, ordered and traded."""

from __future__ import annotations

import zlib
from typing import Any, Final

from parrot.contracts.exchange import AccountEvent, OrderChanged
from parrot.gateway.binance_api import errors, finding, preventions, views
from parrot.gateway.binance_api.amounts import text
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.general import filters
from parrot.kernel.errors import Refused

_DAY: Final = 86_400 * 10**9
_ITEMS: Final = 500
_ITEMS_MAX: Final = 1_000
_BIP: Final = 10_000  # of 10^-8


def account(call: Call) -> dict[str, Any]:
    """GET account: balances, rates and rights."""
    assert call.credential is not None
    omit = call.flag("omitZeroBalances")
    rates = call.venue.markets()
    maker, taker = (rates[0].maker_fee, rates[0].taker_fee) if rates else (0, 0)
    return {
        "makerCommission": maker // _BIP,
        "takerCommission": taker // _BIP,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": _rates(maker, taker),
        "canTrade": call.credential.may_trade,
        "canWithdraw": call.credential.may_withdraw,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": call.ticks(call.venue.touched(call.account)),
        "accountType": "SPOT",
        "balances": [
            {"asset": one.asset, "free": text(one.free), "locked": text(one.locked)}
            for one in call.exchange.held(call.account)
            if not omit or one.free or one.locked
        ],
        "permissions": ["SPOT"],
        "uid": zlib.crc32(call.account.encode()) % 900_000_000 + 100_000_000,
    }


def order(call: Call) -> dict[str, Any]:
    """GET order: one order, open or ended."""
    return views.queried(finding.for_query(call, call.market()), call.unit)


def open_orders(call: Call) -> list[dict[str, Any]]:
    """GET openOrders: of a symbol, or of all."""
    market = call.optional_market()
    found = call.exchange.open_orders(call.account, market.symbol if market else "")
    listed = found if market else _listed(call, found)
    return [views.queried(one, call.unit) for one in listed]


def orders(call: Call) -> list[dict[str, Any]]:
    """GET allOrders: from an id or time on, else the newest."""
    symbol = call.market().symbol
    first, limit = call.whole("orderId"), call.limit(_ITEMS, _ITEMS_MAX)
    since, until = call.period(_DAY)
    if first is not None:
        since = until = 0
    found = call.exchange.orders(
        call.account, symbol, from_id=max(first, 1) if first is not None else 0, since=since, until=until, limit=limit
    )
    return [views.queried(one, call.unit) for one in found]


def trades(call: Call) -> list[dict[str, Any]]:
    """GET myTrades: the account's fills of a symbol or order."""
    symbol = call.market().symbol
    order_id, first, limit = call.whole("orderId"), call.whole("fromId"), call.limit(_ITEMS, _ITEMS_MAX)
    since, until = call.period(_DAY)
    if (since or until) and (order_id is not None or first is not None):
        raise errors.combination()
    if order_id == 0:
        return []
    found = call.exchange.executions(
        call.account,
        symbol,
        order_id=order_id or 0,
        from_id=-1 if first is None else first,
        since=since,
        until=until,
        limit=limit,
    )
    return [views.fill(one, call.unit) for one in found]


def commission(call: Call) -> dict[str, Any]:
    """GET account/commission: the rates of a symbol."""
    market = call.market()
    none = _rates(0, 0)
    return {
        "symbol": market.symbol,
        "standardCommission": _rates(market.maker_fee, market.taker_fee),
        "specialCommission": none,
        "taxCommission": none,
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": "BNB",
            "discount": text(0),
        },
    }


def order_limits(call: Call) -> list[dict[str, Any]]:
    """GET rateLimit/order: how many unfilled orders count."""
    return call.venue.limits.order_rules(call.account, call.venue.now)


def prevented_matches(call: Call) -> list[dict[str, Any]]:
    """GET myPreventedMatches: trades with oneself that did not happen."""
    symbol = call.market().symbol
    number, order_id = call.whole("preventedMatchId"), call.whole("orderId")
    first, limit = call.whole("fromPreventedMatchId"), call.limit(_ITEMS, _ITEMS_MAX)
    if (number is None) == (order_id is None) or (number is not None and first is not None):
        raise errors.combination()
    events = call.exchange.preventions(call.account, symbol, limit=_ITEMS_MAX)
    every = preventions.matches(one for one in events if _is_known(call, one))
    found = [
        one
        for one in every
        if number in (None, one.id) and one.id >= (first or 0) and order_id in (None, one.taker, one.maker)
    ]
    return [preventions.whole(one, call.order_of, call.unit) for one in found[:limit]]


def _is_known(call: Call, event: AccountEvent) -> bool:
    """Whether both orders are; what was told of them may be kept for longer."""
    assert isinstance(event, OrderChanged)
    try:
        for number in (event.order.order_id, event.against):
            call.order_of(number)
    except Refused:
        return False
    return True


def relevant_filters(call: Call) -> dict[str, Any]:
    """GET myFilters: the rules that an account's orders must keep."""
    return {"exchangeFilters": [], "symbolFilters": filters(call.market()), "assetFilters": []}


def allocations(call: Call) -> list[dict[str, Any]]:
    """GET myAllocations: there is no routing between books here."""
    call.market()
    return []


def _rates(maker: int, taker: int) -> dict[str, str]:
    return {"maker": text(maker), "taker": text(taker), "buyer": text(0), "seller": text(0)}


def _listed(call: Call, found: Any) -> list[Any]:
    traded = {market.symbol for market in call.venue.markets()}
    return [one for one in found if one.order.symbol in traded]
