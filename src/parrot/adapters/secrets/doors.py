"""Files that only their owner can read: read so, and written so."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from parrot.kernel.errors import StorageError

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def read_closed(path: Path, most: int) -> bytes:
    """At most `most` + 1 bytes of a file that nobody else can read, in a folder that nobody else can write.

    Raises FileNotFoundError; StorageError when it cannot be read, is no file, or others could get at it.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise StorageError(f"{path} cannot be read: {fault.strerror}", fix="make it a file of this user") from None
    try:
        _refuse_open_doors(path, os.fstat(file))
        return os.read(file, most + 1)
    finally:
        os.close(file)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else is in here for the same `path`, in no thread and no process; waits until it is so.

    Not to be entered twice for one path. Raises StorageError.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(
            path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
    except OSError as fault:
        raise _unwritten(path, fault) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def write_closed(path: Path, content: bytes, *, new: bool = False) -> None:
    """Puts `content` into the file at `path` as a whole, mode 0600; durable when it returns.

    Raises StorageError, also where `new` and there is a file already.
    """
    half = path.with_name(f".{path.name}.half")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        if new:
            os.link(half, path)
            half.unlink()
        else:
            half.replace(path)
        sync_folder(path.parent)
    except OSError as fault:
        with suppress(OSError):  # the fault to tell of is the first
            half.unlink(missing_ok=True)
        raise _unwritten(path, fault) from None


def sync_folder(folder: Path) -> None:
    """Makes names that were added to or taken from a folder durable."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _unwritten(path: Path, fault: OSError) -> StorageError:
    fix = "make room, or look at the folder's permissions; what was there before is unchanged"
    return StorageError(f"{path} cannot be written: {fault.strerror}", fix=fix)


def _refuse_open_doors(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise StorageError(f"{path} is no file", fix="make it a file with the secret in it")
    if found.st_mode & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise StorageError(
            f"{path} has mode {mode:04o}: others can read it",
            expected="mode 0600 or 0400",
            fix=f"chmod 600 {path}, and change the secret if others used this machine",
        )
    if found.st_uid not in (os.geteuid(), 0):
        raise StorageError(f"{path} belongs to another user", expected="this user or root", fix=f"chown it: {path}")
    if path.parent.stat().st_mode & _OTHERS_WRITE:
        raise StorageError(f"others can write {path.parent}", fix=f"chmod go-w {path.parent}")
