"""The fold: entries of the desk in, rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from parrot.centers.history.activity import activity_of
from parrot.centers.history.alerts import alert_of
from parrot.centers.history.events import event_of
from parrot.centers.history.moves import ALGOS, MOVES, filled_by_child, order_of
from parrot.centers.history.singles import decision_of, equity_of, fill_of, posting_of
from parrot.contracts import records
from parrot.contracts.history import ENDED, OrderRow, Rows
from parrot.contracts.message import Entry


class History:
    """Follows every entry once and in order; `take` gives the rows of a stretch."""

    def __init__(self, live: Iterable[OrderRow], ended: Callable[[int], OrderRow | None]) -> None:
        self._live = {row.order_id: row for row in live}
        self._ended = ended
        self._account = "main"
        self._rows = Rows()
        self._moved: dict[int, OrderRow] = {}

    def take(self, entries: Iterable[Entry]) -> Rows:
        """The rows that these entries make; an order that moved several times has one row, as it stands then."""
        self._rows, self._moved = Rows(), {}
        for entry in entries:
            self._follow(entry)
        self._rows.orders = list(self._moved.values())
        return self._rows

    def _follow(self, entry: Entry) -> None:
        record, rows = entry.record, self._rows
        if isinstance(record, records.OrderReceived):
            self._put(order_of(entry))
        elif (move := MOVES.get(type(record))) is not None:
            self._move(entry, move)
        elif isinstance(record, records.DecisionNoted):
            rows.decisions.append(decision_of(entry, self._account_of(record.order_id)))
        elif isinstance(record, records.EquityMarked):
            rows.equity.append(equity_of(entry))
        elif isinstance(record, records.LedgerPosted):
            rows.postings.append(posting_of(entry, self._account_of(record.order_id)))
        elif (told := activity_of(entry, self._account)) is not None:
            self._account = record.account if isinstance(record, records.DeskOpened) else self._account
            rows.activity.append(told)
        alert = alert_of(entry, self._account, self._order)
        if alert is not None:
            rows.alerts.append(alert)
        event = event_of(entry)
        if event is not None:
            rows.events.append(event)

    def _move(self, entry: Entry, move: Callable[[OrderRow, Entry], OrderRow]) -> None:
        before = self._order(entry.record.order_id)
        if before is None:
            return
        if isinstance(entry.record, records.OrderFilled):
            self._rows.fills.append(fill_of(entry, before))
            self._of_parent(before.parent, entry)
        self._put(move(before, entry))

    def _of_parent(self, order_id: int, entry: Entry) -> None:
        """An algo has filled what its children have."""
        parent = self._order(order_id) if order_id else None
        if parent is not None and parent.kind in ALGOS:
            self._put(filled_by_child(parent, entry))

    def _order(self, order_id: int) -> OrderRow | None:
        if not order_id:
            return None
        return self._live.get(order_id) or self._moved.get(order_id) or self._ended(order_id)

    def _put(self, row: OrderRow) -> None:
        self._moved[row.order_id] = row
        if row.status in ENDED:
            self._live.pop(row.order_id, None)
        else:
            self._live[row.order_id] = row

    def _account_of(self, order_id: int) -> str:
        row = self._order(order_id) if order_id else None
        return row.account if row is not None else self._account
