"""The chance port: what nobody can guess."""

from __future__ import annotations

from typing import Protocol


class Chance(Protocol):
    """Where tokens, salts and codes come from."""

    def token(self, size: int = 32) -> str:
        """That many random bytes as base64url without padding."""

    def pick(self, alphabet: str, length: int) -> str:
        """A text of characters drawn from `alphabet`."""
