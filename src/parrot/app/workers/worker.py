"""The program of one job: reads data, has the user's file played behind fences, keeps the run, writes its report.

python -m parrot.app.workers.worker DATA, with what is asked as JSON on the standard input; it tells of itself by lines.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from parrot.app.folder import DataFolder
from parrot.app.jobs.asked import Play
from parrot.app.jobs.asking import conversation
from parrot.app.jobs.places import JobPlaces
from parrot.app.workers.handed import Tell, played_frames, span
from parrot.contracts.jobs import Asked, BacktestAsked, ParityAsked, Played, StatementAsked
from parrot.contracts.runs import RunRecord, RunStatus, SavedRun
from parrot.kernel.errors import ParrotError

if TYPE_CHECKING:
    from parrot.centers.backtest.service import Job

_NICE: Final = 10
_PR_SET_PDEATHSIG: Final = 1


def main(arguments: list[str]) -> int:
    """Works on one job; returns the exit code."""
    os.nice(_NICE)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)  # nobody would know of a run that it kept then
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    places = JobPlaces(DataFolder(Path(arguments[0])))
    try:
        asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
        if isinstance(asked, BacktestAsked):
            tell({"run_id": backtest(asked, places, tell)})
        elif isinstance(asked, ParityAsked):
            from parrot.app.workers.parity import parity

            tell({"parity": parity(asked.strategy, places, tell)})
        elif isinstance(asked, StatementAsked):
            from parrot.app.workers.statements import make_statement

            tell({"result": make_statement(asked, places, tell)})
        else:
            from parrot.app.workers.chores import chore

            tell({"result": chore(asked, places, tell)})
    except ParrotError as fault:
        tell({"problem": {**fault.as_dict(), "location": str(getattr(fault, "location", ""))}})
        return 1
    return 0


def tell(what: Mapping[str, Any]) -> None:
    """Says one line."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def backtest(asked: BacktestAsked, places: JobPlaces, tell: Tell) -> str:
    """Runs and keeps one back-test; the id of the run. Raises errors of the tree."""
    from parrot.app.wiring import run_store
    from parrot.centers.backtest.reporting import write_saved_report

    catalogue = places.catalogue()
    path, source = catalogue.place(asked.file), catalogue.source(asked.file)
    job = _job(asked, places)
    play = Play(
        path=str(path),
        source=source,
        name=asked.name,
        parameters=asked.parameters,
        inputs=job.inputs,
        market=job.market,
        cash=str(job.cash),
        bounds=job.bounds,
    )
    frames, played = played_frames(conversation(path.name, play), span(job.inputs.bars), tell)
    run = SavedRun(_record(job, played, source, str(path)), frames, source)
    run_id = run_store().save(run)
    kept = replace(run, record=run_store().find(run_id))
    places.reports.mkdir(parents=True, exist_ok=True)
    write_saved_report(kept, job.inputs.bars, places.report(run_id))
    return run_id


def _job(asked: BacktestAsked, places: JobPlaces) -> Job:
    from parrot.app.face import prepare
    from parrot.contracts.market import AccountKind, Market
    from parrot.sdk import Strategy

    bars = {}
    for source in asked.data:
        read = places.datasets().read(source)
        bars[read.symbol] = read
    market = Market(account=AccountKind(asked.account), currency="USD" if _is_demo(asked) else "")
    return prepare(
        Strategy,
        bars,
        cash=asked.cash,
        fees=asked.fees,
        slippage=asked.slippage,
        market=market,
        start=asked.start or None,
        end=asked.end or None,
        bounds=asked.bounds,
    )


def _is_demo(asked: BacktestAsked) -> bool:
    return all(source.startswith("demo:") for source in asked.data)


def _record(job: Job, played: Played, source: str, path: str) -> RunRecord:
    """The record of a run: what it was made from is said here, what came of it by the fenced process."""
    from parrot.centers.backtest.service import code_hash, described, terms_of

    return RunRecord(
        strategy=played.strategy,
        status=RunStatus(played.status),
        code_hash=code_hash(source),
        code_path=path,
        parameters=played.parameters,
        data=described(job.inputs),
        terms=terms_of(job),
        version=version("parrot"),
        hash=played.hash,
        stats=played.stats,
        bounds=played.bounds,
        failure=played.failure,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
