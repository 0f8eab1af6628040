"""Snapshots of a journal's fold: one file each, whole or not there, the two newest are kept."""

from __future__ import annotations

import os
import struct
from hashlib import blake2b
from pathlib import Path
from typing import Final

from parrot.kernel.errors import StorageError
from parrot.ports.journal import Head

_MAGIC: Final = b"PARROTS1"
_START: Final = struct.Struct("<8sQ16sQ")
_SUFFIX: Final = ".snapshot.journal"
_KEPT: Final = 2


class FileSnapshots:
    """Snapshots `NAME-<seq>.snapshot.journal` in `folder`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    def save(self, head: Head, state: bytes) -> None:
        """Keeps the state after `head`; raises StorageError."""
        start = _START.pack(_MAGIC, head.seq, head.digest, len(state))
        whole = start + state + blake2b(start + state, digest_size=16).digest()
        path = self._folder / f"{self._name}-{head.seq:015d}{_SUFFIX}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            made = path.with_name(path.name + ".part")
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(whole)
                file.flush()
                os.fsync(file.fileno())
            made.replace(path)
            for old in self.paths()[:-_KEPT]:
                old.unlink()
        except OSError as fault:
            raise StorageError(f"{path}: {fault.strerror}", fix="make room on the disk") from fault

    def newest(self) -> tuple[Head, bytes] | None:
        """The newest whole one, None when there is none."""
        found = (read_snapshot(path) for path in reversed(self.paths()))
        return next((snapshot for snapshot in found if snapshot), None)

    def paths(self) -> list[Path]:
        """Files of snapshots, oldest first."""
        return sorted(self._folder.glob(f"{self._name}-*{_SUFFIX}"))


def read_snapshot(path: Path) -> tuple[Head, bytes] | None:
    """Head and state of a snapshot's file, None when its bytes are not what was written."""
    whole = path.read_bytes()
    if len(whole) < _START.size + 16 or whole[-16:] != blake2b(whole[:-16], digest_size=16).digest():
        return None
    magic, seq, digest, length = _START.unpack_from(whole)
    if magic != _MAGIC or length != len(whole) - _START.size - 16:
        return None
    return Head(seq, digest), whole[_START.size : -16]


def read_snapshot_head(path: Path) -> Head | None:
    """Where the journal was when a snapshot was made, by the first bytes of its file only."""
    with path.open("rb") as file:
        begin = file.read(_START.size)
    if len(begin) < _START.size or begin[: len(_MAGIC)] != _MAGIC:
        return None
    _, seq, digest, _ = _START.unpack(begin)
    return Head(seq, digest)
