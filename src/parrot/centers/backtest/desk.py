"""What the back-test center does for others: run, keep, find, compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parrot.centers.backtest.records import saved
from parrot.centers.backtest.result import Result
from parrot.centers.backtest.service import Job, backtest
from parrot.contracts.runs import RunRecord, SavedRun
from parrot.engine.run import Progress
from parrot.ports.runs import RunStore


@dataclass(frozen=True, slots=True)
class Ports:
    """What the center needs of the outside: a place for runs."""

    runs: RunStore


class Backtests:
    """The center's service; raises the errors of parrot.kernel.errors only."""

    def __init__(self, ports: Ports) -> None:
        self._runs = ports.runs

    def run(self, job: Job, progress: Progress | None = None) -> Result:
        """Runs a job; `result.save()` keeps what came of it."""
        return backtest(job, self.keep, progress)

    def keep(self, result: Result) -> str:
        """Keeps a result; returns its id."""
        return self._runs.save(saved(result))

    def records(self) -> list[RunRecord]:
        """The records of all kept runs, newest first."""
        return self._runs.records()

    def find(self, names: Sequence[str]) -> list[RunRecord]:
        """Records by id, beginning of an id, or "last"."""
        return [self._runs.find(name) for name in names]

    def load(self, name: str) -> SavedRun:
        """One kept run with its frames."""
        return self._runs.load(name)
