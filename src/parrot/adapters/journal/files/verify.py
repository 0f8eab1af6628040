"""Every byte of a journal's file, looked at without owning it."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from parrot.adapters.journal.files import layout
from parrot.adapters.journal.files.layout import Flaw, Place
from parrot.adapters.journal.files.snapshots import read_snapshot


@dataclass(slots=True)
class Verdict:
    """What a look at one journal found: entries, the digest at its end, problems, and notes that are none."""

    entries: int = 0
    digest: bytes = layout.EMPTY
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify_journal(
    path: Path,
    each: Callable[[int, bytes], None] | None = None,
    *,
    behind_batch: Callable[[Place], None] = lambda place: None,
) -> Verdict:
    """Reads the journal at `path` whole; `each` is given every entry (number, body) of whole batches, in order.

    `behind_batch` is given the place behind each batch.
    The file is read from the front, so a journal that is being written meanwhile is no problem. A batch that was cut
    off while it was written, behind the head, is a note. Raises OSError when the file cannot be read.
    """
    verdict = Verdict()
    data = memoryview(path.read_bytes())
    head = layout.read_head(data)
    if head is None:
        verdict.problems.append(f"{path.name}: the header or the head is altered or cut off (bytes 0 to 95)")
    place = Place(0, layout.START, layout.EMPTY)
    behind = 0
    for found in layout.frames(data):
        if isinstance(found, Flaw):
            _judge(path, found, head, verdict)
            break
        place, bodies = found
        behind_batch(place)
        behind += head is not None and place.seq > head.seq
        if head is not None and place.seq == head.seq and (place.offset, place.digest) != (head.offset, head.digest):
            verdict.problems.append(f"{path.name}: the chain at entry {place.seq} is not the one the head names")
        if each is not None:
            for seq, body in enumerate(bodies, place.seq - len(bodies) + 1):
                each(seq, body)
    verdict.entries, verdict.digest = place.seq, place.digest
    _compare(path, place, head, behind, verdict)
    return verdict


def bodies_of(path: Path) -> Iterator[bytes]:
    """The entries of a journal without owning it, in order and one batch at a time, up to where its chain holds.

    Raises OSError when the file cannot be read.
    """
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        memoryview(data) as view,
    ):
        for found in layout.frames(view):
            if isinstance(found, Flaw):
                return
            yield from found[1]


def _judge(path: Path, flaw: Flaw, head: Place | None, verdict: Verdict) -> None:
    text = f"{path.name}: {flaw.text} behind entry {flaw.place.seq} (byte {flaw.place.offset})"
    told = head is None or flaw.place.seq < head.seq
    if flaw.torn and not told and not (head is not None and head.clean):
        verdict.notes.append(text + ": it was being written when its process ended, nobody was told of it")
    else:
        verdict.problems.append(text)


def _compare(path: Path, place: Place, head: Place | None, behind: int, verdict: Verdict) -> None:
    if head is None or verdict.problems:
        return
    if place.seq < head.seq:
        verdict.problems.append(f"{path.name}: entries {place.seq + 1} to {head.seq} are missing at the end")
    elif behind and head.clean:
        verdict.problems.append(f"{path.name}: entries {head.seq + 1} to {place.seq} were added behind a clean end")
    elif behind:
        verdict.notes.append(
            f"{path.name}: entries {head.seq + 1} to {place.seq} lie behind the head, as after a crash"
        )


def verify_snapshot(path: Path) -> list[str]:
    """What is wrong with a snapshot's file; empty when nothing is."""
    return [] if read_snapshot(path) else [f"{path.name}: altered or cut off"]
