"""Subscribers and their bounded queues: quotes may be replaced by newer ones, nothing else is lost without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from parrot.contracts.commands import Quoted
from parrot.contracts.message import Message
from parrot.contracts.ticks import (
    BarClosed,
    BarFeatures,
    BookChanged,
    BookSnapshot,
    FeedGap,
    Quarantined,
    QuoteTick,
    TradeTick,
)
from parrot.kernel.errors import ParameterError

CLASSES: Final[dict[str, tuple[type, ...]]] = {
    "trade": (TradeTick,),
    "quote": (QuoteTick,),
    "book": (BookChanged, BookSnapshot),
    "bar": (BarClosed,),
    "features": (BarFeatures,),
    "quoted": (Quoted,),
    "gap": (FeedGap,),
    "quarantined": (Quarantined,),
}
_LEAST: Final = 16  # messages
_SHARE: Final = 8  # a subscriber is behind when an eighth of its capacity waits
_CONFLATED: Final[frozenset[type]] = frozenset({QuoteTick, Quoted})


class Lost(Message, frozen=True, kw_only=True, gc=False):
    """A queue was full: so many messages of a class were let go, oldest first, since it was last emptied."""

    subscriber: str
    what: str
    count: int


class Subscription:
    """One subscriber's queue of messages in order.

    While it keeps up it is given everything. Once `behind` messages wait, a quote that a newer one of its symbol
    followed is let go (conflated). At `capacity` the oldest quarter goes, quotes excepted, and is counted as lost.
    """

    def __init__(self, name: str, kinds: Iterable[str], symbols: Iterable[str] | None, capacity: int) -> None:
        unknown = set(kinds := tuple(kinds)) - set(CLASSES)
        if unknown or capacity < _LEAST:
            raise ParameterError(
                f"{name} subscribes to {sorted(unknown) or capacity}",
                expected=f"kinds out of {', '.join(CLASSES)} and a capacity of at least {_LEAST}",
            )
        self.name = name
        self.lost: Counter[str] = Counter()
        self.conflated = 0
        self.most = 0
        self._classes = frozenset(made for kind in kinds for made in CLASSES[kind])
        self._symbols = None if symbols is None else frozenset(symbols)
        self._capacity = capacity
        self._behind = self._mark = capacity // _SHARE
        self._queue: list[Any] = []
        self._losing: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._queue)

    def offer(self, messages: Sequence[Any]) -> None:
        """Takes those of some messages that it subscribed to, in order."""
        classes, symbols = self._classes, self._symbols
        if symbols is None:
            self._queue += [message for message in messages if message.__class__ in classes]
        else:
            self._queue += [message for message in messages if type(message) in classes and message.symbol in symbols]
        if len(self._queue) > self._mark:
            self._thin()

    def take(self) -> list[Any]:
        """All that waits, in order; what was lost since the last time is said first."""
        self.most = max(self.most, len(self._queue))
        taken, self._queue, self._mark = self._queue, [], self._behind
        if not self._losing:
            return taken
        said = [Lost(subscriber=self.name, what=what, count=count) for what, count in self._losing.items()]
        self._losing.clear()
        return [*said, *taken]

    def _thin(self) -> None:
        self.most = max(self.most, len(self._queue))
        before = len(self._queue)
        self._queue = _newest_quotes(self._queue)
        self.conflated += before - len(self._queue)
        if len(self._queue) > self._capacity:
            self._shed(len(self._queue) - self._capacity * 3 // 4)
        self._mark = min(self._capacity, max(self._behind, 2 * len(self._queue)))

    def _shed(self, excess: int) -> None:
        kept = []
        for message in self._queue:
            if excess and message.__class__ not in _CONFLATED:
                excess -= 1
                self._losing[type(message).__name__] += 1
                self.lost[type(message).__name__] += 1
            else:
                kept.append(message)
        self._queue = kept


def _newest_quotes(messages: list[Any]) -> list[Any]:
    """The messages without quotes that a newer one of the same class and symbol follows."""
    seen: set[tuple[type, str]] = set()
    kept = []
    for message in reversed(messages):
        key = (message.__class__, message.symbol)
        if key[0] in _CONFLATED:
            if key in seen:
                continue
            seen.add(key)
        kept.append(message)
    kept.reverse()
    return kept
