"""The seals port: texts that are no use without a key, each bound to whose it is and what it is for."""

from __future__ import annotations

from typing import Protocol


class Seals(Protocol):
    """Keys come wrapped by the master key. `bound` names owner and purpose: a sealed text opens nowhere else.

    Raises DataError for what was altered, moved or sealed by another key; MissingError without the master key.
    """

    def new_key(self, owner: str) -> str:
        """A new key of `owner`, wrapped."""

    def seal(self, text: str, key: str, *, owner: str, bound: str) -> str:
        """The text, sealed with `owner`'s wrapped key."""

    def open(self, sealed: str, key: str, *, owner: str, bound: str) -> str:
        """The text that was sealed."""

    def mark(self, text: str, key: str, *, owner: str, bound: str) -> str:
        """A mark (HMAC-SHA256, hex) by which a text is known again and that says nothing of it."""

    def forget(self) -> None:
        """Lets go of keys that are open in memory."""
