"""Jobs in their processes: one from its text to its report, one cancelled, one interrupted; and the row of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from parrot.adapters.runs import FileRuns
from parrot.adapters.sql.databases import open_sqlite
from parrot.adapters.sql.records import SqlRecords
from parrot.app.folder import DataFolder
from parrot.app.jobs.asking import strategies_in
from parrot.app.jobs.places import JobPlaces
from parrot.app.jobs.runner import JobLimits, Jobs
from parrot.contracts.jobs import BacktestAsked, Job, JobState, StatementAsked
from parrot.kernel.errors import BusyError, InputError, MissingError, StrategyError
from parrot.ports.records import Records
from tests.unit.app.verify.platforms import Platform

NOW = 1_700_000_000 * 10**9
TEXT = '''
from parrot.sdk import Annotated, Choice, Range, Strategy


class Turn(Strategy):
    """Buys and sells in turn."""

    turns: Annotated[int, Range(1, 10, 1)] = 2
    side: Annotated[str, Choice("long", "flat")] = "long"

    def init(self):
        self.bars = 0

    def on_bar(self, bar):
        self.bars += 1
        if self.bars % self.turns == 0:
            self.target(0 if self.position else 0.5, why="its turn")
'''
ENDLESS = TEXT.replace("self.bars += 1", "while True: pass")
ROWS = "".join(
    f"2024-01-01T{hour:02}:00:00Z,{100 + hour},{101 + hour},{99 + hour},{100 + hour},5\n" for hour in range(24)
)


class Row:
    """Jobs on a data directory of their own, and a way to wait for one without looking again and again."""

    def __init__(self, tmp_path: Path, records: Records, limits: JobLimits) -> None:
        self.places = JobPlaces(DataFolder(tmp_path / "data"))
        self.places.make()
        (self.places.own / "turn.py").write_text(TEXT)
        (self.places.own / "endless.py").write_text(ENDLESS)
        (self.places.files / "abc.csv").write_text("time,open,high,low,close,volume\n" + ROWS)
        self.jobs = Jobs(records, str(self.places.folder.root), lambda: NOW, limits)
        self.seen: list[Job] = []
        self._changed = threading.Condition()
        self.jobs.watch(self._heard)

    def _heard(self, job: Job) -> None:
        with self._changed:
            self.seen.append(job)
            self._changed.notify_all()

    def wait(self, state: JobState, *, fences: bool = False) -> Job:
        """The first job that is seen in a state."""

        def found() -> Job | None:
            wanted = (job for job in self.seen if job.state is state and (job.fences is not None or not fences))
            return next(wanted, None)

        with self._changed:
            assert self._changed.wait_for(lambda: found() is not None, 20), [job.problem for job in self.seen]
            job = found()
        assert job is not None
        return job


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return SqlRecords(open_sqlite(tmp_path / "records.db"))


@pytest.fixture
def row(tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch) -> Iterator[Row]:
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "home"))
    made = Row(tmp_path, records, JobLimits())
    made.jobs.open()
    yield made
    made.jobs.close()


def asked(file: str = "turn.py", **more: object) -> BacktestAsked:
    return BacktestAsked(file=f"own/{file}", name="Turn", data=["file:abc.csv"], **more)


def test_a_back_test_runs_behind_fences_and_leaves_a_run_and_its_report(row: Row, tmp_path: Path) -> None:
    job = row.jobs.ask(asked(parameters={"turns": "3"}), "ann")
    done = row.wait(JobState.FINISHED)
    assert (done.id, done.part, done.problem) == (job.id, 1.0, {})
    record = FileRuns(tmp_path / "home" / "runs", lambda: NOW).find(done.run_id)
    assert (record.strategy, record.status, dict(record.parameters)) == (
        "Turn",
        "finished",
        {"turns": 3, "side": "long"},
    )
    # the last turn comes with the last bar, behind which nothing fills
    assert (record.stats["fills"], record.data["abc"]["rows"]) == (7, 24)
    assert row.places.report(done.run_id).read_text().startswith("<!DOCTYPE html>")
    assert done.fences is not None
    assert [step.state for step in row.seen if step.id == job.id][:2] == [JobState.WAITING, JobState.RUNNING]


def test_a_cancelled_job_ends_its_process_and_leaves_nothing(row: Row, tmp_path: Path) -> None:
    job = row.jobs.ask(asked("endless.py"), "ann")
    row.wait(JobState.RUNNING, fences=True)
    assert row.jobs.cancel(job.id).state is JobState.CANCELLED
    second = row.jobs.ask(asked(), "ann")
    assert row.wait(JobState.FINISHED).id == second.id  # the row goes on
    assert len(list((tmp_path / "home" / "runs").iterdir())) == 1
    assert row.jobs.cancel(job.id).state is JobState.CANCELLED


def test_a_job_that_ran_when_the_platform_ended_is_interrupted_and_can_be_asked_again(
    tmp_path: Path, records: Records
) -> None:
    ran = Job(id=f"{NOW:020d}", asked=asked(), by="ann", state=JobState.RUNNING, made=NOW)
    with records.work() as work:
        work.put(ran.id, ran)
    made = Row(tmp_path, records, JobLimits(running=0))
    made.jobs.open()
    assert made.jobs.job(ran.id).state is JobState.INTERRUPTED
    again = made.jobs.again(ran.id, "bob")
    assert (again.asked, again.again, again.by, again.state) == (ran.asked, ran.id, "bob", JobState.WAITING)
    with pytest.raises(InputError):
        made.jobs.again(again.id, "bob")
    made.jobs.close()


def test_the_row_has_an_end_and_keeps_its_order(tmp_path: Path, records: Records) -> None:
    made = Row(tmp_path, records, JobLimits(running=0, waiting=2))
    first, second = made.jobs.ask(asked(), "ann"), made.jobs.ask(asked(), "ann")
    assert [job.id for job in made.jobs.all()] == [second.id, first.id]
    with pytest.raises(BusyError):
        made.jobs.ask(asked(), "ann")
    made.jobs.cancel(first.id)
    assert made.jobs.ask(asked(), "ann").id > second.id
    with pytest.raises(MissingError):
        made.jobs.job("1")


def test_a_long_day_of_jobs_keeps_the_newest_and_whatever_is_not_over(
    tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parrot.app.jobs.runner._KEPT", 3)
    jobs = Row(tmp_path, records, JobLimits(running=0)).jobs
    waits = jobs.ask(asked(), "ann")
    ended = [jobs.cancel(jobs.ask(asked(), "ann").id).id for _ in range(5)]
    newest = jobs.ask(asked(), "ann").id
    assert [job.id for job in jobs.all()] == [newest, ended[-1], waits.id]
    assert [key for key, _ in records.scan(Job)] == [waits.id, ended[-1], newest]
    jobs._told(ended[0], b'{"part": 0.5}')  # a last word of one that is gone
    jobs._ended(ended[0], 0, "")
    assert [job.id for job in jobs.all()] == [newest, ended[-1], waits.id]


def test_a_start_finds_the_newest_of_however_many_there_are(
    tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parrot.app.jobs.runner._KEPT", 3)
    with records.work() as work:
        for number in range(2_100):
            job = Job(id=f"{number:020d}", asked=asked(), by="ann", state=JobState.FINISHED, made=number)
            work.put(job.id, job)
    jobs = Row(tmp_path, records, JobLimits(running=0)).jobs
    jobs.open()
    assert [job.made for job in jobs.all()] == [2_099, 2_098, 2_097]
    assert len(records.scan(Job)) == 3
    jobs.close()


def test_a_file_says_what_it_holds_without_being_executed_here() -> None:
    (found,) = strategies_in("turn.py", TEXT)
    assert (found.name, found.doc, found.feeds) == ("Turn", "Buys and sells in turn.", ["bars"])
    turns, side = found.parameters
    assert (turns.kind, turns.default, turns.low, turns.high, turns.step) == ("int", "2", "1", "10", "1")
    assert (side.kind, side.default, side.choices) == ("str", "long", ["long", "flat"])


def test_a_file_that_cannot_be_executed_is_told_with_its_line() -> None:
    with pytest.raises(StrategyError, match=r"turn\.py:1: "):
        strategies_in("turn.py", "class Turn(:\n")


@pytest.mark.parametrize("text", ["import os\nos._exit(0)\n", "open('/etc/passwd').read()\n"])
def test_a_hostile_file_is_refused_and_harms_nobody(text: str) -> None:
    if "passwd" in text and "files" not in standing():
        pytest.skip("the kernel offers no fence around files")
    with pytest.raises(StrategyError):
        strategies_in("hostile.py", text + TEXT)


def standing() -> list[str]:
    """The fences that this system can put up, as a process of its own finds them."""
    import subprocess
    import sys

    words = "from parrot.app.hosting.fences import enclose; print(*enclose())"
    return subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout.split()


def test_a_word_of_a_library_on_the_way_changes_nothing(tmp_path: Path, records: Records) -> None:
    jobs = Jobs(records, str(tmp_path), lambda: 1)
    job = msgspec.structs.replace(jobs.ask(asked(), "ann"), state=JobState.RUNNING)
    jobs._jobs[job.id] = job
    for word in (b"5\n", b'"done"\n', b"[1]\n", b"hello\n", b"\n"):
        jobs._told(job.id, word)
    assert jobs.job(job.id) == job


def test_a_statement_is_made_where_nothing_is_left_for_back_tests(
    tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "home"))
    row = Row(tmp_path, records, JobLimits(running=0))
    platform = Platform(row.places.folder.root)
    platform.turn(3)
    platform.stop()
    row.jobs.open()
    waiting = row.jobs.ask(asked(), "ann")
    wanted = StatementAsked(since=1, until=1 << 62)
    row.jobs.ask(wanted, "bob")
    done = row.wait(JobState.FINISHED)
    row.jobs.close()
    assert (done.asked, done.part, row.jobs.job(waiting.id).state) == (wanted, 1.0, JobState.WAITING)
    assert done.result["transactions"] > 0
    assert row.places.statement(wanted, "csv").read_text().startswith("time,seq,what")
    assert any(step.note == "reading the journal" for step in row.seen)
