"""Messages of market streams as the venue writes them; times in units of `unit` ns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from parrot.contracts.exchange import SCALE, Candle, Depth, PublicTrade, Statistics, TopChanged

encode: Final = msgspec.json.Encoder().encode
_WINDOWS: Final = {"1h": "1hTicker", "4h": "4hTicker", "1d": "1dTicker"}


def decimal(units: int) -> str:
    """Units of 10^-8 with all eight decimals."""
    if units < 0:
        return "-" + decimal(-units)
    return f"{units // SCALE}.{units % SCALE:08d}"


def trade(found: PublicTrade, unit: int) -> bytes:
    """One trade."""
    moment = found.ts // unit
    maker = b"true" if found.buyer_is_maker else b"false"
    price, quantity = divmod(found.price, SCALE), divmod(found.quantity, SCALE)
    form = b'{"e":"trade","E":%d,"s":"%b","t":%d,"p":"%d.%08d","q":"%d.%08d","T":%d,"m":%b,"M":true}'
    return form % (moment, found.symbol.encode(), found.id, *price, *quantity, moment, maker)


def aggregate(trades: Sequence[PublicTrade], unit: int) -> bytes:
    """Trades of one taker at one price."""
    first, last = trades[0], trades[-1]
    moment = first.ts // unit
    row = {
        "e": "aggTrade",
        "E": moment,
        "s": first.symbol,
        "a": first.id,
        "p": decimal(first.price),
        "q": decimal(sum(found.quantity for found in trades)),
        "f": first.id,
        "l": last.id,
        "T": moment,
        "m": first.buyer_is_maker,
        "M": True,
    }
    return encode(row)


def book_ticker(top: TopChanged) -> bytes:
    """The best bid and ask."""
    return b'{"u":%d,"s":"%b","b":"%d.%08d","B":"%d.%08d","a":"%d.%08d","A":"%d.%08d"}' % (
        top.last,
        top.symbol.encode(),
        *divmod(top.bid, SCALE),
        *divmod(top.bid_quantity, SCALE),
        *divmod(top.ask, SCALE),
        *divmod(top.ask_quantity, SCALE),
    )


def levels(found: Iterable[tuple[int, int]]) -> list[list[str]]:
    """Prices and quantities."""
    return [[decimal(price), decimal(quantity)] for price, quantity in found]


def depth_update(
    symbol: str,
    ids: tuple[int, int],
    sides: tuple[Iterable[tuple[int, int]], Iterable[tuple[int, int]]],
    now: int,
    unit: int,
) -> bytes:
    """What changed in a book in updates `ids`, first to last; quantity 0 takes a level away."""
    first, last = ids
    bids, asks = sides
    row = {"e": "depthUpdate", "E": now // unit, "s": symbol, "U": first, "u": last}
    return encode(row | {"b": levels(bids), "a": levels(asks)})


def partial_depth(found: Depth) -> bytes:
    """The best levels of a book."""
    return encode({"lastUpdateId": found.last, "bids": levels(found.bids), "asks": levels(found.asks)})


def kline(bar: Candle, now: int, unit: int) -> bytes:
    """One bar, closed or still open."""
    bar_row = {
        "t": bar.open_ts // unit,
        "T": bar.close_ts // unit,
        "s": bar.symbol,
        "i": bar.interval,
        "f": bar.first_trade,
        "L": bar.last_trade,
        "o": decimal(bar.open),
        "c": decimal(bar.close),
        "h": decimal(bar.high),
        "l": decimal(bar.low),
        "v": decimal(bar.volume),
        "n": bar.trades,
        "x": bar.closed,
        "q": decimal(bar.quote_volume),
        "V": decimal(bar.taker_volume),
        "Q": decimal(bar.taker_quote_volume),
        "B": "0",
    }
    return encode({"e": "kline", "E": now // unit, "s": bar.symbol, "k": bar_row})


def average_price(symbol: str, price: int, last_trade: int, now: int, unit: int) -> bytes:
    """The average price of five minutes; `last_trade` is the time of the last trade in them."""
    row = {"e": "avgPrice", "E": now // unit, "s": symbol, "i": "5m", "w": decimal(price), "T": last_trade // unit}
    return encode(row)


def mini_ticker(found: Statistics, now: int, unit: int) -> dict[str, Any]:
    """A day of a symbol in short."""
    return {
        "e": "24hrMiniTicker",
        "E": now // unit,
        "s": found.symbol,
        "c": decimal(found.last),
        "o": decimal(found.open),
        "h": decimal(found.high),
        "l": decimal(found.low),
        "v": decimal(found.volume),
        "q": decimal(found.quote_volume),
    }


def window_ticker(found: Statistics, window: str, now: int, unit: int) -> dict[str, Any]:
    """A symbol over a rolling window: 1h, 4h or 1d."""
    return {"e": _WINDOWS[window], "E": now // unit, "s": found.symbol} | _changes(found) | _sums(found, unit)


def ticker(found: Statistics, now: int, unit: int) -> dict[str, Any]:
    """A day of a symbol."""
    return (
        {"e": "24hrTicker", "E": now // unit, "s": found.symbol}
        | _changes(found)
        | {
            "x": decimal(found.previous_close),
            "Q": decimal(found.last_quantity),
            "b": decimal(found.bid),
            "B": decimal(found.bid_quantity),
            "a": decimal(found.ask),
            "A": decimal(found.ask_quantity),
        }
        | _sums(found, unit)
    )


def _changes(found: Statistics) -> dict[str, Any]:
    change = found.last - found.open
    average = found.quote_volume * SCALE // found.volume if found.volume else 0
    return {
        "p": decimal(change),
        "P": f"{change * 100 / found.open:.3f}" if found.open else "0.000",
        "w": decimal(average),
        "c": decimal(found.last),
    }


def _sums(found: Statistics, unit: int) -> dict[str, Any]:
    return {
        "o": decimal(found.open),
        "h": decimal(found.high),
        "l": decimal(found.low),
        "v": decimal(found.volume),
        "q": decimal(found.quote_volume),
        "O": found.open_ts // unit,
        "C": found.close_ts // unit,
        "F": found.first_trade,
        "L": found.last_trade,
        "n": found.trades,
    }
