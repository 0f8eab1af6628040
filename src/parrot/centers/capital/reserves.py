"""What is set aside for open orders, by currency: a second reading of risk's reservations for the balances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

import msgspec

from parrot.centers.capital.books import COST_STEP
from parrot.kernel.decimals import ZERO, add, share, subtract

# A late fill finds the strategy of an order that has ended; older ones than these are booked to no strategy.
ENDED_KEPT: Final = 20_000


@dataclass(slots=True)
class Reserve:
    """One open order: `amount` of `currency` for `quantity`, of which `left` is open."""

    strategy: str
    currency: str = ""
    amount: Decimal = ZERO
    quantity: Decimal = ZERO
    left: Decimal = ZERO

    def held(self) -> Decimal:
        """What is still set aside, in proportion to what is open, rounded up."""
        if not self.amount or self.left == self.quantity:
            return self.amount
        return share(self.amount, part=self.left, of=self.quantity, step=COST_STEP, rounding=ROUND_CEILING)


class Reserves:
    """Open orders with what is set aside for them, and the strategies of orders that ended lately."""

    def __init__(self) -> None:
        self.orders: dict[int, Reserve] = {}
        self.ended: dict[int, str] = {}
        self.totals: dict[str, Decimal] = {}

    def received(self, order_id: int, strategy: str) -> None:
        """A new order, with nothing set aside yet."""
        self.orders[order_id] = Reserve(strategy)

    def approved(self, order_id: int, *, currency: str, amount: Decimal, quantity: Decimal) -> None:
        """What is set aside for an order from here on, in place of what was."""
        order = self.orders.get(order_id)
        if order is not None:
            self._move(order, -1)
            order.currency, order.amount, order.quantity, order.left = currency, amount, quantity, quantity
            self._move(order, 1)

    def filled(self, order_id: int, left: Decimal) -> None:
        """So much of an order is open after a fill; nothing left ends it."""
        order = self.orders.get(order_id)
        if order is None:
            return
        if not left:
            self.gone(order_id)
            return
        self._move(order, -1)
        order.left = min(left, order.quantity)
        self._move(order, 1)

    def gone(self, order_id: int) -> None:
        """An order has ended, and nothing is set aside for it any more."""
        order = self.orders.pop(order_id, None)
        if order is None:
            return
        self._move(order, -1)
        self.ended[order_id] = order.strategy
        if len(self.ended) > ENDED_KEPT:
            del self.ended[next(iter(self.ended))]

    def strategy(self, order_id: int) -> str:
        """Whose order it is; empty when that is not known any more."""
        order = self.orders.get(order_id)
        return order.strategy if order is not None else self.ended.get(order_id, "")

    def _move(self, order: Reserve, sign: int) -> None:
        held = order.held()
        if held:
            total = self.totals.get(order.currency, ZERO)
            self.totals[order.currency] = add(total, held) if sign > 0 else subtract(total, held)

    def state(self) -> dict[str, Any]:
        """The reserves as plain values."""
        return {
            "orders": [[order_id, asdict(order)] for order_id, order in self.orders.items()],
            "ended": [[order_id, strategy] for order_id, strategy in self.ended.items()],
            "totals": dict(sorted(self.totals.items())),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the reserves from what `state` gave."""
        kept = msgspec.convert(state, _Kept)
        self.orders = dict(kept.orders)
        self.ended = dict(kept.ended)
        self.totals = dict(kept.totals)


class _Kept(msgspec.Struct):
    """The form of the reserves' state."""

    orders: list[tuple[int, Reserve]]
    ended: list[tuple[int, str]]
    totals: dict[str, Decimal]
