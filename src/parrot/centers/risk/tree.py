"""The tree of limits: firm > user > account > strategy > symbol, and who of it looks at an order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from parrot.centers.risk.book import Book, Node
from parrot.centers.risk.limits import RULES, Limit, Rate, read_limits
from parrot.contracts.records import LimitsSet

_RATE_RULES = ("order_rate", "rate_breaker", "refusal_breaker")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose order it is; each part names a node of the tree, an empty user none."""

    user: str
    account: str
    strategy: str
    symbol: str

    def scopes(self) -> tuple[str, ...]:
        """The scopes from the root to the leaf."""
        user = (f"user:{self.user}",) if self.user else ()
        rest = (f"account:{self.account}", f"strategy:{self.strategy}", f"symbol:{self.symbol}")
        return ("firm", *user, *rest)


@dataclass(frozen=True, slots=True)
class Path:
    """The nodes that look at an owner's orders, and the limits in force there: by rule, and in the order of the rules.

    `refusal_breaker` looks at refusals and at no order.
    """

    nodes: tuple[Node, ...]
    limits: Mapping[str, tuple[tuple[Node, Limit], ...]]
    in_order: tuple[tuple[Node, Limit], ...]


class Tree:
    """All nodes, and the limits of each scope with their version and approver."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.limits: dict[str, dict[str, Limit]] = {}
        self._sets: dict[str, LimitsSet] = {}
        self._paths: dict[Owner, Path] = {}

    def node(self, scope: str) -> Node:
        """The node of a scope, empty at first."""
        found = self.nodes.get(scope)
        if found is None:
            found = self.nodes[scope] = Node(scope)
            self._fit_windows(found)
        return found

    def path(self, owner: Owner) -> Path:
        """Who looks at the orders of `owner`."""
        found = self._paths.get(owner)
        if found is None:
            found = self._paths[owner] = self._trace(owner)
        return found

    def drop(self, owner: Owner, scopes: Iterable[str]) -> None:
        """Forgets nodes that were made for `owner` alone and hold nothing."""
        self._paths.pop(owner, None)
        for scope in scopes:
            del self.nodes[scope]

    def version(self, scope: str) -> int:
        """The version of a scope's limits, 0 when it has none."""
        return self._sets[scope].version if scope in self._sets else 0

    def approver(self, scope: str) -> str:
        """Who approved a scope's limits."""
        return self._sets[scope].approver if scope in self._sets else ""

    def set(self, record: LimitsSet) -> None:
        """Replaces the limits of a scope; they bind from here on."""
        self._sets[record.scope] = record
        self.limits[record.scope] = read_limits(record.scope, record.limits)
        self._paths.clear()
        self._fit_windows(self.node(record.scope))

    def _trace(self, owner: Owner) -> Path:
        nodes = tuple(self.node(scope) for scope in owner.scopes())
        found: dict[str, list[tuple[Node, Limit]]] = {}
        for node in nodes:
            for rule, limit in self.limits.get(node.scope, {}).items():
                found.setdefault(rule, []).append((node, limit))
        in_order = tuple(held for rule in RULES if rule != "refusal_breaker" for held in found.get(rule, ()))
        return Path(nodes, {rule: tuple(limits) for rule, limits in found.items()}, in_order)

    def _fit_windows(self, node: Node) -> None:
        limits = self.limits.get(node.scope, {})
        wanted = {rule: limits[rule].value for rule in _RATE_RULES if rule in limits}
        node.recent = {rule: _window(node.recent.get(rule, ()), rate) for rule, rate in wanted.items()}

    def state(self) -> dict[str, Any]:
        """Limits and nodes as plain values; what open orders set aside is rebuilt from the orders."""
        limits = {
            scope: {"version": one.version, "limits": dict(one.limits), "approver": one.approver}
            for scope, one in self._sets.items()
        }
        return {"limits": limits, "nodes": {scope: _node_state(node) for scope, node in self.nodes.items()}}

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of the records that led to `state`."""
        for scope, kept in state["limits"].items():
            self.set(LimitsSet(scope=scope, **kept))
        for scope, kept in state["nodes"].items():
            _load_node(self.node(scope), kept)


def _window(recent: Any, rate: Rate) -> deque[int]:
    return deque(recent, maxlen=rate.count + 1)


def _node_state(node: Node) -> dict[str, Any]:
    return {
        "books": {
            symbol: {strategy: [str(book.position), str(book.cash)] for strategy, book in shelf.books.items()}
            for symbol, shelf in node.shelves.items()
        },
        "fees": {currency: str(amount) for currency, amount in node.fees.items()},
        "counts": [node.day, node.day_orders, node.day_fills],
        "recent": {rule: list(times) for rule, times in node.recent.items()},
    }


def _load_node(node: Node, kept: Mapping[str, Any]) -> None:
    for symbol, books in kept["books"].items():
        held = {strategy: Book(Decimal(position), Decimal(cash)) for strategy, (position, cash) in books.items()}
        node.shelf(symbol).books = held
    node.fees = {currency: Decimal(amount) for currency, amount in kept["fees"].items()}
    node.day, node.day_orders, node.day_fills = kept["counts"]
    for rule, times in kept["recent"].items():
        node.recent[rule].extend(times)
