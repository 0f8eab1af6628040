"""Statements as the gateway asks for them: made as jobs in a process of their own, then read as files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from parrot.app.jobs.places import JobPlaces
from parrot.app.jobs.runner import Jobs
from parrot.app.platform.platform import Platform
from parrot.app.platform.questions.chores import chore_row
from parrot.contracts.jobs import Job, JobState, StatementAsked
from parrot.kernel.errors import BusyError, InputError, MissingError, ParameterError

_OPEN: Final = (JobState.WAITING, JobState.RUNNING)
_OPEN_MOST: Final = 10  # so that those who only look leave room in the row for others
_SHOWN: Final = 100
_FORM: Final = "html"


class StatementQuestions:
    """Answers of one running platform (gateway.rest.ports.statements.StatementsDoor)."""

    def __init__(self, platform: Platform, jobs: Jobs, places: JobPlaces, now: Callable[[], int]) -> None:
        self._platform = platform
        self._jobs = jobs
        self._places = places
        self._now = now
        self._one = threading.Lock()  # the same period is asked for once

    def months(self) -> list[dict[str, Any]]:
        """The months that have a statement, newest first."""
        first = self._platform.read(lambda house: house.components.capital.curve.first)
        begin = datetime.fromtimestamp((first.ts if first else self._now()) // 10**9, UTC)
        year, month = begin.year, begin.month
        found = []
        while (since := _month(year, month)) <= self._now():
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            until = _month(year, month)
            name = f"{datetime.fromtimestamp(since // 10**9, UTC):%Y-%m}"
            found.append({"month": name, "since_ns": since, "until_ns": until, "whole": until <= self._now()})
        return found[::-1]

    def made(self) -> list[dict[str, Any]]:
        """Statements that were asked for, newest first."""
        return [self._row(job) for job in self._asked()[:_SHOWN]]

    def ask(self, since: int, until: int, by: str) -> dict[str, Any]:
        """Has one made, unless it is there already or on its way."""
        if until <= since:
            raise ParameterError("the period ends before it begins", expected="since < until")
        asked = StatementAsked(since=since, until=until)
        with self._one:
            before = self._asked()
            same = next((job for job in before if job.asked == asked and self._stands(job, until)), None)
            if same is not None:
                return self._row(same)
            if sum(job.state in _OPEN for job in before) >= _OPEN_MOST:
                raise BusyError("too many statements are on their way", expected=f"at most {_OPEN_MOST}", fix="wait")
            return self._row(self._jobs.ask(asked, by))

    def one(self, statement_id: str) -> dict[str, Any]:
        """One of them."""
        return self._row(self._find(statement_id))

    def cancel(self, statement_id: str) -> dict[str, Any]:
        """Ends its making."""
        return self._row(self._jobs.cancel(self._find(statement_id).id))

    def file(self, statement_id: str, form: str) -> Path:
        """Its file in one form."""
        job = self._find(statement_id)
        if job.state is not JobState.FINISHED:
            raise InputError(f"the statement is {job.state}", expected="one that is finished", fix="wait for its end")
        path = self._places.statement(_period(job), form)
        if not path.is_file():
            raise MissingError("the statement is not kept any more", fix="have it made again")
        return path

    def _stands(self, job: Job, until: int) -> bool:
        """Whether a job's statement is what a new one would be."""
        if job.state is JobState.FINISHED:
            return job.began >= until and self._places.statement(_period(job), _FORM).is_file()
        return job.state in _OPEN

    def _asked(self) -> list[Job]:
        return [job for job in self._jobs.all() if isinstance(job.asked, StatementAsked)]

    def _find(self, statement_id: str) -> Job:
        job = self._jobs.job(statement_id)
        if not isinstance(job.asked, StatementAsked):
            raise MissingError(f"there is no statement {statement_id}")
        return job

    def _row(self, job: Job) -> dict[str, Any]:
        period, count = _period(job), job.result.get("transactions")
        kept = job.state is JobState.FINISHED and self._places.statement(period, _FORM).is_file()
        span = {"since_ns": period.since, "until_ns": period.until}
        return chore_row(job, "statement") | span | {"transactions": count, "kept": kept}


def _period(job: Job) -> StatementAsked:
    assert isinstance(job.asked, StatementAsked)  # others are not taken
    return job.asked


def _month(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp()) * 10**9
