"""Sessions in a folder, one file each: they survive the end of the process.

A file is a row of records, each `crc32 | kind | length | bytes`: the key first, then messages and the numbers that the
two sides use next. Once it is large it is written anew without what would not be told again. A write reaches the system
before a message is sent; it is not synced: a killed process loses nothing, and after a loss of power the two sides may
have to begin again at 1, as sessions can.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from zlib import crc32

from parrot.adapters.sessions.memory import MemorySession
from parrot.kernel.errors import StorageError
from parrot.ports.sessions import SessionKey

_HEAD: Final = struct.Struct("<IcI")
_KEY: Final = b"k"
_EXPECT: Final = b"e"
_KEEP: Final = b"m"
_SKIP: Final = b"s"
FILE_BYTES_MAX: Final = 64 << 20
_NUMBER: Final = struct.Struct("<Q")
_SUFFIX: Final = ".session"
_BYTES_MAX: Final = 1 << 20


class FileSession:
    """One session in a file; a torn end is cut off when it is opened."""

    def __init__(self, path: Path, key: SessionKey) -> None:
        self._path = path
        self._key = key
        self._memory = MemorySession()
        self._torn = False
        self._size = 0
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = _opened(path)
            self._recover()
        except OSError as fault:
            raise _storage(path, fault) from fault

    @property
    def incoming(self) -> int:
        """The number that the other side's next message must have."""
        return self._memory.incoming

    @property
    def outgoing(self) -> int:
        """The number of our next message."""
        return self._memory.outgoing

    def expect(self, number: int) -> None:
        """Everything below `number` has been dealt with."""
        self._write(_EXPECT, _NUMBER.pack(number))
        self._memory.expect(number)
        if self._size > FILE_BYTES_MAX:
            self._write_anew()

    def keep(self, message: bytes) -> None:
        """Our next message; an empty one is not to be told again."""
        self._write(_KEEP, message)
        self._memory.keep(message)

    def kept(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """Messages to tell again, by number."""
        return self._memory.kept(first, last)

    def reset(self) -> None:
        """Both sides begin again at 1."""
        try:
            os.ftruncate(self._file, 0)
            self._torn, self._size = False, 0
        except OSError as fault:
            raise _storage(self._path, fault) from fault
        self._write(_KEY, json.dumps(self._key).encode())
        self._memory.reset()

    def close(self) -> None:
        """Lets go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, kind: bytes, data: bytes) -> None:
        record = _record(kind, data)
        try:
            self._torn = self._torn or os.write(self._file, record) != len(record)
        except OSError as fault:
            self._torn = True
            raise _storage(self._path, fault) from fault
        self._size += len(record)
        if self._torn:  # what came behind half a record would be lost at the next start
            raise StorageError(f"{self._path} takes no more", fix="make room on the disk")

    def _write_anew(self) -> None:
        """The same with fewer bytes, whole or not at all."""
        records, expected = [_record(_KEY, json.dumps(self._key).encode())], 1
        for number, message in self._memory.kept(1, self.outgoing - 1):
            if number != expected:
                records.append(_record(_SKIP, _NUMBER.pack(number)))
            records.append(_record(_KEEP, message))
            expected = number + 1
        records += (_record(_SKIP, _NUMBER.pack(self.outgoing)), _record(_EXPECT, _NUMBER.pack(self.incoming)))
        made = self._path.with_suffix(".part")
        try:
            made.write_bytes(b"".join(records))
            made.chmod(0o600)
            made.replace(self._path)
            os.close(self._file)
            self._file = _opened(self._path)
        except OSError as fault:
            raise _storage(self._path, fault) from fault
        self._size = sum(map(len, records))

    def _recover(self) -> None:
        data = self._path.read_bytes()
        end = 0
        for kind, body, behind in _records(data):
            end = behind
            if kind == _EXPECT:
                self._memory.expect(_NUMBER.unpack(body)[0])
            elif kind == _KEEP:
                self._memory.keep(body)
            elif kind == _SKIP:
                self._memory.skip(_NUMBER.unpack(body)[0])
        os.ftruncate(self._file, end)
        self._size = end
        if not end:
            self._write(_KEY, json.dumps(self._key).encode())


class FileSessions:
    """Sessions in one folder, which one process owns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known(self) -> Sequence[SessionKey]:
        """The sessions whose files say whose they are."""
        found = []
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            with path.open("rb") as file:
                first = next(_records(file.read(4096)), None)
            if first is not None and first[0] == _KEY:
                found.append(SessionKey(*json.loads(first[1])))
        return found

    def open(self, key: SessionKey) -> FileSession:
        """One of them, made where it is missing. Raises StorageError."""
        name = hashlib.blake2b(json.dumps(key).encode(), digest_size=12).hexdigest()
        return FileSession(self._folder / f"{name}{_SUFFIX}", key)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _record(kind: bytes, data: bytes) -> bytes:
    inner = kind + len(data).to_bytes(4, "little") + data
    return crc32(inner).to_bytes(4, "little") + inner


def _records(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Kind, bytes and end of each whole record, up to the first that is not."""
    at = 0
    while at + _HEAD.size <= len(data):
        check, kind, length = _HEAD.unpack_from(data, at)
        end = at + _HEAD.size + length
        if length > _BYTES_MAX or end > len(data) or crc32(data[at + 4 : end]) != check:
            return
        yield kind, data[at + _HEAD.size : end], end
        at = end


def _storage(path: Path, fault: OSError) -> StorageError:
    return StorageError(f"{path}: {os.strerror(fault.errno or 0)}", fix="look at the disk and its permissions")
