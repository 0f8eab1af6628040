"""The passwords port: hashing that is slow on purpose."""

from __future__ import annotations

from typing import Protocol


class Passwords(Protocol):
    """Each call does one whole computation, in few threads; raises BusyError when too many wait."""

    def hash(self, password: str) -> str:
        """The hash to keep, with its salt and its parameters."""

    def verify(self, password: str, kept: str) -> bool:
        """Whether it is the password of a kept hash; an empty or foreign hash takes as long and is False."""

    def outdated(self, kept: str) -> bool:
        """Whether a kept hash was made with weaker parameters than today's."""
