"""I1, I2 and I5: one effect of each intent, no order lost, and nothing known of what was not written down first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from parrot.centers.audit.findings import Check, Look
from parrot.centers.audit.orders import Known, Orders
from parrot.contracts import records
from parrot.contracts.message import Entry

_ID_LENGTH_MAX: Final = 36


class OneEffect(Check):
    """I1: at most one venue order of an intent, unless each earlier attempt is proved not accepted."""

    name = "I1"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._owner: dict[str, int] = {}
        self._effect: dict[int, str] = {}

    @property
    def looks(self) -> Mapping[type, Look]:
        """Attempts, and what proves that the venue has one or has not."""
        return {
            records.OrderSent: self._sent,
            records.OrderMissing: self._missing,
            records.OrderAccepted: lambda entry: self._seen(entry, entry.record.client_id),
            records.OrderFilled: lambda entry: self._seen(entry, entry.record.fill.client_id),
        }

    def _sent(self, entry: Entry) -> Iterator[str]:
        record: records.OrderSent = entry.record
        order = self._orders.of(entry)
        if not (0 < len(record.client_id) <= _ID_LENGTH_MAX and record.client_id.isalnum()):
            yield f"{record.client_id!r} is no client id of at most {_ID_LENGTH_MAX} letters and digits"
        if self._owner.setdefault(record.client_id, record.order_id) != record.order_id:
            yield f"{record.client_id} was used by order {self._owner[record.client_id]} before"
        if order is None:
            return
        if record.client_id in order.attempts:
            # Only where the venue keeps ids apart for ever, and never says "not found" with proof.
            if order.state != "unknown" or order.fence:
                yield f"{record.client_id} is sent again, and order {order.id} is {order.state}"
            return
        if record.attempt != len(order.attempts) + 1:
            yield f"attempt {record.attempt} of order {order.id} follows {len(order.attempts)} attempts"
        for client_id in order.attempts.keys() - order.proved:
            yield f"order {order.id} is sent anew, and nothing proves that the venue has no {client_id}"

    def _missing(self, entry: Entry) -> Iterator[str]:
        record: records.OrderMissing = entry.record
        order = self._orders.of(entry)
        if not record.proved or order is None:
            return
        if order.state != "unknown" or record.client_id != order.client_id:
            yield f"{record.client_id} is called proved to be missing, and its order is {order.state}"
        elif not order.fence or record.venue_ts <= order.fence:
            yield f"'not found' at {record.venue_ts} proves nothing before the fence {order.fence}"

    def _seen(self, entry: Entry, client_id: str) -> Iterator[str]:
        order_id = entry.record.order_id
        first = self._effect.setdefault(order_id, client_id)
        if first != client_id:
            yield f"the venue has both {first} and {client_id} of order {order_id}"


class NoLostOrder(Check):
    """I2: an order that may be at the venue ends by evidence only, and a mismatch with the venue is acted on.

    After each comparison with breaks the account is reduce-only, in the same transaction or from before.
    """

    name = "I2"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._reduce_only = False
        self._broken: tuple[int, int, str] | None = None

    @property
    def looks(self) -> Mapping[type, Look]:
        """Ends of orders, comparisons, and what follows them."""
        return {
            object: self._each,
            records.OrderCanceled: self._canceled,
            records.OrderRefused: self._refused,
            records.Reconciled: self._reconciled,
            records.ReduceOnlySet: self._reduced,
        }

    def _canceled(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is not None and entry.record.by == "desk":
            yield from _unproved(order, "is ended by the desk")

    def _refused(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is not None:
            yield from _unproved(order, "is refused")

    def _reconciled(self, entry: Entry) -> None:
        if entry.record.breaks and not self._reduce_only:
            self._broken = (entry.seq, entry.ts, entry.record.breaks[0])

    def _reduced(self, entry: Entry) -> None:
        self._reduce_only = entry.record.on
        self._broken = None

    def _each(self, entry: Entry) -> Iterator[str]:
        if self._broken is not None and entry.ts != self._broken[1]:
            yield f"nothing was done about the mismatch of entry {self._broken[0]}: {self._broken[2]}"
            self._broken = None

    def end(self) -> Iterator[tuple[int, str]]:
        """A mismatch at the very end."""
        if self._broken is not None:
            yield self._broken[0], f"nothing was done about the mismatch: {self._broken[2]}"


def _unproved(order: Known, what: str) -> Iterator[str]:
    for client_id in order.attempts.keys() - order.proved:
        yield f"order {order.id} {what}, and nothing proves that the venue has no {client_id}"


class WriteAhead(Check):
    """I5: an intent is in the journal before anything is known of it, and is approved before it is one."""

    name = "I5"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    @property
    def looks(self) -> Mapping[type, Look]:
        """Everything that names a client id."""
        named = (
            *(records.OrderAccepted, records.OrderRejected, records.OrderUnknown, records.OrderMissing),
            *(records.CancelSent, records.CancelRefused, records.ReplaceSent),
        )
        looks: dict[type, Look] = {kind: lambda entry: self._named(entry, entry.record.client_id) for kind in named}
        looks[records.OrderFilled] = lambda entry: self._named(entry, entry.record.fill.client_id)
        looks[records.OrderSent] = self._sent
        return looks

    def _named(self, entry: Entry, client_id: str) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None:
            yield f"order {entry.record.order_id} was never received"
        elif client_id not in order.attempts and (client_id or order.attempts):
            yield f"{client_id} of order {order.id} was never written down as sent"

    def _sent(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None:
            yield f"order {entry.record.order_id} was never received"
        elif not order.approved:
            yield f"order {order.id} is sent without an approval"
        elif entry.record.quantity > order.quantity:
            yield f"order {order.id} is sent with {entry.record.quantity}, approved are {order.quantity}"
