"""Chores on data: what is sent goes into the lake and away, series are judged, a directory is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from parrot.app.folder import DataFolder
from parrot.app.jobs.places import JobPlaces
from parrot.app.workers.chores import chore
from parrot.contracts.jobs import CheckAsked, ImportAsked, QualityAsked
from parrot.kernel.errors import DataError, InputError, MissingError

SENT = "0123456789abcdef0123456789abcdef.csv"
ROWS = "time,open,high,low,close,volume\n2024-01-01T00:00:00Z,1,2,1,2,5\n2024-01-01T01:00:00Z,2,3,2,3,5\n"
GAP = ROWS + "2024-01-01T05:00:00Z,3,4,3,4,5\n"


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobPlaces:
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "home"))
    found = JobPlaces(DataFolder(tmp_path / "data"))
    found.sent.mkdir(parents=True)
    return found


def send(places: JobPlaces, text: str) -> ImportAsked:
    (places.sent / SENT).write_text(text)
    return ImportAsked(file=SENT, name="prices.csv", venue="mine", symbol="ABC/USD")


def test_a_sent_file_is_in_the_lake_and_gone_from_where_it_was_sent(places: JobPlaces) -> None:
    found = chore(send(places, ROWS), places, print)
    assert found["rows"] == 2
    assert found["series"] == "mine/ABC/USD/ohlcv_1h"
    assert not list(places.sent.iterdir())


def test_a_sent_file_that_is_no_table_is_refused_and_gone(places: JobPlaces) -> None:
    with pytest.raises(DataError):
        chore(send(places, "nothing,of\nthe,kind\n"), places, print)
    assert not list(places.sent.iterdir())


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.csv", SENT.upper(), "0" * 32 + ".gz"])
def test_a_name_that_is_no_sent_file_is_no_path(places: JobPlaces, name: str) -> None:
    with pytest.raises(InputError):
        chore(ImportAsked(file=name, name="x.csv", venue="mine"), places, print)


def test_a_gap_is_found_and_told_in_plain_values(places: JobPlaces) -> None:
    chore(send(places, GAP), places, print)
    found = chore(QualityAsked(source="lake:mine/ABC/USD/ohlcv_1h"), places, print)
    assert [one["flaw"] for one in found["findings"]] == ["gap"]
    assert found["rows"] == 3
    assert found["usable"]
    with pytest.raises(MissingError):
        chore(QualityAsked(source="lake:mine/ABC/USD/ohlcv_5m"), places, print)


def test_a_directory_without_durable_files_cannot_be_checked(places: JobPlaces) -> None:
    with pytest.raises(MissingError):
        chore(CheckAsked(), places, lambda told: None)
