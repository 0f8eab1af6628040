"""What a database complains of, as the errors of the house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from parrot.kernel.errors import DataError, ParrotError, StorageError

# What SQLite, PostgreSQL and their drivers write, and what to do about it.
_FIXES: Final = (
    (("database is locked", "lock timeout"), "stop the other program that writes this database, then start again"),
    (("disk is full", "no space left", "could not extend file"), "make room on the disk, then start again"),
    (("disk i/o error", "input/output error"), "look at the disk and the system's log, then start again"),
    (("readonly", "read-only", "unable to open"), "give this user permission to write the file and its folder"),
    (("password authentication", "no password"), "set the right user and password of the database"),
    (("connection", "server closed", "terminating"), "see that the database server runs and answers, then start again"),
)
_DAMAGE: Final = ("malformed", "not a database", "invalid page", "checksum")
_DAMAGE_FIX: Final = "keep the database as it is, and bring it back from a copy"


@contextmanager
def named(place: str) -> Iterator[None]:
    """Raises what a database complains of as StorageError, and as DataError where it is damaged, naming `place`."""
    try:
        yield
    except SQLAlchemyError as fault:
        raise translated(place, fault) from fault


def translated(place: str, fault: Exception) -> ParrotError:
    """The error of the house that says the same as `fault`, without SQL and its values."""
    text = str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
    lower = text.lower()
    if any(word in lower for word in _DAMAGE):
        return DataError(f"{place} is damaged: {text}", fix=_DAMAGE_FIX)
    fixes = (fix for words, fix in _FIXES if any(word in lower for word in words))
    return StorageError(f"{place}: {text}", fix=next(fixes, "see what the database says, then start again"))
