"""I3 and I4: every fill once, quantities that add up, and transitions that the table of an order's life knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from parrot.centers.audit.findings import Check, Look
from parrot.centers.audit.orders import ENDED, OUT, Orders
from parrot.contracts import records
from parrot.contracts.commands import Role
from parrot.contracts.message import Entry
from parrot.kernel.decimals import ZERO, add, subtract

_WAITING: Final = frozenset({"new", "approved", "held", "triggered"})
_ALIVE: Final = _WAITING | OUT

# In which states of an order a record may come. Fills and what concerns a cancel or a replace are looked at apart.
_TABLE: Final[Mapping[type, frozenset[str]]] = {
    records.OrderHeld: frozenset({"new", "approved", "triggered"}),
    records.OrderTriggered: frozenset({"held"}),
    records.OrderApproved: frozenset({"new", "triggered"}),
    records.OrderRefused: _WAITING,
    records.OrderSent: frozenset({"approved", "unknown"}),
    records.OrderAccepted: frozenset({"sent", "unknown", "partly filled"}),
    records.OrderRejected: OUT,
    records.OrderMissing: _ALIVE,
    records.CancelSent: OUT | {"held"},  # an algo withdraws what its children have out
    records.ReplaceSent: OUT,
    records.OrderReplaced: OUT | {"held"},  # protection grows and shrinks with its position
    records.OrderCanceled: _ALIVE,
    records.OrderExpired: _ALIVE,
}


class Life(Check):
    """I4, the table: no record of an order in a state where it cannot be; an end has no exit but a late fill."""

    name = "I4"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    @property
    def looks(self) -> Mapping[type, Look]:
        """Everything that moves an order."""
        looks: dict[type, Look] = dict.fromkeys(_TABLE, self._moved)
        looks[records.OrderUnknown] = self._unknown
        looks[records.OrderFilled] = self._filled
        return looks

    def _moved(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        kind = type(entry.record)
        if order is None:
            yield f"{kind.__name__} of order {entry.record.order_id}, which was never received"
        elif order.state not in _TABLE[kind]:
            yield f"{kind.__name__} of order {order.id}, which is {order.state}"

    def _unknown(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None or order.ended or (entry.record.request == "place" and order.state != "sent"):
            told = "never received" if order is None else order.state
            yield f"{entry.record.request} of order {entry.record.order_id} is in doubt, and the order is {told}"

    def _filled(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None:
            yield f"a fill of order {entry.record.order_id}, which was never received"
        elif order.state not in OUT | ENDED:
            yield f"a fill of order {order.id}, which is {order.state}"
        elif entry.record.late is not order.ended:
            yield f"a fill of order {order.id} is called {'late' if entry.record.late else 'in time'}"


class Amounts(Check):
    """I4, arithmetic: filled is the sum of the fills, 0 <= filled <= quantity, and children stay inside their parent.

    A fill beyond the quantity is never dropped: it is right in the journal when the account turns reduce-only with it.
    """

    name = "I4"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._over: tuple[int, int] | None = None
        self._reduce_only = False

    @property
    def looks(self) -> Mapping[type, Look]:
        """Fills, children, and the alarm about an overfill."""
        return {
            object: self._each,
            records.OrderFilled: self._filled,
            records.OrderSent: self._sent,
            records.ReduceOnlySet: self._reduced,
        }

    def _filled(self, entry: Entry) -> Iterator[str]:
        record: records.OrderFilled = entry.record
        order = self._orders.of(entry)
        if order is None:
            return
        if record.fill.quantity <= 0 or record.fill.price <= 0:
            yield f"a fill of {record.fill.quantity} at {record.fill.price}"
        if record.fill.symbol != order.asked.symbol or record.fill.side is not order.asked.side:
            yield f"a fill of {record.fill.side.value} {record.fill.symbol} for order {order.id} of another kind"
        if record.filled != add(order.filled, record.fill.quantity):
            yield f"order {order.id} has {record.filled} filled after {order.filled} and {record.fill.quantity}"
        most = max(order.quantity, order.larger)
        if record.left not in (
            max(subtract(order.quantity, record.filled), ZERO),
            max(subtract(most, record.filled), ZERO),
        ):
            yield f"order {order.id} of {order.quantity} has {record.left} left after {record.filled}"
        if record.filled > most and not self._reduce_only:
            self._over = (entry.seq, entry.ts)

    def _sent(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        above = self._orders.all.get(order.parent) if order is not None else None
        if order is None or above is None or order.asked.role is not Role.CHILD:
            return
        working = subtract(entry.record.quantity, order.filled)
        for other in self._orders.of_book(order.asked.strategy, order.asked.symbol):
            if (
                other.parent == above.id
                and other is not order
                and other.state in OUT
                and other.asked.role is Role.CHILD
            ):
                working = add(working, other.left)
        if working > subtract(above.quantity, above.filled):
            left = subtract(above.quantity, above.filled)
            yield f"children of order {above.id} work {working}, and {left} of it are left"

    def _reduced(self, entry: Entry) -> None:
        self._reduce_only = entry.record.on
        if entry.record.on:
            self._over = None

    def _each(self, entry: Entry) -> Iterator[str]:
        if self._over is not None and entry.ts != self._over[1]:
            yield f"nothing was done about the overfill of entry {self._over[0]}"
            self._over = None

    def end(self) -> Iterator[tuple[int, str]]:
        """An overfill at the very end."""
        if self._over is not None:
            yield self._over[0], "nothing was done about the overfill"


class FillsOnce(Check):
    """I3: no execution twice (by symbol, trade id and client id, and by the number of the own trade)."""

    name = "I3"

    def __init__(self) -> None:
        self._trades: dict[tuple[str, str, str], int] = {}
        self._numbers: dict[int, int] = {}

    @property
    def looks(self) -> Mapping[type, Look]:
        """Fills."""
        return {records.OrderFilled: self._filled}

    def _filled(self, entry: Entry) -> Iterator[str]:
        fill = entry.record.fill
        first = self._trades.setdefault((fill.symbol, fill.trade_id, fill.client_id), entry.seq)
        if first != entry.seq:
            yield f"trade {fill.trade_id} of {fill.symbol} for {fill.client_id} was counted in entry {first} before"
            return
        number = self._numbers.setdefault(fill.number, entry.seq)
        if number != entry.seq:
            yield f"own trade {fill.number} was counted in entry {number} before"


class TakenOnce(Check):
    """I15: what comes twice takes effect once: one order for a caller's key, one transaction for a reference."""

    name = "I15"

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str, str], int] = {}

    @property
    def looks(self) -> Mapping[type, Look]:
        """Orders and postings."""
        return {records.OrderReceived: self._received}

    def _received(self, entry: Entry) -> Iterator[str]:
        asked = entry.record.order
        first = self._keys.setdefault((asked.account, asked.strategy, asked.key), entry.seq)
        if first != entry.seq:
            yield f"key {asked.key} of {asked.strategy} is that of order {first} already"
