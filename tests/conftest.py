"""What every test may use, and the time budget of each part of the suite."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says something about the machine; a test that hangs has its own limit.
settings.register_profile("parrot", deadline=None)
settings.load_profile("parrot")

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"

# Seconds of a run on two cores, by folder under tests/ (the longest name that fits counts). All together stay below ten
# minutes with the Rust tests, which the Makefile times.
BUDGETS = {
    "architecture": 60,
    "browser": 120,
    "docs": 60,
    "end_to_end": 180,
    "golden": 10,
    "golden/matching": 30,
    "ports": 90,
    "reference": 60,
    "simulation": 110,
    "unit": 60,
    "unit/adapters": 60,
    "unit/app/desk": 20,
    "unit/app/hosting": 60,
    "unit/engine": 100,
    "unit/gateway": 20,
    "venues": 60,
    "unit/gateway/fix": 10,
}


def shared_folder() -> Path | None:
    """The folder of recorded market data: PARROT_SHARED, else `shared` beside the checkout; None when there is none."""
    named = os.environ.get("PARROT_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    if folder.is_dir():
        return folder
    if named:
        pytest.fail(f"PARROT_SHARED names {folder}, which is no folder", pytrace=False)
    return None


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip(f"no recorded data: set PARROT_SHARED, or put the shared folder at {ROOT.parent / 'shared'}")
    return folder


class PartTimes:
    """Prints the seconds of the run that each part of the suite took beside their budgets.

    Of tests that run side by side each second counts for what it is of the run: one by the number of workers.
    """

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.tests: defaultdict[str, int] = defaultdict(int)
        self.notes: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.notes += [
            str(value) for name, value in report.user_properties if name == "summary" and report.when == "call"
        ]
        part = part_of(report.nodeid)
        self.seconds[part] += report.duration
        self.tests[part] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("time by part")
        workers = getattr(terminalreporter.config.option, "numprocesses", None) or 1
        for part, taken in sorted(self.seconds.items()):
            seconds = taken / workers
            budget = BUDGETS.get(part)
            verdict = "no budget: add one in tests/conftest.py" if budget is None else f"of {budget:4d} s"
            late = "  OVER BUDGET" if budget is not None and seconds > budget else ""
            terminalreporter.line(f"{part:<16} {self.tests[part]:5d} tests {seconds:7.1f} s {verdict}{late}")
        for note in self.notes:
            terminalreporter.line(note)


def part_of(nodeid: str) -> str:
    folder = Path(nodeid.partition("::")[0]).parent.as_posix().removeprefix("tests").strip("/")
    fitting = [part for part in BUDGETS if folder == part or folder.startswith(part + "/")]
    return max(fitting, key=len, default=folder or "tests")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(PartTimes(), "part-times")
