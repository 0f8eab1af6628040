"""Entries as bytes, and the canonical bytes of a state."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from parrot.contracts.message import Entry
from parrot.contracts.records import Record
from parrot.kernel.errors import DataError

_ENCODER: Final = msgspec.msgpack.Encoder(decimal_format="string")
_DECODER: Final = msgspec.msgpack.Decoder(tuple[int, int, int, Record])
_CANONICAL: Final = msgspec.msgpack.Encoder(decimal_format="string", order="sorted")


def encode(entry: Entry) -> bytes:
    """An entry as MessagePack: [seq, ts, cause, record]."""
    return _ENCODER.encode((entry.seq, entry.ts, entry.cause, entry.record))


def decode(body: bytes) -> Entry:
    """The entry in `body`; raises DataError for what is none of this version."""
    try:
        return Entry(*_DECODER.decode(body))
    except msgspec.MsgspecError as fault:
        fix = "open it with the version of Parrot that wrote it"
        raise DataError(f"an entry of the journal cannot be read: {fault}", fix=fix) from None


def canonical(state: Mapping[str, Any]) -> bytes:
    """The one byte form of a state."""
    return _CANONICAL.encode(state)


def digest(state: bytes) -> str:
    """The hash by which states are compared."""
    return blake2b(state, digest_size=16).hexdigest()
