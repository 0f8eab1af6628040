"""What the desk wrote down, as it comes: appended by the thread that trades, taken by the one that tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from parrot.app.platform.history import History
from parrot.centers.history import manifest as fold
from parrot.contracts.history import ENDED, OrderRow, Rows
from parrot.contracts.message import Entry
from parrot.ports.history import Standing

KEYED: Final = ("orders",)
LOGS: Final = ("fills", "decisions", "equity", "activity")
_WAITING_MOST: Final = 8_192  # batches
_LATEST_MOST: Final = 10_000  # orders whose last row is known here, for what comes behind their end
_MAIN: Final = "main"

Change = tuple[str, list[Any], list[Any]]


class DeskNews:
    """Follows the desk while somebody listens. `heard` is a watcher of the desk; all else is of the telling thread.

    It keeps what the channels hold: orders that live with the newest that ended, and the newest of each other kind.
    """

    def __init__(self, history: History, kept: int) -> None:
        self.on = False
        self.behind = True  # what came was dropped, or it has not begun: it has to begin anew
        self._history = history
        self._kept = kept
        self._waiting: deque[Sequence[Entry]] = deque(maxlen=_WAITING_MOST)
        self._fold = fold.build()
        self._seq = 0
        self._orders: dict[int, OrderRow] = {}
        self._ended: deque[int] = deque()
        self._latest: dict[int, OrderRow] = {}
        self._logs: dict[str, deque[Any]] = {}

    def heard(self, entries: Sequence[Entry]) -> None:
        """Takes what was committed; costs the trading thread an append."""
        if self.on:
            self._waiting.append(entries)

    def standing(self, orders: int, rows: int) -> Standing:
        """How things stand in the history; waits for it, so not in the telling thread."""
        self._history.settle()
        return self._history.reader.standing(orders, rows)

    def begin(self, standing: Standing) -> None:
        """Goes on from there."""
        live = [row for row in standing.orders if row.status not in ENDED]
        self._fold = fold.build(live, self._ended_one)
        self._seq, self.behind = standing.seq, False
        self._latest = {row.order_id: row for row in standing.orders}
        self._orders = {row.order_id: row for row in standing.orders if row.account == _MAIN}
        self._ended = deque(number for number, row in self._orders.items() if row.status in ENDED)
        self._logs = {name: deque(map(msgspec.Raw, getattr(standing, name)), maxlen=self._kept) for name in LOGS}

    def stop(self) -> None:
        """Nobody listens any more."""
        self.on, self.behind = False, True
        self._waiting.clear()

    def state(self, name: str) -> list[Any]:
        """What a channel holds."""
        return list(self._orders.values()) if name in KEYED else list(self._logs.get(name, ()))

    def take(self, most: int) -> Iterator[Change]:
        """What came, at most `most` batches: channel, rows, keys that go. `behind` afterwards where some is lost."""
        made = self._folded(most)
        moved = [row for rows in made for row in rows.orders if row.account == _MAIN]
        gone = self._make_room() if moved else []
        for row in moved:
            before = self._orders.get(row.order_id)
            if row.status in ENDED and (before is None or before.status not in ENDED):
                self._ended.append(row.order_id)
            self._orders[row.order_id] = row
        if moved or gone:
            yield "orders", moved, gone
        for name in (*LOGS, "alerts"):
            rows = [row for each in made for row in getattr(each, name) if row.account == _MAIN]
            if rows and name in self._logs:
                self._logs[name].extend(rows)
            if rows:
                yield name, rows, []

    def _make_room(self) -> list[int]:
        """Orders that go: their end was told, and they are no longer among the newest that ended."""
        gone = list(islice(self._ended, max(len(self._ended) - self._kept, 0)))
        for number in gone:
            self._ended.popleft()
            del self._orders[number]
        return gone

    def _folded(self, most: int) -> list[Rows]:
        made: list[Rows] = []
        for _ in range(min(len(self._waiting), most)):
            for entry in self._waiting.popleft():
                if entry.seq <= self._seq:
                    continue
                if entry.seq != self._seq + 1:
                    self.behind = True
                    return made
                self._seq = entry.seq
                rows = self._fold.take((entry,))
                self._latest.update((row.order_id, row) for row in rows.orders)
                made.append(rows)
        return made

    def _ended_one(self, order_id: int) -> OrderRow | None:
        """An order that has ended, as it was told last: the history may be behind."""
        for old in list(islice(self._latest, max(len(self._latest) - _LATEST_MOST, 0))):
            del self._latest[old]
        return self._latest.get(order_id) or self._history.reader.order(order_id)
