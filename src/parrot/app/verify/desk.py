"""The desk's journal: every invariant, and the state that is rebuilt from it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import DecimalException
from pathlib import Path
from typing import Any, Final

from parrot.adapters.journal.files.snapshots import read_snapshot
from parrot.app.desk import Desk, decode
from parrot.app.durable import DESK
from parrot.app.platform.assemble import components
from parrot.app.platform.runtime import build_hash
from parrot.app.platform.settings import PlatformSettings
from parrot.app.platform.trading import known_terms
from parrot.app.verify.entries import ReadOnly, entries
from parrot.app.verify.report import Problem
from parrot.centers.audit.manifest import act_of, reading
from parrot.contracts.acts import ActNoted
from parrot.contracts.records import OrderFilled, OrderReceived
from parrot.kernel.errors import ParrotError
from parrot.ports.journal import Head

_MOST_TOLD: Final = 50
_IN_PARALLEL_FROM: Final = 100_000
_OPENED: Final = b"DeskOpened"
_TAG_WITHIN: Final = 64
# A directory does not tell when a fault of the outside world ended, so a doubt may last longer here than in simulation.
_SETTLED_WITHIN: Final = 300_000_000_000


@dataclass(slots=True)
class Found:
    """What the journal's entries show."""

    orders: int = 0
    fills: int = 0
    state_hash: str = ""
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def examine(
    root: Path,
    settings: PlatformSettings,
    *,
    to: int,
    snapshots: Sequence[str],
    acts: Mapping[int, ActNoted],
    noted: int,
) -> Found:
    """Reads entries 1 to `to`: invariants, acts and the rebuilt state.

    `snapshots` are the names of whole ones; `acts` are those that the audit log holds, by entry, and up to entry
    `noted` all must be there. On a long journal invariants and state are worked out beside one another.
    """
    if to < _IN_PARALLEL_FROM:
        found, rebuilt = _read(root, settings, to, acts, noted), _rebuild(root, settings, to, snapshots)
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            reading_there: Future[Found] = pool.submit(_read, root, settings, to, dict(acts), noted)
            rebuilt = _rebuild(root, settings, to, snapshots)
            found = reading_there.result()
    found.state_hash = rebuilt.state_hash
    found.problems += rebuilt.problems
    found.notes += rebuilt.notes
    return found


def _read(root: Path, settings: PlatformSettings, to: int, acts: Mapping[int, ActNoted], noted: int) -> Found:
    listings, _ = known_terms(root, settings.venue)
    found, checks, left = Found(), reading(listings, settled_within=_SETTLED_WITHIN), dict(acts)
    try:
        for _, body in entries(root / DESK, to=to):
            entry = decode(body)
            checks.look(entry)
            kind = type(entry.record)
            found.orders += kind is OrderReceived
            found.fills += kind is OrderFilled
            act, told = act_of(entry), left.pop(entry.seq, None)
            if act != told and not (told is None and entry.seq > noted):
                found.problems.append(Problem(DESK, entry.seq, "the audit log tells this act otherwise", "I16"))
    except ParrotError as fault:
        found.problems.append(Problem(DESK, 0, str(fault), "I14"))
    found.problems += [Problem(DESK, seq, text, name) for name, seq, text in checks.end()]
    found.problems += [
        Problem(DESK, seq, "the audit log tells of an act that is not here", "I16") for seq in sorted(left)
    ]
    if len(found.problems) > _MOST_TOLD:
        more = len(found.problems) - _MOST_TOLD
        found.problems[_MOST_TOLD:] = [Problem(DESK, 0, f"{more} more problems that are not told")]
    return found


def _rebuild(root: Path, settings: PlatformSettings, to: int, snapshots: Sequence[str]) -> Found:
    """I13: the state from the first entry on, from the newest snapshot on, and as each snapshot holds it, are one."""
    found = Found()
    try:
        kept = {made[0].seq: made for name in snapshots if (made := read_snapshot(root / name)) is not None}
        whole = _Witnessed(root, to, {seq: state for seq, (_, state) in kept.items()})
        desk = whole.desk = _desk(root, settings, whole)
        desk.recover()
        whole.compare(to)
        found.state_hash = desk.hash()
        differing = [(seq, "the rebuilt state is not the one that was live here") for seq in whole.differ]
        found.notes += [f"the snapshot at entry {seq} was made by another build: not compared" for seq in whole.foreign]
        if kept and max(kept) not in whole.foreign:
            differing += _resumed(root, settings, to, kept[max(kept)], found.state_hash)
        found.problems += [Problem(DESK, seq, text, "I13") for seq, text in differing]
    except (ParrotError, DecimalException, LookupError, TypeError, ValueError, AssertionError) as fault:
        text = f"the state cannot be rebuilt: {type(fault).__name__}: {fault}"
        found.problems.append(Problem(DESK, 0, text, "I13"))
    return found


def _resumed(
    root: Path, settings: PlatformSettings, to: int, snapshot: tuple[Head, bytes], whole: str
) -> Iterator[tuple[int, str]]:
    resumed = _desk(root, settings, ReadOnly(root / DESK, to))
    resumed.load(*snapshot)
    resumed.recover()
    if resumed.hash() != whole:
        yield to, f"the state from the snapshot at entry {snapshot[0].seq} on is another than from the first entry on"


class _Witnessed(ReadOnly):
    """The journal for a desk that is rebuilt; compares the desk's state on the way with what snapshots hold."""

    desk: Desk

    def __init__(self, root: Path, to: int, states: Mapping[int, bytes]) -> None:
        super().__init__(root / DESK, to)
        self.differ: list[int] = []
        self.foreign: list[int] = []
        self._build = ""
        self._states = dict(states)

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Entries behind number `after`; when the next is asked for, the one before is folded."""
        for seq, body in super().read(after):
            yield seq, body
            if _OPENED in body[:_TAG_WITHIN]:
                self._build = decode(body).record.build
            self.compare(seq)

    def compare(self, seq: int) -> None:
        """Looks whether a snapshot of this entry holds the state of the desk."""
        state = self._states.pop(seq, None)
        if state is None:
            return
        if self._build != build_hash():
            self.foreign.append(seq)  # another build may keep its state in another form
        elif self.desk.state() != state:
            self.differ.append(seq)


def _desk(root: Path, settings: PlatformSettings, journal: Any) -> Desk:
    parts = components(*known_terms(root, settings.venue))
    return Desk(parts.all, journal, lambda request: None)
