"""The run store port: back-tests that were kept."""

from __future__ import annotations

from typing import Protocol

from parrot.contracts.runs import RunRecord, SavedRun


class RunStore(Protocol):
    """Keeps runs. Every method raises StorageError when files cannot be read or written."""

    def save(self, run: SavedRun) -> str:
        """Keeps a run whole or not at all; returns the id that it was given."""

    def find(self, run_id: str) -> RunRecord:
        """The record of one run, by its id, by an unambiguous beginning of it, or "last". Raises MissingError."""

    def load(self, run_id: str) -> SavedRun:
        """One run with its frames. Raises MissingError."""

    def records(self) -> list[RunRecord]:
        """The records of all runs, newest first."""

    def drop(self, run_id: str) -> None:
        """Forgets a run for good, by its whole id. Raises MissingError."""
