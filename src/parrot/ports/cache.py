"""The cache port: bytes by key that may be gone at any time, and that are then made anew by who needs them."""

from __future__ import annotations

from typing import Protocol


class Cache(Protocol):
    """Never the truth, and never in the way: a cache that fails is one that has nothing. Methods do not raise for that.

    Keys are text; they raise ParameterError when empty.
    """

    def get(self, key: str) -> bytes | None:
        """What was put there last, None when it is gone, was never there, or cannot be reached."""

    def put(self, key: str, value: bytes, ttl_s: float | None = None) -> None:
        """Keeps a value, for `ttl_s` seconds (more than 0) at most, as long as there is room."""

    def drop(self, key: str) -> None:
        """Forgets a value."""

    def clear(self) -> None:
        """Forgets all values of this cache."""

    def faults(self) -> int:
        """How many calls its carrier failed."""
