"""The rules that look at one order: size, price, rate, hours, names. Those on what it adds up to are in `exposure`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from parrot.centers.risk.book import Claim, Node
from parrot.centers.risk.holdings import Holdings
from parrot.centers.risk.limits import Limit, Rate, Ratio
from parrot.centers.risk.orders import Order
from parrot.kernel.decimals import plain

NO_PRICE: Final = "no price"


class Found(NamedTuple):
    """What a rule saw: whether the order passes, and the number that decided."""

    passed: bool
    actual: str


@dataclass(slots=True)
class Case:
    """One order under check, as it would be: `quantity` is its whole one, `change` what more would be set aside.

    `before` is what less would be set aside without it, where it was approved before but has not left yet.

    `value` is what a unit of the base is worth in the valuation currency, `limit` and `price` (quote units) the order's
    own limit and the worst price, `last_same` when the same order was approved before.
    """

    order: Order
    now: int
    quantity: Decimal
    limit: Decimal | None
    price: Decimal
    value: Decimal | None
    rate: Decimal | None
    change: Claim
    before: Claim
    shrinks: bool
    holdings: Holdings
    last_same: int | None
    losses: Callable[[Node, str], Decimal | None]

    @property
    def symbol(self) -> str:
        """The order's symbol."""
        return self.order.owner.symbol


Rule = Callable[[Case, Node, Limit], Found]


def at_most(actual: Decimal, limit: Decimal) -> Found:
    """Passes up to the limit."""
    return Found(actual <= limit, plain(actual))


def _max_quantity(case: Case, _: Node, limit: Limit) -> Found:
    return at_most(case.quantity, limit.value)


def _max_notional(case: Case, _: Node, limit: Limit) -> Found:
    if case.rate is None:
        return Found(False, NO_PRICE)
    return at_most(case.quantity * case.price * case.rate, limit.value)


def _price_collar(case: Case, _: Node, limit: Limit) -> Found:
    return collar(case, limit.value)


def collar(case: Case, fraction: Decimal) -> Found:
    """A limit may not be worse than the last good price by more than `fraction` of it."""
    mark = case.holdings.market.mark(case.symbol)
    if mark is None:
        return Found(False, NO_PRICE)
    if case.limit is None:
        return Found(True, "no limit price")
    worse = case.limit - mark if case.order.buys else mark - case.limit
    return Found(worse <= fraction * mark, f"{plain(case.limit)} at {plain(mark)}")


def _instruments(case: Case, _: Node, limit: Limit) -> Found:
    return Found(case.symbol in limit.value, case.symbol)


def _restricted(case: Case, _: Node, limit: Limit) -> Found:
    return Found(case.symbol not in limit.value, case.symbol)


def _trading_hours(case: Case, _: Node, limit: Limit) -> Found:
    hour, minute = divmod(case.now // 60_000_000_000 % 1_440, 60)
    return Found(limit.value.open_at(case.now), f"{hour:02d}:{minute:02d} UTC")


def _stale_data(case: Case, _: Node, limit: Limit) -> Found:
    age = case.holdings.market.age(case.symbol, case.now)
    if age is None:
        return Found(False, "no usable quote")
    return Found(age <= limit.value, f"{age // 1_000_000}ms")


def _rate(case: Case, node: Node, limit: Limit) -> Found:
    recent, rate = node.recent[limit.rule], limit.value
    return Found(not over(recent, rate, case.now), f"{len(recent)} in {rate.window // 1_000_000}ms")


def over(recent: deque[int], rate: Rate, now: int) -> bool:
    """Whether the window ending `now` holds more than the rate allows; `recent` keeps one more than that."""
    return len(recent) > rate.count and now - recent[0] < rate.window


def _duplicate_window(case: Case, _: Node, limit: Limit) -> Found:
    if case.last_same is None:
        return Found(True, "first")
    age = case.now - case.last_same
    return Found(age >= limit.value, f"{age // 1_000_000}ms after its twin")


def _max_open_orders(case: Case, node: Node, limit: Limit) -> Found:
    after = node.open_orders + (not case.order.approved)
    return Found(after <= limit.value, str(after))


def _order_to_trade(case: Case, node: Node, limit: Limit) -> Found:
    ratio: Ratio = limit.value
    allowed = node.day_orders <= ratio.after or node.day_orders <= ratio.ratio * max(node.day_fills, 1)
    return Found(allowed, f"{node.day_orders} orders, {node.day_fills} fills")


def _reduce_only(case: Case, _: Node, limit: Limit) -> Found:
    return Found(not limit.value or case.shrinks, "shrinks" if case.shrinks else "does not shrink")


def _self_trade(case: Case, _: Node, limit: Limit) -> Found:
    if not limit.value:
        return Found(True, "off")
    met = next((other for other in case.holdings.against(case.order) if _crosses(case, other)), None)
    return Found(met is None, "none" if met is None else f"order {met.id} at {plain(met.limit or met.price)}")


def _crosses(case: Case, other: Order) -> bool:
    if not other.rests or other.limit is None:
        return False
    if case.order.asked.trigger is not None and not case.order.approved:
        return False
    reach = case.holdings.market.reach(case.order.asked, case.limit)
    if reach is None:
        return True
    return reach >= other.limit if case.order.buys else reach <= other.limit


ORDER_RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "reduce_only": _reduce_only,
        "instruments": _instruments,
        "restricted": _restricted,
        "trading_hours": _trading_hours,
        "stale_data": _stale_data,
        "max_quantity": _max_quantity,
        "max_notional": _max_notional,
        "price_collar": _price_collar,
        "order_rate": _rate,
        "rate_breaker": _rate,
        "duplicate_window": _duplicate_window,
        "max_open_orders": _max_open_orders,
        "order_to_trade": _order_to_trade,
        "self_trade": _self_trade,
    }
)
