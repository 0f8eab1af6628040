"""The file journal: append a batch, sync it, move the head in front."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import mmap
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from parrot.adapters.journal.files import layout
from parrot.adapters.journal.files.layout import Flaw, Place
from parrot.adapters.journal.files.verify import verify_journal
from parrot.kernel.errors import DataError, InputError, StorageError
from parrot.ports.journal import Head

_FIX = "keep the folder as it is, look at it with `parrot verify`, bring it back from a copy"
_LOCKS = Path("/proc/locks")  # of Linux
_MARKED_EACH = 4_096  # entries between two places that are remembered


class FileJournal:
    """A journal in `path` (its name ends in ".journal"); one owner at a time.

    Opening recovers: what is left of a batch that nobody was told of is cut off. `sync` False leaves durability against
    a loss of power to the system (a killed process still loses nothing). Raises InputError when another process owns
    it, DataError when it is damaged, StorageError when the disk fails. With `lazy` a batch is only written, and is
    durable after the next `sync`.
    """

    def __init__(self, path: Path, *, sync: bool = True, lazy: bool = False) -> None:
        if not path.name.endswith(".journal"):
            raise InputError(f"{path.name} is no name of a journal", expected='a name that ends in ".journal"')
        self.path = path
        self._sync = sync
        self._lazy = lazy
        self._broken = ""
        self._marks = [layout.BEGINNING]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _make(path)
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
            self._head = os.open(path, os.O_WRONLY | os.O_CLOEXEC)  # what appends cannot write in place
        except OSError as fault:
            raise _storage(path, fault) from fault
        try:
            self._own()
            self._place = self._recover()
        except (OSError, InputError) as fault:
            self._let_go()
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
        self._mark(place)
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
            for found in layout.frames(view, self._mark_before(after)):
                if isinstance(found, Flaw):
                    raise DataError(f"{self.path}: {found.text} behind entry {found.place.seq}", fix=_FIX)
                place, bodies = found
                for seq, body in enumerate(bodies, place.seq - len(bodies) + 1):
                    if seq > after:
                        yield seq, body

    def _mark(self, place: Place) -> None:
        """Notes some of the places that were looked at or written, so that reading need not begin at the beginning."""
        if place.seq - self._marks[-1].seq >= _MARKED_EACH:
            self._marks.append(place)

    def _mark_before(self, after: int) -> Place:
        return self._marks[bisect_right(self._marks, after, key=lambda mark: mark.seq) - 1]

    def verify(self) -> list[str]:
        """What is altered, missing or added, one text each."""
        return verify_journal(self.path).problems

    def close(self) -> None:
        """Marks a clean end and lets go of the file."""
        if self._file < 0:
            return
        try:
            if not self._broken:
                if self._lazy:
                    os.fdatasync(self._file)
                self._move_head(self._place._replace(clean=True))
                os.fsync(self._file)
        except OSError as fault:
            raise _storage(self.path, fault) from fault
        finally:
            self._let_go()

    def _let_go(self) -> None:
        os.close(self._head)
        os.close(self._file)
        self._file = -1

    def _own(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"{self.path} is in use by another process{_owner(self._file)}",
                expected="one owner at a time",
                fix="stop the other one, or use another --data",
            ) from None

    def _recover(self) -> Place:
        size = os.fstat(self._file).st_size
        place = self._end(size)
        if place.offset < size:
            os.ftruncate(self._file, place.offset)
        self._move_head(place)
        os.fsync(self._file)
        return place

    def _end(self, size: int) -> Place:
        """The place behind the last whole batch. Raises DataError when the head says that there was more."""
        if size < layout.START:
            raise DataError(f"{self.path} is cut off at byte {size}", expected="a whole header", fix=_FIX)
        place, flaw, strange = Place(0, layout.START, layout.EMPTY), None, False
        with mmap.mmap(self._file, size, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
            head = layout.read_head(view)
            for found in layout.frames(view):
                if isinstance(found, Flaw):
                    flaw = found
                else:
                    place = found[0]
                    self._mark(place)
                    strange |= head is not None and place.seq == head.seq and place[:3] != head[:3]
        if head is None:
            raise DataError(f"{self.path}: the header or the head is altered (bytes 0 to 95)", fix=_FIX)
        if strange:
            raise DataError(f"{self.path}: the chain at entry {head.seq} is not the one it ended in", fix=_FIX)
        if head.clean and size > head.offset:
            raise DataError(f"{self.path}: {size - head.offset} bytes were added behind its clean end", fix=_FIX)
        if place.seq < head.seq:
            text = flaw.text if flaw else "the end is cut off"
            problem = (
                f"{self.path}: {text} behind entry {place.seq} (byte {place.offset}); entries to {head.seq} were kept"
            )
            raise DataError(problem, expected="every entry as it was written", fix=_FIX)
        return place

    def _move_head(self, place: Place) -> None:
        os.pwrite(self._head, layout.head_bytes(place), layout.HEAD_AT)


def _make(path: Path) -> None:
    """An empty journal where there is none; it appears under its name only when it is whole on the disk."""
    if path.exists():
        return
    made = path.with_name(f".{path.name}.{os.getpid()}.part")
    with made.open("wb") as file:
        file.write(layout.HEADER + layout.head_bytes(Place(0, layout.START, layout.EMPTY)))
        file.flush()
        os.fsync(file.fileno())
    made.chmod(0o600)
    with contextlib.suppress(FileExistsError):  # somebody else was quicker, and will own it
        os.link(made, path)
    made.unlink()
    _sync_folder(path.parent)


def _owner(file: int) -> str:
    """The number of the process that holds a file, in brackets; empty where the system does not tell."""
    inode = f":{os.fstat(file).st_ino}"
    try:
        rows = [line.split() for line in _LOCKS.read_text(encoding="ascii").splitlines()]
    except (OSError, ValueError):
        return ""
    found = (row[4] for row in rows if row[1] == "FLOCK" and row[5].endswith(inode) and row[4].isdigit())
    number = next(found, "0")
    return f" (process {number})" if number != "0" else ""


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
