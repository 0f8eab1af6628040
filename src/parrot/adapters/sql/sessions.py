"""Transactions that read and transactions that write, each naming its place when the database complains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from parrot.adapters.sql.faults import named


@contextmanager
def reading(engine: Engine, place: str) -> Iterator[Connection]:
    """A transaction that writes nothing."""
    with named(place), engine.connect().execution_options(reads=True) as connection:
        yield connection


@contextmanager
def writing(engine: Engine, place: str) -> Iterator[Connection]:
    """A transaction that is durable when its block ends well, and nothing when the block raises."""
    with named(place), engine.begin() as connection:
        yield connection
