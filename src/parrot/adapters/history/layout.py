"""The tables: each row is its JSON, beside it the columns that are looked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from parrot.kernel.errors import DataError, StorageError

# Numbers run with time in a journal, so a page by number is a page by time.
TABLES: Final = """
CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, account TEXT NOT NULL, user TEXT NOT NULL, strategy TEXT NOT NULL,
    symbol TEXT NOT NULL, side TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, open INTEGER NOT NULL,
    parent INTEGER NOT NULL, group_id INTEGER NOT NULL, text TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX orders_ts ON orders (ts);
CREATE INDEX orders_symbol ON orders (symbol, id);
CREATE INDEX orders_strategy ON orders (strategy, id);
CREATE INDEX orders_status ON orders (status, id);
CREATE INDEX orders_user ON orders (user, id);
CREATE INDEX orders_open ON orders (id) WHERE open = 1;
CREATE INDEX orders_parent ON orders (parent, id);
CREATE INDEX orders_group ON orders (group_id, id);
CREATE TABLE events (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, row TEXT NOT NULL);
CREATE INDEX events_order ON events (order_id, id);
CREATE TABLE fills (
    id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, account TEXT NOT NULL, user TEXT NOT NULL, strategy TEXT NOT NULL,
    symbol TEXT NOT NULL, side TEXT NOT NULL, order_id INTEGER NOT NULL, text TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX fills_ts ON fills (ts);
CREATE INDEX fills_order ON fills (order_id, id);
CREATE INDEX fills_symbol ON fills (symbol, id);
CREATE INDEX fills_strategy ON fills (strategy, id);
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, account TEXT NOT NULL, strategy TEXT NOT NULL, symbol TEXT NOT NULL,
    order_id INTEGER NOT NULL, gate TEXT NOT NULL, passed INTEGER NOT NULL, text TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX decisions_ts ON decisions (ts);
CREATE INDEX decisions_order ON decisions (order_id, id);
CREATE INDEX decisions_strategy ON decisions (strategy, id);
CREATE INDEX decisions_symbol ON decisions (symbol, id);
CREATE TABLE equity (
    id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, account TEXT NOT NULL, value REAL NOT NULL, row TEXT NOT NULL
);
CREATE INDEX equity_ts ON equity (account, ts);
CREATE TABLE postings (
    id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, account TEXT NOT NULL, strategy TEXT NOT NULL, symbol TEXT NOT NULL,
    kind TEXT NOT NULL, order_id INTEGER NOT NULL, text TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX postings_ts ON postings (ts);
CREATE INDEX postings_kind ON postings (kind, id);
CREATE INDEX postings_order ON postings (order_id, id);
CREATE TABLE activity (
    id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, account TEXT NOT NULL, strategy TEXT NOT NULL, kind TEXT NOT NULL,
    level TEXT NOT NULL, text TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX activity_ts ON activity (ts);
CREATE INDEX activity_kind ON activity (kind, id);
CREATE INDEX activity_level ON activity (level, id);
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, account TEXT NOT NULL, strategy TEXT NOT NULL, symbol TEXT NOT NULL,
    kind TEXT NOT NULL, level TEXT NOT NULL, text TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX alerts_ts ON alerts (ts);
CREATE INDEX alerts_kind ON alerts (kind, id);
CREATE INDEX alerts_level ON alerts (level, id);
"""
FILES: Final = ("", "-wal", "-shm")
_DAMAGE: Final = ("malformed", "not a database", "no such table", "no such column")


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Raises what SQLite complains of as StorageError, and as DataError where the file is no history."""
    try:
        yield
    except sqlite3.Error as fault:
        kind = DataError if any(word in str(fault).lower() for word in _DAMAGE) else StorageError
        raise kind(f"{path}: {fault}", fix="it is made anew from the journal at the next start") from fault
