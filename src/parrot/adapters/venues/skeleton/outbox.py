"""What waits for the platform: reports, which are never let go one by one, and market data, which may be."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final

from parrot.contracts.venue import LineBack, LineLost, Report

REPORTS_MOST: Final = 100_000
DATA_MOST: Final = 50_000


class Outbox:
    """Filled by the adapter's thread, emptied by the platform's. `wake` is called when the first thing comes to wait.

    When nobody empties it, market data are let go (their numbers show the gap); with too many reports all are let go,
    and the line counts as lost from there, so that state is asked for before anything is trusted.
    """

    def __init__(self, venue: str, *, reports: int = REPORTS_MOST, data: int = DATA_MOST) -> None:
        self.wake: Callable[[], None] = lambda: None
        self.dropped = 0
        self._venue = venue
        self._reports_most = reports
        self._data_most = data
        self._lock = Lock()
        self._reports: deque[Report] = deque()
        self._data: deque[Mapping[str, Any]] = deque()
        self._overflown = 0

    def report(self, found: list[Report]) -> None:
        """Adds reports, in order."""
        if not found:
            return
        with self._lock:
            idle = not self._reports and not self._data
            if len(self._reports) + len(found) > self._reports_most:
                self._overflown = self._overflown or found[-1].ts
                self._reports.clear()
            elif not self._overflown:
                self._reports += found
        if idle:
            self.wake()

    def raw(self, message: Mapping[str, Any]) -> None:
        """Adds one message of market data."""
        with self._lock:
            idle = not self._reports and not self._data
            if len(self._data) >= self._data_most:
                self.dropped += len(self._data)
                self._data.clear()
            self._data.append(message)
        if idle:
            self.wake()

    def take(self) -> tuple[list[Report], list[Mapping[str, Any]]]:
        """All that waits."""
        with self._lock:
            reports, data, overflown = list(self._reports), list(self._data), self._overflown
            self._reports.clear()
            self._data.clear()
            self._overflown = 0
        if overflown:
            lost = LineLost(venue=self._venue, reason="more reports than could be taken", ts=overflown)
            reports = [lost, LineBack(venue=self._venue, ts=overflown)]
        return reports, data

    def __len__(self) -> int:
        return len(self._reports) + len(self._data)
