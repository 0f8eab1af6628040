"""Images of a folder after a loss of power: what was synced is there, of the rest any part of any sector.

A Recorder stands in for the module `os` of the code under test, passes every call on and remembers it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: write, truncate, sync, create, sync folder, or acknowledge."""

    what: str
    path: str = ""
    offset: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Recorder:
    """The module `os`, remembered. `skip_sync` drops the syncs, as a store would that does not wait for them."""

    skip_sync: bool = False
    steps: list[Step] = field(default_factory=list)
    paths: dict[int, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Any, flags: int, mode: int = 0o777) -> int:
        new = bool(flags & os.O_CREAT) and not Path(path).exists()
        number = os.open(path, flags, mode)
        self.paths[number] = str(path)
        if new:
            self.steps.append(Step("create", str(path)))
        return number

    def close(self, number: int) -> None:
        self.paths.pop(number, None)
        os.close(number)

    def write(self, number: int, data: bytes | memoryview) -> int:
        offset = os.fstat(number).st_size  # files of a journal are opened for appending
        written = os.write(number, data)
        self.steps.append(Step("write", self.paths[number], offset, bytes(data[:written])))
        return written

    def pwrite(self, number: int, data: bytes, offset: int) -> int:
        written = os.pwrite(number, data, offset)
        self.steps.append(Step("write", self.paths[number], offset, data[:written]))
        return written

    def ftruncate(self, number: int, size: int) -> None:
        os.ftruncate(number, size)
        self.steps.append(Step("truncate", self.paths[number], size))

    def fsync(self, number: int) -> None:
        if not self.skip_sync:
            self.steps.append(Step("sync", self.paths[number]))

    fdatasync = fsync

    def acknowledge(self, number: int) -> None:
        self.steps.append(Step("told", offset=number))


@dataclass(slots=True)
class OneFile:
    """What is safe of a file, and what was written since."""

    safe: bytearray = field(default_factory=bytearray)
    loose: list[Step] = field(default_factory=list)
    named: bool = False

    def settle(self) -> None:
        for step in self.loose:
            apply(self.safe, step.what, step.offset, step.data)
        self.loose.clear()


def apply(content: bytearray, what: str, offset: int, data: bytes) -> None:
    if what == "truncate":
        size = offset
        del content[size:]
        content.extend(bytes(size - len(content)))
        return
    content.extend(bytes(max(0, offset + len(data) - len(content))))
    content[offset : offset + len(data)] = data


def image(steps: list[Step], chance: Random) -> tuple[dict[str, bytes], int]:
    """The files as a cut behind `steps` may leave them, and the last number that was told."""
    files: dict[str, OneFile] = {}
    told = 0
    for step in steps:
        if step.what == "told":
            told = step.offset
        elif step.what == "create":
            files[step.path] = OneFile()
        elif step.what == "sync":
            if step.path in files:
                files[step.path].settle()
                files[step.path].named = True  # a file's first sync writes its name too, on the usual file systems
            else:
                for path, one in files.items():
                    one.named = one.named or str(Path(path).parent) == step.path
        else:
            files.setdefault(step.path, OneFile(named=True)).loose.append(step)
    kept = {path: remains(one, chance) for path, one in files.items() if one.named or chance.random() < 0.5}
    return kept, told


def remains(one: OneFile, chance: Random) -> bytes:
    """The safe part with some sectors of what came after it, in any order, sometimes only the new length."""
    content = bytearray(one.safe)
    way = chance.random()
    for step in one.loose:
        if step.what == "truncate":
            if chance.random() < 0.5:
                apply(content, "truncate", step.offset, b"")
            continue
        for begin, piece in sectors(step.offset, step.data):
            if way < 0.2 or chance.random() < 0.5:
                apply(content, "write", begin, piece)
    return bytes(content)


def sectors(offset: int, data: bytes) -> list[tuple[int, bytes]]:
    """The pieces of a write that reach the disk whole or not at all."""
    pieces, at = [], 0
    while at < len(data):
        size = min(len(data) - at, SECTOR - (offset + at) % SECTOR)
        pieces.append((offset + at, data[at : at + size]))
        at += size
    return pieces


def lay_out(files: dict[str, bytes], source: Path, target: Path) -> None:
    """Writes an image of the folder `source` to `target`."""
    for path, content in files.items():
        place = target / Path(path).relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
