"""The cache port on Redis or Valkey."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import Any, Final, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from parrot.adapters.cache.keys import checked, checked_ttl
from parrot.kernel.errors import ParameterError

T = TypeVar("T")
_REST_S: Final = 1.0
_PAGE: Final = 1_000


class RedisCache:
    """Keys below `space` of the server at `url` ("redis://[:password@]host:port/0").

    A call waits `patience_s` at most; after one that failed the server is left alone for a second, so that a dead
    cache does not slow its users down. Raises ParameterError for what is no address.
    """

    def __init__(self, url: str, *, space: str = "parrot", patience_s: float = 0.25) -> None:
        try:
            self._server = redis.Redis.from_url(
                url, socket_timeout=patience_s, socket_connect_timeout=patience_s, retry=Retry(NoBackoff(), 0)
            )
        except ValueError:  # its text may hold the password
            raise ParameterError("that is no address of a Redis", expected="redis://:password@host:port/0") from None
        self._space = space
        self._faults = 0
        self._rests_until = 0.0

    def get(self, key: str) -> bytes | None:
        """What was put there last, None when it is gone or the server fails."""
        name = self._name(key)
        found: Any = self._ask(lambda: self._server.get(name), None)
        return found if isinstance(found, bytes) else None

    def put(self, key: str, value: bytes, ttl_s: float | None = None) -> None:
        """Keeps a value, unless the server fails: then none is kept under its key as far as this process can tell."""
        name, ttl_s = self._name(key), checked_ttl(ttl_s)
        life_ms = None if ttl_s is None else ceil(ttl_s * 1000)
        self._ask(lambda: self._server.set(name, value, px=life_ms), None)

    def drop(self, key: str) -> None:
        """Forgets a value."""
        name = self._name(key)
        self._ask(lambda: self._server.delete(name), None)

    def clear(self) -> None:
        """Forgets all values below this cache's space."""
        self._ask(self._delete_all, None)

    def faults(self) -> int:
        """Calls that the server did not answer, those left out while it rests included."""
        return self._faults

    def _delete_all(self) -> None:
        for name in self._server.scan_iter(match=f"{_plain(self._space)}:*", count=_PAGE):
            self._server.delete(name)

    def _name(self, key: str) -> str:
        return f"{self._space}:{checked(key)}"

    def _ask(self, call: Callable[[], T], otherwise: T) -> T:
        if time.monotonic() < self._rests_until:
            self._faults += 1
            return otherwise
        try:
            return call()
        except redis.RedisError:
            self._faults += 1
            self._rests_until = time.monotonic() + _REST_S
            return otherwise


def _plain(text: str) -> str:
    """A text as a pattern that fits itself only."""
    return "".join(f"\\{letter}" if letter in "*?[]\\^" else letter for letter in text)
