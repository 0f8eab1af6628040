"""The audit log of a data directory: its journal, its key, and the second place beside the directory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from parrot.adapters.journal.files import FileJournal
from parrot.app.durable import AUDIT, DESK, SEGMENT, SNAPSHOT, durable_heads
from parrot.centers.audit.manifest import AuditLog, Signer
from parrot.contracts.message import Entry
from parrot.kernel.errors import DataError, StorageError

_log: Final = structlog.get_logger("parrot.audit")
_KEY: Final = "audit.key"
_KEY_BYTES: Final = 32


def second_places(root: Path) -> tuple[Path, Path]:
    """Where signatures and the key of a data directory are kept.

    A folder beside it, so that a copy has no key; where nothing can be written beside it, one below it.
    """
    whole = root.expanduser().absolute()
    return whole.with_name(f"{whole.name}.audit"), whole / "run" / "audit"


class Auditing:
    """Keeps the audit log while a platform runs on `root`.

    Raises InputError when another process keeps it, DataError when it is damaged, StorageError when it cannot be
    written. A second place that cannot be written is said in the log of the program, and the platform goes on.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._place, self._key = _found_place(root)
        self._journal = FileJournal(root / AUDIT)
        self._complained = False
        try:
            self._log = AuditLog(
                self._journal, Signer(self._key), heads=partial(durable_heads, root), second=self._keep
            )
        except BaseException:
            self._journal.close()
            raise

    def open(self, account: str, *, desk: int, missed: Callable[[int], Iterable[Entry]], now: int) -> None:
        """Takes the log over for a desk whose last entry is `desk`; `missed` gives its entries behind a number.

        Acts that were committed and not noted before a crash are noted now.
        """
        self._require_whole()
        self._log.open(account, desk=desk, now=now)
        if desk > self._log.acts_to:
            self._log.heard(missed(self._log.acts_to))

    def _require_whole(self) -> None:
        """Refuses to go on without the desk or the venue that were seen; a strategy that lost its past is named."""
        heads = durable_heads(self._root)
        lost = {name: seq for name, seq in self._log.lost(heads).items() if not SNAPSHOT.fullmatch(name)}
        segments = {name for name in lost if SEGMENT.fullmatch(name)}
        gone = set() if any(SEGMENT.fullmatch(name) for name in heads) else segments  # others made room for newer ones
        for name in sorted(gone | ({DESK} & lost.keys())):
            problem = f"{name} is missing or cut: entries to {lost[name]} were seen"
            raise DataError(
                problem, expected="every durable file", fix="run `parrot verify`, bring it back from a copy"
            )
        for name in sorted(lost.keys() - segments):
            _log.error("a durable file is missing or cut", file=name, seen=lost[name])

    def expect(self, path: Path, now: int) -> None:
        """Notes that a durable file is about to be made."""
        self._log.expect(path.relative_to(self._root).as_posix(), now)

    def heard(self, entries: Sequence[Entry]) -> None:
        """Notes the acts among committed entries: a watcher of the desk."""
        self._log.heard(entries)

    def note(self, who: str, what: str, *, ts: int, about: Mapping[str, str]) -> None:
        """Notes an act that is no command of the desk; called by the thread that trades, so that acts keep their order.

        From other threads: `platform.read(lambda house: house.audit.note(...))`.
        """
        self._log.note(who, what, ts=ts, about=about)

    def beat(self, now: int) -> None:
        """Witnesses and signs when it is time."""
        self._log.beat(now)

    def close(self, now: int) -> None:
        """Signs the end; call it when every other durable file is closed."""
        self._log.close(now)
        self._journal.close()

    def _keep(self, log: str, signature: bytes) -> None:
        try:
            _write(self._place / f"{log}.json", signature)
        except OSError as fault:
            if not self._complained:
                _log.error("the second place of the audit log cannot be written", reason=str(fault))
            self._complained = True


def _found_place(root: Path) -> tuple[Path, bytes]:
    """The first place that can be written, and the key in it."""
    fault: OSError | None = None
    for place in second_places(root):
        path = place / _KEY
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                _write(path, os.urandom(_KEY_BYTES))
            return place, path.read_bytes()
        except OSError as problem:
            _log.warning("no second place for the audit log", place=str(place), reason=str(problem))
            fault = problem
    raise StorageError(
        f"the audit log of {root} has no second place: {fault}", fix="let the folder beside it be written"
    ) from fault


def _write(path: Path, data: bytes) -> None:
    """The whole file or what was there before, durable."""
    made = path.with_suffix(".part")
    number = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(number, data)
        os.fsync(number)
    finally:
        os.close(number)
    made.replace(path)
