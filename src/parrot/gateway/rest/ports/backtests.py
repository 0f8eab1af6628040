"""What the routes of back-tests ask: kept runs with their curves, and the jobs that make them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from parrot.contracts.jobs import Asked, Job


class BacktestsDoor(Protocol):
    """Thread-safe; rows are plain values by the names of the models. Raises errors of the tree."""

    def runs(self) -> list[dict[str, Any]]:
        """Every kept run, newest first, without its curve."""

    def with_curves(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same rows with small curves."""

    def run(self, run_id: str) -> dict[str, Any]:
        """One run with all its figures. Raises MissingError."""

    def charts(self, run_id: str) -> dict[str, dict[str, Any]]:
        """Its "equity", "drawdown", "monthly", "distribution", made small for charts. Raises MissingError."""

    def rows(self, run_id: str, what: str) -> list[dict[str, Any]]:
        """Its "trades" or "orders", every one. Raises MissingError."""

    def compare(self, run_ids: Sequence[str]) -> dict[str, Any]:
        """Runs side by side. Raises MissingError."""

    def report(self, run_id: str) -> tuple[str, str]:
        """Its report as a page, and the content policy of that page. Raises MissingError."""

    def drop(self, run_id: str) -> None:
        """Forgets a run for good. Raises MissingError."""

    def datasets(self) -> list[dict[str, Any]]:
        """Data that can be back-tested on."""

    def jobs(self) -> list[dict[str, Any]]:
        """Every job, newest first."""

    def job(self, job_id: str) -> dict[str, Any]:
        """One job. Raises MissingError."""

    def ask(self, asked: Asked, by: str) -> Job:
        """Puts a job into the row, when it can be done. Raises InputError, MissingError, BusyError."""

    def again(self, job_id: str, by: str) -> Job:
        """The same job once more. Raises MissingError, InputError, BusyError."""

    def cancel(self, job_id: str) -> Job:
        """Ends a job. Raises MissingError."""
