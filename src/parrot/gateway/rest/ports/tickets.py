"""What the routes of tickets need of the house."""

from __future__ import annotations

from typing import Any, Protocol

from parrot.contracts.commands import SubmitOrder


class TicketsDoor(Protocol):
    """Thread-safe; answers are plain values, amounts as decimal text."""

    def preview(self, order: SubmitOrder) -> dict[str, Any]:
        """What an order would cost and what every gate would say of it; nothing is recorded or set aside."""
