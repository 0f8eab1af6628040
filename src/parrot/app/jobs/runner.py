"""Jobs in a row: kept durably, worked on by processes of low priority, a few at once, ended when nobody wants them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from parrot.contracts.jobs import (
    ENDED,
    Asked,
    BacktestAsked,
    CheckAsked,
    DownloadAsked,
    ImportAsked,
    Job,
    JobState,
    ParityAsked,
    ParityKept,
    QualityAsked,
    StatementAsked,
)
from parrot.kernel.errors import BusyError, InputError, MissingError, StorageError
from parrot.ports.records import Records

_KEPT: Final = 500
_GRACE_S: Final = 3.0
_WORDS: Final = 400
# What a worker's environment holds: enough to find Python and the data, nothing that could be a secret.
_ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PARROT_HOME", "HOME", "TMPDIR")
_TOLD: Final = ("part", "reached", "equity", "fences", "run_id", "note", "result")
_COMPUTE: Final = "compute"
# What waits for others, and what is over soon, never stands in the way of what computes, nor waits for it.
_LANES: Final[dict[type, str]] = {DownloadAsked: "fetch", ImportAsked: "fetch", StatementAsked: "paper"}

Watcher = Callable[[Job], None]


@dataclass(frozen=True, slots=True)
class JobLimits:
    """How many jobs are worked on at once, and how many may wait."""

    running: int = 1
    waiting: int = 50


class Jobs:
    """All jobs of one platform. Thread-safe; nothing here waits for a job. `data` is the platform's directory.

    A job that ran when the platform ended is interrupted; one that waited waits on.
    """

    def __init__(self, records: Records, data: str, now: Callable[[], int], limits: JobLimits | None = None) -> None:
        self._records = records
        self._data = data
        self._now = now
        self._limits = limits or JobLimits()
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._closing = False
        self._watchers: list[Watcher] = []
        self._threads: list[threading.Thread] = []

    def open(self) -> None:
        """Takes up what was kept, and begins to work. Raises StorageError, DataError."""
        with self._changed:
            while page := self._records.scan(Job, max(self._jobs, default="")):
                self._jobs.update(page)
                self._make_room()
            for job in self._jobs.values():
                if job.state is JobState.RUNNING:
                    self._put(msgspec.structs.replace(job, state=JobState.INTERRUPTED, ended=self._now()))
        for number, lane in enumerate([_COMPUTE] * self._limits.running + sorted(set(_LANES.values()))):
            thread = threading.Thread(target=self._work, args=(lane,), name=f"jobs {number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Ends what is under way; it is interrupted, and waits to be asked for again."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            for process in self._processes.values():
                _end(process)
        for thread in self._threads:
            thread.join(_GRACE_S + 1)

    def watch(self, told: Watcher) -> None:
        """Has every change of a job told; must be quick."""
        self._watchers.append(told)

    # -- questions ------------------------------------------------------------------------------------------------

    def all(self) -> list[Job]:
        """Every job, newest first."""
        with self._changed:
            return sorted(self._jobs.values(), key=lambda job: job.id, reverse=True)

    def job(self, job_id: str) -> Job:
        """One job. Raises MissingError."""
        with self._changed:
            found = self._jobs.get(job_id)
        if found is None:
            raise MissingError(f"there is no job {job_id}")
        return found

    def parity(self, strategy: str) -> ParityKept | None:
        """The newest comparison of a strategy with its back-test."""
        return self._records.get(ParityKept, strategy)

    # -- commands -------------------------------------------------------------------------------------------------

    def ask(self, asked: Asked, by: str, *, again: str = "") -> Job:
        """Puts a job into the row. Raises BusyError when too many wait."""
        with self._changed:
            waiting = sum(job.state is JobState.WAITING for job in self._jobs.values())
            if waiting >= self._limits.waiting:
                problem = f"{waiting} jobs wait already"
                raise BusyError(problem, expected=f"at most {self._limits.waiting}", fix="wait, or cancel some")
            made = max(self._now(), *(int(job_id) + 1 for job_id in self._jobs), 0)
            job = Job(id=f"{made:020d}", asked=asked, by=by, state=JobState.WAITING, made=made, again=again)
            self._put(job)
            self._make_room()
            self._changed.notify_all()
        return job

    def again(self, job_id: str, by: str) -> Job:
        """The same once more. Raises MissingError; InputError where it has not ended."""
        before = self.job(job_id)
        if before.state not in ENDED:
            raise InputError(f"job {job_id} is {before.state}", fix="wait for its end, or cancel it")
        return self.ask(before.asked, by, again=job_id)

    def cancel(self, job_id: str) -> Job:
        """Ends a job and what it had begun to write; of one that ended nothing changes. Raises MissingError."""
        with self._changed:
            job = self.job(job_id)
            if job.state in ENDED:
                return job
            cancelled = msgspec.structs.replace(job, state=JobState.CANCELLED, ended=self._now())
            self._put(cancelled)
            process = self._processes.get(job_id)
            if process is not None:
                _end(process)
        return cancelled

    # -- work -----------------------------------------------------------------------------------------------------

    def _work(self, lane: str) -> None:
        while True:
            job = self._next(lane)
            if job is None:
                return
            self._run(job)

    def _next(self, lane: str) -> Job | None:
        with self._changed:
            while not self._closing:
                mine = (job for job in self._jobs.values() if _LANES.get(type(job.asked), _COMPUTE) == lane)
                waiting = [job for job in mine if job.state is JobState.WAITING]
                if waiting:
                    first = min(waiting, key=lambda job: job.id)
                    running = msgspec.structs.replace(first, state=JobState.RUNNING, began=self._now())
                    self._put(running)
                    return running
                self._changed.wait()
        return None

    def _run(self, job: Job) -> None:
        with tempfile.TemporaryFile() as words:
            process = self._started(job, words)
            if process is None:
                return
            try:
                assert process.stdout is not None  # it was asked for
                for line in process.stdout:
                    self._told(job.id, line)
                code = process.wait()
            finally:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                with self._changed:
                    self._processes.pop(job.id, None)
            self._ended(job.id, code, _last(words))

    def _started(self, job: Job, words: Any) -> subprocess.Popen[bytes] | None:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        with self._changed:
            if self._closing or self._running(job.id) is None:
                return None  # cancelled before it began
            try:
                process = subprocess.Popen(
                    [sys.executable, "-m", "parrot.app.workers.worker", self._data],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=words,
                    env=environment,
                    start_new_session=True,
                )
            except OSError as fault:
                self._fail(job.id, StorageError(f"no process for the job: {fault.strerror}").as_dict())
                return None
            self._processes[job.id] = process
        assert process.stdin is not None  # it was asked for
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(msgspec.json.encode(job.asked))
            process.stdin.close()
        return process

    def _told(self, job_id: str, line: bytes) -> None:
        try:
            told: Any = json.loads(line)
        except ValueError:
            return
        if not isinstance(told, dict):
            return  # no line of ours: a library's word
        with self._changed:
            job = self._running(job_id)
            if job is None:
                return
            known = {name: told[name] for name in _TOLD if name in told}
            changed = msgspec.structs.replace(job, **known)
            if "problem" in told:
                changed = msgspec.structs.replace(changed, problem=dict(told["problem"]))
            if "parity" in told and isinstance(job.asked, ParityAsked):
                self._keep(ParityKept(strategy=job.asked.strategy, made=self._now(), found=told["parity"]))
            self._jobs[job_id] = changed
        self._say(changed)

    def _keep(self, kept: ParityKept) -> None:
        with self._records.work() as work:
            work.put(kept.strategy, kept)

    def _ended(self, job_id: str, code: int, words: str) -> None:
        with self._changed:
            job = self._running(job_id)
            if job is None:
                return
            if self._closing:
                state, problem = JobState.INTERRUPTED, job.problem
            elif code == 0:
                state, problem = JobState.FINISHED, job.problem
            else:
                state = JobState.FAILED
                problem = job.problem or StorageError(f"its process ended with code {code}: {words}").as_dict()
            part = 1.0 if state is JobState.FINISHED else job.part
            self._put(msgspec.structs.replace(job, state=state, ended=self._now(), part=part, problem=problem))

    def _running(self, job_id: str) -> Job | None:
        """A job that runs; None for one that somebody ended meanwhile."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.state is JobState.RUNNING else None

    def _make_room(self) -> None:
        """Lets go of the oldest that have ended where there are more than are kept."""
        over = len(self._jobs) - _KEPT
        if over <= 0:
            return
        ended = sorted(job.id for job in self._jobs.values() if job.state in ENDED)
        with self._records.work() as work:
            for job_id in ended[:over]:
                work.drop(Job, job_id)
        for job_id in ended[:over]:
            del self._jobs[job_id]

    def _fail(self, job_id: str, problem: dict[str, str]) -> None:
        job = self._jobs[job_id]
        self._put(msgspec.structs.replace(job, state=JobState.FAILED, ended=self._now(), problem=problem))

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        with self._records.work() as work:
            work.put(job.id, job)
        self._say(job)

    def _say(self, job: Job) -> None:
        for watcher in self._watchers:
            watcher(job)


