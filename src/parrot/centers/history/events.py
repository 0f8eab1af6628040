"""The life of an order step by step: which gate it met, with its numbers and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from parrot.contracts import records
from parrot.contracts.history import EventRow
from parrot.contracts.ledger import LedgerPosted
from parrot.contracts.message import Entry
from parrot.kernel.decimals import plain


class Told(NamedTuple):
    """What one kind of record tells: the event, its gate, whether it passed, its words."""

    event: str
    gate: str
    passed: bool
    say: Callable[[Any], str]


def event_of(entry: Entry) -> EventRow | None:
    """The step that a record is in the life of its order, None where it is none."""
    record = entry.record
    if isinstance(record, records.DecisionNoted):
        return _decided(entry) if record.order_id else None
    told = _TOLD.get(type(record))
    order_id = entry.seq if isinstance(record, records.OrderReceived) else getattr(record, "order_id", 0)
    if told is None or not order_id:
        return None
    return EventRow(
        seq=entry.seq,
        order_id=order_id,
        ts=entry.ts,
        event=told.event,
        gate=told.gate,
        passed=told.passed,
        text=told.say(record),
        numbers=_numbers(record),
        checks=tuple(getattr(record, "gates", ())),
    )


def _decided(entry: Entry) -> EventRow:
    record: records.DecisionNoted = entry.record
    numbers = {"decided": str(record.decided)} if record.decided else {}
    return EventRow(
        seq=entry.seq,
        order_id=record.order_id,
        ts=entry.ts,
        event="decision",
        gate=record.gate,
        passed=record.passed,
        text=record.text,
        numbers=numbers,
    )


_NUMBERS: Final = (
    *("quantity", "price", "limit", "trigger", "reserved", "currency", "rule", "scope", "actual", "arrival"),
    *("client_id", "venue_id", "attempt", "filled", "left", "average", "slippage_bps", "shortfall", "fees", "delay"),
    *("ack", "venue_ts", "fence", "step", "due", "done", "realised", "quoted"),
)


def _numbers(record: Any) -> dict[str, str]:
    found = {name: _text(value) for name in _NUMBERS if (value := getattr(record, name, None)) not in (None, "")}
    inner = getattr(record, "fill", None) or getattr(record, "order", None)
    if inner is not None:
        names = ("quantity", "price", "limit", "trigger", "fee", "fee_currency", "trade_id", "decided")
        found |= {name: _text(value) for name in names if (value := getattr(inner, name, None)) not in (None, "", 0)}
    return found


def _text(value: Any) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def _received(record: records.OrderReceived) -> str:
    asked = record.order
    price = f" limit {plain(asked.limit)}" if asked.limit is not None else ""
    price += f" trigger {plain(asked.trigger)}" if asked.trigger is not None else ""
    text = f"{asked.kind.value} {asked.side.value} {plain(asked.quantity)} {asked.symbol}{price}"
    return text + (f": {asked.why}" if asked.why else "")


def _approved(record: Any) -> str:
    return f"{plain(record.quantity)} approved, {plain(record.reserved)} {record.currency} reserved"


def _filled(record: records.OrderFilled) -> str:
    fill, rest = record.fill, f", {plain(record.left)} left" if record.left else ""
    late = " after its end" if record.late else ""
    return f"{plain(fill.quantity)} at {plain(fill.price)}{late}, fee {plain(fill.fee)} {fill.fee_currency}{rest}"


def _changed(record: Any) -> str:
    return f"{plain(record.quantity)}" + (f" at {plain(record.limit)}" if record.limit is not None else "")


def _triggered(record: records.OrderTriggered) -> str:
    return f"reached at {plain(record.price)}" if record.price else "what it waited for has gone"


def _missing(record: records.OrderMissing) -> str:
    return "the venue does not know it" + (", which proves that it never will" if record.proved else " yet")


def _measured(record: records.CostMeasured) -> str:
    return f"average {plain(record.average)}, {plain(record.slippage_bps)} bps from arrival {plain(record.arrival)}"


def _posted(record: LedgerPosted) -> str:
    return f"{record.what} posted" + (f", realised {plain(record.realised)}" if record.realised else "")


_TOLD: Final[Mapping[type, Told]] = {
    records.OrderReceived: Told("received", "strategy", True, _received),
    records.OrderHeld: Told("held", "execution", True, lambda record: f"waits for {record.waits_for}"),
    records.OrderTriggered: Told("triggered", "execution", True, _triggered),
    records.OrderApproved: Told("approved", "risk", True, _approved),
    records.OrderRefused: Told("refused", "risk", False, lambda record: record.text),
    records.OrderSent: Told("sent", "execution", True, lambda record: f"as {record.client_id}"),
    records.OrderAccepted: Told("accepted", "venue", True, lambda record: f"as {record.venue_id}"),
    records.OrderRejected: Told("rejected", "venue", False, lambda record: record.reason),
    records.OrderUnknown: Told("unknown", "execution", False, lambda record: f"{record.request}: {record.reason}"),
    records.OrderMissing: Told("missing", "venue", False, _missing),
    records.OrderFilled: Told("filled", "venue", True, _filled),
    records.CancelSent: Told("cancel_sent", "execution", True, lambda record: record.why),
    records.CancelRefused: Told("cancel_refused", "venue", False, lambda record: record.reason),
    records.ReplaceReceived: Told("replace_received", "desk", True, _changed),
    records.ReplaceApproved: Told("replace_approved", "risk", True, _approved),
    records.ReplaceRefused: Told("replace_refused", "risk", False, lambda record: record.text),
    records.ReplaceSent: Told("replace_sent", "execution", True, _changed),
    records.OrderReplaced: Told("replaced", "venue", True, _changed),
    records.OrderCanceled: Told("canceled", "venue", False, lambda record: f"by {record.by}: {record.reason}"),
    records.OrderExpired: Told("expired", "venue", False, lambda record: record.reason),
    records.CostMeasured: Told("measured", "execution", True, _measured),
    records.TaskMoved: Told("moved", "execution", True, lambda record: record.note),
    LedgerPosted: Told("posted", "ledger", True, _posted),
}
