"""The one who writes the history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import msgspec

from parrot.adapters.history.layout import FILES, TABLES, named
from parrot.contracts.history import ENDED, OrderRow, Rows
from parrot.kernel.errors import DataError

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_JSON: Final = msgspec.json.Encoder()
_ORDER: Final = msgspec.json.Decoder(OrderRow)


class SqliteHistory:
    """A history in `path`, of rows of version `version`; used by one thread at a time.

    Nothing is synced: what the power takes is made anew. A file of another version, a damaged one, and one that was not
    closed before the machine went down are thrown away. Raises StorageError.
    """

    def __init__(self, path: Path, version: int) -> None:
        self.path = path
        self._version = f"{version}.{blake2b(TABLES.encode(), digest_size=8).hexdigest()}"
        with named(path):
            try:
                self._connection = self._open()
            except (DataError, sqlite3.DatabaseError):
                self._remove()
                self._connection = self._open()

    @property
    def seq(self) -> int:
        """The last entry of the journal that is in it."""
        return int(self._kept("seq") or 0)

    @property
    def mark(self) -> str:
        """What tells that entry from any other."""
        return self._kept("mark")

    def write(self, rows: Rows, seq: int, mark: str) -> None:
        """Adds what the entries up to `seq` made, all of it or nothing."""
        with named(self.path), self._connection as connection:
            for sql, made in _statements(rows):
                connection.executemany(sql, made)
            connection.executemany(_KEEP, (("seq", str(seq)), ("mark", mark)))

    def clear(self) -> None:
        """Takes everything out."""
        with named(self.path):
            self._connection.close()
            self._remove()
            self._connection = self._open()

    def live(self) -> list[OrderRow]:
        """Orders that have not ended."""
        with named(self.path):
            found = self._connection.execute("SELECT row FROM orders WHERE open = 1 ORDER BY id").fetchall()
        return [_ORDER.decode(row) for (row,) in found]

    def order(self, order_id: int) -> OrderRow | None:
        """One order."""
        with named(self.path):
            found = self._connection.execute("SELECT row FROM orders WHERE id = ?", (order_id,)).fetchone()
        return None if found is None else _ORDER.decode(found[0])

    def close(self) -> None:
        """Lets go in good order."""
        with named(self.path):
            with self._connection as connection:
                connection.execute(_KEEP, ("boot", "closed"))
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        fresh = not self.path.exists()
        connection = sqlite3.connect(self.path, timeout=5.0, check_same_thread=False, cached_statements=64)
        try:
            self.path.chmod(0o600)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA temp_store = MEMORY")
            if fresh:
                self._make(connection)
            self._require_ours(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make(self, connection: sqlite3.Connection) -> None:
        with connection:
            for sql in TABLES.split(";"):
                connection.execute(sql)
            connection.executemany(_KEEP, (("version", self._version), ("boot", "closed")))

    def _require_ours(self, connection: sqlite3.Connection) -> None:
        kept = dict(connection.execute("SELECT name, value FROM kept").fetchall())
        if kept.get("version") != self._version:
            raise DataError(f"{self.path} is of version {kept.get('version')}", expected=self._version)
        if kept.get("boot") not in ("closed", _boot()):
            raise DataError(f"{self.path} was open when the machine went down")
        with connection:
            connection.execute(_KEEP, ("boot", _boot()))

    def _remove(self) -> None:
        for ending in FILES:
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def _kept(self, name: str) -> str:
        with named(self.path):
            found = self._connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return "" if found is None else str(found[0])


def _boot() -> str:
    """Which start of the machine this is; a text of its own where the system does not tell."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return "unknown"


_KEEP: Final = "INSERT OR REPLACE INTO kept VALUES (?, ?)"
_Made = Iterable[Sequence[Any]]


def _text(row: Any) -> str:
    return _JSON.encode(row).decode()


def _statements(rows: Rows) -> Iterable[tuple[str, _Made]]:
    """What is executed; a row that is there already is replaced, so that the same stretch twice is the same."""
    if rows.orders:
        yield _insert("orders", 14), (_order(row) for row in rows.orders)
    if rows.events:
        yield _insert("events", 3), ((row.seq, row.order_id, _text(row)) for row in rows.events)
    if rows.fills:
        yield _insert("fills", 10), (_fill(row) for row in rows.fills)
    if rows.decisions:
        yield _insert("decisions", 10), (_decision(row) for row in rows.decisions)
    if rows.equity:
        made = ((row.seq, row.ts, row.account, float(row.equity), _text(row)) for row in rows.equity)
        yield _insert("equity", 5), made
    if rows.postings:
        yield _insert("postings", 9), (_posting(row) for row in rows.postings)
    if rows.activity:
        yield _insert("activity", 8), (_activity(row) for row in rows.activity)
    if rows.alerts:
        yield _insert("alerts", 9), (_alert(row) for row in rows.alerts)


def _insert(table: str, columns: int) -> str:
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * columns)})"


def _order(row: OrderRow) -> Sequence[Any]:
    words = (row.order_id, row.symbol, row.strategy, row.user, row.key, row.kind, row.status, row.side)
    text = " ".join(str(word) for word in (*words, *row.client_ids, row.venue_id, row.reason, row.why))
    numbers = (row.status not in ENDED, row.parent, row.group_id)
    named_by = (row.account, row.user, row.strategy, row.symbol, row.side, row.kind, row.status)
    return (row.order_id, row.ts, *named_by, *numbers, text.lower(), _text(row))


def _fill(row: Any) -> Sequence[Any]:
    text = f"{row.order_id} {row.trade_id} {row.symbol} {row.strategy} {row.user} {row.side}".lower()
    return (row.seq, row.ts, row.account, row.user, row.strategy, row.symbol, row.side, row.order_id, text, _text(row))


def _decision(row: Any) -> Sequence[Any]:
    text = f"{row.strategy} {row.symbol} {row.gate} {row.text}".lower()
    chosen = (row.account, row.strategy, row.symbol, row.order_id, row.gate, row.passed)
    return (row.seq, row.ts, *chosen, text, _text(row))


def _posting(row: Any) -> Sequence[Any]:
    text = f"{row.what} {row.ref} {row.symbol} {row.strategy}".lower()
    return (row.seq, row.ts, row.account, row.strategy, row.symbol, row.what, row.order_id, text, _text(row))


def _activity(row: Any) -> Sequence[Any]:
    text = f"{row.kind} {row.scope} {row.strategy} {row.by} {row.text}".lower()
    return (row.seq, row.ts, row.account, row.strategy, row.kind, row.level, text, _text(row))


def _alert(row: Any) -> Sequence[Any]:
    text = f"{row.kind} {row.scope} {row.strategy} {row.symbol} {row.text}".lower()
    return (row.seq, row.ts, row.account, row.strategy, row.symbol, row.kind, row.level, text, _text(row))
