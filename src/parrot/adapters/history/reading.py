"""Those who read the history: any thread, each with a connection of its own that cannot write."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from parrot.adapters.history.layout import named
from parrot.contracts.history import EquityRow, OrderRow
from parrot.kernel.errors import StorageError
from parrot.ports.history import Found, Standing, Wanted

_ORDER: Final = msgspec.json.Decoder(OrderRow)
_EQUITY: Final = msgspec.json.Decoder(EquityRow)
SCANNED_MOST: Final = 5_000  # rows that one page looks into for a text
_COLUMNS: Final = {
    "orders": ("account", "symbol", "strategy", "side", "user", "kind", "group_id", "parent"),
    "fills": ("account", "symbol", "strategy", "side", "user", "order_id"),
    "decisions": ("account", "symbol", "strategy", "gate", "order_id"),
    "postings": ("account", "symbol", "strategy", "kind", "order_id"),
    "activity": ("account", "strategy", "kind", "level"),
    "alerts": ("account", "strategy", "symbol", "kind", "level"),
}


class SqliteHistoryReader:
    """Reads the history in `path` while it is written. Raises StorageError, DataError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = threading.local()

    def orders(self, wanted: Wanted) -> Found:
        """Orders by their number."""
        return self._page("orders", wanted, _of_status(wanted.status))

    def fills(self, wanted: Wanted) -> Found:
        """Executions."""
        return self._page("fills", wanted)

    def decisions(self, wanted: Wanted) -> Found:
        """What gates said."""
        passed = [("passed = ?", [int(wanted.passed)])] if wanted.passed is not None else []
        return self._page("decisions", wanted, passed)

    def postings(self, wanted: Wanted) -> Found:
        """Transactions of the ledger."""
        return self._page("postings", wanted)

    def activity(self, wanted: Wanted) -> Found:
        """What happened beside orders."""
        return self._page("activity", wanted)

    def alerts(self, wanted: Wanted) -> Found:
        """What a person should look at."""
        return self._page("alerts", wanted)

    def order(self, order_id: int) -> OrderRow | None:
        """One order as it stands."""
        found = self._rows("SELECT row FROM orders WHERE id = ?", [order_id])
        return _ORDER.decode(found[0][0]) if found else None

    def events(self, order_id: int) -> list[bytes]:
        """The whole life of an order, oldest first."""
        found = self._rows("SELECT row FROM events WHERE order_id = ? ORDER BY id", [order_id])
        return [row.encode() for (row,) in found]

    def equity(self, wanted: Wanted, points: int) -> list[EquityRow]:
        """The curve: the first, the last, and the lowest and highest of each stretch between them."""
        where, values = _where([*_of_accounts(wanted), *_between(wanted, "ts")])
        first, last, count = self._rows(f"SELECT min(ts), max(ts), count(*) FROM equity{where}", values)[0]
        if not count:
            return []
        if count <= points:
            found = self._rows(f"SELECT row FROM equity{where} ORDER BY ts, id", values)
            return [_EQUITY.decode(row) for (row,) in found]
        step = (last - first) // max((points - 2) // 2, 1) + 1
        stretch = f"(ts - {first}) / {step}"
        # SQLite gives the other columns of the row in which the one min() or max() was found.
        thin = " UNION ".join(
            f"SELECT id, ts, row FROM (SELECT {extreme}(value), id, ts, row FROM equity{where} GROUP BY {stretch})"
            for extreme in ("min", "max")
        )
        ends = f"SELECT id, ts, row FROM equity{where} AND ts IN ({first}, {last})"
        found = self._rows(f"{thin} UNION {ends} ORDER BY ts, id", [*values, *values, *values])
        return [_EQUITY.decode(row) for _, _, row in found]

    def standing(self, orders: int, rows: int) -> Standing:
        """How things stand at one moment."""
        with named(self._path), self._connection() as connection:
            connection.execute("BEGIN")
            seq = connection.execute("SELECT value FROM kept WHERE name = 'seq'").fetchone()
            live = connection.execute("SELECT row FROM orders WHERE open = 1 ORDER BY id").fetchall()
            sql = "SELECT row FROM orders WHERE open = 0 ORDER BY id DESC LIMIT ?"
            ended = connection.execute(sql, [orders]).fetchall()[::-1]
            kinds = {
                table: connection.execute(f"SELECT row FROM {table} ORDER BY id DESC LIMIT ?", [rows]).fetchall()
                for table in ("fills", "decisions", "equity", "activity")
            }
        newest = {table: [row.encode() for (row,) in reversed(found)] for table, found in kinds.items()}
        return Standing(
            seq=int(seq[0]) if seq else 0, orders=[_ORDER.decode(row) for (row,) in (*ended, *live)], **newest
        )

    def _page(self, table: str, wanted: Wanted, more: Sequence[tuple[str, list[Any]]] = ()) -> Found:
        chosen = [(f"{name} = ?", [value]) for name in _COLUMNS[table] if (value := getattr(wanted, name))]
        chosen += [*_of_accounts(wanted), *self._by_number(table, wanted), *more]
        if wanted.after:
            chosen.append(("id < ?", [wanted.after]))
        where, values = _where(chosen)
        if wanted.text:
            return self._with_text(table, where, values, wanted)
        sql = f"SELECT id, row FROM {table}{where} ORDER BY id DESC LIMIT ?"
        return _found(self._rows(sql, [*values, wanted.limit + 1]), wanted.limit)

    def _with_text(self, table: str, where: str, values: list[Any], wanted: Wanted) -> Found:
        """Looks into so many rows only, and goes on there with the next page: a rare word must not hold others up."""
        source = f"SELECT id, text FROM {table}{where} ORDER BY id DESC LIMIT {SCANNED_MOST}"
        ids = f"SELECT id FROM ({source}) WHERE instr(text, ?) > 0 ORDER BY id DESC LIMIT ?"
        sql = f"SELECT id, row FROM {table} WHERE id IN ({ids}) ORDER BY id DESC"
        found = _found(self._rows(sql, [*values, wanted.text.lower(), wanted.limit + 1]), wanted.limit)
        last = f"SELECT id FROM {table}{where} ORDER BY id DESC LIMIT 1 OFFSET {SCANNED_MOST - 1}"
        end = self._rows(last, values)
        return Found(found.rows, found.after or (end[0][0] if end else 0))

    def _by_number(self, table: str, wanted: Wanted) -> Iterator[tuple[str, list[Any]]]:
        """Times as numbers: both run the same way, and pages are by number."""
        if wanted.since:
            sql = f"SELECT id FROM {table} WHERE ts >= ? ORDER BY ts, id LIMIT 1"
            rows = self._rows(sql, [wanted.since])
            yield ("id >= ?", [rows[0][0]]) if rows else ("0", [])
        if wanted.until:
            sql = f"SELECT id FROM {table} WHERE ts < ? ORDER BY ts DESC, id DESC LIMIT 1"
            rows = self._rows(sql, [wanted.until])
            yield ("id <= ?", [rows[0][0]]) if rows else ("0", [])

    def _rows(self, sql: str, values: Sequence[Any]) -> list[Any]:
        with named(self._path):
            return self._connection().execute(sql, values).fetchall()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._own, "connection", None)
        file = self._file()
        if found is None or self._own.file != file:  # a history that was made anew is another file
            found = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=0.2, isolation_level=None)
            found.execute("PRAGMA query_only = 1")
            self._own.connection, self._own.file = found, file
        return found

    def _file(self) -> int:
        try:
            return self._path.stat().st_ino
        except OSError:
            raise StorageError(f"{self._path} is not there", fix="it is being made; try again") from None


def _of_status(status: str) -> list[tuple[str, list[Any]]]:
    if status == "open":
        return [("open = 1", [])]
    if status == "ended":
        return [("open = 0", [])]
    return [("status = ?", [status])] if status else []


def _of_accounts(wanted: Wanted) -> Iterator[tuple[str, list[Any]]]:
    if wanted.accounts is not None:
        yield f"account IN ({', '.join('?' * len(wanted.accounts))})", sorted(wanted.accounts)


def _between(wanted: Wanted, column: str) -> Iterator[tuple[str, list[Any]]]:
    if wanted.account:
        yield "account = ?", [wanted.account]
    yield f"{column} >= ?", [wanted.since]
    if wanted.until:
        yield f"{column} < ?", [wanted.until]


def _where(chosen: Sequence[tuple[str, list[Any]]]) -> tuple[str, list[Any]]:
    if not chosen:
        return "", []
    return " WHERE " + " AND ".join(sql for sql, _ in chosen), [value for _, values in chosen for value in values]


def _found(rows: list[Any], limit: int) -> Found:
    """A page of at most `limit` of the rows; one more says that there is another."""
    page = rows[:limit]
    return Found([row.encode() for _, row in page], page[-1][0] if len(rows) > limit else 0)
