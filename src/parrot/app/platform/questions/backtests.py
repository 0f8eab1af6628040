"""Back-tests as the routes ask for them: kept runs, and the jobs that make new ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from parrot.adapters.runs import FileRuns
from parrot.app.jobs.catalogue import CatalogueFile
from parrot.app.jobs.places import JobPlaces
from parrot.app.jobs.runner import Jobs, kind_of, title_of
from parrot.app.platform.questions.kept_runs import KeptRuns, detail_of, text_of
from parrot.app.platform.questions.reports import Reports
from parrot.app.wiring import home
from parrot.contracts.jobs import Asked, BacktestAsked, CheckAsked, Job, JobState, ParityAsked, StrategyFacts
from parrot.kernel.errors import InputError, MissingError, ParameterError, ParrotError, StorageError

_POLICY: Final = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')
_MORE: Final = "frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
_SOON: Final = 0.02
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class BacktestQuestions:
    """The door of back-tests."""

    def __init__(self, jobs: Jobs, places: JobPlaces, now: Callable[[], int]) -> None:
        self._jobs = jobs
        self._places = places
        self._now = now
        self.catalogue = places.catalogue()
        self._datasets = places.datasets()
        self._store = FileRuns(home() / "runs", now)
        self._reports = Reports(places.report)
        self.kept = KeptRuns(self._store, self._store.root, self.catalogue.id_of)

    # -- kept runs ------------------------------------------------------------------------------------------------

    def runs(self) -> list[dict[str, Any]]:
        """Every kept run, newest first, without its curve."""
        return self.kept.rows()

    def with_curves(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same rows with small curves."""
        return self.kept.with_curves(rows)

    def run(self, run_id: str) -> dict[str, Any]:
        """One run with all its figures."""
        record = self.kept.record(run_id)
        trials = sum(other.strategy == record.strategy for other in self.kept.records().values())
        again = next((job.asked for job in self._jobs.all() if job.run_id == run_id), None)
        return {
            **self.kept.row(run_id),
            **detail_of(record),
            "figures": self.kept.figures(run_id),
            "source": self.kept.source(run_id),
            "trials": trials,
            "again": _asked(again),
        }

    def charts(self, run_id: str) -> dict[str, dict[str, Any]]:
        """Its curves, made small for charts."""
        return self.kept.charts(run_id)

    def rows(self, run_id: str, what: str) -> list[dict[str, Any]]:
        """Its trades or orders."""
        return self.kept.trades(run_id) if what == "trades" else self.kept.orders(run_id)

    def compare(self, run_ids: Sequence[str]) -> dict[str, Any]:
        """Runs side by side."""
        return self.kept.compare(run_ids)

    def report(self, run_id: str) -> tuple[str, str]:
        """Its report and the policy of that page; made in a process of its own where it is not there yet."""
        self.kept.record(run_id)
        page = self._reports.page(run_id)
        found = _POLICY.search(page)
        if found is None:
            raise StorageError(f"the report of {run_id} has no policy", fix="run it again")
        return page, f"{found[1].replace('&#x27;', chr(39)).replace('&#39;', chr(39))}; {_MORE}"

    def drop(self, run_id: str) -> None:
        """Forgets a run for good."""
        self.kept.record(run_id)
        self._store.drop(run_id)
        self._places.report(run_id).unlink(missing_ok=True)
        self.kept.forget(run_id)

    def datasets(self) -> list[dict[str, Any]]:
        """Data that can be back-tested on."""
        return [
            {
                "source": one.source,
                "kind": one.kind,
                "symbol": one.symbol,
                "timeframe": one.timeframe,
                "rows": one.rows,
                "from_ns": one.first,
                "to_ns": one.last,
            }
            for one in self._datasets.all()
        ]

    # -- jobs -----------------------------------------------------------------------------------------------------

    def jobs(self) -> list[dict[str, Any]]:
        """Every job, newest first."""
        return [self.job_row(job) for job in self._jobs.all()]

    def job(self, job_id: str) -> dict[str, Any]:
        """One job."""
        return self.job_row(self._jobs.job(job_id))

    def ask(self, asked: Asked, by: str) -> Job:
        """Puts a job into the row, when it can be done."""
        if isinstance(asked, BacktestAsked):
            asked = self._checked(asked)
        return self._jobs.ask(asked, by)

    def again(self, job_id: str, by: str) -> Job:
        """The same job once more."""
        return self._jobs.again(job_id, by)

    def cancel(self, job_id: str) -> Job:
        """Ends a job."""
        return self._jobs.cancel(job_id)

    def job_row(self, job: Job) -> dict[str, Any]:
        """A job in plain values."""
        asked = job.asked
        return {
            "id": job.id,
            "kind": kind_of(asked),
            "title": title_of(asked),
            "strategy": _strategy(asked),
            "by": job.by,
            "state": job.state.value,
            "made_ns": job.made,
            "began_ns": job.began,
            "ended_ns": job.ended,
            "part": job.part,
            "left_ms": self._left(job),
            "reached_ns": job.reached,
            "equity": text_of(job.equity, 8),
            "run_id": job.run_id,
            "problem": job.problem or None,
            "again": job.again,
            "fences": job.fences,
            "note": job.note,
            "result": {} if isinstance(asked, CheckAsked) else job.result,  # what a check found is for auditors
            "asked": _asked(asked),
        }

    def _left(self, job: Job) -> int | None:
        if job.state is not JobState.RUNNING or job.part < _SOON:
            return None
        return int((self._now() - job.began) * (1 - job.part) / job.part) // 1_000_000

    def _checked(self, asked: BacktestAsked) -> BacktestAsked:
        """What was asked with its class by name. Raises errors that name the field."""
        if asked.start and asked.end and asked.start >= asked.end:
            raise ParameterError(f"start {asked.start} is not before end {asked.end}", expected="start < end")
        for source in asked.data:
            self._datasets.require(source)
        facts = strategy_in(self.catalogue.file(asked.file), asked.name)
        check_parameters(facts, asked.parameters)
        return msgspec.structs.replace(asked, name=facts.name)


