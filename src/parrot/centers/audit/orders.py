"""Audit's own reading of orders and positions: what the journal says, taken at its word and nothing added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from parrot.contracts import records
from parrot.contracts.commands import Role, Side, SubmitOrder
from parrot.contracts.message import Entry
from parrot.kernel.decimals import ZERO, add, negate, size, subtract

ENDED = frozenset({"refused", "rejected", "filled", "canceled", "expired"})
OUT = frozenset({"sent", "unknown", "accepted", "partly filled"})
PROTECTIVE = frozenset({Role.STOP, Role.TAKE, Role.FLATTEN})


class Known:
    """One order as the journal has told of it so far."""

    __slots__ = (
        *("approved", "asked", "attempts", "client_id", "fence", "filled", "held", "id", "larger", "parent"),
        *("proved", "quantity", "state", "unit", "withdrawing"),
    )

    def __init__(self, order_id: int, asked: SubmitOrder, parent: int) -> None:
        self.id = order_id
        self.asked = asked
        self.parent = parent
        self.state = "new"
        self.approved = False
        self.held = False
        self.quantity = ZERO
        self.larger = ZERO
        self.filled = ZERO
        self.client_id = ""
        self.attempts: dict[str, int] = {}
        self.proved: set[str] = set()
        self.fence = 0
        self.unit = order_id
        self.withdrawing = False

    @property
    def buys(self) -> bool:
        """Whether it buys."""
        return self.asked.side is Side.BUY

    @property
    def shrinks(self) -> bool:
        """Whether it may only make its strategy's position smaller."""
        return self.asked.reduce_only or self.asked.role in PROTECTIVE

    @property
    def ended(self) -> bool:
        """Whether only a late fill can still happen to it."""
        return self.state in ENDED

    @property
    def left(self) -> Decimal:
        """What may still be filled at most."""
        return max(subtract(max(self.quantity, self.larger), self.filled), ZERO)


