"""The journal port: entries in order, durable before anything follows from them, chained so that changes are found."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol

DIGEST_BYTES: Final = 16
EMPTY_DIGEST: Final = bytes(DIGEST_BYTES)
_NUMBER: Final = struct.Struct("<Q")


def chain(digest: bytes, seq: int, body: bytes | memoryview) -> bytes:
    """The digest after entry `seq`, from the one before it."""
    return blake2b(b"".join((digest, _NUMBER.pack(seq), body)), digest_size=DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where a journal ends: number of its last entry (0 when empty) and the chain's digest there."""

    seq: int
    digest: bytes


class Journal(Protocol):
    """Bodies of entries, numbered 1, 2, 3 ... A batch is one transaction: all of it or nothing.

    digest(n) = BLAKE2b-128(digest(n-1) || n as 8 bytes little-endian || body(n)); digest(0) is 16 zero bytes.
    Every method raises StorageError when the store fails, DataError when what it holds is damaged.
    """

    def head(self) -> Head:
        """The last entry that is durable."""

    def append(self, bodies: Sequence[bytes]) -> Head:
        """Adds a batch; returns when it would survive a loss of power. After an error the journal takes no more."""

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Entries behind number `after`, checked against the chain as they come."""

    def verify(self) -> list[str]:
        """Every byte looked at: what is altered, missing or added, one text each; empty when all is well."""

    def close(self) -> None:
        """Lets go of the store."""


class Snapshots(Protocol):
    """States of a journal's fold, so that a start need not replay everything. Losing them loses nothing."""

    def save(self, head: Head, state: bytes) -> None:
        """Keeps the state after `head`, whole or not at all; older ones but the last are let go."""

    def newest(self) -> tuple[Head, bytes] | None:
        """The newest whole one."""


class Segments(Protocol):
    """A row of journals with numbers 1, 2, 3 ...; disk use is bounded, because old ones are dropped."""

    def numbers(self) -> Sequence[int]:
        """Those that are there, ascending."""

    def open(self, number: int) -> Journal:
        """One of them, made when it is missing. Raises StorageError, DataError."""

    def drop(self, number: int) -> None:
        """Lets go of one for good."""
