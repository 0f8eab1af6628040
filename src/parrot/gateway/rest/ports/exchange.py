"""What the routes of the simulated exchange need of the house."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

from parrot.contracts.access import Principal


class ExchangeDoor(Protocol):
    """Thread-safe; rows are plain values. Raises InputError on a real venue, MissingError for what is not there."""

    def state(self, who: Principal) -> dict[str, Any]:
        """The exchange as it is, with the accounts that are theirs to see."""

    def port(self, who: Principal, *, opened: bool, port: int) -> None:
        """Opens or closes the port. Raises InputError when it is taken."""

    def phase(self, who: Principal, symbol: str, phase: str, reason: str) -> None:
        """Halts a symbol, or lets it trade again."""

    def tune(self, who: Principal, symbol: str, mood: dict[str, float]) -> None:
        """Makes a symbol's crowd another."""

    def faults(self) -> list[dict[str, Any]]:
        """Faults that are set; none while the port is closed."""

    def add_fault(self, who: Principal, spec: dict[str, Any]) -> dict[str, Any]:
        """Sets a fault. Raises InputError while the port is closed."""

    def clear_faults(self, who: Principal, number: int | None) -> int:
        """Takes one fault or all away. Raises MissingError for one that is not there."""

    def keys(self, who: Principal) -> list[dict[str, Any]]:
        """Keys of accounts that are theirs to see."""

    def add_key(self, who: Principal, account: str, *, may_trade: bool) -> dict[str, Any]:
        """Makes a key, with its secret."""

    def remove_key(self, who: Principal, key: str) -> None:
        """Takes a key away."""

    def faucet(self, who: Principal, account: str, asset: str, amount: Decimal) -> dict[str, Any]:
        """Brings test funds into an account."""
