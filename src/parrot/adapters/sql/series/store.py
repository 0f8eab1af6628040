"""The series port on tables of SQLite or PostgreSQL."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, Table, delete, func, insert, select

from parrot.adapters.sql.series import partitions
from parrot.adapters.sql.series.columns import ALL, Shelf, data_of, rows, shelf
from parrot.adapters.sql.sessions import reading, writing
from parrot.adapters.sql.tables import SERIES
from parrot.engine.bars import Bars
from parrot.engine.columns import DAY
from parrot.kernel.errors import MissingError
from parrot.ports.lake import SeriesKey, Ticks, check_kind, tick_kind
from parrot.ports.series import check_follows, shape


class SqlSeries:
    """Streams in a database that `open_sqlite` or `open_postgres` opened; one writer a series."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._place = f"series in {engine.url.database}"

    def append(self, key: SeriesKey, data: Bars | Ticks) -> None:
        """Adds rows behind those that are there, all or nothing."""
        check_kind(key, data)
        if not len(data):
            return
        place = shelf(key)
        with writing(self._engine, self._place) as connection:
            known = _known(connection, key) or _made(connection, key, data)
            last, number = _end(connection, place.table, known.id)
            check_follows(key, dict(known._mapping), last, data)
            if isinstance(data, Bars) and last == data.ts[0]:
                connection.execute(delete(place.table).where(_of(place.table, known.id), place.table.c.ts == last))
            partitions.make(connection, place.table, np.unique(data.ts // DAY).tolist())
            _put(connection, place.table, rows(data, place, known.id, number + 1))

    def bars(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Bars:
        """Bars that open in [start, end), ns UTC. Raises MissingError when there are none."""
        found = self._read(key, start, end)
        assert isinstance(found, Bars)
        return found

    def ticks(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Ticks:
        """Ticks of [start, end), ns UTC. Raises MissingError when there are none."""
        tick_kind(key.kind)
        found = self._read(key, start, end)
        assert not isinstance(found, Bars)
        return found

    def span(self, key: SeriesKey) -> tuple[int, int] | None:
        """First and last time of a series, ns UTC; None when there is nothing."""
        table = shelf(key).table
        with reading(self._engine, self._place) as connection:
            known = _known(connection, key)
            if known is None:
                return None
            ends = select(func.min(table.c.ts), func.max(table.c.ts)).where(_of(table, known.id))
            first, last = connection.execute(ends).one()
        return None if first is None else (int(first), int(last))

    def forget(self, before: int) -> None:
        """Lets go of rows whose time is before `before`, ns UTC; whole days at once where they are partitions."""
        with writing(self._engine, self._place) as connection:
            for place in ALL:
                partitions.drop(connection, place.table, before)
                connection.execute(delete(place.table).where(place.table.c.ts < before))

    def _read(self, key: SeriesKey, start: int | None, end: int | None) -> Bars | Ticks:
        place = shelf(key)
        with reading(self._engine, self._place) as connection:
            known = _known(connection, key)
            found = [] if known is None else connection.execute(_between(place, known.id, start, end)).all()
        if known is None or not found:
            raise MissingError(f"the database holds no {key} in that time", fix="look into the lake")
        return data_of(key, place, known, found)


def _known(connection: Connection, key: SeriesKey) -> Row[Any] | None:
    ours = (SERIES.c.venue == key.venue) & (SERIES.c.symbol == key.symbol) & (SERIES.c.kind == key.kind)
    return connection.execute(select(SERIES).where(ours)).one_or_none()


def _made(connection: Connection, key: SeriesKey, data: Bars | Ticks) -> Row[Any]:
    values = {"venue": key.venue, "symbol": key.symbol, "kind": key.kind, **shape(data)}
    return connection.execute(insert(SERIES).values(values).returning(*SERIES.c)).one()


def _of(table: Table, series: int) -> ColumnElement[bool]:
    return table.c.series == series


def _end(connection: Connection, table: Table, series: int) -> tuple[int | None, int]:
    """Time and number of the last row; (None, 0) when there is none."""
    newest = select(table.c.ts, table.c.number).where(_of(table, series))
    found = connection.execute(newest.order_by(table.c.ts.desc(), table.c.number.desc()).limit(1)).one_or_none()
    return (None, 0) if found is None else (int(found.ts), int(found.number))


def _between(place: Shelf, series: int, start: int | None, end: int | None) -> Select[Any]:
    table = place.table
    _, ts, number, *columns = table.c
    found = select(ts, *columns).where(_of(table, series)).order_by(ts, number)
    if start is not None:
        found = found.where(ts >= start)
    return found if end is None else found.where(ts < end)


def _put(connection: Connection, table: Table, values: list[tuple[int | None, ...]]) -> None:
    """All rows at the speed of the driver: COPY on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(table.c))
        connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", values)
        return
    raw = connection.connection.driver_connection
    assert raw is not None
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)
