"""Is it there, what time is it, what is traded and under which rules."""

from __future__ import annotations

from typing import Any, Final

from parrot.contracts.exchange import PublicMarket, SelfTrade
from parrot.gateway.binance_api import errors, limits
from parrot.gateway.binance_api.amounts import text
from parrot.gateway.binance_api.call import Call

PRECISION: Final = 8
ORDER_TYPES: Final = (
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
)
SELF_TRADE_MODES: Final = tuple(mode.name for mode in SelfTrade)
_STATUSES: Final = frozenset({"TRADING", "HALT", "BREAK", "END_OF_DAY", "CANCEL_ONLY"})
_AVERAGE_MINUTES: Final = 5


def ping(_: Call) -> dict[str, Any]:
    """GET ping: the answer is that there is one."""
    return {}


def time(call: Call) -> dict[str, Any]:
    """GET time: the venue's clock."""
    return {"serverTime": call.ticks(call.venue.now)}


def exchange_info(call: Call) -> dict[str, Any]:
    """GET exchangeInfo: limits and symbols."""
    one, some = call.optional_market(), call.chosen_markets()
    status, permissions = _status(call), call.text("permissions")
    if (status or permissions) and (one or some):
        raise errors.combination()
    markets = [one] if one else (some or call.venue.markets())
    if permissions and '"SPOT"' not in permissions and permissions != "SPOT":
        markets = []
    sets = call.flag("showPermissionSets") is not False
    symbols = [_symbol(call, market, permission_sets=sets) for market in markets]
    return {
        "timezone": "UTC",
        "serverTime": call.ticks(call.venue.now),
        "rateLimits": limits.RULES,
        "exchangeFilters": [],
        "symbols": [symbol for symbol in symbols if status in (None, symbol["status"])],
    }


def execution_rules(call: Call) -> dict[str, Any]:
    """GET executionRules: no symbol has any."""
    one, some = call.optional_market(), call.chosen_markets()
    if _status(call) and (one or some):
        raise errors.combination()
    return {"symbolRules": []}


def reference_price(call: Call) -> dict[str, Any]:
    """GET referencePrice and its calculation: no symbol has one."""
    call.market()
    raise errors.ApiError(-2043, "This symbol doesn't have a reference price.")


def status_of(call: Call, symbol: str) -> str:
    """The venue's word for the phase that a symbol is in."""
    phase = call.exchange.phase(symbol)
    if phase == "continuous":
        return "TRADING"
    return "HALT" if phase == "halted" else "BREAK"


def filters(market: PublicMarket) -> list[dict[str, Any]]:
    """The rules that orders of a symbol must keep."""
    most_market = market.market_max_quantity or market.max_quantity
    down, up = text(market.band_down), text(market.band_up)
    position = {"filterType": "MAX_POSITION", "maxPosition": text(market.max_position)}
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": text(market.min_price),
            "maxPrice": text(market.max_price),
            "tickSize": text(market.tick),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": text(market.min_quantity),
            "maxQty": text(market.max_quantity),
            "stepSize": text(market.step),
        },
        {"filterType": "ICEBERG_PARTS", "limit": market.max_iceberg_parts},
        {"filterType": "MARKET_LOT_SIZE", "minQty": text(0), "maxQty": text(most_market), "stepSize": text(0)},
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": market.min_trailing_bips,
            "maxTrailingAboveDelta": market.max_trailing_bips,
            "minTrailingBelowDelta": market.min_trailing_bips,
            "maxTrailingBelowDelta": market.max_trailing_bips,
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": _short(up),
            "bidMultiplierDown": _short(down),
            "askMultiplierUp": _short(up),
            "askMultiplierDown": _short(down),
            "avgPriceMins": _AVERAGE_MINUTES,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": text(market.min_notional),
            "applyMinToMarket": True,
            "maxNotional": text(market.max_notional),
            "applyMaxToMarket": True,
            "avgPriceMins": _AVERAGE_MINUTES,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": market.max_orders},
        {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": market.max_lists},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": market.max_stops},
        {"filterType": "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": market.max_icebergs},
        {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": market.max_amends},
        *([position] if market.max_position else []),
    ]


def _status(call: Call) -> str | None:
    written = call.text("symbolStatus")
    if written is not None and written not in _STATUSES:
        raise errors.ApiError(-1122, "Invalid symbolStatus.")
    return written


def _short(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".")


def _symbol(call: Call, market: PublicMarket, *, permission_sets: bool) -> dict[str, Any]:
    return {
        "symbol": market.symbol,
        "status": status_of(call, market.symbol),
        "baseAsset": market.base,
        "baseAssetPrecision": PRECISION,
        "quoteAsset": market.quote,
        "quotePrecision": PRECISION,
        "quoteAssetPrecision": PRECISION,
        "baseCommissionPrecision": PRECISION,
        "quoteCommissionPrecision": PRECISION,
        "orderTypes": ORDER_TYPES,
        "icebergAllowed": True,
        "ocoAllowed": True,
        "otoAllowed": True,
        "opoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "amendAllowed": True,
        "pegInstructionsAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters(market),
        "permissions": [],
        "permissionSets": [["SPOT"]] if permission_sets else [],
        "defaultSelfTradePreventionMode": SelfTrade.EXPIRE_MAKER.name,
        "allowedSelfTradePreventionModes": SELF_TRADE_MODES,
    }
