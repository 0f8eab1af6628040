"""The file journal: append a batch, sync it, move the head."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from parrot.adapters.journal.files import layout
from parrot.adapters.journal.files.layout import Flaw, Place
from parrot.adapters.journal.files.verify import verify_journal
from parrot.kernel.errors import DataError, InputError, StorageError
from parrot.ports.journal import Head

_FIX = "keep the folder as it is, look at it with `parrot verify`, bring it back from a copy"


class FileJournal:
    """A journal in `path` (its name ends in ".journal") with its head beside it; one owner at a time.

    Opening recovers: what is left of a batch that nobody was told of is cut off. `sync` False leaves durability against
    a loss of power to the system (a killed process still loses nothing). Raises InputError when another process owns
    it, DataError when it is damaged, StorageError when the disk fails. With `lazy` a batch is only written, and is
    durable after the next `sync`.
    """

    def __init__(self, path: Path, *, sync: bool = True, lazy: bool = False) -> None:
        if not path.name.endswith(".journal") or path.name.endswith(".head.journal"):
            raise InputError(f"{path.name} is no name of a journal", expected='a name that ends in ".journal"')
        self.path = path
        self._sync = sync
        self._lazy = lazy
        self._broken = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise _storage(path, fault) from fault
        try:
            self._own()
            self._place = self._recover()
        except (OSError, InputError) as fault:
            os.close(self._file)
            raise fault if isinstance(fault, InputError) else _storage(path, fault) from None

    def head(self) -> Head:
        """The last entry that is durable."""
        return Head(self._place.seq, self._place.digest)

    def append(self, bodies: Sequence[bytes]) -> Head:
        """Adds a batch and returns when it is durable; after a StorageError the journal takes no more."""
        if self._broken:
            raise StorageError(f"{self.path} takes no more: {self._broken}", fix="mend the disk, then start again")
        if not bodies:
            return self.head()
        whole, place = layout.frame(self._place, bodies)
        try:
            _write(self._file, whole)
            if not self._lazy:
                self._settle(place)
        except OSError as fault:
            self._broken = os.strerror(fault.errno or 0)
            raise _storage(self.path, fault) from fault
        self._place = place
        return self.head()

    def sync(self) -> None:
        """Makes durable what a lazy journal has written; after a StorageError the journal takes no more."""
        try:
            self._settle(self._place)
        except OSError as fault:
            self._broken = os.strerror(fault.errno or 0)
            raise _storage(self.path, fault) from fault

    def _settle(self, place: Place) -> None:
        if self._sync:
            os.fdatasync(self._file)
        self._move_head(place)

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Entries behind number `after`; raises DataError where the chain does not hold."""
        if self._place.offset == layout.START:
            return
        with mmap.mmap(self._file, self._place.offset, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
            for found in layout.frames(view):
                if isinstance(found, Flaw):
                    raise DataError(f"{self.path}: {found.text} behind entry {found.place.seq}", fix=_FIX)
                place, bodies = found
                for seq, body in enumerate(bodies, place.seq - len(bodies) + 1):
                    if seq > after:
                        yield seq, body

    def verify(self) -> list[str]:
        """What is altered, missing or added, one text each."""
        return verify_journal(self.path).problems

    def close(self) -> None:
        """Marks a clean end and lets go of the file."""
        if self._file < 0:
            return
        if not self._broken:
            if self._lazy:
                os.fdatasync(self._file)
            self._move_head(self._place._replace(clean=True))
            os.fsync(self._head)
        os.close(self._head)
        os.close(self._file)
        self._file = -1

    def _own(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{self.path} is in use by another process",
                expected="one owner at a time",
                fix="stop the other one (parrot status --data says who), or use another --data",
            ) from None

    def _recover(self) -> Place:
        size = os.fstat(self._file).st_size
        place = Place(0, layout.START, layout.EMPTY) if size < layout.START else self._end(size)
        if size < layout.START:
            self._create()
        elif place.offset < size:
            os.ftruncate(self._file, place.offset)
            os.fsync(self._file)
        self._head = os.open(layout.head_path(self.path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._move_head(place)
        os.fsync(self._head)
        _sync_folder(self.path.parent)
        return place

    def _create(self) -> None:
        if layout.head_path(self.path).exists():
            raise DataError(f"{self.path} is empty, and its head is not", fix=_FIX)
        os.ftruncate(self._file, 0)
        _write(self._file, layout.HEADER)
        os.fsync(self._file)

    def _end(self, size: int) -> Place:
        """The place behind the last whole batch. Raises DataError when the head says that there was more."""
        place, flaw = Place(0, layout.START, layout.EMPTY), None
        with mmap.mmap(self._file, size, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
            if view[: layout.START] != layout.HEADER:
                raise DataError(f"{self.path} is no journal of this version", expected="its header", fix=_FIX)
            for found in layout.frames(view):
                if isinstance(found, Flaw):
                    flaw = found
                else:
                    place = found[0]
        head = self._told(place)
        if place.seq < head.seq:
            text = flaw.text if flaw else "the end is cut off"
            problem = (
                f"{self.path}: {text} behind entry {place.seq} (byte {place.offset}); entries to {head.seq} were kept"
            )
            raise DataError(problem, expected="every entry as it was written", fix=_FIX)
        return place

    def _told(self, found: Place) -> Place:
        """What the head file names; a journal is made before its head, which an empty one may lack."""
        path = layout.head_path(self.path)
        text = path.read_bytes() if path.exists() else b""
        if not text and found.seq == 0:
            return found
        head = layout.read_head(text)
        if head is None:
            raise DataError(f"{path} is altered or missing", expected="the head as it was written", fix=_FIX)
        return head

    def _move_head(self, place: Place) -> None:
        os.pwrite(self._head, layout.head_bytes(place), 0)


def _write(file: int, data: bytes) -> None:
    """All of it, or an error."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _storage(path: Path, fault: OSError) -> StorageError:
    full = fault.errno in (errno.ENOSPC, errno.EDQUOT)
    fix = (
        "make room on the disk, then start again" if full else "look at the disk and its permissions, then start again"
    )
    return StorageError(f"{path}: {os.strerror(fault.errno or 0)}", fix=fix)
