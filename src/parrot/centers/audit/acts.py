"""Which of the desk's records are acts of somebody, and what is noted of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from parrot.contracts import records
from parrot.contracts.acts import ActNoted
from parrot.contracts.ledger import LedgerPosted
from parrot.contracts.message import Entry


def act_of(entry: Entry) -> ActNoted | None:
    """The act that a record shows, None when nobody in particular did it."""
    told = _ACTS.get(type(entry.record))
    found = told(entry.record) if told is not None else None
    if found is None:
        return None
    who, what, about = found
    texts = {name: value if isinstance(value, str) else str(value) for name, value in about.items()}
    return ActNoted(ts=entry.ts, who=who, what=what, entry=entry.seq, about=texts)


Told = tuple[str, str, Mapping[str, Any]] | None


def _kill(record: records.KillEngaged) -> Told:
    about = {"scope": record.scope, "source": record.source, "reason": record.reason, "flatten": record.flatten}
    return record.by, "kill", about


def _rearm(record: records.KillRearmed) -> Told:
    return record.by, "rearm", {"scope": record.scope, "reason": record.reason}


def _breaker(record: records.BreakerTripped) -> Told:
    return (
        "risk",
        "breaker",
        {"scope": record.scope, "rule": record.rule, "limit": record.limit, "actual": record.actual},
    )


def _limits(record: records.LimitsSet) -> Told:
    limits = msgspec.json.encode(record.limits).decode()
    return record.approver, "limits", {"scope": record.scope, "version": record.version, "limits": limits}


def _registered(record: records.StrategyRegistered) -> Told:
    about = {"strategy": record.strategy, "version": record.version, "code": record.code_hash, "mode": record.mode}
    return record.by, "strategy register", about


def _started(record: records.StrategyStarted) -> Told:
    return record.by, "strategy start", {"strategy": record.strategy}


def _stopped(record: records.StrategyStopped) -> Told:
    return record.by, "strategy stop", {"strategy": record.strategy, "reason": record.reason, "fault": record.fault}


def _reduce_only(record: records.ReduceOnlySet) -> Told:
    what = "reduce-only" if record.on else "trade freely"
    return record.by, what, {"account": record.account, "why": record.why}


def _posted(record: LedgerPosted) -> Told:
    if record.what == "trade" or record.symbol:
        return None
    leg = record.legs[0]
    return leg.owner, record.what, {"ref": record.ref, "currency": leg.currency, "amount": leg.amount}


def _order(record: records.OrderReceived) -> Told:
    asked = record.order
    if not asked.user:
        return None
    about = {"order": asked.key, "symbol": asked.symbol, "side": asked.side.value, "quantity": asked.quantity}
    return asked.user, "order", about | {"kind": asked.kind.value, "limit": asked.limit, "strategy": asked.strategy}


def _refused(record: records.CommandRefused) -> Told:
    return record.user, f"refused {record.command}", {"text": record.text}


def _opened(record: records.DeskOpened) -> Told:
    about = {"epoch": record.epoch, "build": record.build, "config": record.config, "clean": record.clean}
    return "desk", "open", about


def _closed(record: records.DeskClosed) -> Told:
    return "desk", "close", {"reason": record.reason}


_ACTS: Final[Mapping[type, Callable[[Any], Told]]] = {
    records.KillEngaged: _kill,
    records.KillRearmed: _rearm,
    records.BreakerTripped: _breaker,
    records.LimitsSet: _limits,
    records.StrategyRegistered: _registered,
    records.StrategyStarted: _started,
    records.StrategyStopped: _stopped,
    records.ReduceOnlySet: _reduce_only,
    LedgerPosted: _posted,
    records.OrderReceived: _order,
    records.CommandRefused: _refused,
    records.DeskOpened: _opened,
    records.DeskClosed: _closed,
}
