"""The same order twice: when each was approved last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from parrot.centers.risk.orders import Order
from parrot.contracts.commands import Role

_LONGEST_NS: Final = 3_600_000_000_000
_KEPT_MAX: Final = 10_000


class Repeats:
    """Approvals of plain orders of the last hour by what was asked for, the newest 10,000 of them."""

    def __init__(self) -> None:
        self._approved: dict[str, int] = {}

    def last(self, order: Order) -> int | None:
        """When the same was approved last, ns UTC."""
        return self._approved.get(_signature(order))

    def follow(self, order: Order, ts: int) -> None:
        """Remembers an approval, and forgets what is too old."""
        if order.asked.role is not Role.PLAIN or order.parent:
            return
        signature = _signature(order)
        self._approved.pop(signature, None)
        self._approved[signature] = ts
        while len(self._approved) > _KEPT_MAX or self._oldest() < ts - _LONGEST_NS:
            del self._approved[next(iter(self._approved))]

    def _oldest(self) -> int:
        return next(iter(self._approved.values()))

    def state(self) -> dict[str, Any]:
        """What is remembered, oldest first."""
        return {"approved": [[signature, ts] for signature, ts in self._approved.items()]}

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of the approvals that led to `state`."""
        self._approved = dict(state["approved"])


def _signature(order: Order) -> str:
    asked = order.asked
    what = (asked.account, asked.strategy, asked.symbol, asked.side, asked.kind)
    numbers = (asked.quantity, asked.limit, asked.trigger)
    return "|".join([*what, *("" if number is None else str(number.normalize()) for number in numbers)])
