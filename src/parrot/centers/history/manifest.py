"""The way into the history center."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from parrot.centers.history.service import History
from parrot.centers.history.settings import VERSION
from parrot.contracts.history import OrderRow

__all__ = ["NAME", "VERSION", "History", "build"]

NAME = "history"


def build(live: Iterable[OrderRow] = (), ended: Callable[[int], OrderRow | None] = lambda order_id: None) -> History:
    """The fold as it goes on from the orders that live; `ended` finds one that does not any more."""
    return History(live, ended)
