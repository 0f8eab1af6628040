"""I11, and the latch of I10: what was stopped stays stopped until a named person re-arms it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from parrot.centers.audit.findings import Check, Look
from parrot.centers.audit.orders import Known, Orders
from parrot.contracts.commands import Role
from parrot.contracts.message import Entry
from parrot.contracts.records import BreakerTripped, KillEngaged, KillRearmed, OrderSent

_NO_PERSON: Final = frozenset({"", "api", "cli", "file", "rule", "system", "recovery"})
_STAYS: Final = frozenset({Role.STOP, Role.TAKE})


class Killed(Check):
    """I11: behind the record of a kill no order of its scope is sent, protection and an asked flattening excepted."""

    name = "I11"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._stopped: dict[str, bool] = {}

    @property
    def looks(self) -> Mapping[type, Look]:
        """Kills, re-arming, and what is sent."""
        return {KillEngaged: self._engaged, KillRearmed: self._rearmed, OrderSent: self._sent}

    def _engaged(self, entry: Entry) -> None:
        self._stopped[entry.record.scope] = entry.record.flatten or self._stopped.get(entry.record.scope, False)

    def _rearmed(self, entry: Entry) -> Iterator[str]:
        if entry.record.by.strip().lower() in _NO_PERSON:
            yield f"{entry.record.scope} is re-armed by {entry.record.by!r}, who is no person"
        self._stopped.pop(entry.record.scope, None)

    def _sent(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None or not self._stopped:
            return
        over = [scope for scope in self._stopped if covers(scope, order)]
        if over and not may_leave(order, flatten=any(self._stopped[scope] for scope in over)):
            yield f"order {order.id} is sent, and {over[0]} is killed"


class Latched(Check):
    """I10: behind the record of a breaker no order of its scope is sent until a named person re-arms it."""

    name = "I10"

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._tripped: dict[str, str] = {}

    @property
    def looks(self) -> Mapping[type, Look]:
        """Breakers, re-arming, and what is sent."""
        return {BreakerTripped: self._trip, KillRearmed: self._rearmed, OrderSent: self._sent}

    def _trip(self, entry: Entry) -> None:
        self._tripped[entry.record.scope] = entry.record.rule

    def _rearmed(self, entry: Entry) -> None:
        self._tripped.pop(entry.record.scope, None)

    def _sent(self, entry: Entry) -> Iterator[str]:
        order = self._orders.of(entry)
        if order is None or not self._tripped:
            return
        for scope, rule in self._tripped.items():
            if covers(scope, order) and not may_leave(order, flatten=True):
                yield f"order {order.id} is sent, and {rule} of {scope} has tripped"


def covers(scope: str, order: Known) -> bool:
    """Whether a scope holds an order; one that nobody knows holds all."""
    kind, _, name = scope.partition(":")
    asked = order.asked
    names = {"strategy": asked.strategy, "symbol": asked.symbol, "account": asked.account, "user": asked.user}
    return names[kind] == name if kind in names else True


def may_leave(order: Known, *, flatten: bool) -> bool:
    """Whether an order leaves a stopped scope: protection always, a flattening where it was asked for."""
    return order.asked.role in _STAYS or (flatten and order.asked.role is Role.FLATTEN)
