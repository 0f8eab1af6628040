"""What people look at: orders as they stand and fills as they came, made from the desk's records."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from parrot.contracts import records
from parrot.contracts.message import Entry
from parrot.kernel.decimals import add

_KEPT: Final = 5_000
_ALGOS: Final = frozenset({"twap", "vwap", "pov", "iceberg"})
_ENDS: Final = frozenset({"refused", "rejected", "filled", "canceled", "expired"})


class Blotter:
    """Counts of all orders and fills since the journal began, every live order, and the newest that ended.

    A component that only follows: it decides nothing.
    """

    name = "blotter"

    def __init__(self) -> None:
        self.orders = 0
        self.fills = 0
        self.last_fill_ts = 0
        self.live: dict[int, dict[str, Any]] = {}
        self.ended: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self.filled: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self.decisions: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    @property
    def receives(self) -> Mapping[type, Callable[..., Any]]:
        """Nothing."""
        return {}

    @property
    def answers(self) -> Mapping[type, Callable[..., Any]]:
        """Nothing."""
        return {}

    @property
    def follows(self) -> Mapping[type, Callable[[Entry], None]]:
        """Every record of an order's life."""
        return {
            records.OrderReceived: self._received,
            records.OrderHeld: lambda entry: self._move(entry, "held"),
            records.OrderApproved: self._approved,
            records.OrderRefused: lambda entry: self._move(entry, "refused", entry.record.text),
            records.OrderSent: lambda entry: self._move(entry, "sent"),
            records.OrderAccepted: lambda entry: self._move(entry, "accepted"),
            records.OrderRejected: lambda entry: self._move(entry, "rejected", entry.record.reason),
            records.OrderUnknown: lambda entry: self._move(entry, "unknown", entry.record.reason),
            records.OrderFilled: self._filled,
            records.OrderCanceled: lambda entry: self._move(entry, "canceled", entry.record.reason),
            records.OrderExpired: lambda entry: self._move(entry, "expired", entry.record.reason),
            records.OrderReplaced: self._replaced,
            records.DecisionNoted: self._decided,
        }

    def state(self) -> dict[str, Any]:
        """Counts and rows."""
        return {
            "orders": self.orders,
            "fills": self.fills,
            "last_fill_ts": self.last_fill_ts,
            "live": list(self.live.values()),
            "ended": list(self.ended),
            "filled": list(self.filled),
            "decisions": list(self.decisions),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes a kept state."""
        self.orders, self.fills, self.last_fill_ts = state["orders"], state["fills"], state["last_fill_ts"]
        self.live = {row["order_id"]: dict(row) for row in state["live"]}
        self.ended.extend(dict(row) for row in state["ended"])
        self.filled.extend(dict(row) for row in state["filled"])
        self.decisions.extend(dict(row) for row in state["decisions"])

    def newest_orders(self, limit: int) -> list[dict[str, Any]]:
        """Rows of orders, newest first: all that live, then those that ended, at most `limit`."""
        rows = [*sorted(self.live.values(), key=lambda row: -row["order_id"]), *islice(reversed(self.ended), limit)]
        return rows[:limit]

    def order(self, order_id: int) -> dict[str, Any] | None:
        """One order as it stands or ended, None when it is unknown or long gone."""
        ended = (row for row in reversed(self.ended) if row["order_id"] == order_id)
        return self.live.get(order_id) or next(ended, None)

    def newest_fills(self, limit: int) -> list[dict[str, Any]]:
        """Rows of fills, newest first."""
        return list(islice(reversed(self.filled), limit))

    def newest_decisions(self, limit: int) -> list[dict[str, Any]]:
        """Rows of what gates said, newest first."""
        return list(islice(reversed(self.decisions), limit))

    def _decided(self, entry: Entry) -> None:
        record = entry.record
        self.decisions.append(
            {
                "ts": entry.ts,
                "strategy": record.strategy,
                "symbol": record.symbol,
                "order_id": record.order_id,
                "gate": record.gate,
                "passed": record.passed,
                "text": record.text,
            }
        )

    def _received(self, entry: Entry) -> None:
        order = entry.record.order
        self.orders += 1
        self.live[entry.seq] = {
            "order_id": entry.seq,
            "ts": entry.ts,
            "strategy": order.strategy,
            "symbol": order.symbol,
            "side": order.side.value,
            "kind": order.kind.value,
            "role": order.role.value,
            "quantity": _text(order.quantity),
            "limit": _text(order.limit),
            "trigger": _text(order.trigger),
            "filled": "0",
            "status": "new",
            "reason": "",
            "why": order.why,
            "parent": entry.record.parent,
            "updated": entry.ts,
        }

    def _approved(self, entry: Entry) -> None:
        row = self.live.get(entry.record.order_id)
        if row is not None:
            row |= {"quantity": _text(entry.record.quantity), "status": "approved", "updated": entry.ts}

    def _replaced(self, entry: Entry) -> None:
        row = self.live.get(entry.record.order_id)
        if row is not None:
            record = entry.record
            row |= {"quantity": _text(record.quantity), "limit": _text(record.limit), "updated": entry.ts}

    def _filled(self, entry: Entry) -> None:
        record, fill = entry.record, entry.record.fill
        self.fills += 1
        self.last_fill_ts = max(self.last_fill_ts, entry.ts)
        row = self.live.get(record.order_id)
        if row is not None:
            row["filled"] = _text(record.filled)
            self._of_parent(row["parent"], fill.quantity)
        self.filled.append(
            {
                "order_id": record.order_id,
                "ts": entry.ts,
                "strategy": row["strategy"] if row is not None else "",
                "symbol": fill.symbol,
                "side": fill.side.value,
                "quantity": _text(fill.quantity),
                "price": _text(fill.price),
                "fee": _text(fill.fee),
                "fee_currency": fill.fee_currency,
                "trade_id": fill.trade_id,
                "maker": fill.maker,
            }
        )
        self._move(entry, "filled" if record.left == 0 else "partially_filled")

    def _of_parent(self, parent: int, quantity: Decimal) -> None:
        """An algo has filled what its children have."""
        row = self.live.get(parent)
        if row is not None and row["kind"] in _ALGOS:
            row["filled"] = _text(add(Decimal(row["filled"]), quantity))

    def _move(self, entry: Entry, status: str, reason: str = "") -> None:
        row = self.live.get(entry.record.order_id)
        if row is None:
            return
        row |= {"status": status, "reason": reason, "updated": entry.ts}
        if status in _ENDS:
            self.ended.append(self.live.pop(row["order_id"]))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
