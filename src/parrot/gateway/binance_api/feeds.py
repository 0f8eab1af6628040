"""What a market stream tells: at once, gathered over a time, or asked from the exchange now and then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from parrot.contracts.exchange import Candle, DepthChanged, Statistics
from parrot.gateway.binance_api import messages
from parrot.gateway.binance_api.streams import DAY, WINDOWS, Topic
from parrot.ports.exchange import PublicExchange

_BARS_MOST: Final = 1_000


class Gathered:
    """Changes of one book since it last spoke, as one message without a gap to the one before."""

    def __init__(self, symbol: str, unit: int) -> None:
        self._symbol = symbol
        self._unit = unit
        self._first = 0
        self._last = 0
        self._bids: dict[int, int] = {}
        self._asks: dict[int, int] = {}

    def add(self, change: DepthChanged) -> None:
        """Takes one change in."""
        if not self._first:
            self._first = change.first
        self._last = change.last
        self._bids.update(change.bids)
        self._asks.update(change.asks)

    def flush(self, now: int) -> bytes | None:
        """What has changed since the last time, None for nothing."""
        if not self._first:
            return None
        sides = (sorted(self._bids.items(), reverse=True), sorted(self._asks.items()))
        told = messages.depth_update(self._symbol, (self._first, self._last), sides, now, self._unit)
        self._first = 0
        self._bids, self._asks = {}, {}
        return told


class Asked(Protocol):
    """A stream that asks the exchange."""

    def ask(self, exchange: PublicExchange, now: int) -> Sequence[bytes]:
        """What is new; called with the exchange at rest."""


def asked(topic: Topic, unit: int) -> Asked:
    """The feed of a topic that is told in periods."""
    match topic.kind:
        case "partial":
            return _Partial(topic.symbol, int(topic.detail))
        case "kline":
            return _Bars(topic.symbol, topic.detail, unit)
        case "avgPrice":
            return _Average(topic.symbol, unit)
        case "ticker":
            return _Tickers(topic.symbol, DAY, lambda found, now: messages.ticker(found, now, unit))
        case "miniTicker":
            return _Tickers(topic.symbol, DAY, lambda found, now: messages.mini_ticker(found, now, unit))
        case _:
            window = topic.detail
            draw = lambda found, now: messages.window_ticker(found, window, now, unit)  # noqa: E731  # one of three
            return _Tickers(topic.symbol, WINDOWS[window], draw)


class _Partial:
    def __init__(self, symbol: str, count: int) -> None:
        self._symbol = symbol
        self._count = count
        self._last = -1

    def ask(self, exchange: PublicExchange, now: int) -> Sequence[bytes]:
        found = exchange.depth(self._symbol, self._count)
        if found.last == self._last:
            return ()
        self._last = found.last
        return (messages.partial_depth(found),)


class _Bars:
    """The bar under way, and each bar once more when it closes."""

    def __init__(self, symbol: str, interval: str, unit: int) -> None:
        self._symbol = symbol
        self._interval = interval
        self._unit = unit
        self._told: Candle | None = None

    def ask(self, exchange: PublicExchange, now: int) -> Sequence[bytes]:
        told = self._told
        since, most = (told.open_ts, _BARS_MOST) if told else (0, 1)  # all since then, however long nobody asked
        bars = exchange.candles(self._symbol, self._interval, since=since, limit=most)
        new = [bar for bar in bars if bar != told]
        if new:
            self._told = new[-1]
        return [messages.kline(bar, now, self._unit) for bar in new]


class _Average:
    def __init__(self, symbol: str, unit: int) -> None:
        self._symbol = symbol
        self._unit = unit
        self._told = (0, 0)

    def ask(self, exchange: PublicExchange, now: int) -> Sequence[bytes]:
        trades = exchange.trades(self._symbol, limit=1)
        found = (exchange.average_price(self._symbol, 5), trades[-1].ts if trades else 0)
        if found == self._told:
            return ()
        self._told = found
        return (messages.average_price(self._symbol, found[0], found[1], now, self._unit),)


class _Tickers:
    """Statistics of one symbol, or of all that changed as one list."""

    def __init__(self, symbol: str, window: int, draw: Callable[[Statistics, int], dict[str, Any]]) -> None:
        self._symbol = symbol
        self._window = window
        self._draw = draw
        self._told: dict[str, tuple[int, ...]] = {}

    def ask(self, exchange: PublicExchange, now: int) -> Sequence[bytes]:
        if self._symbol:
            rows = self._new(exchange, self._symbol, now)
            return [messages.encode(row) for row in rows]
        rows = [row for market in exchange.markets() for row in self._new(exchange, market.symbol, now)]
        return [messages.encode(rows)] if rows else ()

    def _new(self, exchange: PublicExchange, symbol: str, now: int) -> list[dict[str, Any]]:
        found = exchange.statistics(symbol, self._window)
        state = (found.last_trade, found.first_trade, found.bid, found.bid_quantity, found.ask, found.ask_quantity)
        if self._told.get(symbol) == state:
            return []
        self._told[symbol] = state
        return [self._draw(found, now)]
