"""What every message has in common: frozen, typed, tagged by its name, with an envelope that says whence it came."""

from __future__ import annotations

from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of commands, reports and records; the tag of its encoding is the name of the class."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One record as the journal holds it.

    `seq` counts 1, 2, 3 ... without gaps; `ts` is when it was decided, ns UTC; `cause` is the `seq` of the record that
    it follows from in the same transaction, 0 for one that follows from an input.
    """

    seq: int
    ts: int
    cause: int
    record: Any
