"""The mail port: a short text to one address."""

from __future__ import annotations

from typing import Protocol


class Mail(Protocol):
    """Letters go out beside whoever sends them; one that cannot be delivered is said in the log."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Takes a letter on."""
