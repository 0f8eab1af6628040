"""What the routes of settings and venues need of the house."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from parrot.contracts.access import Principal
from parrot.contracts.connections import Connection


class SettingsDoor(Protocol):
    """Thread-safe; rows are plain values, nothing secret in them. Raises MissingError, InputError, StorageError."""

    def facts(self) -> dict[str, Any]:
        """Settings as they are."""

    def venues(self) -> list[dict[str, Any]]:
        """Venues that were added."""

    def exchanges(self) -> list[str]:
        """What a venue can be of."""

    def add(self, who: Principal, connection: Connection, keys: Sequence[str], *, replace: bool) -> None:
        """Adds a venue with its keys."""

    def remove(self, who: Principal, name: str) -> None:
        """Lets go of a venue and its keys. Raises InputError for the one that is traded on."""

    def look(self, who: Principal, name: str, symbols: Sequence[str]) -> dict[str, Any]:
        """Looks at a venue without trading. Raises BusyError while another look is under way."""

    def live(
        self, who: Principal, name: str, symbols: Sequence[str], acknowledge: str, limits: dict[str, Decimal]
    ) -> dict[str, Any]:
        """What to write to go live; changes nothing."""
