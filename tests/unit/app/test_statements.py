"""`parrot statement` reads the journal of a data directory, also beside the platform that writes it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from parrot.app.cli.program import run
from tests.unit.app.verify.platforms import Platform

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A platform that still runs."""
    platform = Platform(tmp_path_factory.mktemp("statement") / "data")
    platform.turn(30)
    platform.order()
    yield platform.root
    platform.stop()


def test_it_tells_balances_profit_and_transactions(data: Path, capsys: Capture) -> None:
    assert run(["statement", "--data", str(data)]) == 0
    told = capsys.readouterr().out
    assert "Account main" in told
    assert "BTC/USDT" in told


def test_its_rows_add_up_to_nothing(data: Path, capsys: Capture) -> None:
    assert run(["statement", "--data", str(data), "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert sum(Decimal(row["amount"]) for row in rows if row["currency"] == "USDT") == 0
    assert {row["what"] for row in rows} == {"deposit", "trade"}


def test_a_period_without_anything_is_empty(data: Path, capsys: Capture) -> None:
    words = ["statement", "--data", str(data), "--from", "2020-01-01", "--to", "2020-02-01", "--json"]
    assert run(words) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--from", "yesterday"], 2), (["--from", "2020-02-01", "--to", "2020-01-01"], 2), (["--data", "nowhere"], 5)],
)
def test_what_cannot_be_is_refused(data: Path, words: list[str], code: int, capsys: Capture) -> None:
    assert run(["statement", "--data", str(data), *words]) == code
    assert capsys.readouterr().err.startswith("error: ")
