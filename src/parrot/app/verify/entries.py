"""The entries of a journal's file as far as they are whole, without owning the file."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from parrot.adapters.journal.files import layout
from parrot.adapters.journal.files.layout import Flaw, Place
from parrot.contracts.acts import HeadSeen
from parrot.ports.journal import Head


def batches(path: Path) -> Iterator[tuple[Place, list[bytes]]]:
    """Each whole batch with the place behind it."""
    if path.stat().st_size <= layout.START:
        return
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        memoryview(data) as view,
    ):
        for found in layout.frames(view):
            if isinstance(found, Flaw):
                return
            yield found


def entries(path: Path, *, after: int = 0, to: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Entries behind number `after`, up to number `to`."""
    for place, bodies in batches(path):
        if place.seq <= after:
            continue
        for seq, body in enumerate(bodies, place.seq - len(bodies) + 1):
            if to is not None and seq > to:
                return
            if seq > after:
                yield seq, body


class ReadOnly:
    """A journal that can only be read, up to one entry."""

    def __init__(self, path: Path, to: int) -> None:
        self._path = path
        self._to = to

    def head(self) -> Head:
        """The last entry that is looked at."""
        return Head(self._to, b"")

    def append(self, bodies: Sequence[bytes]) -> Head:
        """Never."""
        raise AssertionError("a verification writes nothing")

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Entries behind number `after`."""
        return entries(self._path, after=after, to=self._to)

    def verify(self) -> list[str]:
        """Nothing: the file is looked at elsewhere."""
        return []

    def close(self) -> None:
        """Nothing is held."""


class Seen:
    """Digests of one journal at the entries at which somebody else has seen it."""

    def __init__(self, heads: Iterable[HeadSeen]) -> None:
        self._wanted = {head.seq for head in heads}
        self._digests: dict[int, str] = {}
        self._last = 0

    def behind_batch(self, place: Place) -> None:
        """Takes the place behind the next batch."""
        self._last = place.seq
        if place.seq in self._wanted:
            self._digests[place.seq] = place.digest.hex()

    def unlike(self, heads: Iterable[HeadSeen]) -> list[tuple[int, str]]:
        """The first place where the journal is not what was seen of it: number of the entry and text."""
        for head in sorted(heads, key=lambda head: head.seq):
            if head.seq > self._last:
                return [(self._last, f"entry {head.seq} was seen, and the file ends with {self._last}")]
            if self._digests.get(head.seq) != head.digest:
                return [(head.seq, "another chain was seen here: the file was exchanged")]
        return []
