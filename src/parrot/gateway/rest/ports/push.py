"""What the routes of pushes need of the house."""

from __future__ import annotations

from typing import Any, Protocol

from parrot.contracts.access import Principal


class PushDoor(Protocol):
    """Thread-safe. Raises InputError, MissingError, StorageError."""

    def facts(self, who: Principal) -> dict[str, Any]:
        """Whether pushes are on, the key, one's own browsers."""

    def set(self, who: Principal, *, on: bool, contact: str) -> None:
        """Turns pushes on or off for everybody."""

    def subscribe(self, who: Principal, *, endpoint: str, p256dh: str, auth: str, label: str) -> None:
        """Has a browser get pushes."""

    def unsubscribe(self, who: Principal, subscription: str) -> None:
        """Ends pushes to a browser of theirs."""

    def test(self, who: Principal) -> None:
        """Sends a push to every browser of theirs."""
