"""The kill switch: latched scopes through which no order leaves until a named person re-arms them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from parrot.centers.risk.orders import Order
from parrot.contracts.commands import PAUSE, EngageKill, Role
from parrot.contracts.records import BreakerTripped, KillEngaged, KillRearmed

ALL: Final = "all"
_NOBODY: Final = frozenset({"", "api", "cli", "file", "rule", "system", "recovery"})
_PREFIXES: Final = ("strategy:", "symbol:", "account:", "user:")


class Stop(NamedTuple):
    """Why nothing leaves: the rule ("kill" or the breaker's), the scope, what it allows and what happened."""

    rule: str
    scope: str
    limit: str
    actual: str


def is_person(name: str) -> bool:
    """Whether `name` can be that of a person rather than of a way in."""
    return name.strip().lower() not in _NOBODY


def is_scope(scope: str) -> bool:
    """Whether something can be stopped by this name."""
    return scope == ALL or any(scope.startswith(prefix) and len(scope) > len(prefix) for prefix in _PREFIXES)


class Switch:
    """Kills and tripped breakers by scope; both latch. `since` is when each scope was stopped, ns UTC."""

    def __init__(self) -> None:
        self.kills: dict[str, KillEngaged] = {}
        self.trips: dict[str, dict[str, BreakerTripped]] = {}
        self.since: dict[str, int] = {}

    def engage(self, record: KillEngaged, ts: int) -> None:
        """Latches a kill."""
        self.kills[record.scope] = record
        self.since[record.scope] = ts

    def trip(self, record: BreakerTripped, ts: int) -> None:
        """Latches a breaker."""
        self.trips.setdefault(record.scope, {})[record.rule] = record
        self.since.setdefault(record.scope, ts)

    def rearm(self, record: KillRearmed) -> None:
        """Lets go of a scope; other scopes keep what holds them."""
        self.kills.pop(record.scope, None)
        self.trips.pop(record.scope, None)
        self.since.pop(record.scope, None)

    def latched(self, scope: str) -> bool:
        """Whether something holds this very scope."""
        return scope in self.kills or scope in self.trips

    def tripped(self, scope: str, rule: str) -> bool:
        """Whether this breaker is out already."""
        return rule in self.trips.get(scope, {})

    def scopes(self) -> list[str]:
        """All that is stopped."""
        return sorted({*self.kills, *self.trips})

    def reasons(self) -> dict[str, str]:
        """Why each scope is stopped."""
        trips = {
            scope: "; ".join(f"{one.rule} {one.actual} of {one.limit}" for one in by_rule.values())
            for scope, by_rule in self.trips.items()
        }
        kills = {scope: f"kill by {one.by} ({one.source}) {one.reason}".rstrip() for scope, one in self.kills.items()}
        return trips | kills

    def covers(self, command: EngageKill) -> bool:
        """Whether a kill would add nothing to what holds."""
        held = self.kills.get(command.scope)
        if held is None or (held.source == PAUSE and command.source != PAUSE):
            return False  # what merely pauses is no kill: a person who kills must be the one who re-arms
        return held.flatten or not command.flatten

    def paused(self, scope: str) -> bool:
        """Whether a scope is stopped by a pause and by nothing else."""
        held = self.kills.get(scope)
        return held is not None and held.source == PAUSE and scope not in self.trips

    def stops(self, order: Order, *, shrinks: bool) -> Stop | None:
        """What holds the order back, None when nothing does. Protection that shrinks may leave, closing if asked."""
        if not self.kills and not self.trips:
            return None
        scopes = (ALL, *order.owner.scopes()[1:])
        closing = any(self.kills[scope].flatten for scope in scopes if scope in self.kills)
        for scope in scopes:
            kill = self.kills.get(scope)
            if kill is not None and not _may_leave(order, shrinks=shrinks, closing=closing):
                why = f"engaged by {kill.by} ({kill.source}) {kill.reason}".rstrip()
                return Stop("kill", scope, "no order leaves", why)
            for trip in self.trips.get(scope, {}).values():
                if not _may_leave(order, shrinks=shrinks, closing=True):
                    return Stop(trip.rule, scope, trip.limit, f"{trip.actual}, latched until a person re-arms it")
        return None

    def state(self) -> dict[str, Any]:
        """What is latched, as plain values."""
        return {
            "kills": {scope: [one.by, one.source, one.reason, one.flatten] for scope, one in self.kills.items()},
            "trips": [
                [t.scope, t.rule, t.limit, t.actual] for by_rule in self.trips.values() for t in by_rule.values()
            ],
            "since": dict(self.since),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of the records that led to `state`."""
        since = state.get("since", {})  # a snapshot of before does not have it
        for scope, (by, source, reason, flatten) in state["kills"].items():
            made = KillEngaged(scope=scope, by=by, source=source, reason=reason, flatten=flatten)
            self.engage(made, since.get(scope, 0))
        for scope, rule, limit, actual in state["trips"]:
            self.trip(BreakerTripped(scope=scope, rule=rule, limit=limit, actual=actual), since.get(scope, 0))


def _may_leave(order: Order, *, shrinks: bool, closing: bool) -> bool:
    if not (shrinks and order.protective):
        return False
    return closing if order.asked.role is Role.FLATTEN else True
