"""The registry and the life cycle of strategies, as a part of the desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import msgspec

from parrot.centers.strategies.book import Book, Order
from parrot.contracts.commands import NoteDecision, RegisterStrategy, StartStrategy, StopStrategy, StrategyFailed
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.contracts.records import (
    CommandRefused,
    DecisionNoted,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderReceived,
    OrderRefused,
    OrderRejected,
    StrategyRegistered,
    StrategyStarted,
    StrategyStopped,
)
from parrot.engine.columns import timeframe_ns
from parrot.kernel.decimals import checked, plain
from parrot.kernel.errors import InputError, ParrotError

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_FEEDS: Final = frozenset(("bars", "trades", "quotes"))
_LATE_MOST: Final = 4_096
_VERSIONS_MOST: Final = 200
_PEOPLE: Final = "manual"  # orders of people are of this name; their keys are no numbers of ours
_MODES: Final = frozenset(("paper", "live"))

Version = StrategyRegistered


@dataclass(slots=True)
class _State:
    """One strategy: its newest version, whether it runs, what it holds, the last key of its orders."""

    version: Version
    running: bool = False
    stopped: str = ""
    fault: str = ""
    since: int = 0
    last_key: int = 0
    orders: int = 0
    book: Book = field(default_factory=Book)
    versions: list[tuple[int, Version]] = field(default_factory=list)  # with their times, the newest last

    def plain(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "version": msgspec.to_builtins(self.version, builtin_types=(Decimal,)),
            "running": int(self.running),
            "stopped": self.stopped,
            "fault": self.fault,
            "since": self.since,
            "last_key": self.last_key,
            "orders": self.orders,
            "book": self.book.state(),
            "versions": [[ts, msgspec.to_builtins(version, builtin_types=(Decimal,))] for ts, version in self.versions],
        }

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> _State:
        """From plain values."""
        version = _read(state["version"])
        texts = (str(state["stopped"]), str(state["fault"]))
        counts = (int(state["since"]), int(state["last_key"]), int(state["orders"]))
        versions = [(int(ts), _read(held)) for ts, held in state.get("versions", ())]
        return cls(version, bool(state["running"]), *texts, *counts, Book.of(state["book"]), versions)


class Strategies:
    """Which strategies there are and which run; a component of the desk.

    A version is told by the hash of its text, its parameters, data and mode: the same again is no new version. With
    `listings` only what they list can be asked for.
    """

    name = "strategies"

    def __init__(self, listings: Iterable[Listing] = ()) -> None:
        self._listed = [listing.symbol for listing in listings]
        self._known: dict[str, _State] = {}
        self._orders: dict[int, Order] = {}
        self._late: dict[int, Order] = {}

    # -- the component --------------------------------------------------------------------------------------------

    @property
    def receives(self) -> Mapping[type, Callable[[Any, int], Iterable[Any]]]:
        """Messages from outside."""
        return {
            RegisterStrategy: self._register,
            StartStrategy: self._start,
            StopStrategy: self._stop,
            StrategyFailed: self._fail,
            NoteDecision: self._note,
        }

    @property
    def answers(self) -> Mapping[type, Callable[[Entry, int], Iterable[Any]]]:
        """Nothing follows from records here."""
        return {}

    @property
    def follows(self) -> Mapping[type, Callable[[Entry], None]]:
        """Records that change state."""
        ends = (OrderRefused, OrderRejected, OrderCanceled, OrderExpired)
        return {
            StrategyRegistered: self._registered,
            StrategyStarted: self._started,
            StrategyStopped: self._stopped,
            OrderReceived: self._received,
            OrderFilled: self._filled,
            **dict.fromkeys(ends, self._ended),
        }

    def state(self) -> dict[str, Any]:
        """Durable state as plain values."""
        orders = {str(number): [order.strategy, order.key, order.symbol] for number, order in self._orders.items()}
        late = {str(number): [order.strategy, order.key, order.symbol] for number, order in self._late.items()}
        known = {name: state.plain() for name, state in self._known.items()}
        return {"known": known, "orders": orders, "late": late}

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of replaying every record."""
        self._known = {name: _State.of(held) for name, held in state["known"].items()}
        self._orders = {int(number): Order(*held) for number, held in state["orders"].items()}
        self._late = {int(number): Order(*held) for number, held in state["late"].items()}

    # -- questions ------------------------------------------------------------------------------------------------

    def known(self) -> list[str]:
        """Ids of all strategies."""
        return list(self._known)

    def running(self) -> list[str]:
        """Ids of those that run."""
        return [name for name, state in self._known.items() if state.running]

    def version(self, strategy: str) -> Version:
        """Its newest version. Raises InputError for an unknown one."""
        return self._of(strategy).version

    def versions(self, strategy: str) -> list[tuple[int, Version]]:
        """Its newest versions with the times when they were registered (ns UTC), oldest first. Raises InputError."""
        return list(self._of(strategy).versions)

    def book(self, strategy: str) -> Book:
        """What it holds."""
        return self._of(strategy).book

    def last_key(self, strategy: str) -> int:
        """The largest key of its orders so far."""
        return self._of(strategy).last_key

    def open_orders(self, strategy: str) -> dict[int, Order]:
        """Its orders that have not ended, by desk number."""
        return {number: order for number, order in self._orders.items() if order.strategy == strategy}

    def owner(self, order_id: int) -> str | None:
        """Whose order that is, or was not long ago."""
        order = self._orders.get(order_id) or self._late.get(order_id)
        return None if order is None else order.strategy

    def timeframes(self) -> set[int]:
        """Lengths of bars that running strategies take, in ns."""
        texts = {self._known[name].version.timeframe for name in self.running()}
        return {timeframe_ns(text) for text in texts if text}

    def rows(self) -> list[dict[str, Any]]:
        """One row a strategy, for people."""
        return [_row(name, state) for name, state in self._known.items()]

    # -- commands -------------------------------------------------------------------------------------------------

    def _register(self, asked: RegisterStrategy, now: int) -> Iterator[Any]:
        try:
            _check(asked, self._listed)
        except ParrotError as fault:
            yield CommandRefused(command="RegisterStrategy", text=str(fault), user=asked.by)
            return
        before = self._known.get(asked.strategy)
        if before is not None and before.running and not _same(before.version, asked):
            text = f"{asked.strategy} runs; stop it before another version is registered"
            yield CommandRefused(command="RegisterStrategy", text=text, user=asked.by)
        elif before is None or not _same(before.version, asked):
            yield _version(asked, 1 if before is None else before.version.version + 1)

    def _start(self, asked: StartStrategy, now: int) -> Iterator[Any]:
        state = self._known.get(asked.strategy)
        if state is None:
            text = f"there is no strategy {asked.strategy!r}; expected: one of {', '.join(self._known) or 'none'}"
            yield CommandRefused(command="StartStrategy", text=text, user=asked.by)
        elif state.running:
            yield CommandRefused(command="StartStrategy", text=f"{asked.strategy} runs already", user=asked.by)
        else:
            yield StrategyStarted(strategy=asked.strategy, by=asked.by)

    def _stop(self, asked: StopStrategy, now: int) -> Iterator[Any]:
        state = self._known.get(asked.strategy)
        if state is None or not state.running:
            text = f"{asked.strategy} does not run"
            yield CommandRefused(command="StopStrategy", text=text, user=asked.by)
        else:
            yield StrategyStopped(strategy=asked.strategy, by=asked.by, reason=asked.reason or "asked for")

    def _fail(self, told: StrategyFailed, now: int) -> Iterator[Any]:
        state = self._known.get(told.strategy)
        if state is not None and state.running:
            yield StrategyStopped(strategy=told.strategy, by="supervisor", reason=told.reason, fault=told.fault)

    def _note(self, told: NoteDecision, now: int) -> Iterator[Any]:
        if told.strategy in self._known:
            yield DecisionNoted(
                strategy=told.strategy,
                symbol=told.symbol,
                order_id=0,
                gate=told.gate,
                passed=told.passed,
                text=told.text,
                decided=told.decided,
            )

    # -- the fold -------------------------------------------------------------------------------------------------

    def _registered(self, entry: Entry) -> None:
        version: Version = entry.record
        state = self._known.setdefault(version.strategy, _State(version))
        state.version = version
        state.versions.append((entry.ts, version))
        del state.versions[:-_VERSIONS_MOST]

    def _started(self, entry: Entry) -> None:
        state = self._known[entry.record.strategy]
        state.running, state.stopped, state.fault, state.since = True, "", "", entry.ts

    def _stopped(self, entry: Entry) -> None:
        record: StrategyStopped = entry.record
        state = self._known[record.strategy]
        state.running, state.stopped, state.fault, state.since = False, record.reason, record.fault, entry.ts

    def _received(self, entry: Entry) -> None:
        order = entry.record.order
        state = self._known.get(order.strategy)
        if state is None:
            return
        self._orders[entry.seq] = Order(order.strategy, order.key, order.symbol)
        state.orders += 1
        if order.key.isdecimal() and not entry.record.parent:
            state.last_key = max(state.last_key, int(order.key))

    def _filled(self, entry: Entry) -> None:
        record: OrderFilled = entry.record
        order = self._orders.get(record.order_id) or self._late.get(record.order_id)
        if order is None:
            return
        self._known[order.strategy].book.fill(record.fill)
        if record.left == 0:
            self._ended(entry)

    def _ended(self, entry: Entry) -> None:
        """Ended, but a late fill may still come, and hosts have still to hear of this one."""
        order = self._orders.pop(entry.record.order_id, None)
        if order is not None:
            self._late[entry.record.order_id] = order
            if len(self._late) > _LATE_MOST:
                del self._late[next(iter(self._late))]

    def _of(self, strategy: str) -> _State:
        state = self._known.get(strategy)
        if state is None:
            expected = f"one of {', '.join(self._known)}" if self._known else "a registered one"
            raise InputError(f"there is no strategy {strategy!r}", expected=expected)
        return state


