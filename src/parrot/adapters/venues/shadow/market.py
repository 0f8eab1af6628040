"""The back-test's core on columns that grow: live ticks in, what became of orders out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np

from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.listing import Listing
from parrot.contracts.market import AccountKind, FillModel, Instrument, Market, QueueModel
from parrot.contracts.ticks import BookChanged, BookSnapshot, FeedGap, QuoteTick, TradeTick
from parrot.contracts.venue import PlaceOrder
from parrot.engine.run import Inputs, build
from parrot.engine.ticks import Books, Quotes, Trades

SIZE_DECIMALS: Final = 8
_BOUNDLESS: Final = Decimal(10**12)  # the purse watches over money, not the core
_TRIGGERED: Final = (OrderKind.STOP, OrderKind.STOP_LIMIT)
_TOUCHED: Final = (OrderKind.TOUCH, OrderKind.TOUCH_LIMIT)


class Met(NamedTuple):
    """A piece of an order that met the market: quantity in base units."""

    number: int
    ts: int
    quantity: Decimal
    price: Decimal
    maker: bool


class Over(NamedTuple):
    """An order that ended; one that is "filled" may have been cut to the position that it may reduce."""

    number: int
    ts: int
    status: str
    reason: str


class ShadowMarket:
    """The markets of all symbols, and the orders in them by the core's numbers.

    Ticks come in the order of arrival and count as known when they arrived. `run` plays them, and orders meet them
    exactly as in a back-test on the same columns (rules K1 to K5 of docs/reference/backtest.md).
    """

    def __init__(self, listings: Sequence[Listing], *, books: bool, proportional_queue: bool) -> None:
        self.listings = {listing.symbol: listing for listing in listings}
        self._symbols = list(self.listings)
        self._numbers = {symbol: number for number, symbol in enumerate(self._symbols)}
        self._books = books
        self._last: dict[tuple[str, type], int] = {}
        self._broken: set[str] = set()
        self._fed: set[str] = set()
        self._engine, _ = build(
            _nothing_yet(listings, books=books), _market(listings, proportional_queue), _BOUNDLESS, (), live=True
        )
        self._engine.fill_here()
        self._engine.listen(bar=False, trade=False, quote=False, book=False, order=True, fill=True)
        self._engine.begin()
        self.now = 0

    def usable(self, symbol: str) -> bool:
        """Whether the market of a symbol is known: not before its first book, and not while that has a gap."""
        return symbol in self._fed and symbol not in self._broken

    def touch(self, symbol: str) -> tuple[Decimal, Decimal] | None:
        """Best bid and ask, None unless both are there."""
        found = self._engine.quote(self._numbers[symbol])
        if found is None:
            return None
        listing = self.listings[symbol]
        scale = 10**listing.price_decimals
        bid, ask = (Decimal(round(price * scale)).scaleb(-listing.price_decimals) for price in (found.bid, found.ask))
        return bid, ask

    def position(self, symbol: str) -> Decimal:
        """What the fills of a symbol add up to, in base units."""
        return Decimal(self._engine.position_lots(self._numbers[symbol])).scaleb(-SIZE_DECIMALS)

    # -- ticks ---------------------------------------------------------------------------------------------------------

    def feed(self, message: Any, now: int) -> None:
        """Takes one message; those that say nothing of a market are passed over."""
        symbol = getattr(message, "symbol", None)
        if symbol not in self._numbers:
            return
        if isinstance(message, FeedGap):
            if message.kind == "book" and self._books:
                self._broken.add(symbol)
        elif isinstance(message, TradeTick):
            if self.usable(symbol):
                at = self._time(message, now)
                self._engine.extend_trades(self._numbers[symbol], at, message.price, message.size, message.side)
        elif isinstance(message, QuoteTick):
            if not self._books:
                self._fed.add(symbol)
                prices = (message.bid, message.ask, message.bid_size, message.ask_size)
                self._engine.extend_quotes(self._numbers[symbol], self._time(message, now), *prices)
        elif isinstance(message, BookSnapshot | BookChanged) and self._books:
            self._book(symbol, message, now)

    def _book(self, symbol: str, message: BookSnapshot | BookChanged, now: int) -> None:
        whole = isinstance(message, BookSnapshot)
        if whole:
            self._broken.discard(symbol)
            self._fed.add(symbol)
        if message.levels and self.usable(symbol):
            rows = [(level.side, level.price, level.size) for level in message.levels]
            try:
                self._engine.extend_books(self._numbers[symbol], self._time(message, now), whole, rows)
            except (ValueError, OverflowError):
                self._broken.add(symbol)  # a level that cannot be: as good as a gap, until the next whole book

    def _time(self, message: Any, now: int) -> int:
        """When it arrived: never ahead of now, never before what came before it."""
        kind = BookChanged if isinstance(message, BookSnapshot) else type(message)
        last = self._last.get((message.symbol, kind), 0)
        at: int = max(last, min(message.received or message.ts, now))
        self._last[message.symbol, kind] = at
        return at

    def run(self, ts: int) -> list[Met | Over]:
        """Lets time go on to `ts`; what became of orders on the way, an order's end behind its last fill."""
        self.now = max(self.now, ts)
        self._engine.know(self.now)
        told: dict[tuple[str, int], Met | Over] = {}
        while True:
            kind, number, _ = self._engine.step()
            if kind == "feed":
                return list(told.values())
            if kind == "fill":
                told[kind, number] = self._met(number)
            elif kind == "order":
                # Of several words on one order the first may already show how it ended.
                told.pop((kind, number), None)
                over = self._over(number)
                if over is not None:
                    told[kind, number] = over

    def _met(self, index: int) -> Met:
        ts, number, symbol, _, maker, quantity, price, _, _ = self._engine.fill_units(index)
        decimals = self.listings[self._symbols[symbol]].price_decimals
        return Met(number, ts, Decimal(quantity).scaleb(-SIZE_DECIMALS), Decimal(price).scaleb(-decimals), maker)

    def _over(self, number: int) -> Over | None:
        order = self._engine.order_units(number)
        return (
            None
            if order["status"] == "working"
            else Over(number, self._engine.now, order["status"], order["reason"] or "")
        )

    # -- orders --------------------------------------------------------------------------------------------------------

    def place(self, asked: PlaceOrder) -> int:
        """Puts an order into the market; it meets it with the next `run`. Raises ValueError for what cannot be one."""
        terms: dict[str, Any] = {}
        if asked.limit is not None:
            terms["limit"] = asked.limit
        if asked.kind in _TRIGGERED:
            terms["trigger"] = asked.trigger
        elif asked.kind in _TOUCHED:
            terms["touch"] = asked.trigger
        elif asked.kind is OrderKind.TRAILING:
            assert asked.trail is not None
            terms["trail"] = ("pct" if asked.trail_percent else "distance", asked.trail)
        return self._engine.submit(
            self._numbers[asked.symbol],
            1 if asked.side is Side.BUY else -1,
            asked.quantity,
            tif=asked.tif.value.upper(),
            until=asked.until if asked.tif is TimeInForce.GTD else None,
            post_only=asked.post_only,
            reduce_only=asked.reduce_only,
            **terms,
        )

    def withdraw(self, number: int) -> None:
        """Takes an order out of the market; nobody is told of it."""
        self._engine.cancel(number)
        self._engine.notices()

    def hold(self, symbol: str, quantity: Decimal) -> None:
        """Begins with a position, as after a restart."""
        if quantity:
            units = abs(int(quantity.scaleb(SIZE_DECIMALS)))
            number = self._engine.adopt(self._numbers[symbol], 1 if quantity > 0 else -1, units)
            self._engine.report_fill(number, self.now, units, 1, 0)


def _market(listings: Sequence[Listing], proportional_queue: bool) -> Market:
    return Market(
        instruments={listing.symbol: Instrument(tick=listing.tick) for listing in listings},
        account=AccountKind.MARGIN,
        fill=FillModel(queue=QueueModel.PROPORTIONAL if proportional_queue else QueueModel.TRADES),
    )


def _nothing_yet(listings: Sequence[Listing], *, books: bool) -> Inputs:
    ints, bytes_, flags = np.empty(0, np.int64), np.empty(0, np.int8), np.empty(0, np.uint8)
    trades: dict[str, Any] = {}
    quotes: dict[str, Any] = {}
    level2: dict[str, Any] = {}
    for listing in listings:
        symbol, places = listing.symbol, listing.price_decimals
        trades[symbol] = Trades(symbol, ints, ints, ints, bytes_, places, SIZE_DECIMALS)
        if books:
            level2[symbol] = Books(symbol, ints, bytes_, ints, ints, flags, places, SIZE_DECIMALS, ints)
        else:
            quotes[symbol] = Quotes(symbol, ints, ints, ints, ints, ints, places, SIZE_DECIMALS)
    return Inputs({}, trades=trades, quotes=quotes, books=level2)
