"""Recorded columns of one symbol as streams of ticks, made when their time comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from parrot.contracts.listing import Listing
from parrot.contracts.ticks import BarClosed, BookChanged, BookLevel, BookSnapshot, QuoteTick, TradeTick
from parrot.engine.bars import Bars
from parrot.engine.book import ASK, BID, L2Book, grid_step
from parrot.engine.columns import Integers
from parrot.engine.ticks import UNKNOWN_SIZE, Books, Quotes, Trades
from parrot.kernel.errors import DataError

SIZE_DECIMALS: Final = 8
_ALL: Final = 2**31


class Stream(Protocol):
    """Messages of one kind, numbered from 0, each due at a time that never runs backward."""

    due: Integers

    def make(self, first: int, last: int, shift: int) -> list[Any]:
        """Messages `first` to `last` (not included), their times moved by `shift` ns."""


@dataclass(frozen=True)
class Recording:
    """What was recorded of one symbol; any part may be missing. `base` and `quote` name its currencies."""

    symbol: str
    trades: Trades | None = None
    quotes: Quotes | None = None
    books: Books | None = None
    bars: Bars | None = None
    base: str = ""
    quote: str = ""

    @cached_property
    def listing(self) -> Listing:
        """The finest terms that the data need: the coarsest tick and the fewest decimals that hold every price.

        Raises DataError when there are no data.
        """
        columns = _price_columns(self)
        if not columns:
            raise DataError(f"{self.symbol}: nothing was recorded", expected="trades, quotes, books or bars")
        most = max(decimals for _, decimals in columns)
        step = np.gcd.reduce([grid_step(column) * 10 ** (most - decimals) for column, decimals in columns])
        tick = Decimal(int(step)).scaleb(-most).normalize()
        decimals = max(0, -int(tick.as_tuple().exponent))
        return Listing(
            symbol=self.symbol,
            base=self.base or self.symbol,
            quote=self.quote or "USD",
            tick=tick,
            lot=Decimal(1).scaleb(-SIZE_DECIMALS),
            price_decimals=decimals,
            quantity_decimals=SIZE_DECIMALS,
        )

    def streams(self) -> list[Stream]:
        """What there is, in the order in which equal times are given: books, quotes, trades, bars."""
        decimals = self.listing.price_decimals
        made: list[Stream] = []
        if self.books is not None and len(self.books):
            made.append(BookStream(self.symbol, self.books, decimals))
        if self.quotes is not None and len(self.quotes):
            made.append(_QuoteStream(self.symbol, self.quotes, decimals))
        if self.trades is not None and len(self.trades):
            made.append(_TradeStream(self.symbol, self.trades, decimals))
        if self.bars is not None and len(self.bars):
            made.append(_BarStream(self.symbol, self.bars, decimals))
        return made


def _price_columns(recording: Recording) -> list[tuple[Integers, int]]:
    found: list[tuple[Integers, int]] = []
    if recording.bars is not None:
        bars = recording.bars
        prices = (bars.open_ticks, bars.high_ticks, bars.low_ticks, bars.close_ticks)
        found += [(column, bars.price_decimals) for column in prices]
    if recording.trades is not None:
        found.append((recording.trades.price_ticks, recording.trades.price_decimals))
    if recording.quotes is not None:
        quotes = recording.quotes
        found += [(column, quotes.price_decimals) for column in (quotes.bid_ticks, quotes.ask_ticks)]
    if recording.books is not None:
        found.append((recording.books.price_ticks, recording.books.price_decimals))
    return [(column, decimals) for column, decimals in found if len(column)]


def _prices(column: Integers, decimals: int, wanted: int) -> Integers:
    """Prices at another scale; exact, since the listing was made to hold them."""
    moved = column // 10 ** (decimals - wanted) if decimals >= wanted else column * 10 ** (wanted - decimals)
    return np.asarray(moved, np.int64)


def _sizes(column: Integers, decimals: int) -> Integers:
    return np.asarray(np.where(column == UNKNOWN_SIZE, 0, column) * 10 ** (SIZE_DECIMALS - decimals), np.int64)


class _TradeStream:
    def __init__(self, symbol: str, rows: Trades, decimals: int) -> None:
        self.due = rows.ts
        self.symbol = symbol
        self._rows = rows
        self._decimals = decimals

    def make(self, first: int, last: int, shift: int) -> list[TradeTick]:
        rows, part = self._rows, slice(first, last)
        columns = zip(
            range(first + 1, last + 1),
            (rows.ts[part] + shift).tolist(),
            _prices(rows.price_ticks[part], rows.price_decimals, self._decimals).tolist(),
            _sizes(rows.size_lots[part], rows.size_decimals).tolist(),
            rows.side[part].tolist(),
            strict=True,
        )
        return [
            TradeTick(symbol=self.symbol, seq=seq, ts=ts, received=ts, price=price, size=size, side=side)
            for seq, ts, price, size, side in columns
        ]


class _QuoteStream:
    def __init__(self, symbol: str, rows: Quotes, decimals: int) -> None:
        self.due = rows.ts
        self.symbol = symbol
        self._rows = rows
        self._decimals = decimals

    def make(self, first: int, last: int, shift: int) -> list[QuoteTick]:
        rows, part = self._rows, slice(first, last)
        scales = rows.price_decimals, self._decimals
        columns = zip(
            range(first + 1, last + 1),
            (rows.ts[part] + shift).tolist(),
            _prices(rows.bid_ticks[part], *scales).tolist(),
            _prices(rows.ask_ticks[part], *scales).tolist(),
            _sizes(rows.bid_lots[part], rows.size_decimals).tolist(),
            _sizes(rows.ask_lots[part], rows.size_decimals).tolist(),
            strict=True,
        )
        return [
            QuoteTick(symbol=self.symbol, seq=seq, ts=ts, received=ts, bid=bid, ask=ask, bid_size=bids, ask_size=asks)
            for seq, ts, bid, ask, bids, asks in columns
        ]


class _BarStream:
    """Bars come when they close."""

    def __init__(self, symbol: str, rows: Bars, decimals: int) -> None:
        self.due = rows.close_ts
        self.symbol = symbol
        self._rows = rows
        self._decimals = decimals

    def make(self, first: int, last: int, shift: int) -> list[BarClosed]:
        rows, part = self._rows, slice(first, last)
        prices = (rows.open_ticks, rows.high_ticks, rows.low_ticks, rows.close_ticks)
        columns = zip(
            (rows.ts[part] + shift).tolist(),
            (rows.close_ts[part] + shift).tolist(),
            *(_prices(column[part], rows.price_decimals, self._decimals).tolist() for column in prices),
            _sizes(rows.volume_lots[part], rows.volume_decimals).tolist(),
            strict=True,
        )
        return [
            BarClosed(
                symbol=self.symbol,
                kind="time",
                step=rows.timeframe,
                ts=ts,
                close_ts=close_ts,
                open=opened,
                high=high,
                low=low,
                close=close,
                volume=volume,
                trades=0,
                made=volume > 0,
            )
            for ts, close_ts, opened, high, low, close, volume in columns
        ]


class BookStream:
    """Rows of one message become one message; update ids are the recorded ones, or numbers where there are none.

    Recordings hold the last id of a message only, so a change follows from the change before it in the recording.
    """

    def __init__(self, symbol: str, rows: Books, decimals: int) -> None:
        self.symbol = symbol
        self._rows = rows
        self._decimals = decimals
        whole = rows.flags != 0
        ids = rows.last_id if rows.last_id is not None and _usable_ids(rows.last_id, whole) else None
        new = (rows.ts[1:] != rows.ts[:-1]) | (whole[1:] != whole[:-1])
        if ids is not None:
            new |= ids[1:] != ids[:-1]
        self._starts = np.append(0, np.flatnonzero(new) + 1)
        self._ends = np.append(self._starts[1:], len(rows))
        self.due = rows.ts[self._starts]
        self._whole = whole[self._starts]
        self._last = np.arange(1, len(self._starts) + 1) if ids is None else ids[self._starts]
        self._first = _following(self._last, self._whole)

    def make(self, first: int, last: int, shift: int) -> list[BookChanged | BookSnapshot]:
        """Messages `first` to `last` (not included), their times moved by `shift` ns."""
        if first == last:
            return []
        starts, ends = self._starts[first:last].tolist(), self._ends[first:last].tolist()
        levels = self._levels(starts[0], ends[-1])
        columns = zip(
            starts,
            ends,
            (self.due[first:last] + shift).tolist(),
            self._whole[first:last].tolist(),
            self._first[first:last].tolist(),
            self._last[first:last].tolist(),
            strict=True,
        )
        return [
            BookSnapshot(symbol=self.symbol, last=to, ts=ts, received=ts, levels=levels[a - starts[0] : b - starts[0]])
            if whole
            else BookChanged(
                symbol=self.symbol,
                first=since,
                last=to,
                ts=ts,
                received=ts,
                levels=levels[a - starts[0] : b - starts[0]],
            )
            for a, b, ts, whole, since, to in columns
        ]

    def snapshot(self, given: int, now: int) -> BookSnapshot | None:
        """The whole book after the first `given` messages, None where the recording has not shown it by then."""
        if not given:
            return None
        rows = self._rows
        book = L2Book.on_grid_of(rows)
        part = _cut(rows, int(self._ends[given - 1]))
        book.apply(part, part.last_id)
        if not book.synced:
            return None
        levels = [
            BookLevel(side, price, size)
            for side in (BID, ASK)
            for price, size in zip(*(column.tolist() for column in self._scaled(*book.levels(side, _ALL))), strict=True)
        ]
        last = int(self._last[:given].max())
        return BookSnapshot(symbol=self.symbol, last=last, ts=now, received=now, levels=levels)

    def _scaled(self, prices: Integers, sizes: Integers) -> tuple[Integers, Integers]:
        rows = self._rows
        return _prices(prices, rows.price_decimals, self._decimals), _sizes(sizes, rows.size_decimals)

    def _levels(self, first: int, last: int) -> list[BookLevel]:
        rows = self._rows
        prices, sizes = self._scaled(rows.price_ticks[first:last], rows.size_lots[first:last])
        columns = zip(rows.side[first:last].tolist(), prices.tolist(), sizes.tolist(), strict=True)
        return [BookLevel(side, price, size) for side, price, size in columns]


def _usable_ids(ids: Integers, whole: NDArray[np.bool_]) -> bool:
    """Whether changes carry ids that rise."""
    changes = ids[~whole]
    return bool(len(changes)) and bool(changes[0] > 0) and bool(np.all(np.diff(changes) >= 0)) and bool(ids.max() > 1)


def _following(last: Integers, whole: NDArray[np.bool_]) -> Integers:
    """The first update id of each message: one after the last id of the change before it."""
    first = last.copy()
    changes = np.flatnonzero(~whole)
    first[changes[1:]] = np.minimum(last[changes[:-1]] + 1, last[changes[1:]])
    if len(changes) and len(last) > len(changes):
        # Before the first change nothing is known: it follows from the snapshot, whichever that is.
        first[changes[0]] = min(int(last[changes[0]]), int(last[whole].min()) + 1)
    return first


def _cut(rows: Books, end: int) -> Books:
    names: Sequence[str] = ("ts", "side", "price_ticks", "size_lots", "flags")
    changes: dict[str, Any] = {name: getattr(rows, name)[:end] for name in names}
    if rows.last_id is not None:
        changes["last_id"] = rows.last_id[:end]
    return replace(rows, **changes)
