"""I9, I10 and I12: what was approved kept every limit in force, and no price was used that must not be."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from parrot.centers.audit.findings import Check, Look
from parrot.centers.audit.orders import Known, Orders, against, scopes
from parrot.centers.audit.reducing import group_of
from parrot.contracts import records
from parrot.contracts.commands import Role
from parrot.contracts.message import Entry
from parrot.kernel.decimals import ZERO, add, size, subtract

Gates = tuple[tuple[str, str, str, str], ...]

_UNITS: Final = {"ms": 1_000_000, "s": 10**9, "m": 60 * 10**9, "h": 3_600 * 10**9}
_RATE: Final = re.compile(r"(\d+) ?/ ?(\d+) ?(ms|s|m|h)")
_DURATION: Final = re.compile(r"(\d+) ?(ms|s|m|h)")
_AGE: Final = re.compile(r"(\d+)ms")

# Limits that no order is looked at with, and those that an order is looked at with once.
_APART: Final = frozenset({"refusal_breaker"})
_ONCE: Final = frozenset(
    {
        *("max_quantity", "max_notional", "order_rate", "rate_breaker", "duplicate_window", "max_open_orders"),
        "order_to_trade",
    }
)
_OF_PARENT: Final = frozenset({"duplicate_window", "max_open_orders"})
_DATA: Final = frozenset({"stale_data", "price_collar"})
_PROTECTION: Final = frozenset({Role.STOP, Role.TAKE})


class InForce:
    """The limits of every scope as the journal sets them."""

    def __init__(self) -> None:
        self._by_scope: dict[str, dict[str, str]] = {}

    def set(self, entry: Entry) -> None:
        """Takes the place of the scope's limits before."""
        self._by_scope[entry.record.scope] = dict(entry.record.limits)

    def over(self, order: Known) -> Iterator[tuple[str, str, str]]:
        """(scope, rule, text) of every limit that holds for an order."""
        for scope in scopes(order.asked):
            for rule, text in self._by_scope.get(scope, {}).items():
                if rule not in _APART:
                    yield scope, rule, text


