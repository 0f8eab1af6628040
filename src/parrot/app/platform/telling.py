"""What the log tells of committed records: what people look for, not each step of each order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import structlog

from parrot.contracts import records
from parrot.contracts.message import Entry

_LEVELS: Final[dict[type, str]] = {
    records.DeskOpened: "info",
    records.DeskClosed: "info",
    records.OrderFilled: "info",
    records.OrderRefused: "warning",
    records.OrderRejected: "warning",
    records.OrderUnknown: "warning",
    records.KillEngaged: "error",
    records.KillRearmed: "warning",
    records.BreakerTripped: "error",
    records.CommandRefused: "warning",
    records.ReduceOnlySet: "error",
    records.ExternalSeen: "warning",
    records.LineChanged: "warning",
    records.LimitsSet: "info",
    records.StrategyRegistered: "info",
    records.StrategyStarted: "info",
    records.StrategyStopped: "warning",
}
_FIELDS: Final = ("order_id", "strategy", "scope", "rule", "text", "reason", "by", "source", "fault", "account", "up")


def tell(entries: Sequence[Entry]) -> None:
    """Writes one line for each entry that people look for."""
    log = structlog.get_logger("parrot.desk")
    for entry in entries:
        level = _LEVELS.get(type(entry.record))
        if level is not None:
            getattr(log, level)(type(entry.record).__name__, seq=entry.seq, **_shown(entry.record))


def _shown(record: Any) -> dict[str, str]:
    held = {name: str(getattr(record, name)) for name in _FIELDS if getattr(record, name, "") != ""}
    fill = getattr(record, "fill", None)
    if fill is not None:
        held |= {
            "symbol": fill.symbol,
            "side": fill.side.value,
            "quantity": str(fill.quantity),
            "price": str(fill.price),
        }
    return held
