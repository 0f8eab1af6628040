"""What happened to symbols in the last day, today, or in a window of the client's choice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from parrot.contracts.exchange import SCALE, PublicMarket, Statistics
from parrot.gateway.binance_api import amounts, errors
from parrot.gateway.binance_api.amounts import text
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.general import status_of
from parrot.gateway.binance_api.market_data import check_status

_MINUTE: Final = 60 * 10**9
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_SYMBOLS_MAX: Final = 100

_window_form = re.compile(r"([0-9]{1,2})([mhd])").fullmatch
_WINDOW_UNITS: Final = {"m": (_MINUTE, 59), "h": (_HOUR, 23), "d": (_DAY, 7)}


def day(call: Call) -> Any:
    """GET ticker/24hr: the last 24 hours."""
    mini = _mini(call)
    return _each(call, lambda market: _of_day(call.exchange.statistics(market.symbol, _DAY), call.unit, mini=mini))


def trading_day(call: Call) -> Any:
    """GET ticker/tradingDay: since midnight UTC."""
    mini = _mini(call)
    now = call.exchange.now
    window = now % _DAY or 1

    def shown(market: PublicMarket) -> dict[str, Any]:
        whole = _window(call.exchange.statistics(market.symbol, window), call.unit, mini=mini)
        whole["openTime"] = call.ticks(now - window)
        whole["closeTime"] = call.ticks(now - window + _DAY - 1)
        return whole

    return _each(call, shown, needed=True)


def rolling(call: Call) -> Any:
    """GET ticker: a window that the client chooses, from a full minute on."""
    mini = _mini(call)
    window = _size(call.text("windowSize") or "1d")
    now = call.exchange.now
    window += (now - window) % _MINUTE
    return _each(
        call,
        lambda market: _window(call.exchange.statistics(market.symbol, window), call.unit, mini=mini),
        needed=True,
    )


def price(call: Call) -> Any:
    """GET ticker/price: the last price."""

    def shown(market: PublicMarket) -> dict[str, Any]:
        return {"symbol": market.symbol, "price": text(call.exchange.statistics(market.symbol, _MINUTE).last)}

    return _each(call, shown)


def book(call: Call) -> Any:
    """GET ticker/bookTicker: the best bid and ask."""

    def shown(market: PublicMarket) -> dict[str, Any]:
        top = call.exchange.depth(market.symbol, 1)
        bid, bid_quantity = top.bids[0] if top.bids else (0, 0)
        ask, ask_quantity = top.asks[0] if top.asks else (0, 0)
        return {
            "symbol": market.symbol,
            "bidPrice": text(bid),
            "bidQty": text(bid_quantity),
            "askPrice": text(ask),
            "askQty": text(ask_quantity),
        }

    return _each(call, shown)


def many(params: Mapping[str, str]) -> int:
    """How many symbols a request names, 0 where it means all."""
    if "symbol" in params:
        return 1
    return params["symbols"].count(",") + 1 if "symbols" in params else 0


def _each(call: Call, shown: Any, *, needed: bool = False) -> Any:
    one, some = call.optional_market(), call.chosen_markets()
    if one is not None:
        check_status(call, one.symbol)
        return shown(one)
    if some is None and needed:
        raise errors.missing_both("symbol", "symbols")
    if some is not None and len(some) > _SYMBOLS_MAX:
        raise ApiError(-1101, "Too many parameters sent for this endpoint.")
    wanted = call.text("symbolStatus")
    if wanted not in (None, "TRADING", "HALT", "BREAK"):
        raise ApiError(-1122, "Invalid symbolStatus.")
    markets = call.venue.markets() if some is None else some
    return [shown(market) for market in markets if wanted is None or status_of(call, market.symbol) == wanted]


def _mini(call: Call) -> bool:
    kind = call.text("type")
    if kind not in (None, "FULL", "MINI"):
        raise ApiError(-1139, "Invalid ticker type.")
    return kind == "MINI"


def _size(written: str) -> int:
    found = _window_form(written)
    if found is None:
        raise errors.illegal("windowSize", "^(([1-9]|[1-5][0-9])m|([1-9]|1[0-9]|2[0-3])h|[1-7]d)$")
    number, (unit, most) = int(found[1]), _WINDOW_UNITS[found[2]]
    if not 1 <= number <= most:
        raise errors.invalid("windowSize")
    return number * unit


def _mini_of(seen: Statistics, unit: int) -> dict[str, Any]:
    return {
        "symbol": seen.symbol,
        "openPrice": text(seen.open),
        "highPrice": text(seen.high),
        "lowPrice": text(seen.low),
        "lastPrice": text(seen.last),
        "volume": text(seen.volume),
        "quoteVolume": text(seen.quote_volume),
        "openTime": seen.open_ts // unit,
        "closeTime": seen.close_ts // unit,
        "firstId": seen.first_trade,
        "lastId": seen.last_trade,
        "count": seen.trades,
    }


def change_of(seen: Statistics) -> dict[str, Any]:
    """The change of price over a window, absolute and in percent, and its average weighted by volume."""
    change = seen.last - seen.open
    return {
        "priceChange": text(change),
        "priceChangePercent": amounts.percent(change, seen.open),
        "weightedAvgPrice": text(seen.quote_volume * SCALE // seen.volume if seen.volume else 0),
    }


def _window(seen: Statistics, unit: int, *, mini: bool) -> dict[str, Any]:
    shown = _mini_of(seen, unit)
    return shown if mini else {"symbol": seen.symbol, **change_of(seen), **shown}


def _of_day(seen: Statistics, unit: int, *, mini: bool) -> dict[str, Any]:
    if mini:
        return _mini_of(seen, unit)
    top = {
        "prevClosePrice": text(seen.previous_close),
        "lastPrice": text(seen.last),
        "lastQty": text(seen.last_quantity),
        "bidPrice": text(seen.bid),
        "bidQty": text(seen.bid_quantity),
        "askPrice": text(seen.ask),
        "askQty": text(seen.ask_quantity),
    }
    return {"symbol": seen.symbol, **change_of(seen), **top, **_mini_of(seen, unit)}
