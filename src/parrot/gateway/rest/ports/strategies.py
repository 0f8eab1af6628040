"""What the routes of strategies ask."""

from __future__ import annotations

from typing import Any, Protocol

from parrot.contracts.commands import RegisterStrategy


class StrategiesDoor(Protocol):
    """Thread-safe; rows are plain values by the names of the models. Raises errors of the tree."""

    def catalogue(self) -> list[dict[str, Any]]:
        """Every file that can be chosen, with what it holds."""

    def file_text(self, given: str) -> dict[str, str]:
        """The text of a file of the catalogue. Raises MissingError."""

    def rows(self) -> list[dict[str, Any]]:
        """Every registered strategy."""

    def row(self, strategy: str) -> dict[str, Any]:
        """One of them. Raises MissingError."""

    def facts(self, strategy: str) -> dict[str, Any] | None:
        """What its class declares; None where its file is not in the catalogue any more."""

    def versions(self, strategy: str) -> list[dict[str, Any]]:
        """Its versions, newest first. Raises MissingError."""

    def source(self, strategy: str, version: int) -> dict[str, Any]:
        """The text of a version, 0 for the newest. Raises MissingError."""

    def version_of(self, asked: dict[str, Any], by: str) -> RegisterStrategy:
        """A version from a file of the catalogue, tried out. Raises InputError, MissingError, StrategyError."""

    def named_version(self, asked: dict[str, Any], by: str) -> RegisterStrategy:
        """A version from any file of this machine. Raises InputError."""

    def paused(self, strategy: str) -> bool:
        """Whether it is paused and nothing else stops it. Raises MissingError."""

    def parity(self, strategy: str) -> dict[str, Any]:
        """The newest comparison with its back-test. Raises MissingError."""

    def ask_parity(self, strategy: str, by: str) -> dict[str, Any]:
        """Has it compared anew; the job. Raises MissingError, BusyError."""
