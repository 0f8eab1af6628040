"""How much of each limit is used, for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from parrot.centers.risk.book import ZERO, Node
from parrot.centers.risk.breakers import LOSS_RULES, Losses
from parrot.centers.risk.market import Market
from parrot.centers.risk.tree import Tree
from parrot.kernel.decimals import plain

Row = dict[str, str | int]
Measure = Callable[[Node, Market], Decimal | None]


def usage(tree: Tree, market: Market, losses: Losses) -> list[Row]:
    """One row a limit: scope, rule, limit, `used` where that can be said without an order, version and approver."""
    return [
        {
            "scope": scope,
            "rule": rule,
            "limit": limit.text,
            "used": _used(tree.node(scope), rule, market, losses),
            "version": tree.version(scope),
            "approver": tree.approver(scope),
        }
        for scope, by_rule in tree.limits.items()
        for rule, limit in by_rule.items()
    ]


def _used(node: Node, rule: str, market: Market, losses: Losses) -> str:
    if rule in LOSS_RULES:
        return _told(losses.lost(node, rule))
    measure = _MEASURES.get(rule)
    return "" if measure is None else _told(measure(node, market))


def _told(amount: Decimal | None) -> str:
    return "unknown" if amount is None else plain(amount)


def _largest(node: Node, market: Market) -> Decimal:
    return max((shelf.worst() for shelf in node.shelves.values()), default=ZERO)


def _gross(node: Node, market: Market) -> Decimal | None:
    total = ZERO
    for symbol, shelf in node.shelves.items():
        worst = shelf.worst()
        value = market.value(symbol) if worst else ZERO
        if value is None:
            return None
        total += worst * value
    return total


def _open_orders(node: Node, market: Market) -> Decimal:
    return Decimal(node.open_orders)


_MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {"max_open_orders": _open_orders, "max_position": _largest, "max_gross": _gross}
)
