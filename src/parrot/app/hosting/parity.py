"""Sessions: what strategies were given and what they ordered, kept, and played again in the back-tester's core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from parrot.adapters.journal.files import FileJournal, verify_journal
from parrot.app.hosting.inputs import InputJournal
from parrot.app.hosting.life import Life, feeds_of, market_of
from parrot.contracts.commands import SubmitOrder
from parrot.contracts.hosting import Deed, InputBatch, LifeBegun, SessionInput, SessionLife, SessionOrder
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderReceived
from parrot.contracts.sessions import SessionClosed, SessionOpened, decoder
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick
from parrot.engine.bars import Bars
from parrot.engine.live import SIZE_DECIMALS, LiveRun
from parrot.engine.run import Inputs
from parrot.engine.ticks import Quotes, Trades
from parrot.kernel.errors import DataError, MissingError
from parrot.sdk import Strategy

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = decoder(SessionLife, SessionInput, SessionOrder)


@dataclass(slots=True)
class Recorded:
    """One strategy of a session: its life, its batches, and its orders by key as the desk received them."""

    life: LifeBegun
    batches: list[InputBatch] = field(default_factory=list)
    orders: dict[str, SubmitOrder] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parity:
    """What came of playing one strategy again: number and hash of its orders then and now, the first difference."""

    strategy: str
    batches: int
    orders: int
    live_hash: str
    replay_hash: str
    difference: str = ""

    @property
    def equal(self) -> bool:
        """True when it ordered the same."""
        return not self.difference


def lives_in(folder: Path) -> list[Recorded]:
    """The last life of every strategy in the folder of input journals, also while they are written."""
    found = []
    for path in sorted(folder.glob("*.journal")):
        if path.name.endswith(".head.journal"):
            continue
        recorded = InputJournal.last_life(_bodies(path))
        if recorded is not None:
            found.append(Recorded(*recorded))
    return found


def life_in(path: Path) -> Recorded | None:
    """The last life in one input journal, also while it is written; None before the first."""
    recorded = InputJournal.last_life(_bodies(path)) if path.is_file() else None
    return None if recorded is None else Recorded(*recorded)


def _bodies(path: Path) -> list[bytes]:
    found: list[bytes] = []
    verify_journal(path, lambda _, body: found.append(bytes(body)))
    return found


def add_orders(lives: Iterable[Recorded], entries: Iterable[Entry]) -> None:
    """Gives each life its orders out of the desk's entries."""
    by_name = {recorded.life.strategy: recorded for recorded in lives}
    for entry in entries:
        if isinstance(entry.record, OrderReceived) and not entry.record.parent:
            order = entry.record.order
            recorded = by_name.get(order.strategy)
            if recorded is not None and order.key.isdecimal() and int(order.key) > recorded.life.first_key:
                recorded.orders[order.key] = order


def write_session(path: Path, name: str, ts: int, lives: Sequence[Recorded]) -> int:
    """Keeps a session; returns how many entries it has. Raises StorageError."""
    listings = {listing.symbol: listing for recorded in lives for listing in recorded.life.listings}
    opened = SessionOpened(session=name, venue="paper", ts=ts, listings=list(listings.values()))
    entries: list[Any] = [opened]
    for recorded in lives:
        entries.append(SessionLife(life=recorded.life))
        entries += (SessionInput(strategy=recorded.life.strategy, batch=batch) for batch in recorded.batches)
        entries += (SessionOrder(seq=0, ts=order.decided, order=order) for order in recorded.orders.values())
    entries.append(SessionClosed(ts=ts))
    journal = FileJournal(path)
    try:
        journal.append([_ENCODER.encode(entry) for entry in entries])
    finally:
        journal.close()
    return len(entries)


def read_session(path: Path) -> list[Recorded]:
    """The strategies of a session. Raises MissingError, DataError for a damaged one."""
    if not path.is_file():
        raise MissingError(f"there is no session {path}", fix="parrot record makes one")
    bodies: list[bytes] = []
    verdict = verify_journal(path, lambda _, body: bodies.append(bytes(body)))
    if verdict.problems:
        raise DataError("; ".join(verdict.problems), fix="take a copy that is whole")
    lives: dict[str, Recorded] = {}
    try:
        for body in bodies:
            _sort_in(lives, _DECODER.decode(body))
    except msgspec.MsgspecError as fault:
        raise DataError(f"{path} cannot be read: {fault}", fix="open it with the version that wrote it") from None
    return list(lives.values())


def _sort_in(lives: dict[str, Recorded], entry: Any) -> None:
    if isinstance(entry, SessionLife):
        lives[entry.life.strategy] = Recorded(entry.life)
    elif isinstance(entry, SessionInput):
        lives[entry.strategy].batches.append(entry.batch)
    elif isinstance(entry, SessionOrder):
        lives[entry.order.strategy].orders[entry.order.key] = entry.order


# -- playing it again ------------------------------------------------------------------------------------------------


def whole(life: LifeBegun, feeds: Sequence[str], batches: Sequence[InputBatch]) -> Inputs:
    """Everything that a strategy was given, as whole columns: what a back-test reads."""
    bars = {listing.symbol: _bars(listing, life.timeframe, batches) for listing in life.listings}
    trades = {listing.symbol: _trades(listing, batches) for listing in life.listings}
    quotes = {listing.symbol: _quotes(listing, batches) for listing in life.listings}
    return Inputs(
        bars if "bars" in feeds and life.timeframe else {},
        trades=trades if "trades" in feeds else {},
        quotes=quotes if "quotes" in feeds else {},
    )


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> Any:
    return np.array(rows, np.int64).reshape(len(rows), width).T.copy()


