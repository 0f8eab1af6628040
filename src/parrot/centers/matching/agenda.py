"""What happens when on virtual time: one queue for everything, first by time, then by when it was noted."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

Action = Callable[..., None]


class Agenda:
    """Actions with their times; `run` carries them out in order."""

    def __init__(self) -> None:
        self.now = 0
        self._queue: list[tuple[int, int, Action, tuple[Any, ...]]] = []
        self._count = 0

    def at(self, ts: int, action: Action, *arguments: Any) -> None:
        """Notes an action for `ts`, ns UTC; one of the past happens next."""
        self._count += 1
        heapq.heappush(self._queue, (ts, self._count, action, arguments))

    def due(self) -> int | None:
        """The time of the next action."""
        return self._queue[0][0] if self._queue else None

    def run(self, now: int) -> None:
        """Carries out all that is due up to `now`; what they note for that time too."""
        while self._queue and self._queue[0][0] <= now:
            ts, _, action, arguments = heapq.heappop(self._queue)
            self.now = max(self.now, ts)
            action(*arguments)
        self.now = max(self.now, now)
