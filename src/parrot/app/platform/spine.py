"""One turn of the platform: the venue goes on, data flow, strategies decide, the desk commits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from time import perf_counter_ns
from typing import Any, Final, Protocol

from parrot.app.desk import Desk
from parrot.centers.market_data.live import Flow, LiveMarket
from parrot.contracts.commands import Beat, EngageKill
from parrot.contracts.message import Entry
from parrot.contracts.ticks import QuoteTick, TradeTick
from parrot.kernel.errors import StorageError
from parrot.ports.feed import Feed
from parrot.ports.trading import TradingVenue

BEAT_NS = 100_000_000
_WAITING_MOST = 1_000
_REPORTS_MOST = 100_000
_TICKS: Final = (TradeTick, QuoteTick)


class Hosts(Protocol):
    """The running strategies as the spine sees them."""

    def offer(self, messages: Sequence[Any], now: int) -> None:
        """Hands market data on."""

    def heard(self, entries: Sequence[Entry]) -> None:
        """Hands on what became of orders; follows strategies that start and stop."""

    def collect(self, take: Callable[[Any, int], list[Entry]], now: int) -> int:
        """Takes into the desk what strategies decided since, durable before its consequences; says how much."""

    def beat(self, now: int) -> None:
        """Looks after timers, deadlines and memory."""


@dataclass(slots=True)
class Parts:
    """What a spine drives."""

    desk: Desk
    venue: TradingVenue
    feed: Feed
    market: LiveMarket
    hosts: Hosts
    flagged_kills: Callable[[], Sequence[EngageKill]]
    record: Callable[[Flow, int], None]
    beat: Callable[[int], None]


@dataclass(slots=True)
class Spine:
    """The order path of one account in one process; `turn` is called by one thread only, `ask` by any."""

    parts: Parts
    wake: Callable[[], None] = lambda: None
    last_beat: int = 0
    lag: int = 0
    turned: Callable[[int], None] = lambda duration: None
    committed: Callable[[int], None] = lambda duration: None
    _reports: deque[Any] = field(default_factory=deque)
    _priced: set[str] = field(default_factory=set)
    _asked: Queue[tuple[Any, Future[Any]]] = field(default_factory=lambda: Queue(_WAITING_MOST))
    _closed: bool = False

    def connect(self) -> None:
        """Takes the venue's reports from here on."""
        self.parts.venue.connect(self._reports.append)
        self.parts.desk.watchers.append(self.parts.hosts.heard)

    def close(self) -> None:
        """Refuses what waits and what still comes: there are no more turns, and nobody has to wait to see that."""
        self._closed = True
        while not self._asked.empty():
            self._refuse_first()

    def _refuse_first(self) -> None:
        with suppress(Empty):
            _, future = self._asked.get_nowait()
            if future.set_running_or_notify_cancel():
                future.set_exception(StorageError("this Parrot stops", fix="ask again when it runs"))

    def ask(self, command: Any) -> Future[list[Entry]]:
        """Hands a command over; the future gives its entries once they are durable. Raises StorageError when busy."""
        return self._hand_over(command)

    def read(self, question: Callable[[], Any]) -> Future[Any]:
        """Has `question` answered between two turns, where nothing moves. Raises StorageError when busy."""
        return self._hand_over(_Question(question))

    def _hand_over(self, asked: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            self._asked.put_nowait((asked, future))
        except Full:
            raise StorageError("too many commands wait", expected=f"at most {_WAITING_MOST}", fix="try again") from None
        if self._closed:
            self._refuse_first()
        self.wake()
        return future

    @property
    def queues(self) -> dict[str, tuple[int, int]]:
        """How many things wait, and for how many there is room."""
        return {"reports": (len(self._reports), _REPORTS_MOST), "commands": (self._asked.qsize(), _WAITING_MOST)}

    def turn(self, now: int) -> bool:
        """Everything that can be done at `now`; True when something was."""
        begin = perf_counter_ns()
        flow = self._data(now)
        self._take_reports(now)
        orders = self.parts.hosts.collect(self.parts.desk.take, now)
        answers = self._take_commands(now)
        beaten = self._beat(now)
        decided = perf_counter_ns()
        batch = self.parts.desk.commit()
        if batch:
            self.committed(perf_counter_ns() - decided)
        for future, entries in answers:
            future.set_result(entries)
        if beaten:
            self.parts.beat(now)
        self.lag = perf_counter_ns() - begin
        self.turned(self.lag)
        return bool(flow or orders or answers or batch)

    def _data(self, now: int) -> bool:
        parts = self.parts
        flow = parts.market.take(parts.feed.poll(now), now)
        for symbol in flow.asks:
            parts.feed.ask_snapshot(symbol, now)
        for quoted in flow.quoted:
            parts.desk.take(quoted, now)
            if quoted.valid:
                self._priced.add(quoted.symbol)
        parts.record(flow, now)
        if flow.messages:
            parts.hosts.offer(self._for_strategies(flow.messages), now)
        return bool(flow.messages)

    def _for_strategies(self, messages: Sequence[Any]) -> list[Any]:
        """Without ticks of symbols that the desk has no price of yet: it would refuse what is ordered on them.

        Bars all pass: a series of them has no holes, and what is built of ticks ends after the first price.
        """
        priced = self._priced
        return [message for message in messages if message.__class__ not in _TICKS or message.symbol in priced]

    def _take_reports(self, now: int) -> None:
        for _ in range(len(self._reports)):
            self.parts.desk.take(self._reports.popleft(), now)

    def _take_commands(self, now: int) -> list[tuple[Future[list[Entry]], list[Entry]]]:
        answers = []
        for _ in range(self._asked.qsize()):
            try:
                asked, future = self._asked.get_nowait()
            except Empty:
                break
            if isinstance(asked, _Question):
                _answer(asked, future)
            else:
                answers.append((future, self.parts.desk.take(asked, now)))
        if answers:
            self._watch_flag(now)  # one of them may have re-armed what the file holds
        return answers

    def _beat(self, now: int) -> bool:
        if now - self.last_beat < BEAT_NS:
            return False
        self.last_beat = now
        self._watch_flag(now)
        self.parts.hosts.beat(now)
        self.parts.desk.take(Beat(ts=now), now)
        return True

    def _watch_flag(self, now: int) -> None:
        """The file is a second way to the kill: it works while nothing else answers. Taking it away re-arms nothing.

        While it is there nothing is re-armed either; a kill that holds already is not written down again.
        """
        for kill in self.parts.flagged_kills():
            self.parts.desk.take(kill, now)


@dataclass(frozen=True, slots=True)
class _Question:
    ask: Callable[[], Any]


def _answer(question: _Question, future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return  # whoever asked has gone: it is not done behind their back
    try:
        future.set_result(question.ask())
    except Exception as fault:  # noqa: BLE001  # whoever asked gets it
        future.set_exception(fault)
