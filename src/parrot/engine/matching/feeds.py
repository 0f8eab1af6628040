"""What becomes of events for those who watch a market, or their own account."""

from __future__ import annotations

from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from parrot import _core
from parrot.engine.matching.amounts import is_whole
from parrot.engine.matching.records import EVENT
from parrot.engine.matching.venue import Venue
from parrot.kernel.errors import DataError, ParameterError

Records = NDArray[np.void]
_FEW: Final = 64


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
    """All feeds of one exchange from its first event on; each rebuilds the book exactly (rule M46).

    They begin with event 1. `Feeds.of(exchange)` goes on with an exchange that has run before, one that was restored
    say. `Feeds(first=seq)` begins with the event of that number and is right where no order is open then.
    """

    __slots__ = ("_core", "_next")

    def __init__(self, first: int = 1) -> None:
        """Feeds whose first event has the number `first`; raises ParameterError when it is not 1 or more."""
        if not is_whole(first) or first < 1:
            raise ParameterError(f"first is {first!r}", expected="the number of an event, from 1")
        self._core = _core.MatchingFeeds()
        self._next = int(first)

    @classmethod
    def of(cls, exchange: Venue) -> Self:
        """Feeds that go on with the books and open orders of an exchange; take its `events()` first.

        Trades are numbered from 1 again.
        """
        feeds = cls()
        feeds._core, last = _core.MatchingFeeds.of(exchange.core)
        feeds._next = last + 1
        return feeds

    def publish(self, events: Records) -> Published:
        """What the next events of the exchange become; `events` are EVENT records of whole commands, none left out.

        Raises ParameterError when they are no contiguous array of EVENT records, DataError when events were left out
        or come again; then nothing was taken from them.
        """
        following = self._following(events)
        try:
            found = Published(*self._core.publish(events))
        except (TypeError, ValueError) as problem:
            raise ParameterError(str(problem), expected="a contiguous array of dtype EVENT") from None
        self._next = following
        return found

    def _following(self, events: Records) -> int:
        """The number of the event after these, which must begin with the next one and leave none out."""
        if getattr(events, "dtype", None) != EVENT or not len(events):
            return self._next  # no records are for the core to refuse
        if len(events) <= _FEW and events["seq"].tolist() == list(range(self._next, self._next + len(events))):
            return self._next + len(events)  # the usual case, without the cost of many array operations
        numbers = events["seq"].ravel().astype(np.int64)
        numbers = numbers[numbers > 0]  # rejections have none
        wrong = np.flatnonzero(numbers != np.arange(self._next, self._next + len(numbers)))
        if len(wrong):
            place = int(wrong[0])
            found, due = int(numbers[place]), self._next + place
            raise DataError(
                f"event {found} {'comes too early' if found > due else 'comes again'}",
                expected=f"event {due}, the one after the last",
                fix="publish all that events() gives, once; feeds of an exchange begin with its first event",
            )
        return self._next + len(numbers)

    def depth(self, symbol: int) -> Records:
        """All levels of a symbol (its number) after the last batch, as records like those of `Published.depth`.

        Buys from the highest price, then sells from the lowest; `last` is the update that they follow.
        Raises ParameterError when the number is none.
        """
        try:
            return self._core.depth(symbol)
        except (TypeError, OverflowError):
            raise ParameterError(f"symbol is {symbol!r}", expected="the number of a symbol") from None
