"""A clock that goes only when it is told to."""

from __future__ import annotations

from parrot.kernel.errors import ParameterError


class SimulatedClock:
    """Begins at `start`, ns UTC; sleeping takes no time and moves it on."""

    def __init__(self, start: int = 0) -> None:
        self._now = start

    def now_ns(self) -> int:
        """Now, ns UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Moves the clock on by that."""
        self.move(round(seconds * 1_000_000_000))

    def move(self, ns: int) -> None:
        """Moves the clock on. Raises ParameterError for a step back."""
        if ns < 0:
            raise ParameterError(f"a clock does not go back by {-ns} ns", expected="0 or more")
        self._now += ns
