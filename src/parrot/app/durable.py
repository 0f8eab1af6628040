"""The durable files of a data directory: which there are, where each ends, and which make room for newer ones."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from parrot.adapters.journal.files import layout
from parrot.adapters.journal.files.snapshots import read_snapshot_head
from parrot.contracts.acts import HeadSeen

DESK: Final = "desk.journal"
AUDIT: Final = "audit.journal"
SUFFIXES: Final = (".journal", ".db")
SNAPSHOT: Final = re.compile(r"desk-(\d{15})\.snapshot\.journal")
SEGMENT: Final = re.compile(r"venue/(\d{6,})\.journal")

# Of these the newest two are kept; a third makes the oldest go.
FAMILIES: Final = (SNAPSHOT, SEGMENT)
KEPT: Final = 2


def durable_files(root: Path) -> list[str]:
    """Paths below `root` of all durable files, with / between folders, in the order of their names."""
    found = []
    for folder, _, names in os.walk(root):
        below = Path(folder).relative_to(root)
        found += [(below / name).as_posix() for name in names if name.endswith(SUFFIXES)]
    return sorted(found)


def durable_heads(root: Path) -> dict[str, HeadSeen]:
    """Where every durable file but the audit log ends now; files that hold nothing yet are left out."""
    found = {}
    for name in durable_files(root):
        head = None if name == AUDIT else _head(root / name)
        if head is not None and head.seq:
            found[name] = head
    return found


def _head(path: Path) -> HeadSeen | None:
    try:
        if SNAPSHOT.fullmatch(path.name):
            kept = read_snapshot_head(path)
            return HeadSeen(kept.seq, kept.digest.hex()) if kept else None
        with path.open("rb") as file:
            place = layout.read_head(file.read(layout.START))
    except FileNotFoundError:
        return None  # it made room for a newer one meanwhile
    return HeadSeen(place.seq, place.digest.hex()) if place else None


def made_room(name: str, there: set[str]) -> bool:
    """Whether a file is rightly gone: it belongs to a family of which enough newer ones are there."""
    for family in FAMILIES:
        found = family.fullmatch(name)
        if found:
            numbers = [int(match[1]) for other in there if (match := family.fullmatch(other))]
            return sum(number > int(found[1]) for number in numbers) >= KEPT
    return False
