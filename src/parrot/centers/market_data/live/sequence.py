"""Numbers of a stream: what is new, what came twice, what is missing, and when counting began anew."""

from __future__ import annotations

from collections.abc import Callable

OnGap = Callable[[int, int], None]


class Sequence:
    """The numbers of one stream; the first one seen begins it."""

    __slots__ = ("_climb", "_climbed", "_on_gap", "_restart", "last", "missed", "restarts")

    def __init__(self, restart: int, on_gap: OnGap) -> None:
        self.last = 0
        self.missed = 0
        self.restarts = 0
        self._restart = restart
        self._on_gap = on_gap
        self._climb = 0
        self._climbed = 0

    def refuses(self, number: int) -> str:
        """The gate that keeps a number back, or "" when it is the next one; a gap is told and counted."""
        last = self.last
        if number == last + 1:
            self.last = number
            self._climbed = 0
            return ""
        return self._irregular(number, last)

    def _irregular(self, number: int, last: int) -> str:
        if number > last:
            if last:
                self._gap(last + 1, number - 1)
            self.last = number
            self._climbed = 0
            return ""
        if number == last:
            return "duplicate"
        return "" if self._begins_anew(number) else "backward sequence"

    def _gap(self, first: int, last: int) -> None:
        self.missed += last - first + 1
        self._on_gap(first, last)

    def _begins_anew(self, number: int) -> bool:
        """Whether so many low numbers came in rising order that the venue must have begun to count again."""
        self._climbed = self._climbed + 1 if number > self._climb else 1
        self._climb = number
        if self._climbed < self._restart:
            return False
        self.last, self._climbed = number, 0
        self.restarts += 1
        return True
