"""When the venue may be asked again: pauses between questions about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# What a question is about that is about no single order: the state of the account.
STATE: Final = 0


@dataclass(slots=True)
class _Asked:
    at: int = 0
    wait: int = 0
    patience: int = 0


class Questions:
    """When something was last asked, by order or about the `STATE`; all times and pauses in ns.

    Everything is measured between two moments of one process, so that a clock which was put right at a start neither
    stretches a pause nor cuts it.
    """

    def __init__(self, *, every: int, seldom: int) -> None:
        self._every = every
        self._seldom = seldom
        self._asked: dict[int, _Asked] = {}

    def may(self, about: int, now: int, pause: int) -> bool:
        """Whether `pause` is over, and the wait that the venue named."""
        asked = self._asked.get(about)
        # Behind a moment that is still to come the clock was set back: to wait for it might take hours.
        return asked is None or not 0 <= now - asked.at < pause + asked.wait

    def ask(self, about: int, now: int) -> None:
        """Notes a question."""
        asked = self._asked.setdefault(about, _Asked())
        asked.at, asked.wait = now, 0
        asked.patience = min(max(self._every, asked.patience + asked.patience // 4), self._seldom)

    def unanswered(self, about: int, now: int, wait: int) -> None:
        """Begins the pause anew where no answer came; `wait` is what the venue named, 0 for nothing."""
        asked = self._asked.setdefault(about, _Asked())
        asked.at, asked.wait = now, wait

    def patience(self, about: int) -> int:
        """The pause behind a question that no answer may ever settle: a quarter longer each time it was asked."""
        asked = self._asked.get(about)
        return max(self._every, asked.patience) if asked else self._every

    def forget(self, about: int) -> None:
        """Lets go of what was noted: it may be asked at once."""
        self._asked.pop(about, None)
