"""What is half done: signing in between two steps, a passkey's challenge, a visit to an identity provider."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from parrot.kernel.errors import AccessError
from parrot.ports.chance import Chance

_MOST: Final = 10_000
_TRIES: Final = 5


@dataclass(slots=True)
class Ticket:
    """`kind` says what it is good for; `held` what was put by."""

    kind: str
    user: str
    expires: int
    held: dict[str, str] = field(default_factory=dict)
    tries: int = 0


class Tickets:
    """In memory, each for a few minutes; who restarts begins again. The oldest make room."""

    def __init__(self, chance: Chance, now: Callable[[], int], lasts: int) -> None:
        self._chance = chance
        self._now = now
        self._lasts = lasts
        self._lock = Lock()
        self._kept: OrderedDict[str, Ticket] = OrderedDict()

    def make(self, kind: str, user: str = "", **held: str) -> str:
        """A new one; its text is given once."""
        text = self._chance.token()
        with self._lock:
            self._kept[mark_of(text)] = Ticket(kind, user, self._now() + self._lasts, held)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return text

    def look(self, text: str, kind: str) -> Ticket:
        """The ticket, which stays good for a few more tries. Raises AccessError."""
        with self._lock:
            found = self._kept.get(mark_of(text))
            if found is None or found.kind != kind or self._now() >= found.expires or found.tries >= _TRIES:
                raise _used_up()
            return found

    def wrong(self, text: str) -> None:
        """Counts a try that was wrong: a ticket takes five."""
        with self._lock:
            if (found := self._kept.get(mark_of(text))) is not None:
                found.tries += 1

    def take(self, text: str, kind: str) -> Ticket:
        """The ticket, for good. Raises AccessError."""
        found = self.look(text, kind)
        with self._lock:
            if self._kept.pop(mark_of(text), None) is None:
                raise _used_up()
        return found

    def forget(self, user: str) -> None:
        """Lets go of what somebody has half done."""
        with self._lock:
            for key in [key for key, ticket in self._kept.items() if ticket.user == user]:
                del self._kept[key]

    def tidy(self) -> None:
        """Lets go of those whose time is over."""
        now = self._now()
        with self._lock:
            for key in [key for key, ticket in self._kept.items() if now >= ticket.expires]:
                del self._kept[key]


def mark_of(text: str) -> str:
    """By what a random token is known again: its hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _used_up() -> AccessError:
    return AccessError("this took too long, or was used already", fix="begin again", reason="signed_out")
