"""Market data: bars, trades and quotes of stocks, the newest of each, snapshots."""

from __future__ import annotations

import binascii
from base64 import b64decode, urlsafe_b64encode
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from parrot.contracts.exchange import PublicTrade, TopChanged
from parrot.gateway.alpaca_api import bars
from parrot.gateway.alpaca_api.asking import word
from parrot.gateway.alpaca_api.days import MINUTE, midnight
from parrot.gateway.alpaca_api.problems import malformed
from parrot.gateway.alpaca_api.stocks import Stocks
from parrot.gateway.alpaca_api.values import moment, number, read_moment, whole

Json = dict[str, Any]
Query = Mapping[str, str]
Point = tuple[int, Json]
"""Where something stands in its symbol's order, and what is told of it."""

_LIMIT: Final = 1_000
_LIMIT_MAX: Final = 10_000
_SYMBOLS_MAX: Final = 1_000
_PAGE: Final = 1_000
_QUOTES_KEPT: Final = 10_000
_DAYS_BACK: Final = 6 * 24 * 60 * MINUTE
_FEEDS: Final = ("iex", "sip", "delayed_sip", "otc", "boats", "overnight")


class Span(NamedTuple):
    """What a request for history asks for; it goes on with symbol `at`, behind `after` where that is given."""

    since: int
    until: int
    limit: int
    falling: bool
    at: str
    after: int | None


def trade(row: PublicTrade) -> Json:
    """A trade as Alpaca writes it."""
    return {
        "t": moment(row.ts),
        "x": "V",
        "p": number(row.price),
        "s": number(row.quantity),
        "c": ["@"],
        "i": row.id,
        "z": "C",
    }


def is_quote(row: TopChanged) -> bool:
    """Whether bid and ask are apart: while orders gather for an auction a book may be crossed."""
    return not (row.bid and row.ask) or row.bid < row.ask


def quote(row: TopChanged) -> Json:
    """A quote as Alpaca writes it."""
    return {
        "t": moment(row.ts),
        "ax": "V" if row.ask else " ",
        "ap": number(row.ask),
        "as": number(row.ask_quantity),
        "bx": "V" if row.bid else " ",
        "bp": number(row.bid),
        "bs": number(row.bid_quantity),
        "c": ["R"],
        "z": "C",
    }


