"""The cache port in this process: what was not used for longest makes room."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from math import inf

from parrot.adapters.cache.keys import checked, checked_ttl

_ROOM_BYTES = 64 * 2**20


class MemoryCache:
    """Keeps at most `room_bytes` of keys and values; `now` is a clock in seconds that does not jump."""

    def __init__(self, room_bytes: int = _ROOM_BYTES, now: Callable[[], float] = time.monotonic) -> None:
        self._room = room_bytes
        self._now = now
        self._kept: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> bytes | None:
        """What was put there last, None when it is gone."""
        value, until = self._kept.get(checked(key), (None, 0.0))
        if value is None:
            return None
        if self._now() >= until:
            self.drop(key)
            return None
        self._kept.move_to_end(key)
        return value

    def put(self, key: str, value: bytes, ttl_s: float | None = None) -> None:
        """Keeps a value; one that is larger than the room is not kept."""
        ttl_s = checked_ttl(ttl_s)
        self.drop(key)
        if _size(key, value) > self._room:
            return
        self._kept[key] = (value, inf if ttl_s is None else self._now() + ttl_s)
        self._bytes += _size(key, value)
        while self._bytes > self._room:
            self.drop(next(iter(self._kept)))

    def drop(self, key: str) -> None:
        """Forgets a value."""
        value, _ = self._kept.pop(checked(key), (None, 0.0))
        if value is not None:
            self._bytes -= _size(key, value)

    def clear(self) -> None:
        """Forgets all values."""
        self._kept.clear()
        self._bytes = 0

    def faults(self) -> int:
        """None: memory does not fail."""
        return 0


def _size(key: str, value: bytes) -> int:
    return len(key.encode()) + len(value)
