"""What the routes of clients ask."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

from parrot.contracts.approvals import ApprovalKept, ApprovalKind, Person
from parrot.contracts.clients import ClientKept, ClientStatus, Contact


class ClientsDoor(Protocol):
    """The broker's clients and the accounts of the simulated exchange; rows are plain values, amounts decimal text.

    Raises MissingError for what is not there, also where there is no simulated exchange; InputError.
    """

    def clients(self) -> list[ClientKept]:
        """All clients."""

    def client(self, number: str) -> ClientKept:
        """One client."""

    def make(self, name: str, contact: Contact, notes: str, *, who: str) -> ClientKept:
        """A new client."""

    def change(
        self, number: str, version: int, *, name: str, status: ClientStatus, contact: Contact, notes: str, who: str
    ) -> ClientKept:
        """Other data for a client."""

    def erase(self, number: str, *, who: str) -> ClientKept:
        """Takes personal data away."""

    def open_account(self, number: str, account: str, *, who: str) -> ClientKept:
        """Opens an account, or takes one that has no client, for a client."""

    def is_account(self, account: str) -> bool:
        """Whether the exchange has that account."""

    def activity(self, number: str, *, before: int, limit: int) -> list[dict[str, Any]]:
        """What was done for a client, newest first."""

    def accounts(self, wanted: Callable[[str], bool]) -> list[dict[str, Any]]:
        """Accounts that `wanted` agrees to, with balances, worth, fees, open orders and client."""

    def account(self, account: str) -> dict[str, Any]:
        """One account, with its positions as well."""

    def orders(self, account: str, *, symbol: str, until: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Orders of an account, newest first, and up to which time the next page is; 0 for the last."""

    def trades(self, account: str, *, symbol: str, until: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Fills of an account, newest first, in the same way."""

    def ask(
        self, kind: ApprovalKind, account: str, asset: str, amount: Decimal, *, by: Person, reason: str
    ) -> ApprovalKept:
        """Asks for a deposit or a withdrawal."""

    def approve(self, number: str, *, by: Person) -> ApprovalKept:
        """Agrees to it. Raises AccessError for who asked."""

    def decline(self, number: str, *, by: Person, text: str) -> ApprovalKept:
        """Refuses it."""

    def withdraw(self, number: str, *, by: Person) -> ApprovalKept:
        """Takes it back."""