def strategy_in(file: CatalogueFile, name: str) -> StrategyFacts:
    """A class of a file, the only one where none is named. Raises what is wrong with the file, MissingError."""
    if file.problem:
        told = file.problem
        raise InputError(told["problem"], expected=told.get("expected", ""), fix=told.get("fix", ""))
    known = {facts.name: facts for facts in file.strategies}
    if not name and len(known) == 1:
        return next(iter(known.values()))
    if name not in known:
        raise MissingError(f"{file.id} has no strategy {name}", expected=" or ".join(known))
    return known[name]


def check_parameters(facts: StrategyFacts, given: dict[str, str]) -> None:
    """Raises ParameterError for values that the strategy would refuse, without executing it."""
    known = {one.name: one for one in facts.parameters}
    for name, text in given.items():
        one = known.get(name)
        if one is None:
            raise ParameterError(f"{facts.name} has no parameter {name!r}", expected=", ".join(known) or "none")
        try:
            _parameter(one).parse(text)
        except ParrotError:
            raise
        except ValueError as fault:
            raise ParameterError(f"{name}={text!r}: {fault}", expected=one.expected) from None


def _parameter(one: Any) -> Any:
    from parrot.sdk.parameters import Choice, Parameter, Range

    kind = {"int": int, "float": float, "bool": bool, "str": str}[one.kind]
    allowed: Any = Range(float(one.low), float(one.high)) if one.low else None
    if one.choices:
        allowed = Choice(*(kind(value) for value in one.choices))
    return Parameter(one.name, kind, None, allowed)


def _strategy(asked: Asked) -> str:
    if isinstance(asked, ParityAsked):
        return asked.strategy
    return asked.name if isinstance(asked, BacktestAsked) else ""


def _asked(asked: Asked | None) -> dict[str, Any] | None:
    if not isinstance(asked, BacktestAsked):
        return None
    return {name: getattr(asked, name) for name in asked.__struct_fields__}
