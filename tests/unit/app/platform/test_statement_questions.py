"""Statements are asked for once, made as jobs, and read as files while they are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from parrot.app.folder import DataFolder
from parrot.app.jobs.places import JobPlaces
from parrot.app.platform.questions.statements import StatementQuestions
from parrot.contracts.jobs import Asked, CheckAsked, Job, JobState, StatementAsked
from parrot.kernel.errors import BusyError, InputError, MissingError, ParameterError

NOW = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp()) * 10**9
PAST = (NOW - 1_000, NOW - 10)


class Kept:
    """A job runner that begins nothing."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    def ask(self, asked: Asked, by: str) -> Job:
        job = Job(id=str(len(self.jobs) + 1), asked=asked, by=by, state=JobState.WAITING, made=NOW)
        self.jobs[job.id] = job
        return job

    def end(self, job_id: str, state: JobState = JobState.FINISHED, began: int = NOW) -> None:
        fields = {"state": state, "began": began, "result": {"transactions": 3}}
        self.jobs[job_id] = msgspec.structs.replace(self.jobs[job_id], **fields)

    def all(self) -> list[Job]:
        return [*reversed(self.jobs.values())]

    def job(self, job_id: str) -> Job:
        return self.jobs[job_id]

    def cancel(self, job_id: str) -> Job:
        self.end(job_id, JobState.CANCELLED)
        return self.jobs[job_id]


class Asking:
    def __init__(self, root: Path) -> None:
        self.jobs = Kept()
        self.places = JobPlaces(DataFolder(root))
        self.places.statements.mkdir(parents=True)
        first = SimpleNamespace(ts=int(datetime(2026, 9, 30, 23, tzinfo=UTC).timestamp()) * 10**9)
        capital = SimpleNamespace(curve=SimpleNamespace(first=first))
        self.house = SimpleNamespace(components=SimpleNamespace(capital=capital))
        self.asked = StatementQuestions(self, self.jobs, self.places, lambda: NOW)

    def read(self, question):
        return question(self.house)

    def write(self, since: int, until: int) -> None:
        for form in ("html", "csv", "json"):
            self.places.statement(StatementAsked(since=since, until=until), form).write_text(form)


@pytest.fixture
def asking(tmp_path):
    return Asking(tmp_path)


def test_months_begin_with_the_first_mark_and_end_with_this_one(asking):
    months = asking.asked.months()
    assert [(one["month"], one["whole"]) for one in months] == [
        ("2026-11", False),
        ("2026-10", True),
        ("2026-09", True),
    ]
    assert months[0]["since_ns"] == months[1]["until_ns"]


def test_the_same_period_is_made_once_while_it_is_on_its_way_and_while_it_is_kept(asking):
    first = asking.asked.ask(*PAST, "ann")
    assert asking.asked.ask(*PAST, "bob")["id"] == first["id"]
    asking.jobs.end(first["id"])
    asking.write(*PAST)
    again = asking.asked.ask(*PAST, "bob")
    assert (again["id"], again["kept"], again["transactions"]) == (first["id"], True, 3)
    for file in asking.places.statements.iterdir():
        file.unlink()
    assert asking.asked.ask(*PAST, "bob")["id"] != first["id"]


def test_a_period_that_went_on_is_made_anew(asking):
    first = asking.asked.ask(NOW - 10, NOW + 10, "ann")
    asking.jobs.end(first["id"])
    asking.write(NOW - 10, NOW + 10)
    assert asking.asked.ask(NOW - 10, NOW + 10, "ann")["id"] != first["id"]


def test_no_more_are_on_their_way_than_leave_room_for_others(asking):
    for number in range(10):
        asking.asked.ask(1, 2 + number, "ann")
    with pytest.raises(BusyError):
        asking.asked.ask(1, 50, "ann")


def test_a_file_is_there_once_it_is_finished_and_as_long_as_it_is_kept(asking):
    number = asking.asked.ask(*PAST, "ann")["id"]
    with pytest.raises(InputError, match="waiting"):
        asking.asked.file(number, "csv")
    asking.jobs.end(number)
    with pytest.raises(MissingError, match="not kept"):
        asking.asked.file(number, "csv")
    asking.write(*PAST)
    assert asking.asked.file(number, "csv").read_text() == "csv"


def test_a_job_of_another_kind_is_no_statement(asking):
    job = asking.jobs.ask(CheckAsked(), "ann")
    for ask in (asking.asked.one, asking.asked.cancel, lambda given: asking.asked.file(given, "csv")):
        with pytest.raises(MissingError):
            ask(job.id)
    assert asking.jobs.jobs[job.id].state is JobState.WAITING
    assert asking.asked.made() == []


def test_a_period_that_ends_before_it_begins_is_refused(asking):
    with pytest.raises(ParameterError):
        asking.asked.ask(5, 5, "ann")


def test_one_that_was_cancelled_is_made_anew(asking):
    number = asking.asked.ask(*PAST, "ann")["id"]
    assert asking.asked.cancel(number)["state"] == "cancelled"
    assert asking.asked.ask(*PAST, "ann")["id"] != number
