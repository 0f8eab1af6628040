"""What a series consists of: one small object that is exchanged whole, so that a write of many files is one step."""

from __future__ import annotations

import msgspec

from parrot.kernel.errors import StorageError

VERSION = 1


class Part(msgspec.Struct, frozen=True):
    """One Parquet object: its UTC day (None for a series in one piece), its path, rows, first and last time, bytes."""

    day: int | None
    path: str
    rows: int
    first_ts: int
    last_ts: int
    size_bytes: int


class Manifest(msgspec.Struct, frozen=True):
    """The parts of a series in order of time. Objects that no manifest names do not count."""

    by_day: bool
    parts: list[Part] = []
    version: int = VERSION

    def between(self, start: int | None, end: int | None) -> list[Part]:
        """Parts that may hold rows of [start, end), ns UTC."""
        return [
            part
            for part in self.parts
            if (start is None or part.last_ts >= start) and (end is None or part.first_ts < end)
        ]

    def with_parts(self, new: list[Part]) -> Manifest:
        """New parts in the place of those of the same days."""
        parts = {part.day: part for part in (*self.parts, *new)}
        return Manifest(self.by_day, sorted(parts.values(), key=lambda part: part.first_ts))


def read(content: bytes, place: str) -> Manifest:
    """The manifest that an object holds. Raises StorageError for another version and for what is none."""
    try:
        found = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as fault:
        raise StorageError(f"{place} is no manifest: {fault}", fix="bring it back from a copy") from fault
    if found.version != VERSION:
        raise StorageError(
            f"{place} is of version {found.version}", expected=f"version {VERSION}", fix="use the Parrot that wrote it"
        )
    return found
