"""The running strategies: each in its process, fed, watched, rebuilt from its journal, stopped when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from parrot.app.hosting.hosted import Hosted, Limits
from parrot.app.hosting.inputs import InputJournal
from parrot.app.strategies import code_hash, read_text
from parrot.centers.strategies.manifest import Strategies, Version
from parrot.contracts.commands import StrategyFailed
from parrot.contracts.hosting import Held, LifeBegun, OrderReport
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.contracts.records import (
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderHeld,
    OrderReceived,
    OrderRefused,
    OrderRejected,
    OrderReplaced,
    ReplaceRefused,
    StrategyStarted,
    StrategyStopped,
)
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick
from parrot.engine.columns import timeframe_ns
from parrot.kernel.errors import InputError, ParrotError
from parrot.ports.children import Children, Fault

Take = Callable[[Any, int], list[Entry]]
_OWNERS_MOST: Final = 10_000
_MOVES: Final = (OrderAccepted, OrderHeld, OrderReplaced, ReplaceRefused)
_ENDS: Final[dict[Any, str]] = {
    OrderRefused: "refused",
    OrderRejected: "refused",
    OrderCanceled: "canceled",
    OrderExpired: "expired",
}


@dataclass(frozen=True, slots=True)
class Desklog:
    """The desk's entries behind a number, and the number of its last."""

    entries: Callable[[int], Iterable[Entry]]
    last: Callable[[], int]