class Gated(Check):
    """What I9 and I12 have in common: an approval carries the gate of every limit in force, with that very limit.

    An order that only shrinks a position passes others; that it does is looked at instead.
    """

    def __init__(self, orders: Orders, rules: frozenset[str] | None = None) -> None:
        self._orders = orders
        self._rules = rules
        self._limits = InForce()

    @property
    def looks(self) -> Mapping[type, Look]:
        """Limits and approvals."""
        return {
            records.LimitsSet: self._limits.set,
            records.OrderApproved: self._approved,
            records.ReplaceApproved: self._approved,
        }

    def _approved(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None:
            return
        gates: Gates = entry.record.gates
        if any(rule == "protective_collar" for rule, *_ in gates):
            yield from self._shrinking(entry, order)
            return
        again = order.approved and isinstance(entry.record, records.OrderApproved)
        passed = {gate[:3]: gate[3] for gate in gates}
        for scope, rule, text in self._limits.over(order):
            if not self._concerns(rule, order, again=again):
                continue
            actual = passed.get((rule, scope, text))
            if actual is None:
                yield f"order {order.id} is approved, and {rule} {text} of {scope} was not looked at"
            else:
                yield from self._number(entry, order, scope=scope, rule=rule, text=text, actual=actual)

    def _concerns(self, rule: str, order: Known, *, again: bool) -> bool:
        if (rule in _DATA) is not (self._rules is _DATA) or (again and rule in _ONCE):
            return False
        return not (order.asked.role is Role.CHILD and rule in _OF_PARENT)

    def _shrinking(self, entry: Entry, order: Known) -> Iterator[str]:
        return iter(())

    def _number(self, entry: Entry, order: Known, *, scope: str, rule: str, text: str, actual: str) -> Iterator[str]:
        return iter(())


class WithinLimits(Gated):
    """I9: exposure and what is set aside stay within the limits, worked out again where the journal has the numbers.

    That is quantity, number of open orders, position with all open orders, and long only; the other limits need prices
    and are held by their gates.
    """

    name = "I9"

    def _shrinking(self, entry: Entry, order: Known) -> Iterator[str]:
        held = self._orders.position(order.asked.strategy, order.asked.symbol)
        quantity = subtract(entry.record.quantity, order.filled)
        if not against(held, quantity, buys=order.buys):
            yield f"order {order.id} is passed as one that shrinks, and closes {quantity} of {held}"

    def _number(self, entry: Entry, order: Known, *, scope: str, rule: str, text: str, actual: str) -> Iterator[str]:
        if rule == "max_quantity" and entry.record.quantity > Decimal(text):
            yield f"order {order.id} of {entry.record.quantity} is over {rule} {text} of {scope}"
        elif rule == "max_open_orders":
            count = self._orders.approved_in.get(scope, 0) + (not order.approved)
            if count > int(text):
                yield f"order {order.id} is number {count} of {scope}, {rule} is {text}"
        elif rule in ("max_position", "long_only") and not scope.startswith("user:"):
            yield from self._position(entry, order, scope=scope, rule=rule, text=text)

    def _position(self, entry: Entry, order: Known, *, scope: str, rule: str, text: str) -> Iterator[str]:
        held, buys, sells = self._claims(order, scope, entry)
        if rule == "long_only":
            if text.strip() == "yes" and not order.buys and subtract(held, sells) < 0:
                yield f"order {order.id} lets {scope} sell {sells} of {held}, and it is {rule}"
            return
        _, buys_before, sells_before = self._claims(order, scope, None)
        worst = max(size(add(held, buys)), size(subtract(held, sells)))
        before = max(size(add(held, buys_before)), size(subtract(held, sells_before)))
        if worst > Decimal(text) and worst > before:
            yield f"order {order.id} lets {scope} reach {worst} {order.asked.symbol}, {rule} is {text}"

    def _claims(self, order: Known, scope: str, entry: Entry | None) -> tuple[Decimal, Decimal, Decimal]:
        """Position of a scope in the order's symbol, and what is set aside on each side, with or without the entry."""
        strategy = order.asked.strategy if scope.startswith("strategy:") else None
        held = ZERO
        for (owner, symbol), amount in self._orders.positions.items():
            if symbol == order.asked.symbol and strategy in (None, owner):
                held = add(held, amount)
        units: dict[str, tuple[Decimal, Decimal]] = {}
        for other in self._orders.open_of.get(order.asked.symbol, {}).values():
            if strategy is not None and other.asked.strategy != strategy:
                continue
            left = _left(other)
            if other is order and entry is not None:
                left = max(left, subtract(entry.record.quantity, order.filled))
            if left and not (other.parent in self._orders.open and other.asked.role is Role.CHILD):
                name = f"{other.asked.strategy} {group_of(other)}"
                buys, sells = units.get(name, (ZERO, ZERO))
                units[name] = (max(buys, left), sells) if other.buys else (buys, max(sells, left))
        buying = selling = ZERO
        for buys, sells in units.values():
            buying, selling = add(buying, buys), add(selling, sells)
        return held, buying, selling


def _left(order: Known) -> Decimal:
    """What takes room of an open order: nothing before it is approved, nor while it is held and only shrinks.

    Protection takes none: it is withdrawn before another exit of its book leaves.
    """
    if not order.approved or order.asked.role in _PROTECTION or (order.held and order.shrinks):
        return ZERO
    return order.left


class GoodData(Gated):
    """I12: no order from a stale or absurd price: the data gates passed with ages within their limit.

    A held order is triggered by a price above zero, and the middle that an order is measured by is above zero.
    """

    name = "I12"

    def __init__(self, orders: Orders) -> None:
        super().__init__(orders, _DATA)

    @property
    def looks(self) -> Mapping[type, Look]:
        """Limits, approvals, triggers and what is sent."""
        return {**super().looks, records.OrderTriggered: self._triggered, records.OrderSent: self._sent}

    def _number(self, entry: Entry, order: Known, *, scope: str, rule: str, text: str, actual: str) -> Iterator[str]:
        if rule != "stale_data":
            return
        limit, age = _DURATION.fullmatch(text.strip()), _AGE.fullmatch(actual)
        if not limit or not age or int(age[1]) * 10**6 > int(limit[1]) * _UNITS[limit[2]]:
            yield f"order {order.id} is approved on data of age {actual}, {scope} allows {text}"

    def _triggered(self, entry: Entry) -> Iterator[str]:
        record: records.OrderTriggered = entry.record
        if record.price < 0 or not record.price.is_finite():
            yield f"order {record.order_id} is triggered by the price {record.price}"

    def _sent(self, entry: Entry) -> Iterator[str]:
        arrival = entry.record.arrival
        if arrival is not None and not (arrival.is_finite() and arrival > 0):
            yield f"order {entry.record.order_id} is sent into a market at {arrival}"


class Rates(Check):
    """I10: no more new orders of a scope are approved in a window than its order_rate allows."""

    name = "I10"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._limits = InForce()
        self._recent: dict[str, deque[int]] = {}

    @property
    def looks(self) -> Mapping[type, Look]:
        """Limits and approvals."""
        return {records.LimitsSet: self._set, records.OrderApproved: self._approved}

    def _set(self, entry: Entry) -> None:
        self._limits.set(entry)
        self._recent.clear()  # what was approved under other limits is counted under those

    def _approved(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None or order.approved or any(gate[0] == "protective_collar" for gate in entry.record.gates):
            return
        for scope, rule, text in self._limits.over(order):
            rate = _RATE.fullmatch(text.strip()) if rule == "order_rate" else None
            if rate is None:
                continue
            recent, window = self._recent.setdefault(scope, deque()), int(rate[2]) * _UNITS[rate[3]]
            recent.append(entry.ts)
            while recent[0] <= entry.ts - window:
                recent.popleft()
            if len(recent) > int(rate[1]):
                yield f"order {order.id} is number {len(recent)} of {scope} in {rate[2]}{rate[3]}, {rule} is {text}"
