"""The market as people watch it: quotes, tape, candles and depth in the words of the gateway."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from parrot.centers.market_data.candles import CLOSE, HIGH, LOW, OPEN, TRADES, TS, VOLUME, LiveCandles, coarser
from parrot.centers.market_data.live import Flow, LiveMarket
from parrot.centers.market_data.live.units import SIZE_DECIMALS
from parrot.contracts.commands import Quoted
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import TradeTick
from parrot.engine.columns import DAY, MINUTE, Integers
from parrot.kernel.decimals import ZERO, plain, share, subtract
from parrot.kernel.errors import MissingError

Row = dict[str, Any]
TAPE_KEPT: Final = 500
_PERCENT: Final = Decimal(100)
_PERCENT_STEP: Final = Decimal("0.0001")
_UNKNOWN: Final = {
    "bid": None, "ask": None, "bid_size": None, "ask_size": None, "last": None, "ts": 0, "received_ns": 0,
    "valid": False,
}  # fmt: skip
_SIDES: Final = {1: "buy", -1: "sell"}


class MarketWatch:
    """What passed the gates, kept for those who look: asked and fed by the thread that trades, between two turns.

    Rows are plain values: amounts as decimal text, times ns UTC.
    """

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._symbols = {listing.symbol: _Watched(listing) for listing in listings}
        self._changed: set[str] = set()

    def take(self, flow: Flow, now: int) -> None:
        """Takes what passed at `now`."""
        for message in flow.messages:
            if message.__class__ is TradeTick:
                watched = self._symbols.get(message.symbol)
                if watched is not None:
                    watched.traded(message)
                    self._changed.add(message.symbol)
        for quoted in flow.quoted:
            watched = self._symbols.get(quoted.symbol)
            if watched is not None:
                watched.quoted = quoted
                self._changed.add(quoted.symbol)

    def symbols(self) -> list[str]:
        """All symbols, in the order of the venue."""
        return list(self._symbols)

    def listing(self, symbol: str) -> Listing:
        """The terms of a symbol. Raises MissingError."""
        return self._of(symbol).listing

    def quote(self, symbol: str) -> Quoted | None:
        """The market of a symbol as the desk was told it last. Raises MissingError."""
        return self._of(symbol).quoted

    def quotes(self, now: int) -> list[Row]:
        """The market of each symbol, with what the last 24 hours did to it."""
        return [watched.quote_row(now) for watched in self._symbols.values()]

    def quote_row(self, symbol: str, now: int) -> Row:
        """The same of one symbol. Raises MissingError."""
        return self._of(symbol).quote_row(now)

    def changed_quotes(self) -> set[str]:
        """Symbols whose market changed since this was asked last; for one asker."""
        changed, self._changed = self._changed, set()
        return changed

    def tape(self, symbol: str, limit: int = TAPE_KEPT) -> list[Row]:
        """The newest trades of the market, newest last. Raises MissingError."""
        watched = self._of(symbol)
        newest = list(watched.tape)[-limit:] if limit else []
        return [watched.trade_row(tick) for tick in newest]

    def trade_row(self, tick: TradeTick) -> Row:
        """One trade of the market. Raises MissingError."""
        return self._of(tick.symbol).trade_row(tick)

    def bars(self, symbol: str, step: int, limit: int, now: int) -> list[Row]:
        """The newest candles of `step` ns that this process saw whole or forming, oldest first. Raises MissingError."""
        watched = self._of(symbol)
        begin = (now // step - limit + 1) * step
        rows = coarser(watched.candles.of(step).rows(begin), step)
        return watched.candle_rows(rows[-limit:], step, now)

    def forming(self, symbol: str, step: int, now: int) -> list[Row]:
        """The last two candles: the one that forms, and the one before it, which may just have closed."""
        return self.bars(symbol, step, 2, now)

    def live(self, symbol: str, step: int) -> tuple[Integers, int]:
        """Fine candles that make those of `step` ns, and from when (ns UTC) every trade is in them; 0 for never."""
        ring = self._of(symbol).candles.of(step)
        return ring.rows(), ring.since

    def candle_rows(self, symbol: str, rows: Integers, step: int, now: int) -> list[Row]:
        """Candles of `step` ns in words. Raises MissingError."""
        return self._of(symbol).candle_rows(rows, step, now)

    def seed(self, symbol: str, rows: Integers) -> None:
        """Takes minutes of the last day that an earlier process saw; only once. Raises MissingError."""
        self._of(symbol).seed(rows)

    def book(self, market: LiveMarket, symbol: str, depth: int, now: int) -> Row:
        """The best `depth` levels of each side, best first. Raises MissingError."""
        watched, live = self._of(symbol), market.symbol(symbol)
        bids: list[tuple[str, str]] = []
        asks: list[tuple[str, str]] = []
        for level in live.book.ladder.levels(depth):
            pair = (watched.price(level.price), watched.size(level.size))
            (bids if level.side == 1 else asks).append(pair)
        return {
            "symbol": symbol,
            "ts": live.book_clock.last,
            "valid": live.book.valid and live.touch.valid(now),
            "update_id": live.book.last,
            "bids": bids,
            "asks": asks,
        }

    def _of(self, symbol: str) -> _Watched:
        found = self._symbols.get(symbol)
        if found is None:
            raise MissingError(f"there is no market {symbol[:60]!r}", expected=f"one of {', '.join(self._symbols)}")
        return found


class _Watched:
    """One symbol."""

    __slots__ = ("_day", "_day_of", "_place", "_seeded", "candles", "listing", "quoted", "tape")

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.quoted: Quoted | None = None
        self.tape: deque[TradeTick] = deque(maxlen=TAPE_KEPT)
        self.candles = LiveCandles()
        self._place = 10**listing.price_decimals
        self._seeded = False
        self._day_of = -1
        self._day: list[int] = []

    def traded(self, tick: TradeTick) -> None:
        self.tape.append(tick)
        self.candles.add(tick)

    def seed(self, rows: Integers) -> None:
        if not self._seeded:
            self._seeded, self._day_of = True, -1
            self.candles.coarse.seed(rows)

    def price(self, ticks: int) -> str:
        """A price with all the digits that the listing has."""
        whole, part = divmod(ticks, self._place)
        return f"{whole}.{part:0{self.listing.price_decimals}d}" if self.listing.price_decimals else str(whole)

    def size(self, lots: int) -> str:
        """A size without zeros at its end."""
        whole, part = divmod(lots, 10**SIZE_DECIMALS)
        return f"{whole}.{part:0{SIZE_DECIMALS}d}".rstrip("0").rstrip(".")

    def trade_row(self, tick: TradeTick) -> Row:
        return {
            "symbol": tick.symbol,
            "seq": tick.seq,
            "ts": tick.ts,
            "price": self.price(tick.price),
            "size": self.size(tick.size),
            "side": _SIDES.get(tick.side, ""),
        }

    def candle_rows(self, rows: Integers, step: int, now: int) -> list[Row]:
        return [
            {
                "symbol": self.listing.symbol,
                "ts": row[TS],
                "open": self.price(row[OPEN]),
                "high": self.price(row[HIGH]),
                "low": self.price(row[LOW]),
                "close": self.price(row[CLOSE]),
                "volume": self.size(row[VOLUME]),
                "trades": row[TRADES],
                "closed": row[TS] + step <= now,
            }
            for row in rows.tolist()
        ]

    def quote_row(self, now: int) -> Row:
        quoted = self.quoted
        if quoted is None:
            return {"symbol": self.listing.symbol, **_UNKNOWN, **self._of_day(now, None)}
        return {
            "symbol": self.listing.symbol,
            "bid": plain(quoted.bid),
            "ask": plain(quoted.ask),
            "bid_size": plain(quoted.bid_size),
            "ask_size": plain(quoted.ask_size),
            "last": plain(quoted.last),
            "ts": quoted.ts,
            "received_ns": quoted.received,
            "valid": quoted.valid,
            **self._of_day(now, quoted.last),
        }

    def _of_day(self, now: int, last: Decimal | None) -> Row:
        """What happened since 24 hours ago, or since the first trade that is known."""
        minute = now // MINUTE
        if minute != self._day_of:  # what has closed is added up once a minute
            closed = self.candles.coarse.rows(now - DAY)
            self._day_of, self._day = minute, _summed(closed[closed[:, TS] < minute * MINUTE])
        day = list(self._day)
        row = self.candles.coarse.newest()
        if row is not None and row[TS] >= minute * MINUTE:
            day = _added(day, row)
        if not day:
            return dict.fromkeys(("change", "change_percent", "high", "low"), None) | {"volume": "0", "since_ns": 0}
        first = Decimal(self.price(day[OPEN]))
        change = None if last is None else subtract(last, first)
        percent = None if change is None else share(change, part=_PERCENT, of=first, step=_PERCENT_STEP)
        return {
            "change": None if change is None else plain(change or ZERO),
            "change_percent": None if percent is None else plain(percent),
            "high": self.price(day[HIGH]),
            "low": self.price(day[LOW]),
            "volume": self.size(day[VOLUME]),
            "since_ns": day[TS],
        }


def _summed(rows: Integers) -> list[int]:
    if not len(rows):
        return []
    return [
        int(rows[0, TS]),
        int(rows[0, OPEN]),
        int(rows[:, HIGH].max()),
        int(rows[:, LOW].min()),
        int(rows[-1, CLOSE]),
        int(rows[:, VOLUME].sum()),
        int(rows[:, TRADES].sum()),
    ]


def _added(day: list[int], row: Any) -> list[int]:
    if not day:
        return list(row)
    return [
        day[TS],
        day[OPEN],
        max(day[HIGH], row[HIGH]),
        min(day[LOW], row[LOW]),
        row[CLOSE],
        day[VOLUME] + row[VOLUME],
        day[TRADES] + row[TRADES],
    ]
