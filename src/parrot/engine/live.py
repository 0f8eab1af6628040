"""A run whose data come in batches and whose fills come from outside; all else is a back-test's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parrot.contracts.market import Market, Number
from parrot.engine.bars import Bars
from parrot.engine.columns import WEEK, timeframe_ns
from parrot.engine.run import Inputs, amount_of, build, failure, floats, listed, play
from parrot.engine.terms import cash_decimals
from parrot.engine.ticks import Quotes, Trades
from parrot.kernel.errors import DataError, InputError, StrategyError

SIZE_DECIMALS: Final = 8
_MONDAY: Final = 4 * 86_400 * 10**9

Row = tuple[int, int, int, int, int, int, int]
"""A bar: open and close time (ns UTC), open, high, low, close (price units), volume (10^-8 base units)."""


class Move(NamedTuple):
    """What a strategy did with an order: `deed` is place, cancel or resize; quantity in 10^-8 units."""

    ts: int
    deed: str
    order_id: int
    quantity: int


class Executed(NamedTuple):
    """One fill as its venue told it: quantity in 10^-8 units, price in units, `fee` in cash.

    `taken` is what was kept back of the quantity as the fee, None where it was paid in cash. `protection` "stop" or
    "take" means that of the order's symbol.
    """

    ts: int
    quantity: int
    price: int
    fee: Decimal
    taken: int | None
    maker: bool
    protection: str = ""


class Stream(NamedTuple):
    """Length and hash of all moves so far: equal where a strategy decided alike."""

    moves: int
    hash: str


def nothing_yet(decimals: Mapping[str, int], timeframe: int, feeds: Sequence[str]) -> Inputs:
    """Inputs without a row, for symbols with their price decimals; `timeframe` in ns, 0 without bars."""
    ints, bytes_ = np.empty(0, np.int64), np.empty(0, np.int8)
    bars, trades, quotes = {}, {}, {}
    for symbol, places in decimals.items():
        if "bars" in feeds and timeframe:
            bars[symbol] = Bars(symbol, ints, ints, ints, ints, ints, ints, ints, places, SIZE_DECIMALS, timeframe)
        if "trades" in feeds:
            trades[symbol] = Trades(symbol, ints, ints, ints, bytes_, places, SIZE_DECIMALS)
        if "quotes" in feeds:
            quotes[symbol] = Quotes(symbol, ints, ints, ints, ints, ints, places, SIZE_DECIMALS)
    return Inputs(bars, trades=trades, quotes=quotes)


@dataclass(slots=True)
class _Bucket:
    """A longer bar while it is being filled."""

    span: int
    stream: int
    start: int = -1
    row: list[int] = field(default_factory=list)

    def take(self, row: Row) -> None:
        if not self.row:
            anchor = _MONDAY if self.span % WEEK == 0 else 0
            self.start = (row[0] - anchor) // self.span * self.span + anchor
            self.row = [self.start, self.start + self.span, *row[2:]]
            return
        held = self.row
        held[3], held[4], held[5] = max(held[3], row[3]), min(held[4], row[4]), row[5]
        held[6] += row[6]

    def done(self, ts: int) -> bool:
        """True once its close time is reached."""
        return bool(self.row) and ts >= self.start + self.span


class LiveRun:
    """One live run of a strategy; times ns UTC, prices and quantities in the units of the data.

    `play` calls the strategy until `feed` says that nothing more comes. Within `feed` the other methods bring data and
    reports, and say up to when everything is known. With columns that are filled already the same calls reveal their
    rows, one each, as if they came just then.
    """

    def __init__(self, strategy: Any, inputs: Inputs, market: Market, cash: Number) -> None:
        amount = amount_of(cash)
        spans = [timeframe_ns(length) for length in listed(strategy.timeframes)]
        self.engine, self._views = build(inputs, market, amount, spans, live=True)
        self.cash_scale = cash_decimals(amount)
        self._strategy = strategy
        self._inputs = inputs
        self._numbers = {symbol: number for number, symbol in enumerate(inputs.symbols)}
        self._streams: dict[str, int] = {}
        self._buckets: dict[str, list[_Bucket]] = {}
        self._number_streams(spans)
        self._whole = any(len(data) for kind in (inputs.bars, inputs.trades, inputs.quotes) for data in kind.values())
        if self._whole:
            self.engine.hide()
        self._columns: dict[tuple[str, int], list[list[int]]] = {}
        strategy.attach(self.engine, inputs.symbols, lambda symbol, length: floats(self._views, symbol, length))

    def _number_streams(self, spans: Sequence[int]) -> None:
        """Numbers of streams as `build` gave them: of each symbol its bars, then the longer ones."""
        number = 0
        for symbol, bars in self._inputs.bars.items():
            self._streams[symbol] = number
            longer = [span for span in spans if span != bars.timeframe]
            self._buckets[symbol] = [_Bucket(span, number + 1 + at) for at, span in enumerate(longer)]
            number += 1 + len(longer)

    def play(self, feed: Callable[[], bool]) -> None:
        """Calls the strategy as long as `feed` brings something. Raises StrategyError when it raises, InputError."""
        try:
            play(self.engine, self._strategy, self._inputs, feed=feed)
        except InputError as fault:
            raise StrategyError(str(fault)) from fault
        except (StrategyError, Fed):
            raise
        except (Exception, SystemExit) as fault:
            raise failure(self._strategy, fault) from fault

    # -- what comes in --------------------------------------------------------------------------------------------

    def bar(self, symbol: str, row: Row) -> None:
        """Adds a closed bar, and the longer ones that are complete with it."""
        for bucket in self._buckets[symbol]:
            if bucket.done(row[0]):
                self._close(symbol, bucket)
            bucket.take(row)
        self._extend(symbol, 0, self._streams[symbol], row)
        for bucket in self._buckets[symbol]:
            if bucket.done(row[1]):
                self._close(symbol, bucket)

    def trade(self, symbol: str, ts: int, price: int, size: int, side: int) -> None:
        """Adds a trade."""
        if self._whole:
            self._reveal("trades", self._numbers[symbol])
        else:
            self.engine.extend_trades(self._numbers[symbol], ts, price, size, side)

    def quote(self, symbol: str, ts: int, bid: int, ask: int, bid_size: int, ask_size: int) -> None:
        """Adds a quote."""
        if self._whole:
            self._reveal("quotes", self._numbers[symbol])
        else:
            self.engine.extend_quotes(self._numbers[symbol], ts, bid, ask, bid_size, ask_size)

    def know(self, ts: int) -> None:
        """Everything up to `ts` is known."""
        for symbol, buckets in self._buckets.items():
            for bucket in buckets:
                if bucket.done(ts):
                    self._close(symbol, bucket)
        self.engine.know(ts)

    def filled(self, order_id: int, fill: Executed) -> None:
        """An order was filled, or the protection of its symbol."""
        fee = int(fill.fee.scaleb(self.cash_scale).to_integral_value())
        self.engine.report_fill(
            order_id, fill.ts, fill.quantity, fill.price, fee, fill.taken, fill.maker, fill.protection
        )

    def ended(self, order_id: int, ts: int, status: str, reason: str) -> None:
        """An order ended without being filled whole: canceled, expired or refused."""
        self.engine.report_end(order_id, ts, status, reason)

    def adopt(self, symbol: str, side: int, quantity: int) -> int:
        """Takes on an order that the strategy did not make; returns its number."""
        return self.engine.adopt(self._numbers[symbol], side, quantity)

    # -- what comes out -------------------------------------------------------------------------------------------

    def moves(self) -> list[Move]:
        """What the strategy did since the last call."""
        return [Move(*move) for move in self.engine.take_moves()]

    @property
    def stream(self) -> Stream:
        """The order stream so far."""
        return Stream(*self.engine.order_stream)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _close(self, symbol: str, bucket: _Bucket) -> None:
        row, bucket.row = bucket.row, []
        self._extend(symbol, bucket.span, bucket.stream, (row[0], row[1], row[2], row[3], row[4], row[5], row[6]))

    def _extend(self, symbol: str, span: int, stream: int, row: Row) -> None:
        if self._whole:
            self._reveal("bars", stream)
            return
        own = [line for line in self._strategy.own_lines if self._is_of(line[2], span, symbol)]
        self.engine.extend_bars(stream, row, self._computed(symbol, span, row, own) if own else [])

    def _reveal(self, kind: str, number: int) -> None:
        if not self.engine.reveal(kind, number):
            raise DataError(f"there are no more {kind}", expected="the columns that the run was made of")

    def _is_of(self, length: int, span: int, symbol: str) -> bool:
        return length == span or (span == 0 and length == self._inputs.bars[symbol].timeframe)

    def _computed(self, symbol: str, span: int, row: Row, own: Sequence[Any]) -> list[float]:
        """The newest values of the strategy's own lines, from all bars so far."""
        held = self._columns.setdefault((symbol, span), [[] for _ in row])
        for column, value in zip(held, row, strict=True):
            column.append(value)
        known = self._inputs.bars[symbol]
        places = dict.fromkeys(("open", "high", "low", "close"), known.price_decimals)
        columns: dict[str, NDArray[np.float64]] = {}
        for at, name in enumerate(("open", "high", "low", "close", "volume"), 2):
            columns[name] = np.array(held[at], np.int64) / 10.0 ** places.get(name, known.volume_decimals)
        return [float(function(*(columns[name] for name in names))[-1]) for function, names, _ in own]


class Fed(Exception):  # noqa: N818  it is no fault of the strategy
    """Raised by a feed that cannot go on; it is handed through as it is."""
