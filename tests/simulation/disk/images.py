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
    """One thing that was done: create, write, truncate, sync, link (`data` is the new name), or told."""

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
        path = self.paths.get(number) or self.found(number)
        if not self.skip_sync:
            self.steps.append(Step("sync", path))

    def found(self, number: int) -> str:
        """A file that was written behind our back, with all that it holds."""
        path = str(Path(f"/proc/self/fd/{number}").readlink())
        if Path(path).is_file():
            self.steps += [Step("create", path), Step("write", path, 0, Path(path).read_bytes())]
        return path

    def link(self, source: Any, target: Any) -> None:
        os.link(source, target)
        self.steps.append(Step("link", str(source), data=str(target).encode()))

    fdatasync = fsync

    def acknowledge(self, number: int) -> None:
        self.steps.append(Step("told", offset=number))


@dataclass(slots=True)
class OneFile:
    """What is safe of a file, and what was written since."""

    safe: bytearray = field(default_factory=bytearray)
    loose: list[Step] = field(default_factory=list)

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
    """The files as a cut behind `steps` may leave them, and the last number that was told.

    A name is safe once its folder was synced after it was given; of others any may be missing.
    """
    files: dict[str, OneFile] = {}
    safe_names: set[str] = set()
    told = 0
    for step in steps:
        if step.what == "told":
            told = step.offset
        elif step.what == "create":
            files[step.path] = OneFile()
        elif step.what == "link":
            files[step.data.decode()] = files[step.path]
        elif step.what != "sync":
            files[step.path].loose.append(step)
        elif step.path in files:
            files[step.path].settle()
        else:
            safe_names |= {path for path in files if str(Path(path).parent) == step.path}
    images = {id(one): remains(one, chance) for one in files.values()}
    kept = {path: images[id(one)] for path, one in files.items() if path in safe_names or chance.random() < 0.5}
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
