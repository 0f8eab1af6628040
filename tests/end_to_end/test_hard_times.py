"""Ctrl-C, a full disk and wrong words: a clear end, a stable exit code, nothing half written."""

from __future__ import annotations

import json
import resource
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end.command import CROSS, answer, parrot, started

SLOW = """import time
from pathlib import Path

from parrot.sdk import Strategy


class Slow(Strategy):
    def on_bar(self, bar):
        if self.position == 0:
            self.hold(1, why="in")
        Path("going").touch()
        time.sleep(0.001)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "cross.py").write_text(CROSS)
    (tmp_path / "slow.py").write_text(SLOW)
    count = 60_000
    close = 100 + np.sin(np.arange(count) / 50)
    np.savez(
        tmp_path / "bars.npz",
        ts=1_600_000_000_000_000_000 + np.arange(count) * 60_000_000_000,
        open=close, high=close + 1, low=close - 1, close=close, volume=np.ones(count),
    )  # fmt: skip
    return tmp_path


def test_ctrl_c_in_a_long_run_tells_what_was_until_then(place: Path) -> None:
    running = started("backtest", "slow.py", "--data", "X=bars.npz", "--report", "slow.html", "--json", cwd=place)
    deadline = time.monotonic() + 30
    while not (place / "going").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, errors = running.communicate(timeout=30)
    assert running.returncode == 130, errors
    told = json.loads(out)
    assert told["status"] == "interrupted"
    assert told["stats"]["fills"] <= 1
    assert "Traceback" not in errors
    kept = answer(parrot("runs", "ls", "--json", cwd=place))
    assert [row["status"] for row in kept] == ["interrupted"]
    assert not list(place.rglob(".*half*"))


def limit_files(limit_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))


def test_a_full_disk_leaves_no_half_run(place: Path) -> None:
    done = parrot(
        "backtest", "cross.py", "--data", "X=bars.npz", "--json", cwd=place, before=lambda: limit_files(20_000)
    )
    told = answer(done, 6)
    assert told["error"]["code"] == "storage"
    assert told["stats"]["fills"] > 0
    assert told["run_id"] == ""
    assert not list((place / "var" / "runs").iterdir())


def test_a_full_disk_keeps_the_old_report(place: Path) -> None:
    (place / "page.html").write_text("the old one")
    words = ("backtest", "cross.py", "--data", "X=bars.npz", "--no-save", "--report", "page.html", "--json")
    told = answer(parrot(*words, cwd=place, before=lambda: limit_files(20_000)), 6)
    assert told["report"] is None
    assert (place / "page.html").read_text() == "the old one"
    assert sorted(path.name for path in place.iterdir()) == ["bars.npz", "cross.py", "page.html", "slow.py"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("backtest", "missing.py", "--data", "demo"), 5, "missing.py"),
        (("backtest", "cross.py"), 2, "there are no data"),
        (("backtest", "cross.py", "--data", "no.csv"), 3, "no.csv does not exist"),
        (("backtest", "cross.py", "--data", "demo", "--set", "nn=3"), 2, "did you mean 'n'"),
        (("backtest", "cross.py", "--data", "demo", "--set", "n=1"), 2, "int from 2 to 200"),
        (("backtest", "cross.py", "--data", "demo", "--set", "n"), 2, "--set name=value"),
        (("backtest", "cross.py", "--data", "demo", "--fees", "lots"), 2, "10bp"),
        (("backtest", "cross.py", "--data", "demo", "--cash", "-5"), 2, "positive"),
        (("backtest", "cross.py", "--data", "demo", "--from", "soon"), 2, "ISO 8601"),
        (("backtest", "cross.py", "--data", "demo", "--data", "demo"), 2, "ALDER twice"),
        (("backtest", "cross.py:Else", "--data", "demo"), 5, "one of Cross"),
        (("backtest", "cross.py", "--data", "demo:OAK"), 5, "demo:ALDER"),
        (("nonsense",), 2, "nonsense"),
        (("up", "--port", "70000"), 2, "65535"),
        (("strategy", "new", "cross"), 2, "exists already"),
        (("strategy", "new", "3 words"), 2, "my_idea"),
        (("data", "quality", "none.parquet"), 3, "does not exist"),
        (("data", "download", "binance", "BTC/USDT"), 2, "--from"),
        (("runs", "rerun", "last"), 5, "no saved runs"),
    ],
)
def test_wrong_words_end_with_a_reason_and_a_stable_code(
    words: tuple[str, ...], code: int, told: str, place: Path, monkeypatch, capsys
) -> None:
    from parrot.app.cli import main

    monkeypatch.chdir(place)
    monkeypatch.setenv("PARROT_HOME", str(place / "var"))
    assert main(list(words)) == code
    out, errors = capsys.readouterr()
    assert told in errors
    assert out == ""
    assert "Traceback" not in errors
    assert main([*words, "--json"]) == code
    error = json.loads(capsys.readouterr().out)["error"]
    assert told in " ".join(error.values())
