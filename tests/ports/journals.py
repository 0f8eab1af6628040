"""The journal adapters under one face: where a suite opens, reopens, damages and breaks them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import text

from parrot.adapters.journal.files import FileJournal, FileSnapshots
from parrot.adapters.sql import SqlJournal, SqlSnapshots
from parrot.ports.journal import Journal, Snapshots
from tests.ports.conftest import Database


class FileStore:
    """Journals as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Journal:
        return FileJournal(self.folder / "desk.journal")

    def snapshots(self) -> Snapshots:
        return FileSnapshots(self.folder, "desk")

    def alter(self, seq: int, body: bytes) -> None:
        path = self.folder / "desk.journal"
        whole = path.read_bytes()
        assert whole.count(body) == 1
        path.write_bytes(whole.replace(body, body[:-1] + b"!"))

    def cut(self) -> None:
        path = self.folder / "desk.journal"
        path.write_bytes(path.read_bytes()[:-20])


class SqlStore:
    """Journals in a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def open(self) -> Journal:
        return SqlJournal(self.database.open(), "desk")

    def snapshots(self) -> Snapshots:
        return SqlSnapshots(self.database.open(), "desk")

    def alter(self, seq: int, body: bytes) -> None:
        self._run("UPDATE entries SET body = :body WHERE seq = :seq", body=body[:-1] + b"!", seq=seq)

    def cut(self) -> None:
        self._run("DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)")

    def _run(self, statement: str, **values: Any) -> None:
        with self.database.open().begin() as connection:
            connection.execute(text(statement), values)


Store = FileStore | SqlStore
