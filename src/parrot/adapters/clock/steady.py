"""Time of day that never jumps: it goes on with the monotonic clock from where it began."""

from __future__ import annotations

import time


class SteadyClock:
    """Begins at the time of day, or at `after` where that is later, and goes on with the monotonic clock, ns UTC.

    A step of the system's clock moves nothing here; `offset_ns` says how far the two are apart.
    """

    def __init__(self, after: int = 0) -> None:
        self._start = max(time.time_ns(), after + 1)
        self._begin = time.monotonic_ns()

    def now_ns(self) -> int:
        """Now, ns UTC; never falls."""
        return self._start + time.monotonic_ns() - self._begin

    def sleep(self, seconds: float) -> None:
        """Wait that long."""
        time.sleep(seconds)

    @property
    def offset_ns(self) -> int:
        """The system's time of day less this clock's, ns."""
        return time.time_ns() - self.now_ns()
