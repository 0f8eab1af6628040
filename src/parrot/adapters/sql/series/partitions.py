"""Days of a series' table as partitions of their own: made when the first row comes, dropped whole.

A hypertable, where the server has timescaledb, cuts itself; so does nothing on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from sqlalchemy import Connection, Table, text

from parrot.engine.columns import DAY

_LOCK: Final = 7_270_003
_PARTITIONED: Final = text("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(:table)")
_DAYS: Final = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(:table)")
_HYPER: Final = text("SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'")
_CHUNKS: Final = text("SELECT drop_chunks(to_regclass(:table), older_than => CAST(:before AS bigint))")


def make(connection: Connection, table: Table, days: Iterable[int]) -> None:
    """Sees to a partition for each of these UTC days, counted from 1970-01-01."""
    if not _cut(connection, table):
        return
    there = _there(connection, table)
    missing = [day for day in days if _name(table, day) not in there]
    if missing:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    for day in missing:
        connection.exec_driver_sql(
            f"CREATE TABLE IF NOT EXISTS {_name(table, day)} PARTITION OF {table.name} "
            f"FOR VALUES FROM ({day * DAY}) TO ({(day + 1) * DAY})"
        )


def drop(connection: Connection, table: Table, before: int) -> None:
    """Drops the days that are over before `before`, ns UTC; what is left of it is for a DELETE."""
    if _cut(connection, table):
        for name in sorted(_there(connection, table)):
            if name < _name(table, before // DAY):
                connection.exec_driver_sql(f"DROP TABLE {name}")
    elif connection.dialect.name == "postgresql" and connection.execute(_HYPER).scalar_one():
        connection.execute(_CHUNKS, {"table": table.name, "before": before})


def _cut(connection: Connection, table: Table) -> bool:
    server = connection.dialect.name == "postgresql"
    return server and bool(connection.execute(_PARTITIONED, {"table": table.name}).scalar_one())


def _there(connection: Connection, table: Table) -> set[str]:
    return set(connection.execute(_DAYS, {"table": table.name}).scalars())


def _name(table: Table, day: int) -> str:
    """A name with the date, so that names sort by time."""
    return f"{table.name}_{str(np.datetime64(day, 'D')).replace('-', '')}"
