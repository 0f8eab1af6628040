"""The market of one symbol as the desk sees it: the best known quote, whether it may be used, and when to tell it."""

from __future__ import annotations

from decimal import Decimal

from parrot.centers.market_data.live.units import Units
from parrot.contracts.commands import Quoted
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick


class Touch:
    """Best bid and ask of one symbol, from its quotes, its book or, where it has neither, its trades.

    `quotes_good` and `book_good` say whether that stream is fit for use; None: the symbol does not have it (yet).
    """

    __slots__ = (
        "_ask", "_ask_size", "_bid", "_bid_size", "_fresh", "_known", "_last", "_received", "_told", "_told_at", "_ts",
        "_units", "_volume", "book_good", "changed", "fresh_ts", "quotes_good",
    )  # fmt: skip

    def __init__(self, units: Units, fresh: int) -> None:
        self._units = units
        self._fresh = fresh
        self._bid = self._ask = self._bid_size = self._ask_size = self._last = self._volume = 0
        self._ts = self._received = 0
        self._known = False
        self._told: bool | None = None
        self._told_at = 0
        self.fresh_ts = 0
        self.changed = False
        self.quotes_good: bool | None = None
        self.book_good: bool | None = None

    def quote(self, tick: QuoteTick, now: int, *, known: bool) -> None:
        """A good quote; fit for use when another one agreed with it (`known`)."""
        self.quotes_good = known
        if tick.ts >= self._ts:
            self._bid, self._ask, self._bid_size, self._ask_size = tick.bid, tick.ask, tick.bid_size, tick.ask_size
            self._seen(tick.ts, tick.received, now)

    def book(self, top: tuple[int, int, int, int], ts: int, received: int, now: int, *, known: bool) -> None:
        """The top of a good book: bid, ask and their sizes."""
        self.book_good = known
        if ts >= self._ts:
            self._bid, self._ask, self._bid_size, self._ask_size = top
            self._seen(ts, received, now)

    def trade(self, tick: TradeTick, now: int, *, known: bool) -> None:
        """A good trade."""
        self._last = tick.price
        self._volume += tick.size
        self._known = known
        self._without_quotes(tick.price, tick.ts, tick.received, now)

    def bar(self, bar: BarClosed, now: int, *, known: bool) -> None:
        """A good bar that the feed brought ready-made."""
        self._last = bar.close
        self._volume += bar.volume
        self._known = known
        self._without_quotes(bar.close, bar.close_ts, now, now)

    def spoil_quotes(self) -> None:
        """The market's own quote is not one to use, until the next good one."""
        self.quotes_good = False
        self.changed = True

    def spoil_book(self) -> None:
        """The book is not one to use, until it is told otherwise."""
        self.book_good = False
        self.changed = True

    def valid(self, now: int) -> bool:
        """Whether the market may be used at `now`."""
        if self.quotes_good is None and self.book_good is None and not self._known:
            return False
        return self.quotes_good is not False and self.book_good is not False and now - self.fresh_ts <= self._fresh

    def due(self, now: int, conflate: int) -> bool:
        """Whether the desk is to be told now: after `conflate` ns, or at once when the market turned bad or good."""
        if not self._bid:
            return False
        if self.valid(now) is not self._told:
            return True
        return self.changed and now - self._told_at >= conflate

    def tell(self, now: int) -> Quoted:
        """The market at `now`, for the desk."""
        units, valid = self._units, self.valid(now)
        self._told, self._told_at, self.changed = valid, now, False
        bid, ask = units.price(self._bid), units.price(self._ask)
        return Quoted(
            symbol=units.symbol,
            ts=self._ts,
            received=self._received,
            bid=bid,
            ask=ask,
            last=units.price(self._last) if self._last else (bid + ask) * _HALF,
            bid_size=units.size(self._bid_size),
            ask_size=units.size(self._ask_size),
            volume=units.size(self._volume),
            valid=valid,
        )

    def _seen(self, ts: int, received: int, now: int) -> None:
        self._ts, self._received = ts, received
        self.fresh_ts = min(ts, now)  # a venue's clock that runs ahead makes nothing fresher
        self.changed = True

    def _without_quotes(self, price: int, ts: int, received: int, now: int) -> None:
        if self.quotes_good is None and self.book_good is None:
            self._bid = self._ask = price
            self._bid_size = self._ask_size = 0
            self._seen(ts, received, now)
        self.changed = True


_HALF = Decimal("0.5")
