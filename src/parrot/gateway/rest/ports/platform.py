"""What the gateway needs of a running platform."""

from __future__ import annotations

from typing import Any, Protocol

from parrot.contracts.message import Entry


class RunningPlatform(Protocol):
    """Thread-safe; calls wait for their answer. They raise errors of the tree, and TimeoutError when nobody answers."""

    @property
    def token(self) -> str:
        """What commands must bring along."""

    def ask(self, command: Any) -> list[Entry]:
        """Takes a command; its entries once they are durable."""

    def status(self) -> dict[str, Any]:
        """Counts, positions, equity, ages and queues as plain values."""

    def rows(self, what: str, limit: int) -> list[dict[str, Any]]:
        """Newest first: "groups", "positions", "strategies", "limits"."""

    def metrics(self) -> str:
        """Everything that is measured, in the text format of Prometheus."""
