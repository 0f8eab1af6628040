"""The records port on tables of SQLite or PostgreSQL."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, Row, Table, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite

from parrot.adapters.sql.sessions import reading, writing
from parrot.adapters.sql.tables import INBOX, OUTBOX, RECORDS, octets
from parrot.contracts.message import Message
from parrot.kernel.errors import DataError, ParameterError
from parrot.ports.bus import Envelope
from parrot.ports.records import Outgoing

R = TypeVar("R", bound=Message)

# SQLite lets one transaction write at a time; PostgreSQL is made to by this lock, so that what one reads still holds
# when it writes, without any row to lock.
_LOCK: Final = 7_270_002


class SqlWork:
    """One transaction on a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, kind: type[R], key: str) -> R | None:
        """The record of that kind and key as this transaction sees it."""
        return _get(self._connection, kind, key)

    def put(self, key: str, record: Message) -> None:
        """Keeps a record under its kind and `key`; decimals as text, so that they stay exact."""
        if not key or "\0" in key:
            raise ParameterError(f"{key!r} cannot be a key", expected="text without zero characters")
        kind, body = type(record).__name__, msgspec.json.encode(record).decode()
        held = {"body": body, "sum": _sum(kind, key, body)}
        row = self._insert(RECORDS).values(kind=kind, key=key, **held)
        self._connection.execute(row.on_conflict_do_update(index_elements=["kind", "key"], set_=held))

    def drop(self, kind: type[Message], key: str) -> None:
        """Lets go of a record."""
        self._connection.execute(delete(RECORDS).where(RECORDS.c.kind == kind.__name__, RECORDS.c.key == key))

    def send(self, envelope: Envelope) -> None:
        """Puts a message into the outbox; the same (source, id) that is there already is the same message."""
        row = self._insert(OUTBOX).values(
            source=envelope.source,
            message_id=envelope.id,
            topic=envelope.topic,
            ts=envelope.ts,
            cause=envelope.cause,
            body=envelope.body,
        )
        self._connection.execute(row.on_conflict_do_nothing(index_elements=["source", "message_id"]))

    def accept(self, reader: str, envelope: Envelope) -> bool:
        """Notes that `reader` has this message; False when it had it already."""
        row = self._insert(INBOX).values(reader=reader, source=envelope.source, message_id=envelope.id, ts=envelope.ts)
        new = row.on_conflict_do_nothing().returning(INBOX.c.reader)
        return self._connection.execute(new).first() is not None

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        if self._connection.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)


class SqlRecords:
    """Records in a database that `open_sqlite` or `open_postgres` opened."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._place = f"records in {engine.url.database}"

    @contextmanager
    def work(self) -> Iterator[SqlWork]:
        """A transaction for the block of a `with`."""
        with writing(self._engine, self._place) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield SqlWork(connection)

    def get(self, kind: type[R], key: str) -> R | None:
        """The record of that kind and key."""
        with reading(self._engine, self._place) as connection:
            return _get(connection, kind, key)

    def scan(self, kind: type[R], after: str = "", limit: int = 1000) -> list[tuple[str, R]]:
        """Keys and records of a kind behind key `after`, in order of the keys."""
        rows = select(RECORDS.c.key, RECORDS.c.body, RECORDS.c.sum).where(
            RECORDS.c.kind == kind.__name__, RECORDS.c.key > after
        )
        with reading(self._engine, self._place) as connection:
            found = connection.execute(rows.order_by(RECORDS.c.key).limit(limit)).all()
        return [(key, _decoded(kind, key, body, octets(made))) for key, body, made in found]

    def outbox(self, after: int = 0, limit: int = 100) -> list[Outgoing]:
        """Messages behind number `after`, in the order they were put there."""
        with reading(self._engine, self._place) as connection:
            behind = select(OUTBOX).where(OUTBOX.c.number > after).order_by(OUTBOX.c.number)
            rows = connection.execute(behind.limit(limit)).all()
        return [_outgoing(row) for row in rows]

    def prune(self, before: int) -> None:
        """Lets go of messages of the outbox and notes of the inbox whose time is before `before`, ns UTC."""
        with writing(self._engine, self._place) as connection:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.ts < before))
            connection.execute(delete(INBOX).where(INBOX.c.ts < before))


def records_made(path: Path) -> bool:
    """Whether the first transaction in a SQLite file, which makes its tables, was committed; changes nothing."""
    try:
        with _looked_at(path) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
    except sqlite3.DatabaseError:
        return True  # and damaged since


def verify_records(path: Path) -> list[str]:
    """What is wrong with the records in a SQLite file, which another process may be writing; changes nothing."""
    if not records_made(path):
        return []
    try:
        with _looked_at(path) as connection:
            told = [text for (text,) in connection.execute("PRAGMA integrity_check(10)") if text != "ok"]
            rows = connection.execute("SELECT kind, key, body, sum FROM records")
            altered = [f"{kind} {key}" for kind, key, body, made in rows if _sum(kind, key, body) != octets(made)]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
        return [f"it is damaged: {fault}"]
    return told + [f"the record {name} is not what was kept" for name in altered]


def _looked_at(path: Path) -> closing[sqlite3.Connection]:
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True))


def _get(connection: Connection, kind: type[R], key: str) -> R | None:
    rows = select(RECORDS.c.body, RECORDS.c.sum).where(RECORDS.c.kind == kind.__name__, RECORDS.c.key == key)
    row = connection.execute(rows).one_or_none()
    return None if row is None else _decoded(kind, key, row.body, octets(row.sum))


def _sum(kind: object, key: object, body: object) -> bytes:
    return hashlib.blake2b(f"{kind}\0{key}\0{body}".encode(), digest_size=16).digest()


def _decoded(kind: type[R], key: str, body: str, made: bytes) -> R:
    try:
        if _sum(kind.__name__, key, body) != made:
            raise DataError(f"the record {kind.__name__} {key} is not what was kept", fix="bring it back from a copy")
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as fault:
        problem = f"the record {kind.__name__} {key} is not what was kept: {fault}"
        raise DataError(problem, fix="bring it back from a copy") from fault


def _outgoing(row: Row[Any]) -> Outgoing:
    envelope = Envelope(
        topic=row.topic, source=row.source, id=row.message_id, ts=row.ts, body=bytes(row.body), cause=row.cause
    )
    return Outgoing(row.number, envelope)
