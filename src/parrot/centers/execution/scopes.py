"""Kills as execution keeps them: the last gate before the wire does not ask anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parrot.contracts.commands import SubmitOrder
from parrot.contracts.message import Entry
from parrot.contracts.records import KillEngaged


class Kills:
    """Scopes in which no order leaves, each with the number of the record that stopped it."""

    def __init__(self) -> None:
        self.engaged: dict[str, int] = {}
        self.flatten: dict[str, int] = {}

    def engage(self, entry: Entry) -> None:
        """From this record on nothing of the scope leaves."""
        self.engaged.setdefault(entry.record.scope, entry.seq)
        if isinstance(entry.record, KillEngaged) and entry.record.flatten:
            self.flatten[entry.record.scope] = entry.seq

    def rearm(self, scope: str) -> None:
        """Orders of the scope may leave again."""
        self.engaged.pop(scope, None)
        self.flatten.pop(scope, None)

    def over(self, order: SubmitOrder) -> list[str]:
        """The scopes of kills that the order is in."""
        return [scope for scope in self.engaged if covers(scope, order)] if self.engaged else []

    def state(self) -> dict[str, Any]:
        """Plain values."""
        return {"engaged": self.engaged, "flatten": self.flatten}

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of the records."""
        self.engaged, self.flatten = dict(state["engaged"]), dict(state["flatten"])


def covers(scope: str, order: SubmitOrder) -> bool:
    """Whether an order is in a scope: all, firm, account:<name>, strategy:<id>, symbol:<symbol>, user:<name>."""
    kind, _, name = scope.partition(":")
    match kind:
        case "account":
            return order.account == name
        case "strategy":
            return order.strategy == name
        case "symbol":
            return order.symbol == name
        case "user":
            return order.user == name
    # A scope that nobody knows stops everything: a kill that is misspelt must not be no kill.
    return True
