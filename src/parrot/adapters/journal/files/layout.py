"""The bytes of a journal's file.

    header      32 bytes
    head        64 bytes: magic | seq u64 | offset u64 | digest 16 bytes | clean u64 | checksum 16 bytes
    frames      each one batch:
                payload length u32 | entries u32 | check of these 8 bytes | payload | digest after it 16 bytes
                payload: for each entry its length u32 and its body

All numbers are little-endian. A frame is written in one piece and synced before the head, written in place, says so;
and the head says so before anybody is told. So what lies behind the place that the head names is at most one batch that
nobody was told of. The head stands in front: a copy, which is read from the front, never has a newer head than frames.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from parrot.ports.journal import DIGEST_BYTES, EMPTY_DIGEST, chain

MAGIC: Final = b"PARROTJ1"
HEAD_MAGIC: Final = b"PARROTH1"
HEADER: Final = MAGIC + blake2b(MAGIC, digest_size=24).digest()
DIGEST: Final = DIGEST_BYTES
EMPTY: Final = EMPTY_DIGEST
FRAME: Final = struct.Struct("<II8s")
HEAD: Final = struct.Struct("<8sQQ16sQ16s")
HEAD_AT: Final = len(HEADER)
START: Final = HEAD_AT + HEAD.size
SECTOR: Final = 512
_LENGTH: Final = struct.Struct("<I")
_SIZES: Final = struct.Struct("<II")


class Place(NamedTuple):
    """A place between two frames: the last entry before it, the byte, the digest there."""

    seq: int
    offset: int
    digest: bytes
    clean: bool = False


BEGINNING: Final = Place(0, START, EMPTY)


def frame(place: Place, bodies: Sequence[bytes]) -> tuple[bytes, Place]:
    """The bytes of one batch behind `place`, and the place behind them."""
    digest = place.digest
    parts: list[bytes] = []
    for seq, body in enumerate(bodies, place.seq + 1):
        digest = chain(digest, seq, body)
        parts += (_LENGTH.pack(len(body)), body)
    payload = b"".join(parts)
    whole = _frame_head(len(payload), len(bodies), place.digest) + payload + digest
    return whole, Place(place.seq + len(bodies), place.offset + len(whole), digest)


def _frame_head(length: int, count: int, digest: bytes) -> bytes:
    return FRAME.pack(length, count, _check(length, count, digest))


def _check(length: int, count: int, digest: bytes) -> bytes:
    return blake2b(_SIZES.pack(length, count), key=digest, digest_size=8).digest()


class Flaw(NamedTuple):
    """Where frames end before the file does. `torn` when it may be the rest of a batch whose writing was cut off."""

    place: Place
    text: str
    torn: bool


def frames(data: memoryview, place: Place = BEGINNING) -> Iterator[tuple[Place, list[bytes]] | Flaw]:
    """Each whole batch behind `place` with the place behind it; last of all a Flaw when something is not whole."""
    while place.offset < len(data):
        found = _next(data, place)
        yield found
        if isinstance(found, Flaw):
            return
        place = found[0]


def torn_at(data: memoryview) -> bool:
    """Whether bytes may be the beginning of a batch whose writing was cut off: that happens between sectors only."""
    return len(data) % SECTOR == 0


def _next(data: memoryview, place: Place) -> tuple[Place, list[bytes]] | Flaw:
    rest = len(data) - place.offset
    if rest < FRAME.size:
        return Flaw(place, f"{rest} bytes that are no entry", torn=torn_at(data))
    length, count, check = FRAME.unpack_from(data, place.offset)
    if check != _check(length, count, place.digest):
        return Flaw(place, "the head of a batch is altered", torn=False)
    begin = place.offset + FRAME.size
    end = begin + length + DIGEST
    if end > len(data):
        return Flaw(place, f"a batch of {count} entries is cut off", torn=torn_at(data))
    digest, at, bodies = place.digest, begin, []
    for seq in range(place.seq + 1, place.seq + count + 1):
        size = _LENGTH.unpack_from(data, at)[0] if at + 4 <= begin + length else length
        if at + 4 + size > begin + length:
            return Flaw(place, f"entry {seq} is altered", torn=False)
        body = bytes(data[at + 4 : at + 4 + size])
        digest = chain(digest, seq, body)
        bodies.append(body)
        at += 4 + size
    if at != begin + length or digest != data[end - DIGEST : end]:
        return Flaw(place, f"an entry of {place.seq + 1} to {place.seq + count} is altered", torn=False)
    return Place(place.seq + count, end, digest), bodies


def head_bytes(place: Place) -> bytes:
    """The head's record."""
    start = struct.pack("<8sQQ16sQ", HEAD_MAGIC, place.seq, place.offset, place.digest, int(place.clean))
    return start + blake2b(start, digest_size=16).digest()


def read_head(data: bytes | memoryview) -> Place | None:
    """The place that the head of a journal's bytes names; None when header or head are not what was written."""
    text = bytes(data[HEAD_AT:START])
    if len(text) != HEAD.size or data[:HEAD_AT] != HEADER:
        return None
    magic, seq, offset, digest, clean, check = HEAD.unpack(text)
    if magic != HEAD_MAGIC or check != blake2b(text[:-16], digest_size=16).digest() or clean > 1:
        return None
    return Place(seq, offset, digest, bool(clean))
