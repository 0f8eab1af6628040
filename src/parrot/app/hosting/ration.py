"""How much one strategy may ask for and have noted, so that it cannot fill the records of all."""

from __future__ import annotations

from collections import deque
from typing import Final

A_SECOND: Final = 200
"""Orders and notes of one strategy in a second."""
_SECOND: Final = 10**9
_WINDOW: Final = 60  # s
_MOST_FLOODED: Final = 5  # seconds of a window; one that acts on a bar every few seconds is found as well


class Ration:
    """What is left of this second, and in how many of the last minute it was not enough."""

    def __init__(self) -> None:
        self._second, self._taken, self._over = 0, 0, 0
        self._flooded: deque[int] = deque()

    def take(self, now: int) -> bool:
        """True while this second has room for one more."""
        second = now // _SECOND
        if second != self._second:
            self._second, self._taken = second, 0
        self._taken += 1
        if self._taken <= A_SECOND:
            return True
        self._over += 1
        if not self._flooded or self._flooded[-1] != second:
            self._flooded.append(second)
        while self._flooded[0] <= second - _WINDOW:
            self._flooded.popleft()
        return False

    def over(self, now: int, *, ended: bool = False) -> int:
        """How many were too many since this was last said; 0 while the second lasts, unless all has `ended`."""
        if not ended and now // _SECOND == self._second:
            return 0
        over, self._over = self._over, 0
        return over

    @property
    def flood(self) -> str:
        """What is wrong where it goes on, empty where nothing is."""
        seconds = len(self._flooded)
        told = f"more than {A_SECOND} orders and notes a second, in {seconds} seconds of the last {_WINDOW}"
        return told if seconds >= _MOST_FLOODED else ""
