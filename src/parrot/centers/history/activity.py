"""What happened beside orders: kills, breakers, limits, strategies, the line to the venue, the desk itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from parrot.contracts import groups, records
from parrot.contracts.history import ActivityRow
from parrot.contracts.ledger import BalancesCompared
from parrot.contracts.message import Entry
from parrot.kernel.decimals import plain


class Told(NamedTuple):
    """What one kind of record tells; `say` gives its words, None where it is not worth a row."""

    kind: str
    level: str
    say: Callable[[Any], str | None]


def activity_of(entry: Entry, account: str) -> ActivityRow | None:
    """The row of a record that is no step of an order, None where it makes none."""
    record = entry.record
    told = _TOLD.get(type(record))
    text = told.say(record) if told is not None else None
    if told is None or text is None:
        return None
    return ActivityRow(
        seq=entry.seq,
        ts=entry.ts,
        account=getattr(record, "account", account),
        kind=told.kind,
        level=_level(record, told.level),
        scope=getattr(record, "scope", ""),
        strategy=getattr(record, "strategy", ""),
        by=getattr(record, "by", "") or getattr(record, "approver", "") or getattr(record, "user", ""),
        text=text,
    )


def _level(record: Any, usual: str) -> str:
    if isinstance(record, records.StrategyStopped):
        return "error" if record.fault else "info"
    if isinstance(record, records.LineChanged):
        return "info" if record.up else "warning"
    if isinstance(record, records.ReduceOnlySet):
        return "error" if record.on else "info"
    return usual


def _kill(record: records.KillEngaged) -> str:
    flat = ", positions are closed" if record.flatten else ""
    return f"{record.scope} is stopped{flat}: {record.reason or 'no reason given'}"


def _stopped(record: records.StrategyStopped) -> str:
    fault = f" ({record.fault})" if record.fault else ""
    return f"{record.strategy} stopped{fault}: {record.reason or 'asked to'}"


def _limits(record: records.LimitsSet) -> str:
    values = ", ".join(f"{rule} {value}" for rule, value in record.limits.items())
    return f"limits of {record.scope}, version {record.version}: {values or 'none'}"


def _reconciled(record: records.Reconciled) -> str | None:
    return "; ".join(record.breaks) or None


def _compared(record: BalancesCompared) -> str | None:
    found = ", ".join(f"{plain(amount)} {currency}" for currency, amount in record.differences.items())
    return f"the venue's balances differ: {found}" if found else None


def _external(record: records.ExternalSeen) -> str:
    state = "is gone" if record.gone else "is there"
    return f"an order that is not ours {state}: {record.side} {plain(record.quantity)} {record.symbol}"


_TOLD: Final[Mapping[type, Told]] = {
    records.DeskOpened: Told("desk_opened", "info", lambda record: f"the desk opened, epoch {record.epoch}"),
    records.DeskClosed: Told("desk_closed", "info", lambda record: f"the desk closed: {record.reason}"),
    records.KillEngaged: Told("kill_engaged", "error", _kill),
    records.KillRearmed: Told("kill_rearmed", "warning", lambda record: f"{record.scope} is re-armed: {record.reason}"),
    records.BreakerTripped: Told(
        "breaker_tripped",
        "error",
        lambda record: f"{record.rule} of {record.scope}: {record.actual}, limit {record.limit}",
    ),
    records.LimitsSet: Told("limits_set", "info", _limits),
    records.CommandRefused: Told(
        "command_refused", "warning", lambda record: f"{record.command} was refused: {record.text}"
    ),
    records.ReduceOnlySet: Told(
        "reduce_only_set",
        "error",
        lambda record: f"positions may only shrink: {record.why}" if record.on else f"trades freely: {record.why}",
    ),
    records.Reconciled: Told("reconciled", "error", _reconciled),
    BalancesCompared: Told("balances_compared", "warning", _compared),
    records.ExternalSeen: Told("external_seen", "warning", _external),
    records.LineChanged: Told(
        "line_changed",
        "warning",
        lambda record: (
            f"{record.venue} is {'back' if record.up else 'gone'}" + f": {record.reason}" * bool(record.reason)
        ),
    ),
    records.StrategyRegistered: Told(
        "strategy_registered", "info", lambda record: f"{record.strategy} version {record.version}, {record.mode}"
    ),
    records.StrategyStarted: Told("strategy_started", "info", lambda record: f"{record.strategy} runs"),
    records.StrategyStopped: Told("strategy_stopped", "info", _stopped),
    groups.GroupPlaced: Told("group_placed", "info", lambda record: f"a group of orders on {record.asked.plan.symbol}"),
    groups.GroupEnding: Told("group_ending", "info", lambda record: f"group {record.group_id} ends: {record.why}"),
    groups.GroupEnded: Told("group_ended", "info", lambda record: f"group {record.group_id} ended: {record.why}"),
}
