"""Orders in whole units, in the order of the core's fast call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from parrot.engine.matching.records import COMMAND
from parrot.engine.matching.words import CommandKind, Flag, ListKind, OrderType, TimeInForce
from parrot.kernel.errors import ParameterError

_FLAGS: Final = {flag.name.lower(): int(flag) for flag in Flag if flag.name}


class _Fields(NamedTuple):
    """The fields of an order."""

    symbol: int
    owner: int
    side: int
    price: int
    quantity: int
    id: int = 0
    order: int = OrderType.LIMIT
    tif: int = TimeInForce.GTC
    stp: int = 0
    flags: int = 0
    display: int = 0
    minimum: int = 0
    trigger: int = 0
    trail: int = 0
    expiry: int = 0


class Order(_Fields):
    """An order in the engine's own numbers and units; `core.submit(*order)` sends it.

    Prices, trigger and trail are in price units (trail in basis points with `Flag.PERCENT`), quantities in quantity
    units (in units of the quote currency with `Flag.QUOTE`), `expiry` is ns UTC. One that an exchange made knows it,
    so that no other one takes it: the numbers would mean other accounts and symbols.
    """

    origin: object = None

    def of(self, origin: object) -> Self:
        """The same order, for those of this origin only."""
        self.origin = origin
        return self

    def _replace(self, **fields: int) -> Self:
        return super()._replace(**fields).of(self.origin)

    def __reduce__(self) -> tuple[type[Self], tuple[int, ...]]:
        return type(self), tuple(self)


def as_commands(orders: Sequence[Order], kind: ListKind | None = None) -> NDArray[np.void]:
    """Orders as COMMAND records; with `kind` they are the legs of one list."""
    commands = np.zeros(len(orders), COMMAND)
    commands["kind"] = CommandKind.ORDER
    commands["list"] = 0 if kind is None else kind
    for name, column in zip(Order._fields, zip(*orders, strict=True), strict=False):  # without orders no columns
        try:
            commands[name] = column
        except (OverflowError, TypeError, ValueError):
            raise ParameterError(
                f"the {name} of an order does not fit", expected="whole numbers that fit their fields"
            ) from None
    return commands


def type_of(price: bool, trigger: bool, trail: bool) -> OrderType:
    """What an order is whose type is not said."""
    if trail:
        return OrderType.TRAILING
    if trigger:
        return OrderType.STOP_LIMIT if price else OrderType.STOP
    return OrderType.LIMIT if price else OrderType.MARKET


def tif_of(order: OrderType, expiry: bool) -> TimeInForce:
    """How long an order lives that does not say it."""
    if expiry:
        return TimeInForce.GTD
    return TimeInForce.IOC if order is OrderType.MARKET else TimeInForce.GTC


def flags_of(**wanted: bool) -> int:
    """The flags whose names (in small letters) are wanted."""
    return sum(_FLAGS[name] for name, want in wanted.items() if want)
