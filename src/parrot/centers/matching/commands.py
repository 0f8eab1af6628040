"""Records that move the exchange, as the crowd writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parrot.engine.matching import COMMAND, EVERY_SYMBOL, CommandKind, OrderType, SelfTrade, Side, TimeInForce

_COMMAND: Final = struct.Struct("<6BHII2Q8q")

Command = tuple[int, ...]


def limit(
    symbol: int, owner: int, side: int, price: int, quantity: int, *, tif: int = TimeInForce.GTC, expiry: int = 0
) -> Command:
    """A limit order of the crowd; of its own orders the older gives way."""
    kind, stp = CommandKind.ORDER, SelfTrade.CANCEL_OLDEST
    return (kind, side, OrderType.LIMIT, tif, stp, 0, symbol, owner, 0, 0, 0, price, quantity, 0, 0, 0, 0, expiry, 0)


def cancel(owner: int, handle: int) -> Command:
    """The end of one order."""
    return (CommandKind.CANCEL, 0, 0, 0, 0, 0, 0, owner, 0, 0, handle, 0, 0, 0, 0, 0, 0, 0, 0)


def mass_cancel(owner: int) -> Command:
    """The end of all orders of one owner."""
    kind, side = CommandKind.MASS_CANCEL, Side.BOTH
    return (kind, side, 0, 0, 0, 0, EVERY_SYMBOL, owner, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def packed(commands: Sequence[Command]) -> bytes:
    """Commands as the bytes of COMMAND records."""
    return b"".join([_COMMAND.pack(*command) for command in commands])


def records(data: bytes) -> NDArray[np.void]:
    """The COMMAND records of such bytes."""
    return np.frombuffer(data, COMMAND)
