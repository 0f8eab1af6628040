"""What the gateway remembers of requests that must not be done twice."""

from __future__ import annotations

from typing import Protocol

from parrot.contracts.receipts import Receipt


class Receipts(Protocol):
    """Receipts by who asked and their key, kept for a day, also over a restart. Thread-safe; calls may block."""

    def begin(self, who: str, key: str, asked: str) -> Receipt | None:
        """Notes that a request begins; the receipt where one with that key came before, and nothing is noted."""

    def finish(self, who: str, key: str, receipt: Receipt) -> None:
        """Keeps what was answered."""

    def drop(self, who: str, key: str) -> None:
        """Forgets a request that changed nothing: it may come again."""
