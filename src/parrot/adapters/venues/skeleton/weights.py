"""How much of a venue's request limits is used: known before a request leaves, shared by all that use the same key."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final
from weakref import WeakValueDictionary

_RESERVED: Final = 10  # percent of each window that is kept for cancels


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` within any `length` ns."""

    limit: int
    length: int


class _Count:
    """What was spent within one window."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.used = 0
        self._spent: deque[tuple[int, int]] = deque()

    def wait(self, cost: int, now: int, *, reserved: int) -> int:
        """How long until `cost` more fits, ns; `reserved` percent stay free."""
        self._forget(now)
        most = max(self.window.limit * (100 - reserved) // 100, 1)
        excess = self.used + min(cost, most) - most
        if excess <= 0:
            return 0
        for ts, spent in self._spent:
            excess -= spent
            if excess <= 0:
                return ts + self.window.length - now
        return self.window.length

    def spend(self, cost: int, now: int) -> None:
        self._spent.append((now, cost))
        self.used += cost

    def told(self, used: int, now: int) -> None:
        """The venue's own count: it may know of others that use the key. A lower one is late news."""
        self._forget(now)
        if used > self.used:
            self.spend(used - self.used, now)

    def _forget(self, now: int) -> None:
        while self._spent and self._spent[0][0] <= now - self.window.length:
            self.used -= self._spent.popleft()[1]


class WeightLedger:
    """Spent weights and orders of one key at one venue; safe to use from several threads.

    An urgent request (a cancel) may use what is reserved and is not held by a pause.
    """

    def __init__(self, weights: Sequence[Window], orders: Sequence[Window] = ()) -> None:
        self._lock = Lock()
        self._weights = [_Count(window) for window in weights]
        self._orders = [_Count(window) for window in orders]
        self._paused = 0

    def admit(self, cost: int, now: int, *, orders: int = 0, urgent: bool = False) -> int:
        """0 and spends, where a request of `cost` may leave at `now`; else how long it has to wait, ns."""
        with self._lock:
            wait = self._wait(cost, now, orders=orders, urgent=urgent)
            if not wait:
                for count in self._weights:
                    count.spend(cost, now)
                for count in self._orders if orders else ():
                    count.spend(orders, now)
            return wait

    def _wait(self, cost: int, now: int, *, orders: int, urgent: bool) -> int:
        reserved = 0 if urgent else _RESERVED
        waits = [count.wait(cost, now, reserved=reserved) for count in self._weights]
        if orders:
            waits += [count.wait(orders, now, reserved=0) for count in self._orders]
        if not urgent:
            waits.append(max(0, self._paused - now))
        return max(waits, default=0)

    def pause(self, until: int) -> None:
        """Nothing but cancels leaves before `until`, ns."""
        with self._lock:
            self._paused = max(self._paused, until)

    def told(self, used: int, length: int, now: int) -> None:
        """The venue says that `used` of the window of `length` ns is spent."""
        with self._lock:
            for count in self._weights:
                if count.window.length == length:
                    count.told(used, now)

    def used(self, now: int) -> list[tuple[int, int]]:
        """(spent, limit) of each window of weights."""
        with self._lock:
            for count in self._weights:
                count.told(0, now)
            return [(count.used, count.window.limit) for count in self._weights]


_SHARED: WeakValueDictionary[tuple[str, str], WeightLedger] = WeakValueDictionary()
_SHARING: Final = Lock()


def shared(venue: str, key: str, weights: Sequence[Window], orders: Sequence[Window] = ()) -> WeightLedger:
    """The one ledger of a key at a venue (its address counts as part of its name)."""
    with _SHARING:
        ledger = _SHARED.get((venue, key))
        if ledger is None:
            ledger = _SHARED[venue, key] = WeightLedger(weights, orders)
        return ledger
