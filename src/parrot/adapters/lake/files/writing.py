"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from parrot.kernel.errors import StorageError

_HALF = ".half"


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write files so that a crash or a full disk leaves each path as it was or as it shall be.

    Everything is on disk under other names before the first path changes. Raises StorageError; then no path changed.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            staged[path] = path.with_name(f".{path.name}{_HALF}")
            _put(staged[path], content)
        for path, half in staged.items():
            half.replace(path)
        for folder in {path.parent for path in staged} | {path.parent.parent for path in staged}:
            _sync(folder)
    except OSError as error:
        for half in staged.values():
            with suppress(OSError):  # the fault to tell of is the first
                half.unlink(missing_ok=True)
        raise StorageError(
            f"{error.filename or next(iter(contents))} cannot be written: {error.strerror or error}",
            expected="free space and permission to write",
            fix="make room or choose another folder; what was stored before is unchanged",
        ) from error


@contextmanager
def only_writer(lock: Path) -> Iterator[None]:
    """Hold the lock of a series while it is read, merged and written; other writers wait."""
    import fcntl

    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("w")
    except OSError as error:
        raise StorageError(
            f"{lock.parent} cannot be written: {error.strerror or error}",
            expected="a folder with permission to write",
            fix="choose another lake folder",
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _put(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