class MarketData:
    """What the paths below /v2/stocks do; keeps the newest quotes, which the exchange does not."""

    def __init__(self, stocks: Stocks) -> None:
        self._stocks = stocks
        self._exchange = stocks.exchange
        self._quotes: dict[str, deque[TopChanged]] = {name: deque(maxlen=_QUOTES_KEPT) for name in stocks.markets}

    def hear(self, event: TopChanged) -> None:
        """Keeps a quote."""
        kept = self._quotes.get(event.symbol)
        if kept is not None and is_quote(event):
            kept.append(event)

    # -- history -------------------------------------------------------------------------------------------------------

    def history(self, what: str, query: Query) -> Json:
        """GET /v2/stocks/{bars,trades,quotes}."""
        found, token = self._page(what, self._symbols(query), query)
        return {what: found, "next_page_token": token}

    def history_of(self, what: str, symbol: str, query: Query) -> Json:
        """GET /v2/stocks/{symbol}/{bars,trades,quotes}."""
        found, token = self._page(what, [symbol], query)
        return {what: found.get(symbol, []), "symbol": symbol, "next_page_token": token}

    def _page(self, what: str, symbols: Sequence[str], query: Query) -> tuple[dict[str, list[Json]], str | None]:
        _checked_feed(query)
        span, points = self._span(query), self._source(what, query)
        found: dict[str, list[Json]] = {}
        left = span.limit
        for symbol in sorted(symbols):
            if symbol not in self._stocks.markets or symbol < span.at:
                continue
            rows = list(islice(_from(points(symbol, span), symbol, span), left + 1))
            if rows[:left]:
                found[symbol] = [row for _, row in rows[:left]]
            if len(rows) > left:
                last = rows[left - 1][0] if left else None
                return found, _token(symbol, last)
            left -= len(rows)
        return found, None

    def _source(self, what: str, query: Query) -> Callable[[str, Span], Iterable[Point]]:
        if what == "trades":
            return self._trades
        if what == "quotes":
            return self._quotes_kept
        if not query.get("timeframe"):
            raise malformed("timeframe is required")
        word(query, "adjustment", ("raw", "split", "dividend", "all"), "raw")
        length = bars.frame(query["timeframe"])
        return lambda symbol, span: self._bars(symbol, span, length)

    def _bars(self, symbol: str, span: Span, length: bars.Frame) -> Iterable[Point]:
        since = max(span.since, _behind(symbol, span))
        found = bars.traded(self._exchange, symbol, length, since=since, until=span.until)
        rows: Iterable[bars.Bar] = reversed(list(found)) if span.falling else found
        return ((bar.ts, bar.told()) for bar in rows)

    def _trades(self, symbol: str, span: Span) -> Iterable[Point]:
        rows: Iterable[PublicTrade] = self._all_trades(symbol, span, _behind(symbol, span))
        if span.falling:
            rows = reversed(list(rows))
        return ((row.id, trade(row)) for row in rows)

    def _all_trades(self, symbol: str, span: Span, first: int) -> Iterator[PublicTrade]:
        page = (
            self._exchange.trades(symbol, from_id=first, limit=_PAGE)
            if first >= 0
            else self._exchange.trades(symbol, since=max(span.since, 1), until=span.until, limit=_PAGE)
        )
        while page:
            for row in page:
                if row.ts > span.until:
                    return
                if row.ts >= span.since:
                    yield row
            page = self._exchange.trades(symbol, from_id=page[-1].id + 1, limit=_PAGE)

    def _quotes_kept(self, symbol: str, span: Span) -> Iterable[Point]:
        kept = list(self._quotes[symbol])
        first = bisect_left(kept, span.since, key=lambda row: row.ts)
        last = bisect_left(kept, span.until + 1, key=lambda row: row.ts)
        rows = kept[first:last]
        return ((row.last, quote(row)) for row in (reversed(rows) if span.falling else rows))

    def _span(self, query: Query) -> Span:
        now = self._stocks.now
        limit = whole(query.get("limit"), "limit", default=_LIMIT, most=_LIMIT_MAX)
        since = read_moment(query["start"], "start") if query.get("start") else midnight(now)
        until = read_moment(query["end"], "end", end=True) if query.get("end") else now
        if until < since:
            raise malformed("end should not be before start")
        at, after = _read_token(query.get("page_token") or "")
        falling = word(query, "sort", ("asc", "desc"), "asc") == "desc"
        return Span(since, min(until, now), limit, falling, at, after)

    # -- the newest ----------------------------------------------------------------------------------------------------

    def newest(self, what: str, query: Query) -> Json:
        """GET /v2/stocks/{bars,trades,quotes}/latest."""
        _checked_feed(query)
        found = {symbol: self._newest(what, symbol) for symbol in self._symbols(query)}
        return {what: {symbol: row for symbol, row in found.items() if row is not None}}

    def newest_of(self, what: str, symbol: str, query: Query) -> Json:
        """GET /v2/stocks/{symbol}/{bars,trades,quotes}/latest."""
        _checked_feed(query)
        return {"symbol": symbol, what.removesuffix("s"): self._newest(what, symbol)}

    def _newest(self, what: str, symbol: str) -> Json | None:
        if symbol not in self._stocks.markets:
            return None
        if what == "trades":
            rows = self._exchange.trades(symbol, limit=1)
            return trade(rows[-1]) if rows else None
        if what == "quotes":
            top = self._top(symbol)
            return quote(top) if is_quote(top) else None
        return self._last_bar(symbol)

    def _top(self, symbol: str) -> TopChanged:
        kept = self._quotes[symbol]
        if kept:
            return kept[-1]
        book = self._exchange.depth(symbol, 1)
        bid, bid_quantity = book.bids[0] if book.bids else (0, 0)
        ask, ask_quantity = book.asks[0] if book.asks else (0, 0)
        return TopChanged(
            symbol=symbol,
            last=book.last,
            bid=bid,
            bid_quantity=bid_quantity,
            ask=ask,
            ask_quantity=ask_quantity,
            ts=self._stocks.now,
        )

    def _last_bar(self, symbol: str) -> Json | None:
        now = self._stocks.now
        for back in (60 * MINUTE, _DAYS_BACK):
            found = list(bars.traded(self._exchange, symbol, bars.frame("1Min"), since=now - back, until=now))
            if found:
                return found[-1].told()
        return None

    # -- snapshots -----------------------------------------------------------------------------------------------------

    def snapshots(self, query: Query) -> Json:
        """GET /v2/stocks/snapshots."""
        _checked_feed(query)
        return {symbol: self._snapshot(symbol) for symbol in self._symbols(query) if symbol in self._stocks.markets}

    def snapshot_of(self, symbol: str, query: Query) -> Json:
        """GET /v2/stocks/{symbol}/snapshot."""
        _checked_feed(query)
        return {"symbol": symbol, **(self._snapshot(symbol) if symbol in self._stocks.markets else {})}

    def _snapshot(self, symbol: str) -> Json:
        now = self._stocks.now
        days = list(
            bars.traded(self._exchange, symbol, bars.frame("1Day"), since=midnight(now - _DAYS_BACK), until=now)
        )
        return {
            "latestTrade": self._newest("trades", symbol),
            "latestQuote": self._newest("quotes", symbol),
            "minuteBar": self._newest("bars", symbol),
            "dailyBar": days[-1].told() if days else None,
            "prevDailyBar": days[-2].told() if len(days) > 1 else None,
        }

    def _symbols(self, query: Query) -> list[str]:
        found = [name for name in dict.fromkeys(query.get("symbols", "").upper().split(",")) if name]
        if not found:
            raise malformed("symbols is required")
        if len(found) > _SYMBOLS_MAX:
            raise malformed("too many symbols")
        for name in found:
            if not (name.isascii() and name.replace(".", "").replace("/", "").isalnum() and len(name) <= 20):
                raise malformed(f"invalid symbol: {name[:40]}")
        return found


def _behind(symbol: str, span: Span) -> int:
    """The first place that may come, where places rise; -1 for any."""
    return span.after + 1 if symbol == span.at and span.after is not None and not span.falling else -1


def _from(points: Iterable[Point], symbol: str, span: Span) -> Iterator[Point]:
    """What comes after the last page of a symbol."""
    after = span.after if symbol == span.at else None
    for place, row in points:
        if after is None or (place < after if span.falling else place > after):
            yield place, row


def _token(symbol: str, last: int | None) -> str:
    return urlsafe_b64encode(f"{symbol}|{'' if last is None else last}".encode()).decode()


def _read_token(token: str) -> tuple[str, int | None]:
    try:
        symbol, _, last = b64decode(token.encode(), altchars=b"-_", validate=True).decode().partition("|")
        return symbol, int(last[:20]) if last else None
    except (ValueError, binascii.Error):
        raise malformed("invalid page_token") from None


def _checked_feed(query: Query) -> None:
    word(query, "feed", _FEEDS, "iex")
    if query.get("currency", "USD") not in ("USD", ""):
        raise malformed("invalid currency: only USD is here")
