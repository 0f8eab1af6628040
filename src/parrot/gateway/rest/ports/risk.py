"""What the routes of risk ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from parrot.contracts.approvals import ApprovalKept, Person


class RiskDoor(Protocol):
    """Answers are plain values: amounts as decimal text, times ns UTC."""

    def tree(self) -> dict[str, Any]:
        """The tree of scopes with their limits, what is stopped, and the rules that there are."""

    def exposures(self) -> dict[str, Any]:
        """What is held, by symbol, strategy and currency."""

    def stress(self) -> dict[str, Any]:
        """What a fall of prices would cost."""

    def past(self, *, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Kills, breakers, re-arming and limits set, newest first; and where the next page begins, 0: nowhere."""

    def drill(self, *, by: str, source: str) -> dict[str, Any]:
        """Engages and re-arms the kill switch on a scope that holds nothing, with an order against it."""

    def preview(self, scope: str, limits: Mapping[str, str]) -> dict[str, Any]:
        """What a change of limits would mean, and what of it cannot be read."""

    def put_limits(
        self, scope: str, limits: Mapping[str, str], *, by: Person, reason: str, version: int | None, alone: bool
    ) -> ApprovalKept | None:
        """Binds limits, or gives the request that waits for another person. Raises InputError."""

    def approve(self, number: str, *, by: Person) -> ApprovalKept:
        """Agrees to a request about limits. Raises AccessError, InputError, MissingError."""

    def decline(self, number: str, *, by: Person, text: str) -> ApprovalKept:
        """Refuses it."""

    def withdraw(self, number: str, *, by: Person) -> ApprovalKept:
        """Takes it back."""


class ApprovalsDoor(Protocol):
    """Requests of every kind."""

    def get(self, number: str) -> ApprovalKept:
        """One request. Raises MissingError."""

    def open(self) -> list[ApprovalKept]:
        """Those that wait, oldest first."""

    def newest(self, *, before: str, limit: int) -> list[ApprovalKept]:
        """Newest first, those numbered below `before` where one is given."""
