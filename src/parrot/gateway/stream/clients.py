"""One client's queue: bounded; old states make room for new ones; who is too slow for what may not be lost is cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from parrot.contracts.access import Principal
from parrot.gateway.stream.topics import Line, Message

WAITING_MOST: Final = 8  # changes of one conflated channel that wait before they make room for a snapshot
FRAMES_MOST: Final = 1_000
BYTES_MOST: Final = 1 << 20
SIGNED_OUT, FORBIDDEN, TOO_SLOW, TOO_MANY = 4401, 4403, 4408, 4429

Write = Callable[[bytes], bool]


class Client:
    """Who hears, which lines, and what waits for it. `wake` says that something waits or that it is to be closed.

    `write` hands a frame to the socket at once where that takes it, and says whether it did.
    """

    def __init__(self, who: Principal, wake: Callable[[], None], write: Write | None = None) -> None:
        self.who = who
        self.lines: dict[str, Line] = {}
        self.closing: tuple[int, str] | None = None
        self._wake = wake
        self._write = write
        self._queue: deque[tuple[Line | None, Message | None]] = deque()
        self._waiting: dict[Line, int] = {}
        self._stale: set[Line] = set()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def bytes_waiting(self) -> int:
        """How much memory waits for it."""
        return self._bytes

    def tell(self, said: Message, line: Line | None = None) -> None:
        """Hands a message on, of a line where it has one."""
        if self.closing is not None or (line is not None and line in self._stale):
            return
        if not self._queue and self._write is not None and self._write(said.frame):
            return
        conflated = line is not None and line.topic.channel.conflated
        if line is not None and conflated and (self._waiting.get(line, 0) >= WAITING_MOST or self._is_full(said)):
            self._make_room(line)
            return
        if self._is_full(said):
            self.close(TOO_SLOW, "too slow: come again, and begin with snapshots")
            return
        self._append(line, said)

    def take(self, snapshot: Callable[[Line], Message]) -> Message | None:
        """The next message, None when none waits; `snapshot` gives the state of a line that made room."""
        if not self._queue:
            return None
        line, said = self._queue.popleft()
        if line is not None:
            self._waiting[line] -= 1
        if said is None:
            assert line is not None  # only states of lines are left out
            state = snapshot(line)  # what is told of the line meanwhile is in it
            self._stale.discard(line)
            return state
        self._bytes -= len(said.text)
        return said

    def forget(self, line: Line) -> None:
        """Takes away what waits of a line."""
        kept = [(of, said) for of, said in self._queue if of is not line]
        self._queue = deque(kept)
        self._bytes = sum(len(said.text) for _, said in kept if said is not None)
        self._waiting.pop(line, None)
        self._stale.discard(line)

    def close(self, code: int, reason: str) -> None:
        """Has it closed; what waits is let go."""
        if self.closing is None:
            self.closing = (code, reason)
            self._queue.clear()
            self._bytes = 0
            self._wake()

    def _is_full(self, said: Message) -> bool:
        return len(self._queue) >= FRAMES_MOST or self._bytes + len(said.text) > BYTES_MOST

    def _make_room(self, line: Line) -> None:
        """One state when it can take one, in the place of all changes that wait."""
        self.forget(line)
        self._stale.add(line)
        self._append(line, None)

    def _append(self, line: Line | None, said: Message | None) -> None:
        if line is not None:
            self._waiting[line] = self._waiting.get(line, 0) + 1
        self._queue.append((line, said))
        self._bytes += len(said.text) if said is not None else 0
        self._wake()
