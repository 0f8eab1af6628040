"""The clock port: what time it is, and waiting."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Time of day for those who must know it; back-tests do not."""

    def now_ns(self) -> int:
        """Now, ns UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait that long."""
