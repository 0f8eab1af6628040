"""The entries of a journal's file as far as they are whole, without owning the file."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
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


def unlike_witness(path: Path, seen: Sequence[HeadSeen]) -> list[tuple[int, str]]:
    """Where a journal is not what was witnessed of it: number of the entry and text, the first of each kind."""
    wanted = {head.seq: head.digest for head in seen}
    last = 0
    for place, _ in batches(path):
        last = place.seq
        digest = wanted.pop(place.seq, None)
        if digest is not None and digest != place.digest.hex():
            return [(place.seq, "another chain was witnessed here by the audit log: the file was exchanged")]
    missing = [seq for seq in wanted if seq > last]
    if missing:
        text = f"entry {min(missing)} was witnessed by the audit log, and the file ends with {last}: its end is cut off"
        return [(last, text)]
    return [(seq, "a batch ended here when the audit log saw it, and does not now") for seq in sorted(wanted)[:1]]
