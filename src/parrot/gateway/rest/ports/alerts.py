"""What the routes of alerts ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from parrot.contracts.access import Principal
from parrot.ports.history import Wanted


class AlertsDoor(Protocol):
    """What somebody should look at. Raises errors of the tree."""

    def page(self, wanted: Wanted, *, all_of_them: bool) -> tuple[list[dict[str, Any]], int]:
        """Alerts, newest first, and where the page ended (0: it is the last); without those that somebody has seen."""

    def standing(self) -> list[dict[str, Any]]:
        """What is wrong now: it goes away by itself once it is right again."""

    def acknowledge(self, ids: Sequence[str], who: Principal, by: str, note: str) -> int:
        """Notes that a person has seen alerts, durably; says how many were new. Raises MissingError."""
