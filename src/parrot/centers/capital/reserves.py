"""What is set aside for open orders, by currency: a second reading of risk's approvals, for the balances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

import msgspec

from parrot.centers.capital.books import COST_STEP
from parrot.contracts.commands import Role, SubmitOrder
from parrot.kernel.decimals import ZERO, add, share, subtract

# A late fill finds the strategy of an order that has ended; older ones than these are booked to no strategy.
ENDED_KEPT: Final = 20_000
_SHRINKING: Final = frozenset({Role.STOP, Role.TAKE, Role.FLATTEN})


@dataclass(slots=True)
class Reserve:
    """One open order: `amount` of `currency` was set aside for `whole` units, of which `left` are open.

    `unit` joins orders of which one is enough (a group, or an algo with its children); `parent` is the algo's order
    where this is its child. While a change is on its way, `pending` for `pending_whole` units is set aside if more.
    A `held` order that only `shrinks` a position sets nothing aside.
    """

    strategy: str
    unit: str
    parent: int = 0
    shrinks: bool = False
    held: bool = False
    currency: str = ""
    amount: Decimal = ZERO
    whole: Decimal = ZERO
    left: Decimal = ZERO
    filled: Decimal = ZERO
    pending: Decimal = ZERO
    pending_whole: Decimal = ZERO
    withdrawing: bool = False

    def claim(self) -> Decimal:
        """What is still set aside, in proportion to what is open, rounded up."""
        if not self.left or (self.held and self.shrinks):
            return ZERO
        if self.left == self.whole:
            return max(self.amount, self.pending)
        part = share(self.amount, part=self.left, of=self.whole, step=COST_STEP, rounding=ROUND_CEILING)
        return max(part, self.pending)


class Reserves:
    """Open orders with what is set aside for them, and the strategies of orders that ended lately."""

    def __init__(self) -> None:
        self.orders: dict[int, Reserve] = {}
        self.ended: dict[int, str] = {}
        self.totals: dict[str, Decimal] = {}
        self._units: dict[str, dict[int, Reserve]] = {}

    def received(self, order_id: int, asked: SubmitOrder, parent: int) -> None:
        """A new order, with nothing set aside yet."""
        above = self.orders.get(parent) if asked.role is Role.CHILD else None
        unit = f"order:{order_id}"
        if above is not None:
            unit = above.unit
        elif asked.group:
            unit = f"group:{asked.account}:{asked.user}:{asked.strategy}:{asked.symbol}:{asked.group}"
        shrinks = asked.reduce_only or asked.role in _SHRINKING
        self._add(order_id, Reserve(asked.strategy, unit, parent if above is not None else 0, shrinks))

    def held(self, order_id: int, *, on: bool) -> None:
        """The order waits at the desk, or does not any more."""
        order = self.orders.get(order_id)
        if order is not None and order.held is not on:
            self._change(order, held=on)

    def approved(self, order_id: int, *, currency: str, amount: Decimal, quantity: Decimal) -> None:
        """What is set aside from here on, in place of what was, for what is not filled of an order of `quantity`."""
        order = self.orders.get(order_id)
        if order is not None:
            whole = max(subtract(quantity, order.filled), ZERO)
            self._change(order, held=False, currency=currency, amount=amount, whole=whole, left=whole)

    def changing(self, order_id: int, *, amount: Decimal, quantity: Decimal) -> None:
        """A change to `quantity` in all is on its way: the larger of both is set aside."""
        order = self.orders.get(order_id)
        if order is not None:
            self._change(order, pending=amount, pending_whole=max(subtract(quantity, order.filled), ZERO))

    def changed(self, order_id: int, quantity: Decimal) -> None:
        """The order is one of `quantity` in all from here on."""
        order = self.orders.get(order_id)
        if order is None:
            return
        left = max(subtract(quantity, order.filled), ZERO)
        amount, whole = (order.pending, order.pending_whole) if order.pending else (order.amount, order.whole)
        if whole and left > whole:
            amount, whole = share(amount, part=left, of=whole, step=COST_STEP, rounding=ROUND_CEILING), left
        self._change(order, amount=amount, whole=whole, left=left, pending=ZERO, pending_whole=ZERO)

    def withdrawing(self, order_id: int) -> None:
        """A cancel of the order is asked for."""
        order = self.orders.get(order_id)
        if order is not None:
            order.withdrawing = True

    def unchanged(self, order_id: int) -> None:
        """A change or a cancel was refused; the venue does not say which, and a cancel may have been it."""
        order = self.orders.get(order_id)
        if order is None:
            return
        if order.withdrawing:
            order.withdrawing = False
        else:
            self._change(order, pending=ZERO, pending_whole=ZERO)

    def filled(self, order_id: int, *, quantity: Decimal, filled: Decimal, left: Decimal) -> None:
        """An order was filled by `quantity`; nothing left ends it. A child works off its parent."""
        order = self.orders.get(order_id)
        if order is None:
            return
        above = self.orders.get(order.parent)
        if above is not None:
            self._change(above, left=max(subtract(above.left, quantity), ZERO))
        if left:
            self._change(order, left=min(left, order.whole), filled=filled)
        else:
            self.gone(order_id)

    def gone(self, order_id: int) -> None:
        """An order has ended, and nothing is set aside for it any more."""
        order = self.orders.get(order_id)
        if order is None:
            return
        self._change(order, left=ZERO, pending=ZERO)
        del self.orders[order_id], self._units[order.unit][order_id]
        if not self._units[order.unit]:
            del self._units[order.unit]
        self.ended[order_id] = order.strategy
        if len(self.ended) > ENDED_KEPT:
            del self.ended[next(iter(self.ended))]

    def strategy(self, order_id: int) -> str:
        """Whose order it is; empty when that is not known any more."""
        order = self.orders.get(order_id)
        return order.strategy if order is not None else self.ended.get(order_id, "")

    def _add(self, order_id: int, order: Reserve) -> None:
        self.orders[order_id] = order
        self._units.setdefault(order.unit, {})[order_id] = order

    def _change(self, order: Reserve, **fields: Any) -> None:
        members = list(self._units[order.unit].values())
        before = _claims(members)
        for name, value in fields.items():
            setattr(order, name, value)
        after = _claims(members)
        if before == after:
            return
        for currency in before.keys() | after.keys():
            change = subtract(after.get(currency, ZERO), before.get(currency, ZERO))
            self.totals[currency] = add(self.totals.get(currency, ZERO), change)

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
        self.orders, self._units = {}, {}
        for order_id, order in kept.orders:
            self._add(order_id, order)
        self.ended = dict(kept.ended)
        self.totals = dict(kept.totals)


class _Kept(msgspec.Struct):
    """The form of the reserves' state."""

    orders: list[tuple[int, Reserve]]
    ended: list[tuple[int, str]]
    totals: dict[str, Decimal]


def _claims(members: Sequence[Reserve]) -> dict[str, Decimal]:
    """What a unit sets aside by currency: one of its orders is enough, and the children of an algo are parts of it."""
    if len(members) == 1:
        claim = members[0].claim()
        return {members[0].currency: claim} if claim else {}
    found: dict[str, Decimal] = {}
    children: dict[str, Decimal] = {}
    for order in members:
        claim = order.claim()
        if order.parent:
            children[order.currency] = add(children.get(order.currency, ZERO), claim)
        elif claim:
            found[order.currency] = max(found.get(order.currency, ZERO), claim)
    for currency, claim in children.items():
        if claim:
            found[currency] = max(found.get(currency, ZERO), claim)
    return found
