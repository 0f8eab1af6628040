"""Who writes a journal: one holder of a lease at a time."""

from __future__ import annotations

import fcntl
import os
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, text

from parrot.kernel.errors import InputError, StorageError

_FIX: Final = "stop the other one; if it hangs and cannot be stopped, open with takes_over=True, which fences it"


class FileLease:
    """A lock on a file beside a SQLite database; it ends with the process."""

    def __init__(self, database: str, name: str, *, takes_over: bool) -> None:
        path = f"{database}-{blake2b(name.encode(), digest_size=4).hexdigest()}.lock"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise StorageError(f"{path}: {fault.strerror}", fix="give this user permission to write there") from fault
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if not takes_over:
                os.close(self._file)
                raise in_use(database, name) from None

    def close(self) -> None:
        """Lets go."""
        os.close(self._file)


class SessionLease:
    """An advisory lock of a PostgreSQL session; it ends with the session."""

    def __init__(self, connection: Connection, name: str, *, takes_over: bool) -> None:
        number = int.from_bytes(blake2b(f"journal {name}".encode(), digest_size=8).digest(), "big", signed=True)
        mine = connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}).scalar_one()
        connection.commit()
        if not mine and not takes_over:
            raise in_use(str(connection.engine.url.database), name)

    def close(self) -> None:
        """The session's end lets go."""


def in_use(place: str, name: str) -> InputError:
    """What a second owner is told."""
    problem = f"journal {name} in {place} is in use by another process"
    return InputError(problem, expected="one owner at a time", fix=_FIX)


Lease = FileLease | SessionLease


def take(connection: Connection, name: str, *, takes_over: bool) -> Lease:
    """The lease of a journal. Raises InputError when another process holds it, unless this one `takes_over`."""
    if connection.dialect.name == "postgresql":
        return SessionLease(connection, name, takes_over=takes_over)
    return FileLease(str(connection.engine.url.database), name, takes_over=takes_over)
