"""The loop: turns of the spine as long as the process runs, woken by pipes, commands and time."""

from __future__ import annotations

import os
import selectors
import signal
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Final, Self

from parrot.ports.clock import Clock

_IDLE_NS: Final = 20_000_000
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Loop:
    """Calls `turn(now)` again and again until a signal or `stop`; sleeps in between unless something can be read."""

    def __init__(self, clock: Clock, turn: Callable[[int], bool], readable: Callable[[], Iterable[int]]) -> None:
        self._clock = clock
        self._turn = turn
        self._readable = readable
        self._selector = selectors.DefaultSelector()
        self._watched: set[int] = set()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._before: dict[int, Any] = {}
        self.stopping = False

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, lambda *_: self.stop())
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def stop(self) -> None:
        """Ends the loop after the turn that is under way; any thread and a signal handler may call it."""
        self.stopping = True
        self.wake()

    def wake(self) -> None:
        """Ends the pause; any thread may call it."""
        try:
            os.write(self._wake_write, b".")
        except (BlockingIOError, OSError):
            return  # it is awake already, or over

    def run(self) -> None:
        """Turns until it is stopped."""
        while not self.stopping:
            now = self._clock.now_ns()
            worked = self._turn(now)
            self._watch()
            spent = self._clock.now_ns() - now
            pause = 0 if worked else max(0, _IDLE_NS - spent)
            for key, _ in self._selector.select(pause / 1e9):
                if key.fd == self._wake_read:
                    self._drain()

    def _watch(self) -> None:
        wanted = set(self._readable())
        for number in self._watched - wanted:
            self._selector.unregister(number)
        for number in wanted - self._watched:
            self._selector.register(number, selectors.EVENT_READ)
        self._watched = wanted

    def _drain(self) -> None:
        try:
            while os.read(self._wake_read, 4096):
                pass
        except BlockingIOError:
            return
