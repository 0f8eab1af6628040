"""What the routes of history ask."""

from __future__ import annotations

from typing import Protocol

from parrot.contracts.history import EquityRow, OrderRow
from parrot.ports.history import Found, HistoryReader, Wanted


class HistoryDoor(Protocol):
    """What happened; all that was durable when it was asked is in the answer. Raises StorageError."""

    async def caught_up(self) -> HistoryReader:
        """What answers without waiting for anybody, once all that is durable now is in it, or after half a second."""

    def orders(self, wanted: Wanted) -> Found:
        """Orders, newest first."""

    def fills(self, wanted: Wanted) -> Found:
        """Executions, newest first."""

    def decisions(self, wanted: Wanted) -> Found:
        """What gates said, newest first."""

    def postings(self, wanted: Wanted) -> Found:
        """Transactions of the ledger, newest first."""

    def activity(self, wanted: Wanted) -> Found:
        """What happened beside orders, newest first."""

    def order(self, order_id: int) -> OrderRow:
        """One order. Raises MissingError."""

    def events(self, order_id: int) -> list[bytes]:
        """The life of an order, oldest first, as JSON objects."""

    def equity(self, wanted: Wanted, points: int) -> list[EquityRow]:
        """The curve, oldest first, thinned."""
