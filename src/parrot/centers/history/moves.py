"""How each record moves the row of its order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

import msgspec

from parrot.centers.history.settings import AVERAGE_DIGITS
from parrot.contracts import records
from parrot.contracts.history import ENDED, OrderRow
from parrot.contracts.message import Entry
from parrot.kernel.decimals import add, multiply, plain

ALGOS: Final = frozenset({"twap", "vwap", "pov", "iceberg"})
_AVERAGE: Final = Context(prec=AVERAGE_DIGITS, rounding=ROUND_HALF_EVEN)
_replace: Final = msgspec.structs.replace


def order_of(entry: Entry) -> OrderRow:
    """The row of an order that was received."""
    received: records.OrderReceived = entry.record
    asked = received.order
    return OrderRow(
        order_id=entry.seq,
        ts=entry.ts,
        updated=entry.ts,
        account=asked.account,
        user=asked.user,
        strategy=asked.strategy,
        key=asked.key,
        symbol=asked.symbol,
        side=asked.side.value,
        kind=asked.kind.value,
        role=asked.role.value,
        tif=asked.tif.value,
        status="new",
        asked=shown(asked.quantity),
        quantity=shown(asked.quantity),
        limit=told(asked.limit),
        trigger=told(asked.trigger),
        trail=_trail(asked.trail, percent=asked.trail_percent),
        stop=told(asked.stop),
        take=told(asked.take),
        post_only=asked.post_only,
        reduce_only=asked.reduce_only,
        parent=received.parent,
        group_id=received.group_id,
        why=asked.why,
    )


def filled_by_child(parent: OrderRow, entry: Entry) -> OrderRow:
    """The row of an algo one of whose children was filled."""
    fill = entry.record.fill
    return _traded(parent, shown(add(Decimal(parent.filled), fill.quantity)), entry)


def _trail(distance: Decimal | None, *, percent: bool) -> str | None:
    return None if distance is None else shown(distance) + ("%" if percent else "")


def _to(status: str, reason: Callable[[Entry], str] = lambda entry: "") -> Callable[[OrderRow, Entry], OrderRow]:
    def move(row: OrderRow, entry: Entry) -> OrderRow:
        return _replace(row, status=status, reason=reason(entry), updated=entry.ts)

    return move


def _approved(row: OrderRow, entry: Entry) -> OrderRow:
    return _replace(row, status="approved", quantity=shown(entry.record.quantity), updated=entry.ts)


def _sent(row: OrderRow, entry: Entry) -> OrderRow:
    ids = (*row.client_ids, entry.record.client_id)
    return _replace(row, status="sent", reason="", client_ids=tuple(dict.fromkeys(ids)), updated=entry.ts)


def _accepted(row: OrderRow, entry: Entry) -> OrderRow:
    venue_id = entry.record.venue_id or row.venue_id
    return _replace(row, status="accepted", reason="", venue_id=venue_id, updated=entry.ts)


def _filled(row: OrderRow, entry: Entry) -> OrderRow:
    record: records.OrderFilled = entry.record
    status = "filled" if record.left == 0 else "partially_filled"
    moved = _traded(row, shown(record.filled), entry)
    if row.status in ENDED:
        return moved  # a late fill counts, and changes nothing else
    return _replace(moved, status=status, reason="", venue_id=record.fill.venue_id or row.venue_id)


def _traded(row: OrderRow, filled: str, entry: Entry) -> OrderRow:
    fill = entry.record.fill
    turnover = add(Decimal(row.turnover), multiply(fill.quantity, fill.price))
    total = Decimal(filled)
    average = plain(_AVERAGE.divide(turnover, total)) if total else None
    paid = add(Decimal(row.fees.get(fill.fee_currency, "0")), fill.fee)
    fees = {**row.fees, fill.fee_currency: plain(paid)}
    return _replace(row, filled=filled, turnover=plain(turnover), average=average, fees=fees, updated=entry.ts)


def _replaced(row: OrderRow, entry: Entry) -> OrderRow:
    return _replace(row, quantity=shown(entry.record.quantity), limit=told(entry.record.limit), updated=entry.ts)


def _measured(row: OrderRow, entry: Entry) -> OrderRow:
    return _replace(row, slippage_bps=plain(entry.record.slippage_bps))


def shown(value: Decimal) -> str:
    """In digits, as it was given."""
    return format(value, "f")


def told(value: Decimal | None) -> str | None:
    """In digits, None for none."""
    return None if value is None else format(value, "f")


_Move = Callable[[OrderRow, Entry], OrderRow]
MOVES: Final[Mapping[type, _Move]] = {
    records.OrderHeld: _to("held"),
    records.OrderApproved: _approved,
    records.OrderRefused: _to("refused", lambda entry: entry.record.text),
    records.OrderSent: _sent,
    records.OrderAccepted: _accepted,
    records.OrderRejected: _to("rejected", lambda entry: entry.record.reason),
    records.OrderUnknown: _to("unknown", lambda entry: entry.record.reason),
    records.OrderFilled: _filled,
    records.OrderCanceled: _to("canceled", lambda entry: entry.record.reason),
    records.OrderExpired: _to("expired", lambda entry: entry.record.reason),
    records.OrderReplaced: _replaced,
    records.CostMeasured: _measured,
}
