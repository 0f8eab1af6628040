"""Live data on their way into the lake: raw ticks and bars as columns, written from time to time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parrot.centers.market_data.live.service import Flow
from parrot.centers.market_data.live.units import SIZE_DECIMALS
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import BarClosed, BookChanged, BookSnapshot, QuoteTick, TradeTick
from parrot.engine.bars import Bars
from parrot.engine.columns import SECOND, timeframe_text
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.kernel.errors import ParrotError
from parrot.ports.lake import Lake, SeriesKey, Ticks

Columns = NDArray[np.int64]

EVERY: Final = 600 * SECOND
MOST: Final = 500_000  # rows
ALL: Final = ("trades", "quotes", "l2", "bars")
_CHUNK: Final = 2_048  # messages that are turned into columns at a time


Pieces = list[tuple[SeriesKey, Ticks | Bars]]


class LakeWriter:
    """Collects what passes and writes it to a lake, under `venue`.

    `take` is quick and writes nothing; `due` says that `every` ns went by or `most` rows wait. Then `cut` gives what
    waits as columns, and `write` puts those into the lake: it touches nothing else, so a thread of its own may do it.
    Rows of the newest time are held back until time moves on, since the lake replaces whole spans of time. A bar goes
    to the lake raw, whole and made of trades, or not at all.
    """

    def __init__(
        self,
        lake: Lake,
        venue: str,
        listings: Iterable[Listing],
        *,
        kinds: Sequence[str] = ALL,
        every: int = EVERY,
        most: int = MOST,
    ) -> None:
        self.rows = 0
        self.failures: list[str] = []
        self._lake = lake
        self._venue = venue
        self._decimals = {listing.symbol: listing.price_decimals for listing in listings}
        self._kinds = frozenset(kinds)
        self._every = every
        self._most = most
        self._since = 0
        self._series: dict[SeriesKey, _Series] = {}

    def take(self, flow: Flow, now: int) -> None:
        """Takes what passed at `now` (ns UTC)."""
        self._since = self._since or now
        for message in flow.messages:
            kind = _KINDS.get(message.__class__)
            if kind in self._kinds:
                self._put(message, kind)
        for bar in flow.raw:
            if "bars" in self._kinds:
                self._put(bar, "bars")

    def waiting(self) -> int:
        """Rows that are not in the lake yet."""
        return sum(series.rows for series in self._series.values())

    def due(self, now: int) -> bool:
        """Whether it is time to write."""
        return self._since > 0 and (now - self._since >= self._every or self.waiting() >= self._most)

    def cut(self, now: int, *, last: bool = False) -> Pieces:
        """Takes out what waits; with `last` nothing is held back."""
        self._since = now
        pieces = [(key, series.cut(last=last)) for key, series in self._series.items()]
        return [(key, data) for key, data in pieces if data is not None]

    def write(self, pieces: Pieces) -> int:
        """Writes pieces into the lake; says how many rows.

        What the lake refuses is let go, with the reason in `failures`, and the rest is written.
        """
        written = 0
        for key, data in pieces:
            try:
                self._lake.write(key, data)
            except ParrotError as fault:
                self.failures.append(f"{key}: {len(data)} rows lost: {fault}")
            else:
                written += len(data)
        self.rows += written
        return written

    def _put(self, message: Any, kind: str) -> None:
        if isinstance(message, BarClosed):
            if message.kind != "time" or not message.made or message.partial or message.corrected:
                return
            kind = f"ohlcv_{timeframe_text(message.step)}"
        key = SeriesKey(self._venue, message.symbol, kind)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = _Series(message.symbol, kind, self._decimals[message.symbol])
        series.add(message)


class _Series:
    """Rows of one series: messages first, chunks of columns as they grow."""

    def __init__(self, symbol: str, kind: str, decimals: int) -> None:
        self._symbol = symbol
        self._kind = "bars" if kind.startswith("ohlcv_") else kind
        self._decimals = decimals
        self._step = 0
        self._messages: list[Any] = []
        self._chunks: list[Columns] = []
        self._chunked = 0

    @property
    def rows(self) -> int:
        return self._chunked + len(self._messages)

    def add(self, message: Any) -> None:
        self._messages.append(message)
        if len(self._messages) >= _CHUNK:
            self._pack()

    def cut(self, *, last: bool) -> Ticks | Bars | None:
        """All rows but those of the newest time, as the lake wants them; None where there are none."""
        self._pack()
        if not self._chunks:
            return None
        rows = np.concatenate(self._chunks)
        end = len(rows) if last or self._kind == "bars" else int(np.searchsorted(rows[:, 0], rows[-1, 0]))
        self._chunks = [rows[end:]] if end < len(rows) else []
        self._chunked = len(rows) - end
        return _MAKERS[self._kind](self, rows[:end]) if end else None

    def _pack(self) -> None:
        if not self._messages:
            return
        if self._kind == "bars":
            self._step = self._messages[-1].step
        rows = _ROWS[self._kind](self._messages)
        self._messages = []
        if len(rows):
            self._chunks.append(rows)
            self._chunked += len(rows)

    def trades(self, rows: Columns) -> Trades:
        ts, price, size, side = rows.T
        return Trades(self._symbol, ts, price, size, side.astype(np.int8), self._decimals, SIZE_DECIMALS)

    def quotes(self, rows: Columns) -> Quotes:
        ts, bid, ask, bid_size, ask_size = rows.T
        return Quotes(self._symbol, ts, bid, ask, bid_size, ask_size, self._decimals, SIZE_DECIMALS)

    def books(self, rows: Columns) -> Books:
        ts, side, price, size, flags, last_id = rows.T
        return Books(
            self._symbol,
            ts,
            side.astype(np.int8),
            price,
            size,
            flags.astype(np.uint8),
            self._decimals,
            SIZE_DECIMALS,
            last_id,
        )

    def bars(self, rows: Columns) -> Bars:
        ts, close_ts, opened, high, low, close, volume = rows[np.argsort(rows[:, 0])].T
        return Bars(
            self._symbol, ts, close_ts, opened, high, low, close, volume, self._decimals, SIZE_DECIMALS, self._step
        )


def _trade_rows(messages: list[TradeTick]) -> Columns:
    return np.array([(m.ts, m.price, m.size, m.side) for m in messages], np.int64)


def _quote_rows(messages: list[QuoteTick]) -> Columns:
    return np.array([(m.ts, m.bid, m.ask, m.bid_size, m.ask_size) for m in messages], np.int64)


def _bar_rows(messages: list[BarClosed]) -> Columns:
    return np.array([(m.ts, m.close_ts, m.open, m.high, m.low, m.close, m.volume) for m in messages], np.int64)


def _book_rows(messages: list[BookChanged | BookSnapshot]) -> Columns:
    """One row a level; times do not run backward, though those of book messages may."""
    rows = [
        (m.ts, level.side, level.price, level.size, isinstance(m, BookSnapshot), m.last)
        for m in messages
        for level in m.levels
    ]
    table = np.array(rows, np.int64).reshape(-1, 6)
    table[:, 0] = np.maximum.accumulate(table[:, 0])
    return table


_KINDS: Final[dict[type, str]] = {
    TradeTick: "trades",
    QuoteTick: "quotes",
    BookChanged: "l2",
    BookSnapshot: "l2",
    BarClosed: "bars",
}
_ROWS: Final[dict[str, Callable[[Any], Columns]]] = {
    "trades": _trade_rows,
    "quotes": _quote_rows,
    "l2": _book_rows,
    "bars": _bar_rows,
}
_MAKERS: Final[dict[str, Callable[[_Series, Columns], Ticks | Bars]]] = {
    "trades": _Series.trades,
    "quotes": _Series.quotes,
    "l2": _Series.books,
    "bars": _Series.bars,
}
