"""Books, trades and candles of a symbol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from parrot.contracts.exchange import Candle, PublicTrade
from parrot.gateway.binance_api import errors
from parrot.gateway.binance_api.amounts import text, value
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.general import status_of
from parrot.gateway.binance_api.shifting import shifted_candles

INTERVALS: Final = frozenset(
    ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")
)
_DEPTH_MAX: Final = 5_000
_ITEMS: Final = 500
_ITEMS_MAX: Final = 1_000
_AVERAGE_MINUTES: Final = 5

_zone_form = re.compile(r"([+-]?)([0-9]{1,2})(?::([0-9]{2}))?").fullmatch


class Aggregate(NamedTuple):
    """Trades of one taker at one price and time; its id is that of the first of them."""

    first: int
    last: int
    price: int
    quantity: int
    ts: int
    buyer_is_maker: bool


def aggregate(trades: Iterable[PublicTrade]) -> list[Aggregate]:
    """Trades in their order, those of one taker at one price and time put together."""
    made: list[Aggregate] = []
    before: PublicTrade | None = None
    for trade in trades:
        if before is not None and _together(before, trade):
            made[-1] = made[-1]._replace(last=trade.id, quantity=made[-1].quantity + trade.quantity)
        else:
            made.append(Aggregate(trade.id, trade.id, trade.price, trade.quantity, trade.ts, trade.buyer_is_maker))
        before = trade
    return made


def depth(call: Call) -> dict[str, Any]:
    """GET depth: the best levels."""
    market = call.market()
    limit = call.limit(100, _DEPTH_MAX)
    check_status(call, market.symbol)
    book = call.exchange.depth(market.symbol, limit)
    return {
        "lastUpdateId": book.last,
        "bids": [[text(price), text(quantity)] for price, quantity in book.bids],
        "asks": [[text(price), text(quantity)] for price, quantity in book.asks],
    }


def check_status(call: Call, symbol: str) -> None:
    """Raises ApiError where another status is asked for than the symbol has."""
    wanted = call.text("symbolStatus")
    if wanted is None:
        return
    if wanted not in ("TRADING", "HALT", "BREAK"):
        raise ApiError(-1122, "Invalid symbolStatus.")
    if wanted != status_of(call, symbol):
        raise ApiError(-1220, "The symbol's status does not match the requested symbolStatus.")


def trades(call: Call) -> list[dict[str, Any]]:
    """GET trades: the newest."""
    found = call.exchange.trades(call.market().symbol, limit=call.limit(_ITEMS, _ITEMS_MAX))
    return [_trade(trade, call.unit) for trade in found]


def historical_trades(call: Call) -> list[dict[str, Any]]:
    """GET historicalTrades: from an id on, else the newest."""
    market, limit, first = call.market(), call.limit(_ITEMS, _ITEMS_MAX), call.whole("fromId")
    found = call.exchange.trades(market.symbol, from_id=-1 if first is None else first, limit=limit)
    return [_trade(trade, call.unit) for trade in found]


def aggregate_trades(call: Call) -> list[dict[str, Any]]:
    """GET aggTrades: from an id or time on, else the newest."""
    market, limit, first = call.market(), call.limit(_ITEMS, _ITEMS_MAX), call.whole("fromId")
    since, until = call.period()
    if first is not None and (since or until):
        raise errors.combination()
    if first is not None:
        found = _from_id(call, market.symbol, first, limit)
    elif since:
        found = aggregate(call.exchange.trades(market.symbol, since=since, until=until, limit=limit))
    else:
        found = aggregate(call.exchange.trades(market.symbol, until=until, limit=limit))
    return [_aggregate(one, call.unit) for one in found[:limit]]


def klines(call: Call) -> list[list[Any]]:
    """GET klines and uiKlines: candles from a time on, else the newest."""
    market = call.market()
    interval = call.text("interval")
    if interval is None:
        raise errors.missing("interval")
    if interval not in INTERVALS:
        raise ApiError(-1120, "Invalid interval.")
    shift = _zone(call.text("timeZone"))
    limit = call.limit(_ITEMS, _ITEMS_MAX)
    since, until = call.period()
    found: Sequence[Candle]
    if shift:
        found = shifted_candles(
            call.exchange, market.symbol, interval, shift=shift, since=since, until=until, limit=limit
        )
    else:
        found = call.exchange.candles(market.symbol, interval, since=since, until=until, limit=limit)
    return [kline(candle, call.unit) for candle in found]


def kline(candle: Candle, unit: int) -> list[Any]:
    """A candle as twelve values."""
    return [
        candle.open_ts // unit,
        text(candle.open),
        text(candle.high),
        text(candle.low),
        text(candle.close),
        text(candle.volume),
        candle.close_ts // unit,
        text(candle.quote_volume),
        candle.trades,
        text(candle.taker_volume),
        text(candle.taker_quote_volume),
        "0",
    ]


def average_price(call: Call) -> dict[str, Any]:
    """GET avgPrice: the volume-weighted price of the last five minutes."""
    market = call.market()
    last = call.exchange.trades(market.symbol, limit=1)
    return {
        "mins": _AVERAGE_MINUTES,
        "price": text(call.exchange.average_price(market.symbol, _AVERAGE_MINUTES)),
        "closeTime": call.ticks(last[-1].ts if last else call.exchange.now),
    }


def _together(before: PublicTrade, trade: PublicTrade) -> bool:
    if (before.price, before.ts, before.buyer_is_maker) != (trade.price, trade.ts, trade.buyer_is_maker):
        return False
    taker = trade.seller_order if trade.buyer_is_maker else trade.buyer_order
    return taker == (before.seller_order if trade.buyer_is_maker else before.buyer_order) != 0


def _from_id(call: Call, symbol: str, first: int, limit: int) -> list[Aggregate]:
    """Aggregates from the trade `first` on; one that began before it is left out."""
    found: Sequence[PublicTrade] = call.exchange.trades(symbol, from_id=max(first - 1, 0), limit=_ITEMS_MAX)
    return [one for one in aggregate(found) if one.first >= first][:limit]


def _trade(trade: PublicTrade, unit: int) -> dict[str, Any]:
    return {
        "id": trade.id,
        "price": text(trade.price),
        "qty": text(trade.quantity),
        "quoteQty": value(trade.price, trade.quantity),
        "time": trade.ts // unit,
        "isBuyerMaker": trade.buyer_is_maker,
        "isBestMatch": True,
    }


def _aggregate(one: Aggregate, unit: int) -> dict[str, Any]:
    return {
        "a": one.first,
        "p": text(one.price),
        "q": text(one.quantity),
        "f": one.first,
        "l": one.last,
        "T": one.ts // unit,
        "m": one.buyer_is_maker,
        "M": True,
    }


def _zone(written: str | None) -> int:
    """The shift of a time zone in minutes."""
    if written is None:
        return 0
    found = _zone_form(written)
    if found is None:
        raise errors.invalid("timeZone")
    sign, hours, minutes = found.groups()
    shift = int(hours) * 60 + int(minutes or 0)
    shift = -shift if sign == "-" else shift
    if int(minutes or 0) > 59 or not -12 * 60 <= shift <= 14 * 60:
        raise errors.invalid("timeZone")
    return shift
