"""Real servers for the suites of the ports, each started once a session, and the adapters that every suite runs on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from parrot.adapters.sql import open_postgres, open_sqlite
from tests.ports.servers.nats import Nats
from tests.ports.servers.postgres import Postgres
from tests.ports.servers.s3 import S3
from tests.ports.servers.valkey import Valkey


@pytest.fixture(scope="session")
def public_folder() -> Iterator[Path]:
    """A folder that servers running as another user can step into; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="parrot-servers-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="session")
def postgres(public_folder: Path) -> Iterator[Postgres]:
    folder = public_folder / "postgres"
    folder.mkdir()
    folder.chmod(0o711)
    server = Postgres(folder)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mortal_postgres() -> Iterator[Postgres]:
    """A server for tests that kill it; recovery is quick where there is little to recover."""
    with tempfile.TemporaryDirectory(prefix="parrot-mortal-") as name:
        Path(name).chmod(0o711)
        server = Postgres(Path(name))
        yield server
        server.stop()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Path]:
    """Where many small databases are opened: in memory if there is such a place, where nothing waits for a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as name:
        yield Path(name)


class Database:
    """An empty database of one kind: opened as often as a test likes, closed at its end."""

    def __init__(self, kind: str, place: str) -> None:
        self.kind = kind
        self.place = place
        self._engines: list[Engine] = []

    def open(self, **how: Any) -> Engine:
        opened = open_sqlite(Path(self.place), **how) if self.kind == "sqlite" else open_postgres(self.place, **how)
        self._engines.append(opened)
        return opened

    def close(self) -> None:
        for engine in self._engines:
            engine.dispose()


def empty_database(kind: str, request: pytest.FixtureRequest) -> Database:
    folder: Path = request.getfixturevalue("tmp_path")
    place = str(folder / "store.db") if kind == "sqlite" else request.getfixturevalue("postgres").url()
    made = Database(kind, place)
    if kind == "postgres":
        request.addfinalizer(lambda: request.getfixturevalue("postgres").give_back(place))
    request.addfinalizer(made.close)
    return made


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    return empty_database(request.param, request)


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    server = Nats(tmp_path_factory.mktemp("nats"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    server = S3(tmp_path_factory.mktemp("s3"))
    yield server
    server.stop()
