"""One strategy in its process: what it is given, in which order, and what comes of its answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog

from parrot.app.hosting.fences import ALL
from parrot.app.hosting.inputs import InputJournal, encode
from parrot.app.hosting.ration import A_SECOND, Ration
from parrot.centers.strategies.manifest import Order
from parrot.contracts.commands import AmendOrder, CancelOrder, NoteDecision, Role
from parrot.contracts.hosting import Answer, Deed, Failed, Heard, InputBatch, LifeBegun, Noted, OrderReport, Ready
from parrot.contracts.message import Entry
from parrot.contracts.records import CommandRefused, ReplaceRefused
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick
from parrot.ports.children import Child, Fault

_DECODER: Final = msgspec.msgpack.Decoder(Heard)
_WINDOW: Final = 64
_MOST_IN_BATCH: Final = 5_000
_MOST_WAITING: Final = 100_000
_ROLES: Final = (Role.PLAIN, Role.STOP, Role.TAKE)
_LOGS_A_SECOND: Final = 5
_LOOKS: Final = 100
_SYNC_EVERY: Final = 10**9
_TEXT_MOST: Final = 4_000  # characters that the desk's journal takes of what a strategy says
_ORDERS_MOST: Final = 1 << 53

Take = Callable[[Any, int], list[Entry]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a strategy may take over one batch, and to be loaded; ns."""

    patience: int = 5 * 10**9
    loading: int = 30 * 10**9


