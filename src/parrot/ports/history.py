"""The history port: what happened, for people who look for it; made from the journal, and never the truth."""

from __future__ import annotations

from typing import Protocol

import msgspec

from parrot.contracts.history import EquityRow, OrderRow, Rows


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows are looked for; what is empty does not choose. Times ns UTC, `since` within, `until` behind the last.

    `accounts` None are all of them. `status` is one of an order, or "open" or "ended". `text` is a part of what a
    person may remember, in any case of letters. `after` is where the page before ended, 0 for the newest.
    """

    accounts: frozenset[str] | None = None
    account: str = ""
    symbol: str = ""
    strategy: str = ""
    side: str = ""
    user: str = ""
    status: str = ""
    kind: str = ""
    level: str = ""
    gate: str = ""
    passed: bool | None = None
    order_id: int = 0
    group_id: int = 0
    parent: int = 0
    since: int = 0
    until: int = 0
    text: str = ""
    after: int = 0
    limit: int = 100


class Found(msgspec.Struct, frozen=True):
    """A page, newest first: rows of contracts.history as JSON objects; `after` is 0 where it is the last.

    With a text that is rare a page may have few rows, or none, and still not be the last.
    """

    rows: list[bytes]
    after: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand as of entry `seq`: orders that live and the newest that ended, then others, oldest first.

    What is bytes are rows as JSON objects.
    """

    seq: int
    orders: list[OrderRow]
    fills: list[bytes]
    decisions: list[bytes]
    equity: list[bytes]
    activity: list[bytes]


class HistoryStore(Protocol):
    """Written by one thread, in order. Raises StorageError; DataError where it is damaged and has to be made anew."""

    @property
    def seq(self) -> int:
        """The last entry of the journal that is in it."""

    @property
    def mark(self) -> str:
        """What `write` was given with that entry."""

    def write(self, rows: Rows, seq: int, mark: str) -> None:
        """Adds what the entries up to `seq` made, all of it or nothing; `mark` tells that entry from any other."""

    def clear(self) -> None:
        """Takes everything out."""

    def live(self) -> list[OrderRow]:
        """Orders that have not ended."""

    def order(self, order_id: int) -> OrderRow | None:
        """One order."""

    def close(self) -> None:
        """Lets go."""


class HistoryReader(Protocol):
    """Read by any thread. Raises StorageError."""

    def orders(self, wanted: Wanted) -> Found:
        """Orders by their number."""

    def fills(self, wanted: Wanted) -> Found:
        """Executions."""

    def decisions(self, wanted: Wanted) -> Found:
        """What gates said."""

    def postings(self, wanted: Wanted) -> Found:
        """Transactions of the ledger."""

    def activity(self, wanted: Wanted) -> Found:
        """What happened beside orders."""

    def alerts(self, wanted: Wanted) -> Found:
        """What a person should look at."""

    def order(self, order_id: int) -> OrderRow | None:
        """One order as it stands."""

    def events(self, order_id: int) -> list[bytes]:
        """The whole life of an order, oldest first, as JSON objects."""

    def equity(self, wanted: Wanted, points: int) -> list[EquityRow]:
        """The curve between two times, oldest first, thinned to at most `points` with first, last and extremes."""

    def standing(self, orders: int, rows: int) -> Standing:
        """How things stand: all live orders, `orders` that ended, `rows` of each other kind."""
