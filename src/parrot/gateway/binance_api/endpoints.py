"""The one table of what may be asked, by method and path and by the method's name on the WebSocket API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from parrot.gateway.binance_api import (
    account,
    general,
    lists,
    market_data,
    replacing,
    tickers,
    trading,
    user_streams,
    wallet,
)
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.ordering import PLAIN, Names

Handler = Callable[[Call], Any]
Weight = int | Callable[[Mapping[str, str]], int]


class Security(Enum):
    """What a request must prove."""

    NONE = "none"
    KEY = "key"
    SIGNED = "signed"
    TRADE = "trade"


class Endpoint(NamedTuple):
    """One thing that may be asked; `names` are the parameters that it knows, none where it takes any."""

    method: str
    path: str
    ws: str
    security: Security
    weight: Weight
    handler: Handler
    names: frozenset[str]
    counts_orders: bool = False


_SIGNED_NAMES: Final = frozenset({"timestamp", "recvWindow", "signature"})
_SYMBOLS: Final = ("symbol", "symbols", "symbolStatus")
_PEGS: Final = ("pegPriceType", "pegOffsetType", "pegOffsetValue")
_ORDER: Final = ("symbol", "newOrderRespType", "selfTradePreventionMode", *PLAIN, *_PEGS)
_LIST: Final = ("symbol", "listClientOrderId", "newOrderRespType", "selfTradePreventionMode")
_NONE, _KEY, _SIGNED, _TRADE = Security.NONE, Security.KEY, Security.SIGNED, Security.TRADE


def _depth_weight(params: Mapping[str, str]) -> int:
    limit = params.get("limit", "100")
    levels = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 8 else 100
    if levels <= 100:
        return 5
    if levels <= 500:
        return 25
    return 50 if levels <= 1000 else 250


def _day_weight(params: Mapping[str, str]) -> int:
    symbols = tickers.many(params)
    if not symbols or symbols > 100:
        return 80
    return 2 if symbols <= 20 else 40


def _rolling_weight(params: Mapping[str, str]) -> int:
    return min(4 * max(tickers.many(params), 1), 200)


def _price_weight(params: Mapping[str, str]) -> int:
    return 2 if "symbol" in params else 4


def _with(name: str, weight: int, without: int) -> Weight:
    return lambda params: weight if name in params else without


def _names(*groups: Iterable[str]) -> frozenset[str]:
    return frozenset(name for group in groups for name in group if name)


def _made(
    method: str,
    path: str,
    ws: str,
    security: Security,
    weight: Weight,
    handler: Handler,
    *names: Iterable[str],
    counts_orders: bool = False,
) -> Endpoint:
    known = _names(*names)
    if security in (Security.SIGNED, Security.TRADE):
        known |= _SIGNED_NAMES
    return Endpoint(method, "/api/v3/" + path, ws, security, weight, handler, known, counts_orders)


def _order_list(path: str, ws: str, handler: Handler, *legs: Names, more: tuple[str, ...] = ()) -> Endpoint:
    pegs = tuple(leg.type.removesuffix("Type") + peg[0].upper() + peg[1:] for leg in legs if leg.type for peg in _PEGS)
    return _made("POST", path, ws, _TRADE, 1, handler, _LIST, *legs, more, pegs, counts_orders=True)


_IDS: Final = ("symbol", "orderId", "origClientOrderId")
_TIMES: Final = ("startTime", "endTime", "limit")

_MARKET_DATA: Final = (
    _made("GET", "ping", "ping", _NONE, 1, general.ping),
    _made("GET", "time", "time", _NONE, 1, general.time),
    _made(
        "GET",
        "exchangeInfo",
        "exchangeInfo",
        _NONE,
        20,
        general.exchange_info,
        (*_SYMBOLS, "permissions", "showPermissionSets"),
    ),
    _made("GET", "executionRules", "executionRules", _NONE, 40, general.execution_rules, _SYMBOLS),
    _made("GET", "referencePrice", "referencePrice", _NONE, 2, general.reference_price, ("symbol",)),
    _made(
        "GET",
        "referencePrice/calculation",
        "referencePrice.calculation",
        _NONE,
        2,
        general.reference_price,
        ("symbol", "symbolStatus"),
    ),
    _made("GET", "depth", "depth", _NONE, _depth_weight, market_data.depth, ("symbol", "limit", "symbolStatus")),
    _made("GET", "trades", "trades.recent", _NONE, 25, market_data.trades, ("symbol", "limit")),
    _made(
        "GET",
        "historicalTrades",
        "trades.historical",
        _NONE,
        25,
        market_data.historical_trades,
        ("symbol", "limit", "fromId"),
    ),
    _made(
        "GET",
        "aggTrades",
        "trades.aggregate",
        _NONE,
        4,
        market_data.aggregate_trades,
        ("symbol", "fromId", *_TIMES),
    ),
    _made("GET", "klines", "klines", _NONE, 2, market_data.klines, ("symbol", "interval", "timeZone", *_TIMES)),
    _made("GET", "uiKlines", "uiKlines", _NONE, 2, market_data.klines, ("symbol", "interval", "timeZone", *_TIMES)),
    _made("GET", "avgPrice", "avgPrice", _NONE, 2, market_data.average_price, ("symbol",)),
    _made("GET", "ticker/24hr", "ticker.24hr", _NONE, _day_weight, tickers.day, (*_SYMBOLS, "type")),
    _made(
        "GET",
        "ticker/tradingDay",
        "ticker.tradingDay",
        _NONE,
        _rolling_weight,
        tickers.trading_day,
        (*_SYMBOLS, "type", "timeZone"),
    ),
    _made("GET", "ticker", "ticker", _NONE, _rolling_weight, tickers.rolling, (*_SYMBOLS, "type", "windowSize")),
    _made("GET", "ticker/price", "ticker.price", _NONE, _price_weight, tickers.price, _SYMBOLS),
    _made("GET", "ticker/bookTicker", "ticker.book", _NONE, _price_weight, tickers.book, _SYMBOLS),
)

_TRADING: Final = (
    _made("POST", "order", "order.place", _TRADE, 1, trading.place, _ORDER, counts_orders=True),
    _made(
        "POST",
        "order/test",
        "order.test",
        _TRADE,
        _with("computeCommissionRates", 20, 1),
        trading.test,
        _ORDER,
        ("computeCommissionRates",),
    ),
    _made(
        "DELETE",
        "order",
        "order.cancel",
        _TRADE,
        1,
        trading.cancel,
        (*_IDS, "newClientOrderId", "cancelRestrictions"),
    ),
    _made("DELETE", "openOrders", "openOrders.cancelAll", _TRADE, 1, trading.cancel_all, ("symbol",)),
    _made(
        "POST",
        "order/cancelReplace",
        "order.cancelReplace",
        _TRADE,
        1,
        replacing.replace,
        _ORDER,
        ("cancelReplaceMode", "cancelOrderId", "cancelOrigClientOrderId", "cancelNewClientOrderId"),
        ("cancelRestrictions", "orderRateLimitExceededMode"),
        counts_orders=True,
    ),
    _made(
        "PUT",
        "order/amend/keepPriority",
        "order.amend.keepPriority",
        _TRADE,
        4,
        trading.amend,
        (*_IDS, "newClientOrderId", "newQty"),
    ),
    _made(
        "GET",
        "order/amendments",
        "order.amendments",
        _SIGNED,
        4,
        trading.amendments,
        ("symbol", "orderId", "fromExecutionId", "limit"),
    ),
    _order_list("orderList/oco", "orderList.place.oco", lists.oco, lists.ABOVE, lists.BELOW),
    _order_list("orderList/oto", "orderList.place.oto", lists.oto, lists.WORKING, lists.PENDING),
    _order_list(
        "orderList/otoco",
        "orderList.place.otoco",
        lists.otoco,
        lists.WORKING,
        lists.PENDING_ABOVE,
        lists.PENDING_BELOW,
    ),
    _order_list("order/oco", "orderList.place", lists.old_oco, lists.OLD_LIMIT, lists.OLD_STOP),
    _made(
        "DELETE",
        "orderList",
        "orderList.cancel",
        _TRADE,
        1,
        lists.cancel,
        ("symbol", "orderListId", "listClientOrderId", "newClientOrderId"),
    ),
)

_ACCOUNT: Final = (
    _made("GET", "account", "account.status", _SIGNED, 20, account.account, ("omitZeroBalances",)),
    _made("GET", "order", "order.status", _SIGNED, 4, account.order, _IDS),
    _made("GET", "openOrders", "openOrders.status", _SIGNED, _with("symbol", 6, 80), account.open_orders, ("symbol",)),
    _made("GET", "allOrders", "allOrders", _SIGNED, 20, account.orders, ("symbol", "orderId", *_TIMES)),
    _made(
        "GET",
        "myTrades",
        "myTrades",
        _SIGNED,
        _with("orderId", 5, 20),
        account.trades,
        ("symbol", "orderId", "fromId", *_TIMES),
    ),
    _made("GET", "account/commission", "account.commission", _SIGNED, 20, account.commission, ("symbol",)),
    _made("GET", "rateLimit/order", "account.rateLimits.orders", _SIGNED, 40, account.order_limits),
    _made(
        "GET",
        "myPreventedMatches",
        "myPreventedMatches",
        _SIGNED,
        _with("orderId", 20, 2),
        account.prevented_matches,
        ("symbol", "preventedMatchId", "orderId", "fromPreventedMatchId", "limit"),
    ),
    _made(
        "GET",
        "myAllocations",
        "myAllocations",
        _SIGNED,
        20,
        account.allocations,
        ("symbol", "fromAllocationId", "orderId", *_TIMES),
    ),
    _made("GET", "myFilters", "myFilters", _SIGNED, 40, account.relevant_filters, ("symbol",)),
    _made("GET", "orderList", "orderList.status", _SIGNED, 4, lists.query, ("orderListId", "origClientOrderId")),
    _made("GET", "allOrderList", "allOrderLists", _SIGNED, 20, lists.query_all, ("fromId", *_TIMES)),
    _made("GET", "openOrderList", "openOrderLists.status", _SIGNED, 6, lists.query_open),
    _made("POST", "userDataStream", "userDataStream.start", _KEY, 2, user_streams.start),
    _made("PUT", "userDataStream", "userDataStream.ping", _KEY, 2, user_streams.keep, ("listenKey",)),
    _made("DELETE", "userDataStream", "userDataStream.stop", _KEY, 2, user_streams.stop, ("listenKey",)),
)


def _wallet(path: str, security: Security, handler: Handler) -> Endpoint:
    return Endpoint("GET", "/sapi/v1/" + path, "", security, 1, handler, frozenset())


_WALLET: Final = (
    _wallet("asset/tradeFee", _SIGNED, wallet.trade_fees),
    _wallet("capital/config/getall", _SIGNED, wallet.coins),
    _wallet("margin/allPairs", _NONE, wallet.nothing),
    _wallet("margin/isolated/allPairs", _NONE, wallet.nothing),
    _wallet("system/status", _NONE, wallet.system_status),
    _wallet("account/status", _SIGNED, wallet.account_status),
    _wallet("account/apiRestrictions", _SIGNED, wallet.key_rights),
)

ENDPOINTS: Final = (*_MARKET_DATA, *_TRADING, *_ACCOUNT, *_WALLET)
BY_PATH: Final = {(one.method, one.path): one for one in ENDPOINTS}
BY_NAME: Final = {one.ws: one for one in ENDPOINTS if one.ws}
PATHS: Final = frozenset(one.path for one in ENDPOINTS)