class Hosted:
    """The platform's side of one life."""

    def __init__(self, child: Child, journal: InputJournal, life: LifeBegun, limits: Limits, now: int) -> None:
        self.first_key = life.first_key
        self.fault: tuple[Fault, str] | None = None
        self.known_orders: dict[int, int] = {}
        self.seen = life.seen
        self.fences: list[str] | None = None
        self._child = child
        self._journal = journal
        self._life = life
        self._limits = limits
        self._symbols = {listing.symbol for listing in life.listings}
        self._ids: dict[int, int] = {}
        self._feeds: frozenset[str] = frozenset()
        self._due = 0
        self._loaded = False
        self._rebuilding = True
        self._replay: Iterator[InputBatch] = iter(())
        self._sent: deque[int] = deque()
        self._since = now
        self._number = 0
        self._answered, self._stream = 0, ""
        self._expected: dict[int, str] = {}
        self._last_key, self._open = 0, set[int]()
        self._unfinished: dict[int, Deed] = {}
        self._moved: set[int] = set()
        self._withdrawn: dict[int, Deed] = {}
        self._resized: dict[int, Deed] = {}
        self._bars: list[BarClosed] = []
        self._trades: list[TradeTick] = []
        self._quotes: list[QuoteTick] = []
        self._reports: list[OrderReport] = []
        self._reached: dict[tuple[str, str], int] = {}
        self._logged = (0, 0)
        self._ration = Ration()
        self._dropped: set[int] = set()
        self._silent = 0
        self._synced = now
        child.send(encode(life))

    @property
    def pid(self) -> int:
        """Number of its process, 0 where it has none."""
        return int(getattr(self._child, "pid", 0))

    @property
    def is_ready(self) -> bool:
        """It has been rebuilt and takes live data."""
        return self._loaded and not self._rebuilding

    @property
    def is_busy(self) -> bool:
        """It has not answered everything yet."""
        return bool(self._sent or self.waiting or not self.is_ready)

    @property
    def waiting(self) -> int:
        """Data and reports that it was not given yet."""
        return len(self._bars) + len(self._trades) + len(self._quotes) + len(self._reports)

    def fileno(self) -> int:
        """What to watch for reading."""
        return self._child.fileno()

    def close(self) -> None:
        """Ends the process and lets go of the journal."""
        self._child.kill()
        self._journal.close()

    # -- rebuilding -----------------------------------------------------------------------------------------------

    def resume(self, last_key: int, open_orders: Mapping[int, Order]) -> None:
        """Plays the life again from its journal; orders up to `last_key` are known to the desk and not sent again."""
        self._last_key = last_key
        self._open = set(open_orders)
        for batch in self._journal.batches():
            self._number = batch.number
            self.seen = max(self.seen, batch.seen)
            for message in _data_of(batch):
                kind, _, _, end = _place(message)
                self._reached[kind, message.symbol] = end
            for report in batch.reports:
                if report.kind == "refused" and not report.order_id:
                    self._dropped.add(report.order)
                if report.kind == "received":
                    self.received(report.order, report.order_id)
                    self.known_orders[report.order_id] = report.order
        self._replay = self._journal.batches()
        for order_id, order in open_orders.items():
            local = int(order.key) - self.first_key if order.key.isdecimal() else 0
            if local > 0:
                self.received(local, order_id)
                self.known_orders[order_id] = local

    def _rebuilt(self, take: Take, now: int) -> None:
        """The last batch of the journal has been answered: what is left undone is done, and live data go in."""
        self._rebuilding = False
        for local, deed in self._withdrawn.items():
            if self._ids.get(local) in self._open:
                self._withdraw(deed, take, now)
        for local, deed in self._resized.items():
            if local not in self._withdrawn and self._ids.get(local) in self._open:
                self._resize(deed, take, now)
        self._withdrawn.clear()
        self._resized.clear()

    def moved(self, local: int) -> None:
        """The desk or the venue did something with an order: a change that was refused before may be taken now."""
        if local in self._unfinished:
            self._moved.add(local)

    # -- what goes in ---------------------------------------------------------------------------------------------

    def received(self, local: int, order_id: int) -> None:
        """The desk's number of an order."""
        self._ids[local] = order_id

    def forget(self, local: int, order_id: int) -> None:
        """An order ended so long ago that nothing can come of it any more."""
        self._ids.pop(local, None)
        self.known_orders.pop(order_id, None)
        self._unfinished.pop(local, None)

    def offer(self, messages: Sequence[BarClosed | TradeTick | QuoteTick], now: int) -> None:
        """Market data, of which it is given what it wants."""
        for message in messages:
            if message.symbol in self._symbols:
                self._take_in(message)
        if self.waiting > _MOST_WAITING:
            self._conflate()
        self._pump(now)

    def _take_in(self, message: BarClosed | TradeTick | QuoteTick) -> None:
        """Keeps what it wants; what lies behind what it was given cannot be given any more."""
        kind, line, begin, end = _place(message)
        if isinstance(message, BarClosed) and (message.kind != "time" or message.step != self._life.timeframe):
            return
        if (kind in self._feeds or not self._loaded) and begin >= self._reached.get((kind, message.symbol), 0):
            self._reached[kind, message.symbol] = end
            getattr(self, line).append(message)

    def report(self, report: OrderReport) -> None:
        """What became of one of its orders; it leaves with the next batch."""
        if report.kind not in ("received", "filled"):
            self._unfinished.pop(report.order, None)
        self._reports.append(report)
        self.seen = max(self.seen, report.seq)

    def _conflate(self) -> None:
        """Too much waits: of quotes the newest of each symbol stay, of trades the newest; bars and reports all stay."""
        self._quotes = list({quote.symbol: quote for quote in self._quotes}.values())
        del self._trades[: -_MOST_WAITING // 2]

    def beat(self, now: int) -> tuple[Fault, str] | None:
        """Lets time go on; says what is wrong with it."""
        if now - self._synced > _SYNC_EVERY:
            self._synced = now
            self._journal.sync()
        if self.is_ready and not self._sent and not self.waiting and 0 < self._due <= now:
            self._give(self._batch(now), now)
        self._pump(now)
        wrong = self._child.look()
        if wrong is not None and wrong[0] is not Fault.CRASHED:
            return wrong  # of one that has gone the last words are read first, by collect
        patience = self._limits.patience if self._loaded else self._limits.loading
        if (self._sent or not self._loaded) and now - self._since > patience:
            doing = f"batch {self._sent[0]}" if self._sent else "being loaded"
            return Fault.HUNG, f"no answer for {(now - self._since) / 1e9:.1f} s to {doing}"
        return None

    def _pump(self, now: int) -> None:
        while self._loaded and len(self._sent) < _WINDOW and self.fault is None:
            batch = next(self._replay, None)
            if batch is not None:
                if batch.stream:
                    self._expect(batch.answered, batch.stream)
                self._send(encode(batch), batch.number, now)
            elif self.is_ready and self.waiting:
                self._give(self._batch(now), now)
            else:
                return

    def _batch(self, now: int) -> InputBatch:
        """What waits, as the next batch."""
        bars, self._bars = self._bars[:_MOST_IN_BATCH], self._bars[_MOST_IN_BATCH:]
        trades, self._trades = self._trades[:_MOST_IN_BATCH], self._trades[_MOST_IN_BATCH:]
        quotes, self._quotes = self._quotes[:_MOST_IN_BATCH], self._quotes[_MOST_IN_BATCH:]
        reports, self._reports = self._reports, []
        times = [
            now,
            *(bar.close_ts for bar in bars[-1:]),
            *(trade.ts for trade in trades[-1:]),
            *(quote.ts for quote in quotes[-1:]),
        ]
        return InputBatch(
            number=self._number + 1,
            upto=max(times),
            bars=[bar for bar in bars if "bars" in self._feeds],
            trades=[trade for trade in trades if "trades" in self._feeds],
            quotes=[quote for quote in quotes if "quotes" in self._feeds],
            reports=reports,
            seen=self.seen,
            answered=self._answered,
            stream=self._stream,
        )

    def _give(self, batch: InputBatch, now: int) -> None:
        """Writes a batch, then sends it."""
        self._number = batch.number
        self._send(self._journal.append(batch), batch.number, now)

    def _send(self, body: bytes, number: int, now: int) -> None:
        if not self._sent:
            self._since = now
        self._sent.append(number)
        self._child.send(body)

    # -- what comes out -------------------------------------------------------------------------------------------

    def collect(self, take: Take, now: int) -> int:
        """Takes what it decided into the desk; says how much that was."""
        count = 0
        for local in self._moved & self._unfinished.keys():
            self._resize(self._unfinished.pop(local), take, now)
        self._moved.clear()
        try:
            for frame in self._child.receive():
                count += self._hear(_DECODER.decode(frame), take, now)
        except EOFError:
            self._silent += 1  # its end is not always known in the moment in which its pipe breaks
            wrong = self._child.look() or ((Fault.CRASHED, "its pipe was closed") if self._silent > _LOOKS else None)
            self.fault = self.fault or wrong
        except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
            self.fault = self.fault or (Fault.BROKEN, f"it sent what is no message: {fault}")
        self._tell_flood(take, now)
        self._pump(now)
        return count

    def _hear(self, message: Heard, take: Take, now: int) -> int:
        if isinstance(message, Answer):
            return self._answer(message, take, now)
        if isinstance(message, Ready):
            self._loaded, self._since = True, now
            self._feeds = frozenset(message.feeds)
            if self.fences is None:
                self.fences = _told_fences(self._life.strategy, message.fences)
            if self._number == 0:
                self._rebuilt(take, now)
        elif isinstance(message, Failed):
            kind = Fault.MEMORY if message.location == "memory" else Fault.RAISED
            self.fault = (kind, message.problem[:_TEXT_MOST])
        elif isinstance(message, Noted):
            second, count = self._logged
            self._logged = (now // 10**9, count + 1 if now // 10**9 == second else 1)
            if self._logged[1] <= _LOGS_A_SECOND and not self._rebuilding:
                take(self._note("log", message.text, message.ts, passed=True), now)
        return 0

    def _answer(self, answer: Answer, take: Take, now: int) -> int:
        if not self._sent or self._sent.popleft() != answer.number:
            self.fault = (Fault.BROKEN, f"it answered batch {answer.number}, which was not its turn")
            return 0
        self._since = now
        self._answered, self._stream, self._due = answer.number, answer.stream, answer.due
        if self._expected.pop(answer.number, answer.stream) != answer.stream:
            self.fault = (Fault.DIVERGED, f"played again, batch {answer.number} gave other orders than the first time")
            return 0
        if self._rebuilding:
            count = sum(self._again(deed, take, now) for deed in answer.deeds)
            if answer.number == self._number:
                self._rebuilt(take, now)
            return count
        if answer.deeds:
            self._journal.sync()
        for deed in answer.deeds:
            self._do(deed, take, now)
        return len(answer.deeds)

    def _expect(self, number: int, stream: str) -> None:
        if number == self._answered:
            if stream != self._stream:
                self.fault = (Fault.DIVERGED, f"played again, batch {number} gave other orders than the first time")
        elif number > self._answered:
            self._expected[number] = stream

    def _again(self, deed: Deed, take: Take, now: int) -> int:
        """A deed that may have been done before: orders that the desk has are not sent twice."""
        if deed.kind == "place":
            known = self.first_key + deed.order <= self._last_key or deed.order in self._dropped
            if not known and not deed.refused:
                self._do(deed, take, now)
                return 1
        elif deed.kind == "cancel":
            self._withdrawn[deed.order] = deed
        else:
            self._resized[deed.order] = deed
        return 0

    def _do(self, deed: Deed, take: Take, now: int) -> None:
        if deed.kind == "cancel":
            self._withdraw(deed, take, now)
        elif deed.kind == "resize":
            self._resize(deed, take, now)
        elif deed.submit is not None:
            self._place(deed, take, now)

    def _place(self, deed: Deed, take: Take, now: int) -> None:
        order = deed.submit
        assert order is not None  # the caller looked
        known = order.role in _ROLES and order.symbol in self._symbols
        if not known or not 0 < deed.order < _ORDERS_MOST:
            self.fault = (Fault.BROKEN, f"it asked for {order.role.value} order {deed.order} of {order.symbol[:40]!r}")
        elif not self._ration.take(now) and order.role is Role.PLAIN:
            self._drop(deed, now)
        elif deed.refused:
            text = f"{order.side.value} {order.quantity} {order.symbol} not sent: {deed.refused}"
            take(self._note("account", text, deed.ts, passed=False, symbol=order.symbol), now)
        else:
            own = {
                "strategy": self._life.strategy,
                "key": str(self.first_key + deed.order),
                "user": "",
                "account": "main",
            }
            take(msgspec.structs.replace(order, **own), now)

    def _drop(self, deed: Deed, now: int) -> None:
        """Keeps from the desk what is too much; the strategy hears that its order was refused."""
        if not deed.refused:
            reason = f"more than {A_SECOND} orders and notes in a second"
            self._dropped.add(deed.order)
            self.report(OrderReport(kind="refused", order=deed.order, order_id=0, seq=0, ts=now, reason=reason))

    def _tell_flood(self, take: Take, now: int) -> None:
        """Says once a second how much was too much, and that it goes on."""
        flood = self._ration.flood
        over = self._ration.over(now, ended=bool(flood))
        if over:
            text = f"{over} more orders or notes than {A_SECOND} in a second; they were not sent"
            take(self._note("flood", text, now, passed=False), now)
        if flood and self.fault is None:
            if self.is_ready and self._reports:
                self._give(self._batch(now), now)  # what was refused stays refused when it is played again
            self.fault = (Fault.FLOOD, flood)

    def _withdraw(self, deed: Deed, take: Take, now: int) -> None:
        self._unfinished.pop(deed.order, None)
        order_id = self._ids.get(deed.order)
        if order_id is not None:
            take(CancelOrder(order_id=order_id, user=self._life.strategy, why="by the strategy"), now)

    def _resize(self, deed: Deed, take: Take, now: int) -> None:
        order_id = self._ids.get(deed.order)
        if order_id is not None and deed.quantity.is_finite() and deed.quantity > 0:
            why = "protection follows the position"
            amend = AmendOrder(order_id=order_id, quantity=deed.quantity, user=self._life.strategy, why=why)
            if any(isinstance(entry.record, CommandRefused | ReplaceRefused) for entry in take(amend, now)):
                self._unfinished[deed.order] = deed  # such as one that is not accepted yet

    def _note(self, gate: str, text: str, ts: int, *, passed: bool, symbol: str = "") -> NoteDecision:
        return NoteDecision(
            strategy=self._life.strategy, symbol=symbol, gate=gate, passed=passed, text=text[:_TEXT_MOST], decided=ts
        )


def _place(message: BarClosed | TradeTick | QuoteTick) -> tuple[str, str, int, int]:
    """Feed, list that it waits in, and the times between which it lies."""
    if isinstance(message, BarClosed):
        return "bars", "_bars", message.ts, message.close_ts
    if isinstance(message, TradeTick):
        return "trades", "_trades", message.ts, message.ts
    return "quotes", "_quotes", message.ts, message.ts


def _data_of(batch: InputBatch) -> Iterator[BarClosed | TradeTick | QuoteTick]:
    yield from batch.bars
    yield from batch.trades
    yield from batch.quotes


def _told_fences(strategy: str, named: Sequence[str]) -> list[str]:
    standing, missing = [name for name in ALL if name in named], [name for name in ALL if name not in named]
    log = structlog.get_logger("parrot.strategies")
    (log.warning if missing else log.info)("fences", strategy=strategy, standing=standing, missing=missing)
    return standing
