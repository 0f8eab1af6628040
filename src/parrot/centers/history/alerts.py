"""What a person should look at: kills, breakers, orders that failed, strategies stopped, mismatches, the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from parrot.contracts import records
from parrot.contracts.commands import PAUSE
from parrot.contracts.history import AlertRow, OrderRow
from parrot.contracts.message import Entry

_DISK: Final = "disk watch"
_KILL: Final = "kill"


class Told(NamedTuple):
    """What one kind of record tells; `say` gives its words, empty where it is no alert."""

    kind: str
    level: str
    say: Callable[[Any], str]


def alert_of(entry: Entry, account: str, find: Callable[[int], OrderRow | None]) -> AlertRow | None:
    """The alert that a record is, None where it is none; `find` finds the order that it is about."""
    record = entry.record
    told = _TOLD.get(type(record))
    text = told.say(record) if told is not None else ""
    if told is None or not text:
        return None
    order = find(getattr(record, "order_id", 0))
    return AlertRow(
        alert_id=str(entry.seq),
        seq=entry.seq,
        ts=entry.ts,
        account=order.account if order is not None else getattr(record, "account", account),
        level=told.level,
        kind="disk" if getattr(record, "by", "") == _DISK else told.kind,
        text=text,
        scope=getattr(record, "scope", ""),
        strategy=order.strategy if order is not None else getattr(record, "strategy", ""),
        symbol=order.symbol if order is not None else getattr(record, "symbol", ""),
        order_id=order.order_id if order is not None else 0,
    )


def _stopped(record: records.StrategyStopped) -> str:
    return f"{record.strategy} was stopped ({record.fault}): {record.reason}" if record.fault else ""


def _external(record: records.ExternalSeen) -> str:
    return "" if record.gone else f"the venue shows an order that is not ours: {record.side} {record.symbol}"


def _killed(record: records.KillEngaged) -> str:
    """A pause was meant and harms nobody."""
    return (
        "" if record.source == PAUSE else f"{record.scope} was stopped by {record.by}: {record.reason or 'no reason'}"
    )


def _refused(record: records.OrderRefused) -> str:
    """What a kill refuses was told with the kill."""
    return "" if record.rule == _KILL else f"order {record.order_id} refused: {record.text}"


_TOLD: Final[Mapping[type, Told]] = {
    records.KillEngaged: Told("kill", "error", _killed),
    records.BreakerTripped: Told(
        "breaker", "error", lambda record: f"{record.rule} of {record.scope}: {record.actual}, limit {record.limit}"
    ),
    records.OrderRefused: Told("order", "warning", _refused),
    records.OrderRejected: Told(
        "order", "warning", lambda record: f"order {record.order_id} rejected: {record.reason}"
    ),
    records.OrderUnknown: Told(
        "order", "error", lambda record: f"nobody knows what became of order {record.order_id}: {record.reason}"
    ),
    records.StrategyStopped: Told("strategy", "error", _stopped),
    records.Reconciled: Told("mismatch", "error", lambda record: "; ".join(record.breaks)),
    records.ReduceOnlySet: Told(
        "mismatch", "error", lambda record: f"positions may only shrink: {record.why}" if record.on else ""
    ),
    records.LineChanged: Told(
        "line", "warning", lambda record: "" if record.up else f"the line to {record.venue} broke: {record.reason}"
    ),
    records.ExternalSeen: Told("external", "warning", _external),
}
