"""What the audit log holds: who did what, which durable files there are, and signatures over all that came before."""

from __future__ import annotations

import msgspec

from parrot.contracts.message import Message


class LogOpened(Message, frozen=True, kw_only=True, gc=False):
    """A process keeps the log from here on (`ts` ns UTC) and signs with `key` (Ed25519, public, in hex).

    `account` is whose desk it is, `desk` the number of its last entry then: a log that is whole begins with 0.
    """

    ts: int
    account: str
    desk: int
    key: str


class ActNoted(Message, frozen=True, kw_only=True, gc=False):
    """`who` did `what`; `about` are its fields as texts.

    `entry` is the desk's record that shows it; 0 for acts that are no commands of the desk, such as signing in.
    """

    ts: int
    who: str
    what: str
    entry: int
    about: dict[str, str]


class FileExpected(Message, frozen=True, kw_only=True, gc=False):
    """A durable file is made after this; `name` is its path below the data directory."""

    ts: int
    name: str


class HeadSeen(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a file ended: number of its last entry, and the chain's digest there in hex."""

    seq: int
    digest: str


class FilesWitnessed(Message, frozen=True, kw_only=True, gc=False):
    """Where durable files ended at `seen` (ns UTC), of those that went on since the witness before."""

    ts: int
    seen: int
    files: dict[str, HeadSeen]


class HeadSigned(Message, frozen=True, kw_only=True, gc=False):
    """A signature (hex) over this log up to entry `seq`, whose digest is `digest` (hex)."""

    ts: int
    seq: int
    digest: str
    signature: str


class LogClosed(Message, frozen=True, kw_only=True, gc=False):
    """The process let go in good order."""

    ts: int


AuditRecord = LogOpened | ActNoted | FileExpected | FilesWitnessed | HeadSigned | LogClosed
