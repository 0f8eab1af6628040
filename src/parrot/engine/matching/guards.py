"""What people may hand over by mistake, refused before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parrot.engine.matching.amounts import is_whole
from parrot.engine.matching.orders import Order
from parrot.engine.matching.records import COMMAND, EVENT
from parrot.engine.matching.words import CommandKind
from parrot.kernel.errors import ParameterError

_NAMING: Final = {
    CommandKind.ADD_CURRENCY: "add_currency",
    CommandKind.ADD_SYMBOL: "add_symbol",
    CommandKind.ADD_OWNER: "add_account",
}


def without_names(commands: NDArray[np.void]) -> NDArray[np.void]:
    """`commands` when none of them adds what needs a name; raises ParameterError that tells the row.

    What is no array of COMMAND records is left to the core to refuse.
    """
    if getattr(commands, "dtype", None) != COMMAND:
        return commands
    kinds = commands["kind"].ravel()
    naming = np.flatnonzero(np.logical_or.reduce([kinds == kind for kind in _NAMING]))
    if len(naming):
        row = int(naming[0])
        kind = CommandKind(int(kinds[row]))
        raise ParameterError(
            f"row {row} is {kind.name}, which needs a name",
            expected="records that add no currency, symbol or account",
            fix=f"{_NAMING[kind]}(...) for each; Core().execute(...) works without names",
        )
    return commands


def events_of(events: object) -> NDArray[np.void]:
    """`events` when they are EVENT records; raises ParameterError."""
    if not isinstance(events, np.ndarray) or events.dtype != EVENT or events.ndim != 1:
        raise ParameterError(f"events are {_shown(events)}", expected="an array of dtype EVENT, as events() gives")
    return events


def orders_of(orders: Sequence[Order], origin: object) -> list[Order]:
    """`orders` when each is an Order that this exchange made, or one of nobody; raises ParameterError."""
    if isinstance(orders, Order):
        raise ParameterError("orders are one Order", expected="a sequence of Orders", fix="[order]")
    try:
        found = list(orders)
    except TypeError:
        raise ParameterError(f"orders are {_shown(orders)}", expected="a sequence of Orders") from None
    for place, order in enumerate(found):
        if not isinstance(order, Order):
            raise ParameterError(f"orders[{place}] is {_shown(order)}", expected="what order(...) gave")
        if order.origin is not None and order.origin is not origin:
            raise ParameterError(
                f"orders[{place}] was made by another exchange",
                expected="orders of this one: the same numbers mean other accounts and symbols there",
                fix="order(...) of the exchange that it is sent to",
            )
    return found


def depth_of(depth: int | None) -> int | None:
    """A number of levels; raises ParameterError when it is not above 0."""
    if depth is not None and not (is_whole(depth) and depth > 0):
        raise ParameterError(f"depth is {depth!r}", expected="a whole number from 1, or None for all")
    return None if depth is None else int(depth)


def bytes_of(data: object) -> bytes:
    """`data` as bytes; raises ParameterError when it is something else."""
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ParameterError(f"a snapshot is {_shown(data)}", expected="bytes, as snapshot() gives")
    return bytes(data)


def _shown(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return (
            f"an array of {value.ndim} dimensions and dtype {value.dtype if value.dtype.names is None else 'records'}"
        )
    return f"of type {type(value).__name__}"
