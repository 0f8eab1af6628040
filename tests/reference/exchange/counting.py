"""How much an order could fill at once: the sweep, played through without changing anything (M18)."""

from __future__ import annotations

from tests.reference.exchange import words as w
from tests.reference.exchange.state import Order


class Copy:
    """A maker as the played sweep sees it."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.left = order.left
        self.visible = order.visible


class Sweep:
    """The other side of the book with positions and lists as they would become."""

    def __init__(self, taker: Order) -> None:
        self.taker = taker
        self.queue = [Copy(order) for order in taker.symbol.book[1 - taker.side]]
        self.positions: dict[int, int] = {}
        self.shrunk: dict[Order, int] = {}
        self.filled = 0
        self.cost = 0

    def position(self, order: Order) -> int:
        held = order.owner.positions.get(order.symbol.number, 0)
        held += self.positions.get(order.owner.number, 0)
        return max(0, held if order.side == w.SELL else -held)

    def next(self) -> Copy | None:
        prices = [copy.order.at for copy in self.queue]
        if not prices:
            return None
        best = min(prices) if self.taker.side == w.BUY else max(prices)
        return next(copy for copy in self.queue if copy.order.at == best)

    def cut(self, copy: Copy) -> None:
        """What a maker lost to its list and to its position before its turn."""
        copy.left = max(0, copy.left - self.shrunk.pop(copy.order, 0))
        if copy.order.reduce_only:
            copy.left = min(copy.left, self.position(copy.order))
        copy.visible = min(copy.visible, copy.left)

    def trade(self, copy: Copy, quantity: int) -> None:
        order = copy.order
        copy.left -= quantity
        copy.visible -= quantity
        signed = quantity if order.side == w.BUY else -quantity
        self.positions[order.owner.number] = self.positions.get(order.owner.number, 0) + signed
        taker = self.taker.owner.number
        self.positions[taker] = self.positions.get(taker, 0) - signed
        self.filled += quantity
        self.cost += quantity * order.at * order.symbol.quote_unit
        if order.mate is not None:
            self.shrunk[order.mate] = self.shrunk.get(order.mate, 0) + quantity
        if not copy.visible:
            self.queue.remove(copy)
            if copy.left:
                copy.visible = min(order.display, copy.left)
                self.queue.append(copy)


def sweep(taker: Order, wanted: int, within: tuple[int, int]) -> Sweep:
    """Plays the taker's sweep until `wanted` is filled; `within`: the prices that it may trade at."""
    played = Sweep(taker)
    if taker.reduce_only:
        wanted = min(wanted, taker.reducible())
    while played.filled < wanted:
        copy = played.next()
        if copy is None or not within[0] <= copy.order.at <= within[1]:
            break
        if copy.order.owner is taker.owner and taker.stp == w.SelfTrade.CANCEL_OLDEST:
            played.queue.remove(copy)
            continue
        if copy.order.owner is taker.owner and taker.stp != w.SelfTrade.NONE:
            break
        played.cut(copy)
        if not copy.left:
            played.queue.remove(copy)
            continue
        played.trade(copy, min(wanted - played.filled, copy.visible))
    return played
