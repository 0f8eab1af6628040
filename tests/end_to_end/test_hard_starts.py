"""What a platform refuses to start on: it names what is wrong and what to do, and changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.command import answer, parrot
from tests.end_to_end.platform import Running, up

HEAD = 96  # bytes of a journal's header and head


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that traded for a moment and was closed in good order."""
    running: Running = up(tmp_path_factory.mktemp("hard"))
    running.wait(lambda status: status["orders"] >= 1, 30)
    assert running.stop() == 0
    return running.data


@pytest.fixture
def data(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "live"))


def refused(data: Path) -> dict[str, str]:
    before = {path: path.read_bytes() for path in data.rglob("*.journal")}
    told = answer(parrot("up", "--data", str(data), "--port", "0", "--json", cwd=data.parent), 3)
    for path, held in before.items():  # the audit log may have noted the attempt behind what it held
        assert path.read_bytes()[HEAD:].startswith(held[HEAD:])
    error: dict[str, str] = told["error"]
    return error


def flip(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 4
    path.write_bytes(whole)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, cut, empty], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", ["desk.journal", "audit.journal", "venue/000001.journal"])
def test_a_damaged_journal_is_named_and_nothing_is_touched(
    data: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(data / name)
    error = refused(data)
    assert Path(name).name in error["problem"]
    assert "parrot verify" in error["fix"]


@pytest.mark.parametrize("name", ["desk.journal", "audit.journal", "venue/000001.journal"])
def test_a_missing_journal_is_named_and_not_made_anew(data: Path, name: str) -> None:
    (data / name).unlink()
    error = refused(data)
    assert Path(name).name in error["problem"]
    assert not (data / name).exists()


def test_a_damaged_input_journal_stops_its_strategy_and_harms_nobody(data: Path) -> None:
    flip(data / "strategies" / "reversion.journal")
    running = up(data.parent)
    try:
        found = running.wait(lambda status: any(row["fault"] for row in status["strategies"]), 20)
        faults = {row["strategy"]: row["fault"] for row in found["strategies"]}
        assert faults["reversion"]
        assert not faults["momentum"]
    finally:
        running.kill()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 1", "colour is no setting"),
        ("[venue]\nlatency_us = -1", "venue.latency_us is -1"),
        ('[venue]\nsymbols = ["FOO/BAR"]', "FOO/BAR"),
        ('[limits]\nmax_notionl = "5"', "max_notionl"),
        ('[limits]\nmax_notional = "-5"', "-5"),
        ("[[strategies]]\nid='a'\nfile='missing.py'\nsymbols=['BTC/USDT']\ncash=1", "missing.py"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    data = tmp_path / "live"
    data.mkdir()
    (data / "settings.toml").write_text(text)
    done = parrot("up", "--data", str(data), "--port", "0", "--json", cwd=tmp_path)
    assert done.returncode in (2, 5)
    assert named in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1"])
def test_other_machines_are_not_let_in(tmp_path: Path, host: str) -> None:
    told = answer(parrot("up", "--data", str(tmp_path / "live"), "--host", host, "--json", cwd=tmp_path), 2)
    assert "no loopback address" in told["error"]["problem"]
    assert not (tmp_path / "live").exists()
