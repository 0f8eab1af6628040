"""The first minute: help at once, a healthy machine, an example file, its log, its check."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.command import CROSS, PROGRAM, answer, environment, parrot, told

CPU_SECONDS_MAX = 0.5


def test_help_is_there_at_once(tmp_path: Path) -> None:
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = parrot("--help", cwd=tmp_path)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert done.returncode == 0
    assert "backtest" in done.stdout
    assert min(seconds) < CPU_SECONDS_MAX
    assert list(tmp_path.iterdir()) == []


def test_a_back_test_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    code = (
        "import sys; from parrot.app.cli import main; "
        "main(['backtest', 'cross.py', '--data', 'demo', '--to', '2022-02-01', '--report', 'r.html', '--json']); "
        "unneeded = {'pandas', 'ccxt', 'exchange_calendars'} & set(sys.modules); sys.exit(' '.join(unneeded) or 0)"
    )
    (tmp_path / "cross.py").write_text(CROSS)
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(tmp_path / "var"), capture_output=True, text=True, check=False
    )
    assert (tmp_path / "r.html").exists()
    assert done.returncode == 0, done.stderr


def test_a_machine_that_runs_the_tests_is_healthy(tmp_path: Path) -> None:
    done = parrot("doctor", "--port", "18431", "--json", cwd=tmp_path)
    checks = {check["name"]: check for check in answer(done)["checks"]}
    assert checks["core module"]["well"]
    assert "polars" in checks["packages"]["found"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    refused = told("doctor", cwd=tmp_path, code=1)
    assert not next(check for check in refused["checks"] if check["name"] == "write permission")["well"]


def test_a_new_strategy_runs_and_passes_its_check(tmp_path: Path) -> None:
    assert told("strategy", "new", "MyIdea", cwd=tmp_path) == {"path": "my_idea.py", "strategy": "MyIdea"}
    text = (tmp_path / "my_idea.py").read_text()
    assert len(text.splitlines()) <= 20
    words = ("--data", "demo", "--from", "2022-01-01", "--to", "2022-07-01")
    made = told("backtest", "my_idea.py", *words, cwd=tmp_path)
    assert made["stats"]["fills"] > 10
    checked = told("check", "my_idea.py", *words, cwd=tmp_path)
    assert checked["passed"] is True
    assert [finding["verdict"] for finding in checked["findings"]] == ["passed"] * 3


def test_a_look_ahead_is_refused_by_the_check(tmp_path: Path) -> None:
    (tmp_path / "peek.py").write_text(
        "import numpy as np\nfrom parrot.sdk import Strategy\n\n\nclass Peek(Strategy):\n    def init(self):\n"
        "        self.next = self.compute(lambda close: np.append(close[1:], np.nan))\n\n"
        "    def on_bar(self, bar):\n        self.hold(1 if self.next[0] > bar.close else 0)\n"
    )
    words = ("--data", "demo", "--to", "2022-04-01")
    assert told("check", "peek.py", *words, cwd=tmp_path, code=1)["findings"][0]["verdict"] == "failed"


def test_a_strategys_log_is_told_in_its_own_time(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text(
        "from parrot.sdk import Strategy\n\n\nclass Loud(Strategy):\n    def init(self):\n        self.done = False\n\n"
        "    def on_bar(self, bar):\n        if not self.done:\n            self.log('closed at %.2f', bar.close)\n"
        "            self.done = True\n"
    )
    done = parrot("backtest", "loud.py", "--data", "demo", "--to", "2022-01-05", "--no-save", "--json", cwd=tmp_path)
    assert answer(done)["status"] == "finished"
    assert done.stderr.startswith("2022-01-01 01:00:00Z Loud: closed at ")
    assert list(tmp_path.glob("var")) == []


def test_an_answer_that_nobody_reads_ends_quietly(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "data", "show", "demo", "--rows", "1500"],
        cwd=tmp_path,
        env=environment(tmp_path / "var"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""