class Hosts:
    """All running strategies; one thread, nothing waits.

    `log` tells what happened while nobody listened; `expect` is told of a durable file before it is made.
    """

    def __init__(
        self,
        center: Strategies,
        listings: Iterable[Listing],
        folder: Path,
        children: Children,
        log: Desklog,
        limits: Limits | None = None,
        expect: Callable[[Path], object] = lambda path: None,
    ) -> None:
        self._center = center
        self._listings = {listing.symbol: listing for listing in listings}
        self._folder = folder
        self._children = children
        self._log = log
        self._limits = limits or Limits()
        self._expect = expect
        self._hosted: dict[str, Hosted] = {}
        self._owners: dict[int, tuple[str, int]] = {}
        self._owners_most = _OWNERS_MOST
        self._faults: list[StrategyFailed] = []
        self._now = 0

    # -- life -----------------------------------------------------------------------------------------------------

    def resume(self, now: int) -> None:
        """Starts every strategy that the center says is running: what follows recovery."""
        for strategy in self._center.running():
            self.launch(strategy, now)

    def launch(self, strategy: str, now: int) -> None:
        """Starts the process of a strategy, rebuilt from its input journal where that is of the same version."""
        self._now = now
        try:
            self._hosted[strategy] = self._begun(strategy, now)
        except ParrotError as fault:
            self._faults.append(StrategyFailed(strategy=strategy, fault=Fault.BROKEN.value, reason=str(fault)))

    def stop(self, strategy: str) -> None:
        """Ends the process of a strategy."""
        hosted = self._hosted.pop(strategy, None)
        if hosted is not None:
            hosted.close()

    def close(self) -> None:
        """Ends all of them; they go on where they were at the next start."""
        for strategy in list(self._hosted):
            self.stop(strategy)

    @property
    def pids(self) -> dict[str, int]:
        """Process numbers of those that run."""
        return {name: hosted.pid for name, hosted in self._hosted.items()}

    @property
    def fences(self) -> dict[str, list[str]]:
        """The fences around those that have been loaded."""
        return {name: hosted.fences for name, hosted in self._hosted.items() if hosted.fences is not None}

    @property
    def waiting(self) -> int:
        """Market data and reports that wait for strategies."""
        return sum(hosted.waiting for hosted in self._hosted.values())

    def busy(self) -> bool:
        """True while one of them works, or something waits for it."""
        return any(hosted.is_busy for hosted in self._hosted.values())

    def ready(self) -> bool:
        """True when every running strategy has been rebuilt and answers."""
        return all(hosted.is_ready for hosted in self._hosted.values())

    # -- what goes in ---------------------------------------------------------------------------------------------

    def offer(self, messages: Sequence[Any], now: int) -> None:
        """Hands market data to those that want them."""
        self._now = now
        wanted = [message for message in messages if isinstance(message, BarClosed | TradeTick | QuoteTick)]
        for hosted in self._hosted.values():
            hosted.offer(wanted, now)

    def heard(self, entries: Sequence[Entry]) -> None:
        """Hands on what became of orders; starts and stops processes as the desk decided."""
        for entry in entries:
            record = entry.record
            if isinstance(record, StrategyStarted):
                self.launch(record.strategy, entry.ts)
            elif isinstance(record, StrategyStopped):
                self.stop(record.strategy)
            elif isinstance(record, _MOVES):
                self._moved(record.order_id)
            else:
                told = self._told(entry)
                hosted = self._hosted.get(told[0]) if told else None
                if hosted is not None and told is not None:
                    hosted.report(told[1])

    def beat(self, now: int) -> None:
        """Lets time go on for timers, and looks for what is hung, gone or too large."""
        self._now = now
        for strategy, hosted in list(self._hosted.items()):
            fault = hosted.beat(now)
            if fault is not None:
                self._failed(strategy, *fault)
        if len(self._owners) > self._owners_most:
            self._forget_ended()

    def _forget_ended(self) -> None:
        """Lets go of orders that the center does not know any more: they ended long ago."""
        for order_id in [one for one in self._owners if self._center.owner(one) is None]:
            strategy, local = self._owners.pop(order_id)
            if strategy in self._hosted:
                self._hosted[strategy].forget(local, order_id)
        self._owners_most = max(_OWNERS_MOST, 2 * len(self._owners))

    # -- what comes out -------------------------------------------------------------------------------------------

    def filenos(self) -> list[int]:
        """What to watch for reading."""
        return [hosted.fileno() for hosted in self._hosted.values()]

    def collect(self, take: Take, now: int) -> int:
        """Takes into the desk what strategies decided; returns how much that was."""
        self._now = now
        count = 0
        for strategy, hosted in list(self._hosted.items()):
            count += hosted.collect(partial(self._taken, take), now)
            if hosted.fault is not None:
                self._failed(strategy, *hosted.fault)
        faults, self._faults = self._faults, []
        for fault in faults:
            take(fault, now)
        return count + len(faults)

    def _taken(self, take: Take, message: Any, now: int) -> list[Entry]:
        """Takes one message, and learns the numbers of orders at once: a cancel may follow in the same breath."""
        entries = take(message, now)
        for entry in entries:
            if isinstance(entry.record, OrderReceived):
                self._own(entry)
        return entries

    def _failed(self, strategy: str, fault: Fault, reason: str) -> None:
        self.stop(strategy)
        self._faults.append(StrategyFailed(strategy=strategy, fault=fault.value, reason=reason))

    def _begun(self, strategy: str, now: int) -> Hosted:
        """A hosted strategy on its way: the life in its journal goes on if it is of the registered version."""
        version = self._center.version(strategy)
        path = self._folder / f"{strategy}.journal"
        if not path.exists():
            self._expect(path)
        journal = InputJournal(path)
        try:
            life = journal.life()
            if life is None or not _goes_on(life, version):
                life = self._new_life(version)
                journal.begin(life)
            child = self._children.start(strategy)
        except ParrotError:
            journal.close()
            raise
        hosted = Hosted(child, journal, life, self._limits, now)
        hosted.resume(self._center.last_key(strategy), self._center.open_orders(strategy))
        for order_id, local in hosted.known_orders.items():
            self._owners[order_id] = (strategy, local)
        self._catch_up(strategy, hosted)
        return hosted

    def _catch_up(self, strategy: str, hosted: Hosted) -> None:
        """Hands on what became of its orders while it did not listen."""
        self._hosted[strategy] = hosted
        for entry in self._log.entries(hosted.seen):
            told = self._told(entry)
            if told is not None and told[0] == strategy:
                hosted.report(told[1])

    def _new_life(self, version: Version) -> LifeBegun:
        source = read_text(version.path)
        if code_hash(source) != version.code_hash:
            problem = f"{version.path} is not version {version.version} of {version.strategy} any more"
            raise InputError(problem, expected=f"text with hash {version.code_hash}", fix="register the new version")
        unknown = [symbol for symbol in version.symbols if symbol not in self._listings]
        if unknown:
            expected = f"of {', '.join(self._listings)}"
            raise InputError(f"the venue does not list {', '.join(unknown)}", expected=expected)
        book = self._center.book(version.strategy)
        opening = [_held(symbol, quantity, book.cost[symbol]) for symbol, quantity in book.quantity.items() if quantity]
        spent = sum((held.quantity * held.price for held in opening), Decimal(0))
        return LifeBegun(
            strategy=version.strategy,
            version=version.version,
            name=version.name,
            path=version.path,
            source=source,
            code_hash=version.code_hash,
            parameters=version.parameters,
            listings=[self._listings[symbol] for symbol in version.symbols],
            timeframe=timeframe_ns(version.timeframe) if version.timeframe else 0,
            feeds=version.feeds,
            cash=version.cash + book.cash + spent,
            first_key=self._center.last_key(version.strategy),
            seen=self._log.last(),
            opening=opening,
        )

    # -- reports --------------------------------------------------------------------------------------------------

    def _own(self, entry: Entry) -> None:
        order = entry.record.order
        hosted = self._hosted.get(order.strategy)
        if hosted is not None and order.key.isdecimal() and not entry.record.parent:
            local = int(order.key) - hosted.first_key
            if local > 0:
                self._owners[entry.seq] = (order.strategy, local)
                hosted.received(local, entry.seq)

    def _moved(self, order_id: int) -> None:
        owner = self._owners.get(order_id)
        hosted = self._hosted.get(owner[0]) if owner is not None else None
        if hosted is not None and owner is not None:
            hosted.moved(owner[1])

    def _told(self, entry: Entry) -> tuple[str, OrderReport] | None:
        """What a record tells a strategy about its order."""
        record = entry.record
        if isinstance(record, OrderReceived):
            self._own(entry)
            owner = self._owners.get(entry.seq)
            if owner is None:
                return None
            return owner[0], OrderReport(
                kind="received", order=owner[1], order_id=entry.seq, seq=entry.seq, ts=entry.ts
            )
        if isinstance(record, OrderFilled):
            return self._filled(entry)
        kind = _ENDS.get(type(record))
        owner = self._owners.get(record.order_id) if kind is not None else None
        if kind is None or owner is None:
            return None
        reason = record.text if isinstance(record, OrderRefused) else record.reason
        ids = {"order": owner[1], "order_id": record.order_id, "seq": entry.seq}
        return owner[0], OrderReport(kind=kind, ts=entry.ts, reason=reason, **ids)

    def _filled(self, entry: Entry) -> tuple[str, OrderReport] | None:
        record: OrderFilled = entry.record
        owner = self._owners.get(record.order_id)
        strategy = owner[0] if owner is not None else self._center.owner(record.order_id)
        if strategy is None:
            return None
        return strategy, fill_report(entry, owner[1] if owner is not None else None)


def fill_report(entry: Entry, number: int | None) -> OrderReport:
    """A fill as a strategy hears of it, by the number that it gave the order; None: of no order of it."""
    record: OrderFilled = entry.record
    fill = record.fill
    return OrderReport(
        kind="filled" if number is not None else "foreign",
        order=0 if number is None else number,
        order_id=record.order_id,
        seq=entry.seq,
        ts=fill.ts,
        symbol=fill.symbol,
        side=1 if fill.side.value == "buy" else -1,
        quantity=fill.quantity,
        price=fill.price,
        fee=fill.fee,
        fee_currency=fill.fee_currency,
        maker=fill.maker,
    )


def _goes_on(life: LifeBegun, version: Version) -> bool:
    """True when a life in a journal is one of the registered version."""
    return (life.version, life.code_hash, life.parameters) == (version.version, version.code_hash, version.parameters)


def _held(symbol: str, quantity: Decimal, cost: Decimal) -> Held:
    return Held(symbol=symbol, quantity=quantity, price=(cost / quantity).quantize(Decimal("1e-8")))
