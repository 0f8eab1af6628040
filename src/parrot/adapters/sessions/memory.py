"""Sessions that survive a reconnect, and end with the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final

from parrot.ports.sessions import SessionKey

MESSAGES_MAX: Final = 20_000  # the newest that can be told again; older ones are only counted


class MemorySession:
    """One session in memory."""

    def __init__(self) -> None:
        self.incoming = 1
        self.outgoing = 1
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def expect(self, number: int) -> None:
        """Everything below `number` has been dealt with."""
        self.incoming = number

    def keep(self, message: bytes) -> None:
        """Our next message; an empty one is not to be told again."""
        if message:
            self._kept[self.outgoing] = message
            if len(self._kept) > MESSAGES_MAX:
                self._kept.popitem(last=False)
        self.outgoing += 1

    def skip(self, number: int) -> None:
        """Our next message has that number; those between are not to be told again."""
        self.outgoing = number

    def kept(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """Messages to tell again, by number."""
        for number in range(max(first, next(iter(self._kept), first)), min(last, self.outgoing - 1) + 1):
            message = self._kept.get(number)
            if message is not None:
                yield number, message

    def reset(self) -> None:
        """Both sides begin again at 1."""
        self.incoming = self.outgoing = 1
        self._kept.clear()

    def close(self) -> None:
        """Nothing to let go of."""


class MemorySessions:
    """Sessions of one process."""

    def __init__(self) -> None:
        self._sessions: dict[SessionKey, MemorySession] = {}

    def known(self) -> Sequence[SessionKey]:
        """The sessions that there are."""
        return list(self._sessions)

    def open(self, key: SessionKey) -> MemorySession:
        """One of them, made where it is missing."""
        return self._sessions.setdefault(key, MemorySession())
