"""What happened, asked of the history beside the desk."""

from __future__ import annotations

from parrot.app.platform.history import History
from parrot.contracts.history import EquityRow, OrderRow
from parrot.kernel.errors import MissingError
from parrot.ports.history import Found, HistoryReader, Wanted


class HistoryQuestions:
    """Each waits a moment until all that is durable is in the history, then reads."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def caught_up(self) -> HistoryReader:
        """What answers at once."""
        await self._history.settled()
        return self._history.reader

    def orders(self, wanted: Wanted) -> Found:
        """Orders, newest first."""
        self._history.settle()
        return self._history.reader.orders(wanted)

    def fills(self, wanted: Wanted) -> Found:
        """Executions, newest first."""
        self._history.settle()
        return self._history.reader.fills(wanted)

    def decisions(self, wanted: Wanted) -> Found:
        """What gates said, newest first."""
        self._history.settle()
        return self._history.reader.decisions(wanted)

    def postings(self, wanted: Wanted) -> Found:
        """Transactions of the ledger, newest first."""
        self._history.settle()
        return self._history.reader.postings(wanted)

    def activity(self, wanted: Wanted) -> Found:
        """What happened beside orders, newest first."""
        self._history.settle()
        return self._history.reader.activity(wanted)

    def order(self, order_id: int) -> OrderRow:
        """One order. Raises MissingError."""
        self._history.settle()
        found = self._history.reader.order(order_id) if 0 < order_id < 1 << 63 else None
        if found is None:
            raise MissingError(f"there is no order {order_id}", expected="its number", fix="parrot order ls")
        return found

    def events(self, order_id: int) -> list[bytes]:
        """The life of an order, oldest first."""
        return self._history.reader.events(order_id)

    def equity(self, wanted: Wanted, points: int) -> list[EquityRow]:
        """The curve, oldest first, thinned."""
        self._history.settle()
        return self._history.reader.equity(wanted, points)
