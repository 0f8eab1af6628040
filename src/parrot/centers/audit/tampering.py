"""I16: the audit log is whole, is signed, and agrees with its second place and with the files that it witnessed."""

from __future__ import annotations

from typing import Any

import msgspec

from parrot.centers.audit.log import decode_act
from parrot.centers.audit.signing import signature_holds
from parrot.contracts.acts import ActNoted, FileExpected, FilesWitnessed, HeadSeen, HeadSigned, LogOpened
from parrot.ports.journal import EMPTY_DIGEST, chain


class LogReading:
    """One pass over the audit log's entries, chained anew from the first.

    `problems` are texts with the entry that shows each. `expected` says which files were about to be made and when,
    `witnessed` where each file was, `newest` the time of the last entry (ns UTC); `acts` are what was noted,
    `signatures` counts. `identity` tells this log from every other.
    """

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []
        self.expected: dict[str, int] = {}
        self.newest = 0
        self.signatures = 0
        self.witnessed: dict[str, list[HeadSeen]] = {}
        self.acts: list[ActNoted] = []
        self.identity = ""
        self._key = ""
        self._digests: dict[int, bytes] = {0: EMPTY_DIGEST}
        self._seq = 0
        self._newest: dict[str, tuple[int, HeadSigned]] = {}

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return self._seq

    def look(self, seq: int, body: bytes) -> None:
        """Takes the next entry. Raises DataError for one that is none."""
        if seq != self._seq + 1:
            self.problems.append((seq, f"entry {seq} follows entry {self._seq}"))
        self._digests[seq] = chain(self._digests[self._seq], seq, body)
        self._seq = seq
        record: Any = decode_act(body)
        if seq == 1:
            self.identity = self._digests[1].hex()
            if not isinstance(record, LogOpened) or record.desk:
                self.problems.append((seq, "its beginning is missing: it does not begin with the desk's first entry"))
        self.newest = max(self.newest, record.ts)
        self._take(record)

    def _take(self, record: Any) -> None:
        if isinstance(record, LogOpened):
            self._key = record.key
        elif isinstance(record, FileExpected):
            self.expected.setdefault(record.name, record.ts)
        elif isinstance(record, FilesWitnessed):
            for name, head in record.files.items():
                self.witnessed.setdefault(name, []).append(head)
        elif isinstance(record, ActNoted):
            self.acts.append(record)
        elif isinstance(record, HeadSigned):
            self._check(record)

    def _check(self, signed: HeadSigned) -> None:
        self.signatures += 1
        text = self._unlike(signed)
        if text:
            self.problems.append((self._seq, text))
        self._newest[self._key] = (self._seq, signed)

    def end(self) -> None:
        """Checks the newest signature of each key: it covers all that came before it."""
        for key, (seq, signed) in self._newest.items():
            text = self._fault(key, signed)
            if text and (seq, text) not in self.problems:
                self.problems.append((seq, text))

    def _fault(self, key: str, signed: HeadSigned) -> str:
        text = self._unlike(signed)
        if not text and not signature_holds(key, signed.signature, seq=signed.seq, digest=self._digests[signed.seq]):
            return f"the signature over entry {signed.seq} is not the owner's"
        return text

    def _unlike(self, signed: HeadSigned) -> str:
        digest = self._digests.get(signed.seq)
        if digest is None:
            return f"entry {signed.seq} was signed, and the log ends with {self._seq}: its end is cut off"
        if digest.hex() != signed.digest:
            return f"the chain at entry {signed.seq} is not the one that was signed"
        return ""

    def compare(self, second: bytes) -> list[str]:
        """What the second place's newest signature of this log says against it."""
        try:
            told = msgspec.json.decode(second, type=_Kept)
        except msgspec.MsgspecError:
            return ["the second place holds something that is no signature"]
        signed = HeadSigned(ts=told.ts, seq=told.seq, digest=told.digest, signature=told.signature)
        text = self._fault(told.key, signed)
        return [f"by the second place: {text}"] if text else []


class _Kept(msgspec.Struct):
    """What the second place keeps."""

    key: str
    ts: int
    seq: int
    digest: str
    signature: str
