"""The spike gate: a price far from the median of the prices before it is kept back, until others agree with it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from typing import Final

from parrot.centers.market_data.live.settings import Gates

_MILLION: Final = 1_000_000
_FEW: Final = 5  # below so many prices the deviation says nothing, and the collar alone decides


class SpikeGate:
    """The reference of one stream of prices, positive integers.

    The first price has nothing to be held against: `known` says that a second one agreed with it.
    """

    __slots__ = ("_high", "_kept", "_last", "_low", "_order", "_settings", "_sorted", "known", "settled")

    def __init__(self, settings: Gates) -> None:
        self._settings = settings
        self._order: deque[int] = deque()
        self._sorted: list[int] = []
        self._kept: _Kept | None = None
        self._last = 0
        self._low = 0
        self._high = 0
        self.known = False
        self.settled = 0

    @property
    def median(self) -> int:
        """The reference price, 0 before the first one."""
        return self._sorted[len(self._sorted) // 2] if self._sorted else 0

    def refuses(self, price: int, ts: int) -> str:
        """The numbers that keep a price back, or "" when it passes and joins the reference."""
        if price == self._last:
            self._kept, self.known = None, True
            return ""
        if self._low <= price <= self._high or not self._order:
            self._admit(price)
            return ""
        return self._outside(price, ts)

    def _admit(self, price: int) -> None:
        ordered, order = self._sorted, self._order
        if order:
            self.known = True
        if len(order) == self._settings.window:
            del ordered[bisect_left(ordered, order.popleft())]
        order.append(price)
        insort(ordered, price)
        median = ordered[len(ordered) // 2]
        sure = median * self._settings.sure_ppm // _MILLION
        self._last, self._low, self._high = price, median - sure, median + sure
        self._kept = None

    def _outside(self, price: int, ts: int) -> str:
        median = self.median
        allowed = self._allowed(median)
        away = abs(price - median)
        if away <= allowed or self._settles(price, ts):
            self._admit(price)
            return ""
        return f"{price} is {away} away from the median {median}, allowed {allowed}"

    def _allowed(self, median: int) -> int:
        collar = median * self._settings.collar_ppm // _MILLION
        if len(self._sorted) < _FEW:
            return collar
        away = sorted(abs(price - median) for price in self._sorted)
        return min(collar, self._settings.deviations * away[len(away) // 2])

    def _settles(self, price: int, ts: int) -> bool:
        """Whether prices kept back agreed for so long that they are the level; then the old reference goes."""
        kept = self._kept
        if kept is None or not kept.agrees(price, self._settings.sure_ppm):
            kept = self._kept = _Kept(price, ts)
        kept.count += 1
        if kept.count < self._settings.settle or ts - kept.since < self._settings.settle_after:
            return False
        self._order.clear()
        self._sorted.clear()
        self.known = True
        self.settled += 1
        return True


class _Kept:
    """Prices kept back in a row."""

    __slots__ = ("count", "high", "low", "since")

    def __init__(self, price: int, ts: int) -> None:
        self.low = self.high = price
        self.since = ts
        self.count = 0

    def agrees(self, price: int, ppm: int) -> bool:
        """Takes a price that stays within `ppm` of the others."""
        low, high = min(self.low, price), max(self.high, price)
        if (high - low) * _MILLION > low * ppm:
            return False
        self.low, self.high = low, high
        return True
