"""The audit log as the gateway asks for it: read from its file beside the platform, checked in a process of its own."""

from __future__ import annotations

import mmap
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parrot.adapters.journal.files import layout
from parrot.adapters.journal.files.layout import BEGINNING, Flaw, Place
from parrot.app.jobs.runner import Jobs
from parrot.app.platform.questions.acts import Noting
from parrot.app.platform.questions.chores import chore_row
from parrot.centers.audit.manifest import decode_act
from parrot.contracts.access import Principal
from parrot.contracts.acts import ActNoted, AuditRecord, HeadSigned, LogClosed, LogOpened
from parrot.contracts.jobs import CheckAsked, Job
from parrot.gateway.rest.ports.audit import ActFilter
from parrot.kernel.errors import MissingError


class AuditTrail:
    """The acts of one audit log, read on from where the last question ended. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._place: Place = BEGINNING
        self._acts: list[tuple[int, ActNoted]] = []
        self._signed: HeadSigned | None = None
        self._key = ""

    def acts(self) -> list[tuple[int, ActNoted]]:
        """Every act with its number in the log, oldest first."""
        with self._lock:
            self._read_on()
            return self._acts

    def facts(self) -> dict[str, Any]:
        """The log as a whole."""
        with self._lock:
            self._read_on()
            acts, signed = self._acts, self._signed
            return {
                "entries": self._place.seq,
                "acts": len(acts),
                "first_ts": acts[0][1].ts if acts else 0,
                "last_ts": acts[-1][1].ts if acts else 0,
                "signed_seq": signed.seq if signed else 0,
                "signed_ts": signed.ts if signed else 0,
                "key": self._key,
                "people": _counted(act.who for _, act in acts),
                "kinds": _counted(act.what for _, act in acts),
            }

    def _read_on(self) -> None:
        if not self._path.exists() or self._path.stat().st_size <= self._place.offset:
            return
        added: list[tuple[int, ActNoted]] = []
        with (
            self._path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
            memoryview(data) as view,
        ):
            for found in layout.frames(view, self._place):
                if isinstance(found, Flaw):
                    break  # a batch that is being written, or damage: the check says which
                self._place, bodies = found
                for seq, body in enumerate(bodies, self._place.seq - len(bodies) + 1):
                    self._take(seq, decode_act(body), added)
        if added:
            self._acts = self._acts + added  # those who read the old list go on with it

    def _take(self, seq: int, record: AuditRecord, added: list[tuple[int, ActNoted]]) -> None:
        if isinstance(record, ActNoted):
            added.append((seq, record))
        elif isinstance(record, LogOpened):
            self._key = record.key
            about = {"account": record.account, "desk": str(record.desk)}
            added.append((seq, ActNoted(ts=record.ts, who="platform", what="log open", entry=0, about=about)))
        elif isinstance(record, LogClosed):
            added.append((seq, ActNoted(ts=record.ts, who="platform", what="log close", entry=0, about={})))
        elif isinstance(record, HeadSigned):
            self._signed = record


class AuditQuestions:
    """Answers of one running platform (gateway.rest.ports.audit.AuditDoor)."""

    def __init__(self, trail: AuditTrail, jobs: Jobs, note: Noting) -> None:
        self._trail = trail
        self._jobs = jobs
        self._note = note

    def facts(self) -> dict[str, Any]:
        """The log as a whole."""
        return self._trail.facts()

    def acts(self, wanted: ActFilter, *, before: int, limit: int) -> tuple[list[dict[str, Any]], bool]:
        """Acts with a number below `before`, newest first, and whether there are more."""
        found: list[dict[str, Any]] = []
        for seq, act in reversed(self._trail.acts()):
            if seq < before and fits(act, wanted):
                if len(found) == limit:
                    return found, True
                found.append(_row(seq, act))
        return found, False

    def every(self, wanted: ActFilter, who: Principal) -> Iterator[dict[str, Any]]:
        """All acts, oldest first."""
        self._note(who, "audit export", who=wanted.who, what=wanted.what, text=wanted.text)
        return (_row(seq, act) for seq, act in self._trail.acts() if fits(act, wanted))

    def check(self, who: Principal) -> dict[str, Any]:
        """Begins a check of every durable file."""
        job = self._jobs.ask(CheckAsked(), who.name)
        self._note(who, "audit check", job=job.id)
        return _check(job)

    def checks(self) -> list[dict[str, Any]]:
        """Checks, newest first."""
        return [_check(job) for job in self._jobs.all() if isinstance(job.asked, CheckAsked)]

    def one_check(self, check_id: str) -> dict[str, Any]:
        """One check."""
        return _check(self._find(check_id))

    def cancel_check(self, check_id: str) -> dict[str, Any]:
        """Ends a check."""
        return _check(self._jobs.cancel(self._find(check_id).id))

    def _find(self, check_id: str) -> Job:
        job = self._jobs.job(check_id)
        if not isinstance(job.asked, CheckAsked):
            raise MissingError(f"there is no check {check_id}")
        return job


def fits(act: ActNoted, wanted: ActFilter) -> bool:
    """Whether an act is one that was asked for."""
    if (wanted.who and act.who != wanted.who) or (wanted.what and act.what != wanted.what):
        return False
    if not wanted.begin <= act.ts < wanted.end:
        return False
    words = wanted.text.casefold()
    return not words or any(words in text.casefold() for text in (act.who, act.what, *act.about, *act.about.values()))


def _row(seq: int, act: ActNoted) -> dict[str, Any]:
    return {"seq": seq, "ts": act.ts, "who": act.who, "what": act.what, "entry": act.entry, "about": act.about}


def _counted(names: Iterator[str]) -> list[dict[str, Any]]:
    return [{"name": name, "acts": count} for name, count in sorted(Counter(names).items())]


def _check(job: Job) -> dict[str, Any]:
    verdict = dict(job.result) if job.result else None
    if verdict is not None:
        problems = verdict["problems"] = [one | {"invariant": one["invariant"] or ""} for one in verdict["problems"]]
        verdict["first"] = next((one for one in problems if one["seq"]), problems[0] if problems else None)
    return chore_row(job, "check") | {"verdict": verdict}
