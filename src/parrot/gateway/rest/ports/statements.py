"""What the routes of statements ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class StatementsDoor(Protocol):
    """Statements are made beside the platform, as jobs; nothing here waits for one. Answers are plain values."""

    def months(self) -> list[dict[str, Any]]:
        """The months that have a statement, newest first."""

    def made(self) -> list[dict[str, Any]]:
        """Statements that were asked for, newest first."""

    def ask(self, since: int, until: int, by: str) -> dict[str, Any]:
        """Has one made, unless it is there already or on its way. Raises ParameterError, BusyError."""

    def one(self, statement_id: str) -> dict[str, Any]:
        """One of them. Raises MissingError."""

    def cancel(self, statement_id: str) -> dict[str, Any]:
        """Ends its making. Raises MissingError."""

    def file(self, statement_id: str, form: str) -> Path:
        """Its file as "html", "csv" or "json". Raises MissingError, InputError where it is not finished."""
