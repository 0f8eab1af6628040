"""What the routes of market data need of the house."""

from __future__ import annotations

from typing import Any, Protocol

from parrot.contracts.access import Principal


class DataDoor(Protocol):
    """Thread-safe; rows are plain values, times ns UTC. Raises MissingError, InputError, StorageError, BusyError."""

    def facts(self) -> dict[str, Any]:
        """Exchanges and calendars that can be named."""

    def series(self) -> list[dict[str, Any]]:
        """Every series of both lakes, in order."""

    def download(self, who: Principal, wanted: dict[str, Any]) -> dict[str, Any]:
        """Begins a download."""

    def upload(self, who: Principal, wanted: dict[str, Any]) -> dict[str, Any]:
        """Takes a file and begins to import it."""

    def quality(self, who: Principal, source: str, calendar: str) -> dict[str, Any]:
        """Begins to look at a series."""

    def jobs(self) -> list[dict[str, Any]]:
        """Jobs on data, newest first."""

    def job(self, job_id: str) -> dict[str, Any]:
        """One of them. Raises MissingError."""

    def cancel(self, who: Principal, job_id: str) -> dict[str, Any]:
        """Ends one; what a download fetched stays."""

    def again(self, who: Principal, job_id: str) -> dict[str, Any]:
        """The same once more: a download goes on where it ended."""
