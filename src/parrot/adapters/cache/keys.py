"""What every cache refuses."""

from __future__ import annotations

from parrot.kernel.errors import ParameterError


def checked(key: str) -> str:
    """The key. Raises ParameterError."""
    if not key:
        raise ParameterError("a key is empty", expected="text")
    return key


def checked_ttl(ttl_s: float | None) -> float | None:
    """The time to live. Raises ParameterError unless it is None or more than nothing."""
    if ttl_s is not None and not 0 < ttl_s < float("inf"):
        raise ParameterError(f"a value cannot live for {ttl_s} s", expected="more than 0, or None for no limit")
    return ttl_s
