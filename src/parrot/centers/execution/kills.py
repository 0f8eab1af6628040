"""What follows from a kill: everything of its scope is withdrawn at once, protection only where all is to be flat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parrot.centers.execution.changes import cancel_many
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.scopes import covers
from parrot.contracts.commands import Role
from parrot.contracts.message import Entry


def engaged(floor: Floor, entry: Entry, now: int) -> Iterator[Any]:
    """Withdraws the orders of the scope; the requests of all of them leave with one commit."""
    flatten = entry.record.scope in floor.orders.kills.flatten
    found = [
        order
        for order in floor.orders.open.values()
        if covers(entry.record.scope, order.asked) and order.asked.role is not Role.FLATTEN
    ]
    yield from cancel_many(floor, found, f"kill switch of {entry.record.scope}", now=now, protection=flatten)
