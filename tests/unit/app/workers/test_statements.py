"""A statement is written as files beside the platform that writes its journal: all forms, or nothing."""

from __future__ import annotations

import csv
import json
import shutil
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parrot.app import statements
from parrot.app.folder import DataFolder
from parrot.app.jobs.places import JobPlaces
from parrot.app.workers import statements as made
from parrot.app.workers.statements import make_statement
from parrot.contracts.commands import Deposit
from parrot.contracts.jobs import StatementAsked
from tests.unit.app.verify.platforms import SECOND, START, Platform

ALL = StatementAsked(since=START, until=START + 3_600 * SECOND)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that still runs."""
    platform = Platform(tmp_path_factory.mktemp("statement") / "data")
    platform.take(Deposit(key="=cmd|' /C calc'!A0", currency="USDT", amount=Decimal(7), by="<b>Ada"))
    platform.turn(30)
    platform.order()
    yield platform
    platform.stop()


@pytest.fixture
def places(running: Platform) -> Iterator[JobPlaces]:
    found = JobPlaces(DataFolder(running.root))
    yield found
    shutil.rmtree(found.statements, ignore_errors=True)


def text(places: JobPlaces, form: str) -> str:
    return places.statement(ALL, form).read_text()


def test_it_is_made_in_three_forms_that_tell_the_same(places: JobPlaces) -> None:
    told: list[Any] = []
    found = make_statement(ALL, places, told.append)
    document = json.loads(text(places, "json"))
    whole = statements.statement_of(places.folder.root, since=ALL.since, until=ALL.until)
    assert document == json.loads(whole.as_json())
    assert text(places, "csv") == whole.as_csv()
    assert found == {"transactions": len(document["lines"])}
    assert "'=cmd|' /C calc'!A0" in text(places, "csv")
    assert "Content-Security-Policy" in text(places, "html")
    assert all(0 <= one["part"] <= 1 for one in told)
    assert told
    rows = list(csv.DictReader(text(places, "csv").splitlines()))
    assert sum(Decimal(row["amount"]) for row in rows if row["currency"] == "USDT") == 0


def test_a_page_holds_the_first_and_says_how_many_there_are(places: JobPlaces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "LINES_MOST", 1)
    monkeypatch.setattr("parrot.app.statement_page.LINES_MOST", 1)
    count = make_statement(ALL, places, lambda told: None)["transactions"]
    assert f"The first 1 of {count}; all are in the CSV." in text(places, "html")
    assert len(json.loads(text(places, "json"))["lines"]) == count > 1


def test_a_period_without_anything_is_whole_too(places: JobPlaces) -> None:
    empty = StatementAsked(since=1, until=2)
    assert make_statement(empty, places, print) == {"transactions": 0}
    assert json.loads(places.statement(empty, "json").read_text())["lines"] == []


@pytest.mark.parametrize("left", [".half-killed"])
def test_one_that_is_ended_leaves_nothing_nor_does_one_that_was_killed(places: JobPlaces, left: str) -> None:
    (places.statements / left).mkdir(parents=True)

    def end(told: object) -> None:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        make_statement(ALL, places, end)
    assert list(places.statements.iterdir()) == []


def test_only_the_newest_are_kept(places: JobPlaces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "_KEPT", 2)
    for until in (2, 3, 4):
        make_statement(StatementAsked(since=1, until=until), places, print)
    assert {path.stem for path in places.statements.iterdir()} == {"1-3", "1-4"}


def test_how_much_memory_it_takes_does_not_grow_with_the_journal(tmp_path: Path) -> None:
    peaks = []
    for count in (500, 5_000):
        platform = Platform(tmp_path / str(count))
        for number in range(count):
            deposit = Deposit(key=f"{number}", currency="USDT", amount=Decimal(1), by="Ada")
            platform.desk.take(deposit, platform.now)
            if number % 100 == 99:
                platform.desk.commit()
        platform.desk.commit()
        places = JobPlaces(DataFolder(platform.root))
        make_statement(StatementAsked(since=1, until=2), places, print)  # what is loaded once is loaded
        tracemalloc.start()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(made, "LINES_MOST", 100)
            assert make_statement(ALL, places, lambda told: None)["transactions"] > count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        platform.stop()
    assert peaks[1] < 1.5 * peaks[0]
