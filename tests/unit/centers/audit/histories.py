"""A good history of an account, told record by record, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from parrot.centers.audit.manifest import Violation, violations
from parrot.contracts import records
from parrot.contracts.commands import Role, Side, SubmitOrder
from parrot.contracts.message import Entry
from parrot.contracts.venue import Filled
from tests.unit.centers.capital.kept import LISTINGS, SECOND, Account, Told

BUY, SELL = Side.BUY, Side.SELL
LIMITS = {
    "max_quantity": "5",
    "max_position": "6",
    "max_open_orders": "3",
    "long_only": "yes",
    "stale_data": "5s",
    "price_collar": "0.05",
    "order_rate": "3/10s",
}
ONCE = {"max_quantity", "max_open_orders", "order_rate"}
COLLAR = (("protective_collar", "symbol:BTCUSDT", "0.1", "99 at 100"),)


def gates(*without: str, age: str = "20ms") -> tuple[tuple[str, str, str, str], ...]:
    told = {"stale_data": age}
    return tuple((rule, "firm", text, told.get(rule, "1")) for rule, text in LIMITS.items() if rule not in without)


class History(Account):
    """Tells orders; each call is one transaction, a second after the one before. Order numbers come back."""

    def __init__(self) -> None:
        super().__init__()
        self.take(Told(opened(1)))
        self.take(Told(records.LimitsSet(scope="firm", version=1, limits=LIMITS, approver="Ada")))
        self.deposit("1000", key="opening:USDT")

    def tell(self, *told: Any, wait: int = SECOND) -> int:
        self.take(Told(*told), wait=wait)
        return self.desk.seq

    def receive(self, quantity: str = "2", side: Side = BUY, *, parent: int = 0, fault: str = "", **fields: Any) -> int:
        symbol = fields.pop("symbol", "BTCUSDT")
        asked = SubmitOrder(
            strategy=fields.pop("strategy", "a"),
            key=fields.pop("key", str(self.desk.seq)),
            symbol=symbol,
            side=side,
            quantity=Decimal(quantity),
            **fields,
        )
        return self.tell(records.OrderReceived(order=asked, parent=parent, fault=fault), wait=4 * SECOND)

    def approve(self, order_id: int, quantity: str = "2", **fields: Any) -> int:
        approved = records.OrderApproved(
            order_id=order_id,
            quantity=Decimal(quantity),
            price=Decimal(100),
            reserved=fields.pop("reserved", Decimal(0)),
            currency="USDT",
            gates=fields.pop("gates", gates()),
        )
        return self.tell(approved)

    def send(self, order_id: int, quantity: str = "2", attempt: int = 1, *, client_id: str = "") -> int:
        name = client_id or f"P{order_id}A{attempt}"
        return self.tell(
            records.OrderSent(
                order_id=order_id,
                client_id=name,
                attempt=attempt,
                quantity=Decimal(quantity),
                limit=Decimal("100.01"),
                arrival=Decimal(100),
            )
        )

    def accept(self, order_id: int, attempt: int = 1) -> int:
        name = f"P{order_id}A{attempt}"
        return self.tell(records.OrderAccepted(order_id=order_id, client_id=name, venue_id="7", venue_ts=self.now))

    def part(
        self,
        order_id: int,
        quantity: str,
        filled: str,
        left: str,
        *,
        side: Side = BUY,
        price: str = "100",
        attempt: int = 1,
        late: bool = False,
    ) -> int:
        self.trades += 1
        fill = Filled(
            client_id=f"P{order_id}A{attempt}",
            venue_id="7",
            symbol="BTCUSDT",
            trade_id=str(self.trades),
            number=self.trades,
            side=side,
            quantity=Decimal(quantity),
            price=Decimal(price),
            fee=Decimal("0.1"),
            fee_currency="USDT",
            maker=False,
            ts=self.now,
        )
        self.tell(
            records.OrderFilled(order_id=order_id, fill=fill, filled=Decimal(filled), left=Decimal(left), late=late)
        )
        return self.desk.seq - 1

    def bought(self, quantity: str = "2", **fields: Any) -> int:
        """An order that was filled in two parts."""
        order = self.receive(quantity, **fields)
        self.approve(order, quantity)
        self.send(order, quantity)
        self.accept(order)
        self.part(order, "0.5", "0.5", str(Decimal(quantity) - Decimal("0.5")))
        self.part(order, str(Decimal(quantity) - Decimal("0.5")), quantity, "0", price="101")
        return order

    def protect(self, quantity: str = "2", **fields: Any) -> int:
        """A stop that was sent."""
        stop = self.receive(quantity, SELL, role=Role.STOP, trigger=Decimal(90), **fields)
        self.approve(stop, quantity, gates=COLLAR)
        self.send(stop, quantity)
        return stop

    def doubt(self, order_id: int, *, fence: int = 8 * SECOND, request: str = "place", attempt: int = 1) -> int:
        return self.tell(
            records.OrderUnknown(
                order_id=order_id,
                client_id=f"P{order_id}A{attempt}",
                request=request,
                reason="timeout",
                fence=self.now + fence if fence else 0,
            )
        )

    def missing(self, order_id: int, *, proved: bool = True, attempt: int = 1, after: int = 10 * SECOND) -> int:
        name = f"P{order_id}A{attempt}"
        return self.tell(
            records.OrderMissing(order_id=order_id, client_id=name, venue_ts=self.now + after, proved=proved),
            wait=after,
        )

    def found(self, **settings: Any) -> list[Violation]:
        return violations(self.entries, LISTINGS, **settings)


def opened(epoch: int, *, clean: bool = True) -> records.DeskOpened:
    return records.DeskOpened(account="main", epoch=epoch, build="b", schema="s", config="c", clean=clean)


def changed(entries: Iterable[Entry], seq: int, **fields: Any) -> list[Entry]:
    """The history with other fields in the record of one entry."""
    return [
        Entry(entry.seq, entry.ts, entry.cause, msgspec.structs.replace(entry.record, **fields))
        if entry.seq == seq
        else entry
        for entry in entries
    ]


def without(entries: Iterable[Entry], *seqs: int) -> list[Entry]:
    """The history without some entries, numbered anew."""
    kept = [entry for entry in entries if entry.seq not in seqs]
    numbers = {entry.seq: number for number, entry in enumerate(kept, 1)}
    return [Entry(numbers[e.seq], e.ts, numbers.get(e.cause, 0), e.record) for e in kept]


def names(found: Iterable[Violation]) -> set[str]:
    return {violation.invariant for violation in found}
