"""What becomes of events for those who watch a market, or their own account."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parrot import _core
from parrot.kernel.errors import ParameterError

Records = NDArray[np.void]


class Published(NamedTuple):
    """What one batch of events became, as record arrays in the engine's numbers and units.

    `tops` (L1): best prices that changed: seq, bid, bid_size, ask, ask_size, symbol; size 0: the side is empty.
    `depth` (L2): levels that changed: first, last (events that the update covers; `first` is one more than the last of
    the update before), price, size (0: gone), symbol, side. One update a symbol and batch.
    `orders` (L3): seq, previous (the message of the symbol before it), handle, price, size, symbol, side, `change`
    (Change). `trades`: number (of the symbol: 1, 2, 3 ...), seq, ts (ns UTC), price, quantity, symbol, aggressor (side
    of the taker), auction (0 or 1). `reports`: to `owner`: seq, ts, id, handle, price, quantity, filled (so far), fee,
    third (1: in the fee currency), symbol, side, kind (EventKind), status (Status), reason (Reason), maker, auction.
    """

    tops: Records
    depth: Records
    orders: Records
    trades: Records
    reports: Records


class Feeds:
    """All feeds of one exchange from its first event on; each rebuilds the book exactly (rule M46)."""

    __slots__ = ("_core",)

    def __init__(self) -> None:
        self._core = _core.MatchingFeeds()

    def publish(self, events: Records) -> Published:
        """What the next events of the exchange become; `events` are EVENT records of whole commands, none left out.

        Raises ParameterError when they are no contiguous array of EVENT records.
        """
        try:
            return Published(*self._core.publish(events))
        except (TypeError, ValueError) as problem:
            raise ParameterError(str(problem), expected="a contiguous array of dtype EVENT") from None

    def depth(self, symbol: int) -> Records:
        """All levels of a symbol (its number) after the last batch, as records like those of `Published.depth`.

        Buys from the highest price, then sells from the lowest; `last` is the update that they follow.
        Raises ParameterError when the number is none.
        """
        try:
            return self._core.depth(symbol)
        except (TypeError, OverflowError):
            raise ParameterError(f"symbol is {symbol!r}", expected="the number of a symbol") from None
