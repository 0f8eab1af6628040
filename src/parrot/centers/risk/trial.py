"""An order that is looked at as if it had been received, and afterwards never was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from parrot.centers.risk.book import Node
from parrot.centers.risk.holdings import Holdings
from parrot.centers.risk.orders import Order
from parrot.centers.risk.tree import Owner, Tree
from parrot.contracts.commands import SubmitOrder

_TRIED = -1  # the id of no order that a journal can hold


@contextmanager
def on_trial(tree: Tree, holdings: Holdings, asked: SubmitOrder) -> Iterator[Order]:
    """The order among all others while the block runs; then every count, book and node is what it was before."""
    owner = Owner(asked.user, asked.account, asked.strategy, asked.symbol)
    kept = [_Kept(tree.nodes[scope], owner) for scope in owner.scopes() if scope in tree.nodes]
    made = [scope for scope in owner.scopes() if scope not in tree.nodes]
    order = holdings.receive(_TRIED, asked, 0)
    try:
        yield order
    finally:
        holdings.end(order)
        for one in kept:
            one.put_back()
        if made:
            tree.drop(owner, made)


class _Kept:
    """What receiving an order changes at a node that is there already."""

    __slots__ = ("_book", "_counts", "_node", "_owner", "_recent", "_shelf")

    def __init__(self, node: Node, owner: Owner) -> None:
        self._node, self._owner = node, owner
        shelf = node.shelves.get(owner.symbol)
        self._shelf, self._book = shelf, shelf is not None and owner.strategy in shelf.books
        self._counts = node.day, node.day_orders, node.day_fills
        self._recent = {rule: times.copy() for rule, times in node.recent.items()}

    def put_back(self) -> None:
        """Makes the node what it was."""
        node, owner = self._node, self._owner
        node.day, node.day_orders, node.day_fills = self._counts
        node.recent = self._recent
        if self._shelf is None:
            del node.shelves[owner.symbol]
        elif not self._book:
            del self._shelf.books[owner.strategy]
