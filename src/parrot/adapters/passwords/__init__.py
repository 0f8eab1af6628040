"""The passwords port: Argon2id by pwdlib, in few threads of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import BoundedSemaphore
from typing import Final, TypeVar

from pwdlib.hashers.argon2 import Argon2Hasher

from parrot.kernel.errors import BusyError

WAITING_MOST: Final = 16
_T = TypeVar("_T")


class ArgonPasswords:
    """Argon2id with 64 MiB and three passes; `threads` compute, `waiting` may wait, whoever comes then hears of it.

    However many log in, memory and cores that it takes have an end.
    """

    def __init__(
        self, *, threads: int = 1, waiting: int = WAITING_MOST, memory_kib: int = 65_536, passes: int = 3
    ) -> None:
        self._hasher = Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._room = BoundedSemaphore(threads + waiting)

    def hash(self, password: str) -> str:
        """The hash to keep."""
        return self._in_turn(lambda: self._hasher.hash(password))

    def verify(self, password: str, kept: str) -> bool:
        """Whether it is the password of a kept hash; without one the same work is done for nothing."""
        return self._in_turn(lambda: self._verify(password, kept))

    def outdated(self, kept: str) -> bool:
        """Whether a kept hash was made with other parameters than today's."""
        return not self._hasher.identify(kept) or self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        """Lets go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("a password that nobody has")

    def _verify(self, password: str, kept: str) -> bool:
        ours = self._hasher.identify(kept)
        return bool(self._hasher.verify(password, kept if ours else self._decoy)) and ours

    def _in_turn(self, work: Callable[[], _T]) -> _T:
        if not self._room.acquire(blocking=False):
            raise BusyError("too many are signing in", fix="try again in a moment")
        try:
            return self._pool.submit(work).result()
        finally:
            self._room.release()
