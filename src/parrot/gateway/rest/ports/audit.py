"""What the routes of the audit log need of the house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from parrot.contracts.access import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFilter:
    """Which acts: by person, by kind, from and to before a time (ns UTC), with a text anywhere; empty is all."""

    who: str = ""
    what: str = ""
    begin: int = 0
    end: int = 1 << 63
    text: str = ""


class AuditDoor(Protocol):
    """Thread-safe; rows are plain values, times ns UTC. Raises MissingError, StorageError, BusyError."""

    def facts(self) -> dict[str, Any]:
        """The log as a whole."""

    def acts(self, wanted: ActFilter, *, before: int, limit: int) -> tuple[list[dict[str, Any]], bool]:
        """Acts with a number below `before`, newest first, and whether there are more."""

    def every(self, wanted: ActFilter, who: Principal) -> Iterator[dict[str, Any]]:
        """All acts, oldest first; that they were taken out is itself an act of `who`."""

    def check(self, who: Principal) -> dict[str, Any]:
        """Begins a check of every durable file."""

    def checks(self) -> list[dict[str, Any]]:
        """Checks, newest first."""

    def one_check(self, check_id: str) -> dict[str, Any]:
        """One check. Raises MissingError."""

    def cancel_check(self, check_id: str) -> dict[str, Any]:
        """Ends a check."""
