"""I14 and I19: numbers without gaps, one owner after another, and an owner that says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parrot.centers.audit.findings import Check, Look
from parrot.contracts.message import Entry
from parrot.contracts.records import DeskClosed, DeskOpened


class Sequence(Check):
    """I14: entries count 1, 2, 3 ...; a cause lies before its consequence in one transaction; epochs count 1, 2, 3 ...

    Nothing follows a closing but an opening, and `clean` says truly whether the last owner said goodbye. Times are not
    looked at: order never depends on a clock.
    """

    name = "I14"

    def __init__(self) -> None:
        self._last = 0
        self._ts = 0
        self._epoch = 0
        self._closed = True
        self._opened = False

    @property
    def looks(self) -> Mapping[type, Look]:
        """Every record, and the changes of owner."""
        return {object: self._each, DeskOpened: self._open, DeskClosed: self._close}

    def _each(self, entry: Entry) -> Iterator[str]:
        if entry.seq != self._last + 1:
            yield f"entry {entry.seq} follows entry {self._last}"
        if entry.cause and not 0 < entry.cause < entry.seq:
            yield f"it follows from entry {entry.cause}, which is not before it"
        elif entry.cause and entry.ts != self._ts:
            yield "it follows from an entry of another transaction"
        if self._opened and self._closed and not isinstance(entry.record, DeskOpened):
            yield "the desk was closed before it"
            self._closed = False
        self._last, self._ts = entry.seq, entry.ts

    def _open(self, entry: Entry) -> Iterator[str]:
        record: DeskOpened = entry.record
        if record.epoch != self._epoch + 1:
            yield f"owner {record.epoch} follows owner {self._epoch}: two owners, or one that is missing"
        if self._opened and record.clean is not self._closed:
            yield "it says that the last owner " + ("closed, and it did not" if record.clean else "did not close")
        self._epoch, self._opened, self._closed = record.epoch, True, False

    def _close(self, entry: Entry) -> None:
        self._closed = True


class OneVersion(Check):
    """I19: every owner announces the hashes of its build, its records and its settings."""

    name = "I19"

    @property
    def looks(self) -> Mapping[type, Look]:
        """Announcements."""
        return {DeskOpened: self._open}

    def _open(self, entry: Entry) -> Iterator[str]:
        for part in ("build", "schema", "config"):
            if not getattr(entry.record, part):
                yield f"owner {entry.record.epoch} does not say its {part}"


def mixed(announced: Mapping[str, tuple[str, str, str]]) -> list[str]:
    """I19 for parts that run beside one another: which differ from the first in build, schema or config."""
    told = list(announced.items())
    return [
        f"{name} runs another {what} than {told[0][0]}"
        for name, hashes in told[1:]
        for what, mine, first in zip(("build", "schema", "config"), hashes, told[0][1], strict=True)
        if mine != first
    ]
