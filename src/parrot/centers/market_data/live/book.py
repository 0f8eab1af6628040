"""The live order book of one symbol: price levels of both sides, and the control of its update ids."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from typing import Final

from parrot.contracts.ticks import BookChanged, BookLevel, BookSnapshot

_SOON: Final = 20  # so many times sooner than after silence, so that a snapshot that does not fit starts no storm


class Ladder:
    """Price levels of one book; `side` 1 is bid, -1 ask. Integers as in the ticks."""

    __slots__ = ("_asks", "_bids", "ask_prices", "bid_prices")

    def __init__(self) -> None:
        self._bids: dict[int, int] = {}
        self._asks: dict[int, int] = {}
        self.bid_prices: list[int] = []
        self.ask_prices: list[int] = []

    def replace(self, levels: Sequence[BookLevel]) -> None:
        """Takes a whole book."""
        self._bids = {level.price: level.size for level in levels if level.side == 1 and level.size}
        self._asks = {level.price: level.size for level in levels if level.side == -1 and level.size}
        self.bid_prices, self.ask_prices = sorted(self._bids), sorted(self._asks)

    def change(self, levels: Sequence[BookLevel]) -> None:
        """Sets and removes levels."""
        for level in levels:
            sizes, prices = (self._bids, self.bid_prices) if level.side == 1 else (self._asks, self.ask_prices)
            price, size = level.price, level.size
            if size:
                if price not in sizes:
                    insort(prices, price)
                sizes[price] = size
            elif sizes.pop(price, 0):
                del prices[bisect_left(prices, price)]

    def touch(self) -> tuple[int, int, int, int]:
        """Best bid, best ask and their sizes; zeros on an empty side."""
        bid = self.bid_prices[-1] if self.bid_prices else 0
        ask = self.ask_prices[0] if self.ask_prices else 0
        return bid, ask, self._bids.get(bid, 0), self._asks.get(ask, 0)

    def levels(self, depth: int | None = None) -> list[BookLevel]:
        """The best `depth` levels of each side (None: all), bids first, best first."""
        bids = self.bid_prices[::-1][:depth]
        asks = self.ask_prices[:depth]
        return [BookLevel(1, price, self._bids[price]) for price in bids] + [
            BookLevel(-1, price, self._asks[price]) for price in asks
        ]


class BookSync:
    """Keeps a ladder true to the venue's update ids: after a gap it is invalid and changes wait for a snapshot."""

    __slots__ = ("_answered", "_asked", "_buffer", "gaps", "ladder", "last", "lost", "repeated", "valid", "wanted")

    def __init__(self, buffer: int) -> None:
        self.ladder = Ladder()
        self.last = 0
        self.valid = False
        self.wanted = False
        self._asked = 0
        self._answered = True
        self.gaps = 0
        self.repeated = 0
        self.lost = 0
        self._buffer: deque[BookChanged] = deque(maxlen=buffer)

    def change(self, message: BookChanged) -> bool:
        """Takes a change; True when it was applied. False: repeated, or kept until a snapshot comes (`valid` False)."""
        if not self.valid:
            self._keep(message)
            return False
        if message.last <= self.last:
            self.repeated += 1
            return False
        if message.first > self.last + 1:
            self.gaps += 1
            self.break_off()
            self._keep(message)
            return False
        self.ladder.change(message.levels)
        self.last = message.last
        return True

    def snapshot(self, message: BookSnapshot) -> list[BookChanged] | None:
        """Takes a whole book; the changes that waited and follow from it, or None when it is older than the book."""
        if self.valid and message.last < self.last:
            self.repeated += 1
            return None
        self.ladder.replace(message.levels)
        self.last = message.last
        self.valid, self.wanted, self._answered = True, False, True
        waiting = [change for change in self._buffer if change.last > message.last]
        self._buffer.clear()
        return waiting

    def break_off(self) -> None:
        """The book is not true any more: a snapshot is wanted."""
        self.valid, self.wanted = False, True

    def wants_snapshot(self, now: int, again: int) -> bool:
        """Whether to ask for a snapshot now: `again` ns after a question without answer, soon after an answer."""
        pause = again // _SOON if self._answered else again
        if not self.wanted or (self._asked and now - self._asked < pause):
            return False
        self._asked, self._answered = now, False
        return True

    def _keep(self, message: BookChanged) -> None:
        self.wanted = True
        self.lost += len(self._buffer) == self._buffer.maxlen
        self._buffer.append(message)
