"""Virtual time: what happens next, in order of time and, at the same time, in order of asking."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

Action = Callable[[], None]


class Agenda:
    """A heap of actions. `now` is the true time, ns; nothing else in a run has one."""

    def __init__(self, now: int) -> None:
        self.now = now
        self._heap: list[tuple[int, int, Action]] = []
        self._asked = 0

    def after(self, delay: int, action: Action) -> None:
        self._asked += 1
        heappush(self._heap, (self.now + delay, self._asked, action))

    def run(self, until: int) -> None:
        while self._heap and self._heap[0][0] <= until:
            self.now, _, action = heappop(self._heap)
            action()
        self.now = until