def _row(name: str, state: _State) -> dict[str, Any]:
    version = state.version
    return {
        "strategy": name,
        "version": version.version,
        "code_hash": version.code_hash,
        "path": version.path,
        "parameters": dict(version.parameters),
        "symbols": list(version.symbols),
        "timeframe": version.timeframe,
        "mode": version.mode,
        "running": state.running,
        "since": state.since,
        "stopped": state.stopped,
        "fault": state.fault,
        "orders": state.orders,
        "fills": state.book.fills,
        "positions": {symbol: plain(held) for symbol, held in state.book.quantity.items() if held},
    }


def _check(asked: RegisterStrategy, listed: Sequence[str]) -> None:
    """Raises an error of the tree for a version that could never run."""
    if not _NAME.fullmatch(asked.strategy):
        raise InputError(f"{asked.strategy!r} is no id", expected="small letters, digits, - and _, at most 40")
    if asked.strategy == _PEOPLE:
        raise InputError(f"{asked.strategy!r} is the name that orders of people have", expected="another id")
    if asked.mode not in _MODES:
        raise InputError(f"mode is {asked.mode!r}", expected="paper or live")
    if set(asked.feeds) - _FEEDS:
        raise InputError(f"feeds are {asked.feeds}", expected=", ".join(sorted(_FEEDS)))
    if not asked.symbols or len(set(asked.symbols)) < len(asked.symbols):
        raise InputError(f"symbols are {asked.symbols}", expected="one or more, each once")
    unknown = [symbol for symbol in asked.symbols if symbol not in listed]
    if unknown and listed:
        raise InputError(f"the venue does not list {', '.join(unknown)}", expected=f"of {', '.join(listed)}")
    if asked.timeframe:
        timeframe_ns(asked.timeframe)
    if checked(asked.cash, "cash") <= 0:
        raise InputError(f"cash is {asked.cash}", expected="a positive amount")


def _version(asked: RegisterStrategy, number: int) -> Version:
    return Version(
        strategy=asked.strategy,
        version=number,
        name=asked.name,
        path=asked.path,
        code_hash=asked.code_hash,
        parameters=asked.parameters,
        symbols=asked.symbols,
        timeframe=asked.timeframe,
        mode=asked.mode,
        cash=asked.cash,
        feeds=asked.feeds,
        by=asked.by,
        parent=asked.parent,
        note=asked.note,
    )


def _read(held: Any) -> Version:
    return msgspec.convert(held, Version, builtin_types=(Decimal,), strict=False)


def _same(version: Version, asked: RegisterStrategy) -> bool:
    """True for the same version, wherever its file lies, whoever asks, and why."""
    made = _version(asked, version.version)
    same = {name: getattr(version, name) for name in ("path", "by", "parent", "note")}
    return msgspec.structs.replace(made, **same) == version
