"""Opening a database so that a commit is durable, and so that its version is the one that this Parrot knows."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from parrot.adapters.sql.faults import named
from parrot.adapters.sql.schema import bring_to_this_version, refuse_other_versions
from parrot.kernel.errors import ParameterError, StorageError

LOCK_WAIT_S: Final = 5.0
_LOCK_PAUSE_S: Final = 0.005
READS: Final = "reads"  # an execution option: this transaction writes nothing


def open_sqlite(
    path: Path,
    *,
    upgrade: bool = True,
    synchronous: str = "FULL",
    lock_wait_s: float = LOCK_WAIT_S,
    forgetful: bool = False,
) -> Engine:
    """A SQLite database in `path` (".db") with a write-ahead log; every commit is synced to the disk.

    It is made, or brought to this version when `upgrade`. What another process locks is waited for `lock_wait_s`; then
    it is a StorageError. `synchronous` "NORMAL" loses commits with the power; the tests show it. A `forgetful` one
    overwrites what is dropped (`scrub` does so in its log). Raises StorageError, also for a database of a version that
    cannot be brought here; DataError for a damaged one; ParameterError for another name.
    """
    if path.suffix != ".db":
        raise ParameterError(f"{path.name} is no name of a database", expected='a name that ends in ".db"')
    with named(str(path)):
        _make(path)
        engine = create_engine(
            URL.create("sqlite+pysqlite", database=str(path)),
            connect_args={"isolation_level": None, "timeout": lock_wait_s, "check_same_thread": False},
        )
        event.listen(engine, "connect", _sqlite_settings(path, synchronous, lock_wait_s, forgetful=forgetful))
        event.listen(engine, "begin", _begin_sqlite)
        return _of_this_version(engine, upgrade)


def open_postgres(url: str, *, upgrade: bool = True, lock_wait_s: float = LOCK_WAIT_S) -> Engine:
    """A PostgreSQL database at `url` ("postgresql://user:password@host:port/name"); commits wait for the disk.

    It is brought to this version when `upgrade`. What another session locks is waited for `lock_wait_s`. Raises
    StorageError, also for a server that would lose commits and for a version that cannot be brought here;
    ParameterError for what is no such address.
    """
    place = _postgres_address(url)
    with named(f"PostgreSQL at {place.host}:{place.port or 5432}/{place.database}"):
        engine = create_engine(
            place.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,  # a server that was restarted is no error for who comes after
            connect_args={
                "connect_timeout": 5,
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "options": f"-c synchronous_commit=on -c lock_timeout={round(lock_wait_s * 1000)} -c timezone=UTC",
            },
        )
        with engine.connect() as connection:
            _refuse_forgetful(connection)
        return _of_this_version(engine, upgrade)


def _of_this_version(engine: Engine, upgrade: bool) -> Engine:
    try:
        if upgrade:
            bring_to_this_version(engine)
        else:
            refuse_other_versions(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _make(path: Path) -> None:
    """An empty file whose name outlives a loss of power, which SQLite itself does not see to."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as fault:
        raise StorageError(f"{path}: {fault.strerror}", fix="give this user permission to write there") from fault


def scrub(engine: Engine) -> None:
    """Has a forgetful SQLite database let go of its write-ahead log, where what was dropped may still lie."""
    with named(str(engine.url.database)), engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sqlite_settings(
    path: Path, synchronous: str, lock_wait_s: float, *, forgetful: bool
) -> Callable[[Any, Any], None]:
    def at_connect(raw: Any, _record: Any) -> None:
        mode = _write_ahead(raw, lock_wait_s)
        if mode != "wal":
            raise StorageError(
                f"{path} cannot have a write-ahead log: SQLite chose {mode}",
                expected="a disk of this machine",
                fix="move it away from the network or read-only file system",
            )
        for setting in (f"synchronous = {synchronous}", "fullfsync = ON", "foreign_keys = ON", "trusted_schema = OFF"):
            raw.execute(f"PRAGMA {setting}")
        if forgetful:
            raw.execute("PRAGMA secure_delete = ON")

    return at_connect


def _write_ahead(raw: Any, lock_wait_s: float) -> str:
    """Asks for the write-ahead log; the mode that SQLite chose.

    A new database changes its mode under a lock for which SQLite does not wait, whatever the connection's timeout.
    """
    deadline = time.monotonic() + lock_wait_s
    while True:
        try:
            [[mode]] = raw.execute("PRAGMA journal_mode = WAL").fetchall()
            return str(mode)
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_LOCK_PAUSE_S)


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a reader's transaction cannot become one where others wrote meanwhile.
    reads = connection.get_execution_options().get(READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _postgres_address(url: str) -> URL:
    expected = "postgresql://user:password@host:port/name"
    try:
        place = make_url(url)
    except ArgumentError:
        raise ParameterError("that is no address of a database", expected=expected) from None  # it may hold a password
    if place.get_backend_name() != "postgresql":
        raise ParameterError(f"{place.drivername} is no PostgreSQL", expected=expected)
    return place


def _refuse_forgetful(connection: Connection) -> None:
    for setting in ("fsync", "full_page_writes"):
        if connection.exec_driver_sql(f"SHOW {setting}").scalar_one() != "on":
            raise StorageError(
                f"the server runs with {setting} = off: it loses commits with the power",
                expected=f"{setting} = on",
                fix=f"set {setting} = on in postgresql.conf and restart the server",
            )
