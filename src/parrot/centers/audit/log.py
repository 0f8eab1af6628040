"""The audit log: acts in a chain of their own, its head signed and written to a second place at least every minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from parrot.centers.audit.acts import act_of
from parrot.centers.audit.signing import Signer
from parrot.contracts.acts import (
    ActNoted,
    AuditRecord,
    FileExpected,
    FilesWitnessed,
    HeadSeen,
    HeadSigned,
    LogClosed,
    LogOpened,
)
from parrot.contracts.message import Entry
from parrot.kernel.errors import DataError
from parrot.ports.journal import EMPTY_DIGEST, Journal, chain

WITNESS_EVERY: Final = 20_000_000_000
DESK: Final = "desk.journal"
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(AuditRecord)

Heads = Mapping[str, HeadSeen]


def decode_act(body: bytes) -> AuditRecord:
    """The record in `body`; raises DataError for what is none of this version."""
    try:
        found: AuditRecord = _DECODER.decode(body)
    except msgspec.MsgspecError as fault:
        raise DataError(f"an entry of the audit log cannot be read: {fault}") from None
    return found


def printable(text: str) -> str:
    """A text on one line, without control characters; at most a thousand characters."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text[:1_000])


class AuditLog:
    """Notes acts, expected files and where files ended; signs what it holds.

    `heads` tells where the durable files end now, by their path below the data directory. What it told at one witness
    is written at the next, so that a copy of a running directory, taken file by file, has what its log promises.
    `second` takes each signature to a second place, under the name of the log. Times ns UTC. StorageError of the
    journal passes through.
    """

    def __init__(
        self, journal: Journal, signer: Signer, *, heads: Callable[[], Heads], second: Callable[[str, bytes], None]
    ) -> None:
        self.identity = ""  # of this log among all: the digest of its first entry
        self._journal = journal
        self._signer = signer
        self._heads = heads
        self._second = second
        self._known: set[str] = set()
        self._told: dict[str, HeadSeen] = {}
        self._acts_to = 0
        self._seen: tuple[int, dict[str, HeadSeen]] | None = None
        self._due = 0
        for _, body in journal.read():
            self._follow(decode_act(body), body)

    @property
    def acts_to(self) -> int:
        """Up to which entry of the desk all acts are noted for certain."""
        seen = self._told.get(DESK)
        return max(self._acts_to, seen.seq if seen else 0)

    def lost(self, heads: Heads) -> dict[str, int]:
        """Files that were witnessed and that are missing or end earlier now, with the entry that was seen last."""
        now = {name: head.seq for name, head in heads.items()}
        return {name: seen.seq for name, seen in self._told.items() if now.get(name, 0) < seen.seq}

    def _follow(self, record: AuditRecord, body: bytes) -> None:
        self.identity = self.identity or chain(EMPTY_DIGEST, 1, body).hex()
        if isinstance(record, FileExpected):
            self._known.add(record.name)
        elif isinstance(record, FilesWitnessed):
            self._told.update(record.files)
        elif isinstance(record, ActNoted):
            self._acts_to = max(self._acts_to, record.entry)

    def open(self, account: str, *, desk: int, now: int) -> None:
        """Takes the log over for a desk whose last entry is number `desk`."""
        self._write([LogOpened(ts=now, account=account, desk=desk, key=self._signer.key)])
        self._sign(now)

    def expect(self, name: str, now: int) -> None:
        """Notes that a durable file is about to be made; once is enough."""
        if name not in self._known:
            self._write([FileExpected(ts=now, name=name)])

    def heard(self, entries: Iterable[Entry]) -> None:
        """Notes the acts among entries of the desk that are durable; those that are noted already are passed over."""
        acts = [act for entry in entries if entry.seq > self._acts_to and (act := act_of(entry)) is not None]
        if acts:
            self._write(acts)

    def note(self, who: str, what: str, *, ts: int, about: Mapping[str, str]) -> None:
        """Notes an act that no record of the desk shows; marks that would break a line of a log are taken out."""
        told = {printable(name): printable(text) for name, text in about.items()}
        self._write([ActNoted(ts=ts, who=printable(who), what=printable(what), entry=0, about=told)])

    def beat(self, now: int) -> None:
        """Witnesses and signs when it is time."""
        if now >= self._due:
            self._due = now + WITNESS_EVERY
            self._witness(now)
            self._sign(now)

    def close(self, now: int) -> None:
        """Witnesses what there is, signs it, and says goodbye; nothing is written any more by anybody."""
        self._witness(now)
        self._witness(now)
        self._write([LogClosed(ts=now)])
        self._sign(now)

    def _witness(self, now: int) -> None:
        before, self._seen = self._seen, (now, dict(self._heads()))
        if before is None:
            return
        files = {name: head for name, head in before[1].items() if self._told.get(name) != head}
        if files:
            self._write([FilesWitnessed(ts=now, seen=before[0], files=files)])

    def _sign(self, now: int) -> None:
        head = self._journal.head()
        signature = self._signer.sign(head.seq, head.digest)
        signed = HeadSigned(ts=now, seq=head.seq, digest=head.digest.hex(), signature=signature)
        self._write([signed])
        self._second(self.identity, msgspec.json.encode({"key": self._signer.key, **msgspec.to_builtins(signed)}))

    def _write(self, made: Iterable[AuditRecord]) -> None:
        records = list(made)
        bodies = [_ENCODER.encode(record) for record in records]
        self._journal.append(bodies)
        for record, body in zip(records, bodies, strict=True):
            self._follow(record, body)
