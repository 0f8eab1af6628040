"""Why a strategy traded, or did not: answered from the records of the desk alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from parrot.contracts.commands import Role
from parrot.contracts.message import Entry
from parrot.contracts.records import (
    BreakerTripped,
    DecisionNoted,
    KillEngaged,
    KillRearmed,
    OrderAccepted,
    OrderApproved,
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderHeld,
    OrderReceived,
    OrderRefused,
    OrderRejected,
    OrderSent,
    OrderUnknown,
    StrategyRegistered,
    StrategyStarted,
    StrategyStopped,
)
from parrot.kernel.decimals import plain


@dataclass(frozen=True, slots=True)
class Reason:
    """One gate that something came to: passed or stopped there, and its numbers. `ts` ns UTC, `seq` the record's."""

    ts: int
    seq: int
    order_id: int
    gate: str
    passed: bool
    text: str


@dataclass(slots=True)
class _Reader:
    """Follows records from the beginning, so that it knows whose orders they speak of."""

    strategy: str
    mine: set[int] = field(default_factory=set)
    running: bool = False
    killed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reasons:
    """How things were at the start and the newest gates, oldest first; `left_out` older ones are not among them."""

    newest: list[Reason]
    left_out: int


def why(strategy: str, start: int, end: int, entries: Iterable[Entry], *, most: int) -> Reasons:
    """Every gate that `strategy` came to in [start, end), ns UTC; `entries` are all of the desk, oldest first.

    First stands how things were at `start`: whether it ran, and which kills held. An empty rest means that it ran and
    decided nothing: no handler of it made an order. Of more gates than `most` the newest are kept.
    """
    reader, standing, found = _Reader(strategy), list[Reason](), deque[Reason](maxlen=most)
    count = 0
    for entry in entries:
        if entry.ts >= end:
            break
        if entry.ts >= start and not standing:
            standing = list(_standing(reader, start))
        tell = _TELLERS.get(type(entry.record))
        told = list(tell(reader, entry)) if tell is not None else []
        if entry.ts >= start:
            found.extend(told)
            count += len(told)
    standing = standing or list(_standing(reader, start))
    quiet = [_quiet(start)] if reader.running and not count and len(standing) == 1 else []
    return Reasons([*standing, *found, *quiet], count - len(found))


def _standing(reader: _Reader, ts: int) -> Iterator[Reason]:
    text = "it was running" if reader.running else "it was not running"
    yield Reason(ts, 0, 0, "life", reader.running, text)
    for scope in sorted(reader.killed):
        yield Reason(ts, 0, 0, "kill", False, f"a kill of {scope} held")


def _quiet(ts: int) -> Reason:
    text = "no order was made: no handler asked for one on the data of this time"
    return Reason(ts, 0, 0, "strategy", False, text)


def _reason(entry: Entry, order_id: int, gate: str, text: str, *, passed: bool) -> Reason:
    return Reason(entry.ts, entry.seq, order_id, gate, passed, text)


def _life(reader: _Reader, entry: Entry) -> Iterator[Reason]:
    record = entry.record
    if record.strategy != reader.strategy:
        return
    if isinstance(record, StrategyRegistered):
        yield _reason(entry, 0, "life", f"version {record.version} of {record.code_hash} registered", passed=True)
        return
    reader.running = isinstance(record, StrategyStarted)
    if isinstance(record, StrategyStopped):
        fault = f" ({record.fault})" if record.fault else ""
        yield _reason(entry, 0, "life", f"stopped by {record.by}{fault}: {record.reason}", passed=False)
    else:
        yield _reason(entry, 0, "life", f"started by {record.by}", passed=True)


def _received(reader: _Reader, entry: Entry) -> Iterator[Reason]:
    order = entry.record.order
    if order.strategy != reader.strategy:
        return
    reader.mine.add(entry.seq)
    price = f" limit {plain(order.limit)}" if order.limit is not None else ""
    price += f" trigger {plain(order.trigger)}" if order.trigger is not None else ""
    role = "" if order.role is Role.PLAIN else f"{order.role.value}: "
    text = f"{role}{order.kind.value} {order.side.value} {plain(order.quantity)} {order.symbol}{price}"
    told = f"{text}, decided on data of {order.decided}" + (f": {order.why}" if order.why else "")
    yield _reason(entry, entry.seq, "strategy", told, passed=True)


def _noted(reader: _Reader, entry: Entry) -> Iterator[Reason]:
    record = entry.record
    if record.strategy == reader.strategy:
        yield _reason(entry, record.order_id, record.gate, record.text, passed=record.passed)


def _gates(gates: Iterable[tuple[str, str, str, str]]) -> str:
    return "; ".join(f"{rule} of {scope}: {actual} of {limit}" for rule, scope, limit, actual in gates)


def _approved(record: Any) -> str:
    reserved = f"{plain(record.reserved)} {record.currency} reserved"
    return f"{plain(record.quantity)} approved, {reserved}; {_gates(record.gates)}"


def _filled(record: Any) -> str:
    fill = record.fill
    return f"filled {plain(fill.quantity)} at {plain(fill.price)}, fee {plain(fill.fee)} {fill.fee_currency}"


_Said = Callable[[Any], str]
_OF_ORDERS: Final[dict[type, tuple[str, bool, _Said]]] = {
    OrderApproved: ("risk", True, _approved),
    OrderRefused: ("risk", False, lambda record: record.text),
    OrderHeld: ("execution", True, lambda record: f"held: waits for {record.waits_for}"),
    OrderSent: ("execution", True, lambda record: f"sent as {record.client_id}"),
    OrderUnknown: ("execution", False, lambda record: f"outcome unknown: {record.reason}"),
    OrderAccepted: ("venue", True, lambda record: f"accepted as {record.venue_id}"),
    OrderRejected: ("venue", False, lambda record: f"rejected: {record.reason}"),
    OrderFilled: ("venue", True, _filled),
    OrderCanceled: ("venue", False, lambda record: f"canceled by {record.by}: {record.reason}"),
    OrderExpired: ("venue", False, lambda record: f"expired: {record.reason}"),
}


def _of_order(reader: _Reader, entry: Entry) -> Iterator[Reason]:
    if entry.record.order_id in reader.mine:
        gate, passed, said = _OF_ORDERS[type(entry.record)]
        yield _reason(entry, entry.record.order_id, gate, said(entry.record), passed=passed)


def _kill(reader: _Reader, entry: Entry) -> Iterator[Reason]:
    record = entry.record
    if record.scope not in ("all", f"strategy:{reader.strategy}"):
        return
    if isinstance(record, KillRearmed):
        reader.killed.discard(record.scope)
        yield _reason(entry, 0, "kill", f"{record.scope} re-armed by {record.by}", passed=True)
        return
    reader.killed.add(record.scope)
    told = f"{record.rule}: {record.actual} of {record.limit}" if isinstance(record, BreakerTripped) else record.reason
    yield _reason(entry, 0, "kill", f"{record.scope} killed: {told}", passed=False)


_Teller = Callable[[_Reader, Entry], Iterator[Reason]]
_TELLERS: Final[dict[type, _Teller]] = {
    **dict.fromkeys((StrategyRegistered, StrategyStarted, StrategyStopped), _life),
    OrderReceived: _received,
    DecisionNoted: _noted,
    **dict.fromkeys((KillEngaged, BreakerTripped, KillRearmed), _kill),
    **dict.fromkeys(_OF_ORDERS, _of_order),
}
