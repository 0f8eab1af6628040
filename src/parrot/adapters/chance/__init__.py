"""The chance port on the operating system."""

from __future__ import annotations

import secrets


class SystemChance:
    """What nobody can guess, from the operating system."""

    def token(self, size: int = 32) -> str:
        """That many random bytes as base64url without padding."""
        return secrets.token_urlsafe(size)

    def pick(self, alphabet: str, length: int) -> str:
        """A text of characters drawn from `alphabet`."""
        return "".join(secrets.choice(alphabet) for _ in range(length))