def _bars(listing: Listing, timeframe: int, batches: Sequence[InputBatch]) -> Bars:
    rows = [_bar_row(bar) for batch in batches for bar in batch.bars if bar.symbol == listing.symbol]
    ts, close_ts, opens, highs, lows, closes, volumes = _columns(rows, 7)
    columns = (ts, close_ts, opens, highs, lows, closes, volumes)
    return Bars(listing.symbol, *columns, listing.price_decimals, SIZE_DECIMALS, timeframe)


def _bar_row(bar: BarClosed) -> tuple[int, ...]:
    return bar.ts, bar.close_ts, bar.open, bar.high, bar.low, bar.close, bar.volume


def _trades(listing: Listing, batches: Sequence[InputBatch]) -> Trades:
    rows = [_trade_row(trade) for batch in batches for trade in batch.trades if trade.symbol == listing.symbol]
    ts, price, size, side = _columns(rows, 4)
    return Trades(listing.symbol, ts, price, size, side.astype(np.int8), listing.price_decimals, SIZE_DECIMALS)


def _trade_row(trade: TradeTick) -> tuple[int, ...]:
    return trade.ts, trade.price, trade.size, trade.side


def _quotes(listing: Listing, batches: Sequence[InputBatch]) -> Quotes:
    rows = [_quote_row(quote) for batch in batches for quote in batch.quotes if quote.symbol == listing.symbol]
    ts, bid, ask, bids, asks = _columns(rows, 5)
    return Quotes(listing.symbol, ts, bid, ask, bids, asks, listing.price_decimals, SIZE_DECIMALS)


def _quote_row(quote: QuoteTick) -> tuple[int, ...]:
    return quote.ts, quote.bid, quote.ask, quote.bid_size, quote.ask_size


def again(recorded: Recorded) -> Iterator[tuple[InputBatch, list[Deed], str]]:
    """Each batch of a life with what the strategy does on it and the hash of all moves so far.

    The columns are whole before the first batch, as in a back-test; each batch reveals its rows and brings the reports
    that the desk had then. Raises StrategyError when the strategy raises.
    """

    def run(strategy: Strategy, life: LifeBegun) -> LiveRun:
        inputs = whole(life, feeds_of(strategy, life), recorded.batches)
        return LiveRun(strategy, inputs, market_of(life.listings), life.cash)

    life = Life(recorded.life, run)
    done: list[tuple[InputBatch, list[Deed], str]] = []
    waiting = iter(recorded.batches)
    last: list[InputBatch] = []

    def feed() -> bool:
        if last:
            done.append((last[0], life.deeds(), life.run.stream.hash))
        batch = next(waiting, None)
        last[:] = [] if batch is None else [batch]
        if batch is not None:
            life.take(batch)
        return batch is not None

    life.run.play(feed)
    return iter(done)


def compare(recorded: Recorded) -> Parity:
    """Plays a life again and compares its orders with those that the desk received, and the core's own hashes."""
    live, replayed = blake2b(digest_size=16), blake2b(digest_size=16)
    told = _Told(recorded)
    for batch, deeds, stream in again(recorded):
        told.after(batch.number, deeds, stream)
    for key in told.keys:
        live.update(_ENCODER.encode(recorded.orders.get(key)))
        replayed.update(_ENCODER.encode(told.made.get(key)))
    return Parity(
        recorded.life.strategy,
        len(recorded.batches),
        len(told.keys),
        live.hexdigest(),
        replayed.hexdigest(),
        told.difference(),
    )


class _Told:
    """Orders of a replay beside those of the session, up to the last batch that was answered in it."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._streams = {batch.answered: batch.stream for batch in recorded.batches if batch.stream}
        self._last = max(self._streams, default=0)
        self._first_stream = ""
        reports = (report for batch in recorded.batches for report in batch.reports)
        self._dropped = {report.order for report in reports if report.kind == "refused" and not report.order_id}
        self.made: dict[str, SubmitOrder] = {}

    @property
    def keys(self) -> list[str]:
        """Keys of all orders of the replay, in order."""
        return list(self.made)

    def after(self, number: int, deeds: Sequence[Deed], stream: str) -> None:
        """What came of batch `number`."""
        if number > self._last:
            return
        expected = self._streams.get(number, stream)
        if expected != stream and not self._first_stream:
            self._first_stream = f"after batch {number} the hash of all moves was {expected}, and is {stream} now"
        for deed in deeds:
            if deed.submit is not None and not deed.refused and deed.order not in self._dropped:
                key = str(self._recorded.life.first_key + deed.order)
                self.made[key] = msgspec.structs.replace(deed.submit, key=key)

    def difference(self) -> str:
        """The first difference, empty where there is none."""
        for key in self.keys:
            was, now = self._recorded.orders.get(key), self.made[key]
            if was != now:
                return f"order {key}: {_fields(was, now)}"
        last = int(self.keys[-1]) if self.keys else 0
        missing = [key for key in self._recorded.orders if int(key) <= last and key not in self.made]
        if missing:
            return f"order {missing[0]} was sent live, and is not made now"
        return self._first_stream


def _fields(was: SubmitOrder | None, now: SubmitOrder) -> str:
    if was is None:
        return "was not sent live, and is made now"
    names = [name for name in now.__struct_fields__ if getattr(was, name) != getattr(now, name)]
    return ", ".join(f"{name} was {getattr(was, name)}, is {getattr(now, name)}" for name in names)
