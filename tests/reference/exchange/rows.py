"""Commands and events as rows: the fields of the records by name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import NamedTuple

from tests.reference.exchange import words as w


@dataclass(slots=True)
class Row:
    """One command; what it does not use is zero."""

    kind: int = 0
    side: int = 0
    order: int = 0
    tif: int = 0
    stp: int = 0
    list: int = 0
    symbol: int = 0
    owner: int = 0
    flags: int = 0
    id: int = 0
    handle: int = 0
    price: int = 0
    quantity: int = 0
    display: int = 0
    minimum: int = 0
    trigger: int = 0
    trail: int = 0
    expiry: int = 0
    spare: int = 0

    def values(self) -> tuple[int, ...]:
        return VALUES(self)

    def __repr__(self) -> str:
        said = [f"{name}={getattr(self, name)}" for name in COLUMNS[1:] if getattr(self, name)]
        return f"Row({', '.join([f'C.{w.name(w.Command, self.kind)}', *said])})"


COLUMNS = tuple(field.name for field in fields(Row))
VALUES = attrgetter(*COLUMNS)


class EventRow(NamedTuple):
    """One event, its fields in the order of the record."""

    seq: int = 0
    ts: int = 0
    id: int = 0
    taker: int = 0
    handle: int = 0
    price: int = 0
    quantity: int = 0
    left: int = 0
    level: int = 0
    fee: int = 0
    taker_fee: int = 0
    owner: int = 0
    taker_owner: int = 0
    symbol: int = 0
    kind: int = 0
    side: int = 0
    reason: int = 0
    flags: int = 0
    command: int = 0
    spare: int = 0


def tell(event: EventRow) -> str:
    """An event as one readable line."""
    said = [f"{name}={value}" for name, value in event._asdict().items() if value and name not in {"kind", "reason"}]
    reason = f" {w.name(w.Reason, event.reason)}" if event.reason else ""
    return f"{w.name(w.Event, event.kind)}{reason} {' '.join(said)}"