def title_of(asked: Asked) -> str:
    """What a job does, in words."""
    if isinstance(asked, BacktestAsked):
        data = ", ".join(source.partition(":")[2] for source in asked.data)
        return f"{asked.name or asked.file.partition('/')[2]} on {data}"
    if isinstance(asked, DownloadAsked):
        return f"{asked.symbol} {asked.timeframe} from {asked.venue}"
    if isinstance(asked, ImportAsked):
        return f"{asked.name} into the lake"
    if isinstance(asked, QualityAsked):
        return f"quality of {asked.source}"
    if isinstance(asked, CheckAsked):
        return "check of every durable file"
    if isinstance(asked, StatementAsked):
        return f"statement from {_day(asked.since)} to {_day(asked.until)} UTC"
    return f"{asked.strategy} against its back-test"


def kind_of(asked: Asked) -> str:
    """The kind of a job in one word."""
    return type(asked).__name__.removesuffix("Asked").lower()


def _day(ts: int) -> str:
    return f"{datetime.fromtimestamp(ts // 10**9, UTC):%Y-%m-%d %H:%M}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks a worker to end, so that it takes its half-written things away; it is killed when it does not."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(_GRACE_S, kill)
    timer.daemon = True
    timer.start()


def _last(words: Any) -> str:
    words.seek(0, os.SEEK_END)
    words.seek(max(0, words.tell() - _WORDS))
    text = words.read().decode("utf-8", "replace").strip()
    return text.splitlines()[-1] if text else ""
