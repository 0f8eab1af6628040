"""Snapshots of a journal's fold in a table: whole or not there, the two newest are kept."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from sqlalchemy import Engine, delete, insert, select

from parrot.adapters.sql.sessions import reading, writing
from parrot.adapters.sql.tables import SNAPSHOTS, octets
from parrot.ports.journal import Head

_KEPT: Final = 2


class SqlSnapshots:
    """Snapshots of the journal `name`."""

    def __init__(self, engine: Engine, name: str = "main") -> None:
        self._engine = engine
        self._name = name
        self._place = f"snapshots of {name} in {engine.url.database}"

    def save(self, head: Head, state: bytes) -> None:
        """Keeps the state after `head`; raises StorageError."""
        ours = SNAPSHOTS.c.journal == self._name
        newest = select(SNAPSHOTS.c.seq).where(ours).order_by(SNAPSHOTS.c.seq.desc())
        row = {"seq": head.seq, "digest": head.digest, "state": state, "sum": _sum(head, state)}
        with writing(self._engine, self._place) as connection:
            connection.execute(delete(SNAPSHOTS).where(ours, SNAPSHOTS.c.seq == head.seq))
            connection.execute(insert(SNAPSHOTS), {"journal": self._name, **row})
            old = [found.seq for found in connection.execute(newest.offset(_KEPT))]
            connection.execute(delete(SNAPSHOTS).where(ours, SNAPSHOTS.c.seq.in_(old)))

    def newest(self) -> tuple[Head, bytes] | None:
        """The newest whole one, None when there is none."""
        rows = select(SNAPSHOTS).where(SNAPSHOTS.c.journal == self._name).order_by(SNAPSHOTS.c.seq.desc())
        with reading(self._engine, self._place) as connection:
            for row in connection.execute(rows):
                head, state = Head(row.seq, octets(row.digest)), octets(row.state)
                if _sum(head, state) == octets(row.sum):
                    return head, state
        return None


def _sum(head: Head, state: bytes) -> bytes:
    return blake2b(head.seq.to_bytes(8, "little") + head.digest + state, digest_size=16).digest()
