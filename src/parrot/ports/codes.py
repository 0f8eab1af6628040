"""The codes port: what an authenticator shows."""

from __future__ import annotations

from typing import Protocol


class Codes(Protocol):
    """TOTP (RFC 6238): SHA-1, six digits, steps of thirty seconds, as every authenticator has it."""

    def code(self, secret: str, step: int) -> str:
        """The code of a secret (base32) in a time step."""

    def uri(self, secret: str, name: str) -> str:
        """What an authenticator reads from a picture."""

    def picture(self, text: str) -> str:
        """A text as a QR code, SVG without a style of its own."""
