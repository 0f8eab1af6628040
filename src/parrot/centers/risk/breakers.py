"""Limits on losses and on rates that latch: what a node lost since its day began and since it was highest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from parrot.centers.risk.book import ZERO, Node
from parrot.centers.risk.hours import DAY_NS
from parrot.centers.risk.limits import Limit
from parrot.centers.risk.market import Market
from parrot.centers.risk.switch import ALL, Switch
from parrot.centers.risk.tree import Tree
from parrot.contracts.records import BreakerTripped, KillRearmed, LossesMarked
from parrot.kernel.decimals import plain

LOSS_RULES: Final = ("daily_loss", "drawdown")
_PEAK_EVERY: Final = 60_000_000_000  # a new peak reaches the journal at most so often


def scope_to_stop(scope: str) -> str:
    """The name under which a node of the tree is stopped."""
    return ALL if scope == "firm" else scope


class Losses:
    """Profit of each node that has a limit on losses; a crash forgets the peaks of the last minute."""

    def __init__(self, tree: Tree, market: Market) -> None:
        self.marks: dict[str, LossesMarked] = {}
        self._tree = tree
        self._market = market
        self._peaks: dict[str, Decimal] = {}
        self._marked_at: dict[str, int] = {}

    def profit(self, node: Node) -> Decimal | None:
        """What a node has won since ever, fees taken off, at last good prices; None when one is missing."""
        total = ZERO
        for symbol, shelf in node.shelves.items():
            position = sum((book.position for book in shelf.books.values()), ZERO)
            cash = sum((book.cash for book in shelf.books.values()), ZERO)
            rate = self._market.rate(self._market.listings[symbol].quote) if position or cash else ZERO
            mark = self._market.mark(symbol) if position else ZERO
            if rate is None or mark is None:
                return None
            total += (cash + position * mark) * rate
        for currency, amount in node.fees.items():
            rate = self._market.rate(currency)
            if rate is None:
                return None
            total -= amount * rate
        return total

    def lost(self, node: Node, rule: str) -> Decimal | None:
        """How far profit is below where `rule` counts from; negative when above."""
        profit = self.profit(node)
        if profit is None:
            return None
        mark = self.marks.get(node.scope)
        if rule == "daily_loss":
            return (mark.start if mark else ZERO) - profit
        return max(mark.peak if mark else ZERO, self._peaks.get(node.scope, ZERO), profit) - profit

    def follow(self, record: LossesMarked, ts: int) -> None:
        """Counts from what the record says."""
        self.marks[record.scope] = record
        self._peaks[record.scope] = record.peak
        self._marked_at[record.scope] = ts

    def begin_again(self, record: KillRearmed, now: int) -> Iterator[LossesMarked]:
        """A person who re-arms a scope takes its losses as given: the limits count from here."""
        for node in self._limited():
            profit = self.profit(node) if scope_to_stop(node.scope) == record.scope else None
            if profit is not None:
                yield LossesMarked(scope=node.scope, day=now // DAY_NS, start=profit, peak=profit)

    def beat(self, now: int, switch: Switch) -> Iterator[LossesMarked | BreakerTripped]:
        """Begins days, keeps peaks, and trips what is over its limit."""
        for node in self._limited():
            profit = self.profit(node)
            if profit is None:
                continue
            marked = self._mark(node, profit, now)
            if marked is not None:
                yield marked
            for rule in LOSS_RULES:
                limit = self._tree.limits[node.scope].get(rule)
                start = marked.start if marked is not None and rule == "daily_loss" else None
                lost = self.lost(node, rule) if start is None else start - profit
                if limit is not None and lost is not None and lost >= limit.value:
                    yield from trip(switch, limit, plain(lost))

    def _mark(self, node: Node, profit: Decimal, now: int) -> LossesMarked | None:
        mark, day = self.marks.get(node.scope), now // DAY_NS
        peak = max(self._peaks.get(node.scope, profit), profit)
        self._peaks[node.scope] = peak
        if mark is None or mark.day != day:
            # The first day counts from nothing won; a later one from what was won when it began.
            return LossesMarked(scope=node.scope, day=day, start=ZERO if mark is None else profit, peak=max(peak, ZERO))
        if peak > mark.peak and now - self._marked_at.get(node.scope, 0) >= _PEAK_EVERY:
            return LossesMarked(scope=node.scope, day=day, start=mark.start, peak=peak)
        return None

    def _limited(self) -> list[Node]:
        with_losses = (
            scope for scope, limits in self._tree.limits.items() if any(rule in limits for rule in LOSS_RULES)
        )
        return [self._tree.node(scope) for scope in with_losses]

    def state(self) -> dict[str, Any]:
        """Where each scope counts from."""
        return {scope: [one.day, str(one.start), str(one.peak)] for scope, one in self.marks.items()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of the records that led to `state`."""
        for scope, (day, start, peak) in state.items():
            self.follow(LossesMarked(scope=scope, day=day, start=Decimal(start), peak=Decimal(peak)), 0)


def trip(switch: Switch, limit: Limit, actual: str) -> Iterator[BreakerTripped]:
    """The record that latches a breaker, nothing when it is out already."""
    scope = scope_to_stop(limit.scope)
    if not switch.tripped(scope, limit.rule):
        yield BreakerTripped(scope=scope, rule=limit.rule, limit=limit.text, actual=actual)