class Orders:
    """All orders of a journal by number, the open ones (also by symbol), and positions by strategy and symbol.

    `approved_in` counts the open orders that were approved by each scope that holds them.
    A position is the sum of the signed fills, less fees that were taken in the coins themselves. `bases` names the coin
    of each symbol; of a symbol that it does not name, the coin is what stands before the stroke, or at its beginning.
    """

    def __init__(self, bases: Mapping[str, str] | None = None) -> None:
        self._bases = dict(bases or {})
        self.all: dict[int, Known] = {}
        self.open: dict[int, Known] = {}
        self.open_of: dict[str, dict[int, Known]] = {}
        self.approved_in: dict[str, int] = {}
        self.positions: dict[tuple[str, str], Decimal] = {}
        self._folds: dict[type, Callable[[Entry, Any], None]] = {
            records.OrderReceived: self._received,
            records.OrderHeld: self._held,
            records.OrderTriggered: self._triggered,
            records.OrderApproved: self._approved,
            records.OrderSent: self._sent,
            records.OrderAccepted: self._accepted,
            records.OrderUnknown: self._unknown,
            records.OrderMissing: self._missing,
            records.OrderFilled: self._filled,
            records.ReplaceApproved: self._replacing,
            records.ReplaceSent: self._replacing,
            records.OrderReplaced: self._replaced,
            records.CancelSent: self._withdrawing,
            records.CancelRefused: self._not_changed,
            records.OrderRefused: lambda entry, order: self._end(order, "refused"),
            records.OrderRejected: lambda entry, order: self._end(order, "rejected"),
            records.OrderCanceled: lambda entry, order: self._end(order, "canceled"),
            records.OrderExpired: lambda entry, order: self._end(order, "expired"),
        }

    def of(self, entry: Entry) -> Known | None:
        """The order that a record speaks of."""
        return self.all.get(entry.record.order_id)

    def position(self, strategy: str, symbol: str) -> Decimal:
        """What a strategy holds of a symbol."""
        return self.positions.get((strategy, symbol), ZERO)

    def is_base(self, currency: str, symbol: str) -> bool:
        """Whether a symbol trades that coin."""
        base = self._bases.get(symbol) or symbol.partition("/")[0]
        return base == currency or (base == symbol and symbol.startswith(currency))

    def of_book(self, strategy: str, symbol: str) -> Iterator[Known]:
        """The open orders of one strategy in one symbol."""
        for order in self.open_of.get(symbol, {}).values():
            if order.asked.strategy == strategy:
                yield order

    def follow(self, entry: Entry) -> None:
        """Takes the next entry in."""
        fold = self._folds.get(type(entry.record))
        if fold is None:
            return
        if type(entry.record) is records.OrderReceived:
            fold(entry, None)
        elif (order := self.of(entry)) is not None:
            fold(entry, order)

    def _received(self, entry: Entry, _: None) -> None:
        asked: SubmitOrder = entry.record.order
        order = Known(entry.seq, asked, entry.record.parent)
        if not entry.record.fault:
            order.quantity = asked.quantity
        above = self.all.get(order.parent)
        if above is not None and asked.role is Role.CHILD:
            order.unit = above.unit
        self.all[entry.seq] = self.open[entry.seq] = order
        self.open_of.setdefault(asked.symbol, {})[entry.seq] = order

    def _held(self, entry: Entry, order: Known) -> None:
        order.state, order.held = "held", True

    def _triggered(self, entry: Entry, order: Known) -> None:
        order.state, order.held = "triggered", False

    def _approved(self, entry: Entry, order: Known) -> None:
        if not order.approved and not order.ended:
            self._count(order, 1)
        order.state, order.approved, order.quantity = "approved", True, entry.record.quantity

    def _sent(self, entry: Entry, order: Known) -> None:
        record: records.OrderSent = entry.record
        order.state, order.client_id, order.quantity, order.fence = "sent", record.client_id, record.quantity, 0
        order.attempts.setdefault(record.client_id, record.attempt)

    def _accepted(self, entry: Entry, order: Known) -> None:
        if not order.ended:
            order.state = "partly filled" if order.filled else "accepted"

    def _unknown(self, entry: Entry, order: Known) -> None:
        if entry.record.request == "place" and not order.ended:
            order.state, order.fence = "unknown", entry.record.fence

    def _missing(self, entry: Entry, order: Known) -> None:
        if entry.record.proved:
            order.proved.add(entry.record.client_id)
            if not order.ended and entry.record.client_id == order.client_id:
                order.state = "approved"

    def _filled(self, entry: Entry, order: Known) -> None:
        record: records.OrderFilled = entry.record
        order.filled = record.filled
        self._move(order, record)
        above = self.all.get(order.parent)
        if above is not None and order.asked.role is Role.CHILD:
            above.filled = add(above.filled, record.fill.quantity)
        if order.ended:
            return
        order.state = "partly filled"
        if not record.left:
            self._end(order, "filled")

    def _move(self, order: Known, record: records.OrderFilled) -> None:
        fill, key = record.fill, (order.asked.strategy, order.asked.symbol)
        moved = fill.quantity if fill.side is Side.BUY else negate(fill.quantity)
        if fill.fee and self.is_base(fill.fee_currency, fill.symbol):
            moved = subtract(moved, fill.fee)
        self.positions[key] = add(self.positions.get(key, ZERO), moved)

    def _replacing(self, entry: Entry, order: Known) -> None:
        order.larger = max(order.larger, entry.record.quantity)

    def _replaced(self, entry: Entry, order: Known) -> None:
        order.quantity, order.larger = entry.record.quantity, ZERO

    def _withdrawing(self, entry: Entry, order: Known) -> None:
        order.withdrawing = True

    def _not_changed(self, entry: Entry, order: Known) -> None:
        # The venue does not say what it refused: while a cancel is asked for too, it may have been that.
        if order.withdrawing:
            order.withdrawing = False
        else:
            order.larger = ZERO

    def _end(self, order: Known, state: str) -> None:
        if not order.ended:
            order.state = state
            if order.approved:
                self._count(order, -1)
            self.open.pop(order.id, None)
            self.open_of[order.asked.symbol].pop(order.id, None)

    def _count(self, order: Known, change: int) -> None:
        for scope in scopes(order.asked):
            self.approved_in[scope] = self.approved_in.get(scope, 0) + change


def scopes(asked: SubmitOrder) -> tuple[str, ...]:
    """The scopes that hold an order, from the root of the tree to its leaf."""
    user = (f"user:{asked.user}",) if asked.user else ()
    return "firm", *user, f"account:{asked.account}", f"strategy:{asked.strategy}", f"symbol:{asked.symbol}"


def against(position: Decimal, quantity: Decimal, *, buys: bool) -> bool:
    """Whether trading `quantity` makes a position smaller without turning it."""
    return (position < 0) is buys and bool(position) and quantity <= size(position)
