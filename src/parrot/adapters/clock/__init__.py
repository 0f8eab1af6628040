"""The machine's clock."""

from __future__ import annotations

import time


class SystemClock:
    """Time of this machine."""

    def now_ns(self) -> int:
        """Now, ns UTC."""
        return time.time_ns()

    def sleep(self, seconds: float) -> None:
        """Wait that long."""
        time.sleep(seconds)
