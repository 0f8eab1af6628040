"""Back-tests over HTTP: kept runs with exact figures, small curves and pages of rows; jobs by names, never by paths."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest
from starlette.testclient import TestClient

import parrot
from parrot.app.folder import DataFolder
from parrot.app.jobs.places import JobPlaces
from parrot.app.platform.questions.backtests import BacktestQuestions
from parrot.contracts.access import Role
from parrot.contracts.jobs import Asked, BacktestAsked, CheckAsked, DownloadAsked, Job, JobState
from parrot.engine.bars import Bars
from parrot.kernel.errors import BusyError, MissingError
from parrot.sdk import Strategy
from tests.unit.gateway.rest.house import NOW, application, browser, person

HOUR = 3_600 * 10**9
COUNT = 24 * 70


class Turn(Strategy):
    """Buys and sells in turn."""

    turns: int = 5

    def init(self) -> None:
        self.bars = 0

    def on_bar(self, bar: Any) -> None:
        self.bars += 1
        if self.bars % self.turns == 0:
            self.target(0 if self.position else 0.5, why="its turn")


class Kept:
    """A job runner that begins nothing."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    def ask(self, asked: Asked, by: str, *, again: str = "") -> Job:
        job = Job(id=str(len(self.jobs) + 1), asked=asked, by=by, state=JobState.WAITING, made=NOW, again=again)
        self.jobs[job.id] = job
        return job

    def all(self) -> list[Job]:
        return [*reversed(self.jobs.values())]

    def job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise MissingError(f"there is no job {job_id}")
        return self.jobs[job_id]

    def cancel(self, job_id: str) -> Job:
        return self.job(job_id)


def bars() -> Bars:
    ts = np.arange(COUNT, dtype=np.int64) * HOUR + 1_704_067_200 * 10**9
    price = (100 + 5 * np.sin(np.arange(COUNT) / 20)).round(2)
    cents = (price * 100).astype(np.int64)
    volume = np.full(COUNT, 10, np.int64)
    return Bars("ABC", ts, ts + HOUR, cents, cents + 10, cents - 10, cents, volume, 2, 0, HOUR)


Site = Callable[..., TestClient]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARROT_HOME", str(home))
        runs = [parrot.backtest(Turn(turns=turns), bars(), cash=1000, fees="10bp").save() for turns in (3, 7, 20)]
        places = JobPlaces(DataFolder(home / "data"))
        places.make()
        yield SimpleNamespace(places=places, runs=runs)


@pytest.fixture(scope="module")
def runner() -> Kept:
    return Kept()


@pytest.fixture
def kept(runner: Kept) -> Kept:
    runner.jobs.clear()
    return runner


@pytest.fixture(scope="module")
def site(house: SimpleNamespace, runner: Kept) -> Site:
    people = (person(Role.QUANT), person(Role.VIEWER, name="vera"))
    door = BacktestQuestions(runner, house.places, lambda: NOW)
    app = application(SimpleNamespace(token="t"), house.places.folder.root, *people, backtests=door)
    return lambda name="ann": browser(app, name)


def get(site: Site, path: str, **query: Any) -> Any:
    answer = site().get(f"/api/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_runs_come_newest_first_page_by_page_with_small_curves(site: Site, house: SimpleNamespace) -> None:
    first = get(site, "/backtests", limit=2)
    second = get(site, "/backtests", limit=2, after=first["next"])
    assert [row["id"] for row in first["items"] + second["items"]] == house.runs[::-1]
    assert (first["total"], second["next"]) == (3, None)
    assert 2 <= len(first["items"][0]["curve"]) <= 70
    assert first["items"][0]["curve"][0] == 1.0


def test_runs_are_sorted_by_a_figure_and_filtered(site: Site) -> None:
    fees = [float(row["fees"]) for row in get(site, "/backtests", sort="fees", descending=False)["items"]]
    assert fees == sorted(fees)
    assert get(site, "/backtests", strategy="turn")["total"] == 3
    assert get(site, "/backtests", symbol="XYZ")["total"] == 0
    assert get(site, "/backtests", status="failed")["total"] == 0


def test_a_cursor_that_is_none_is_refused(site: Site) -> None:
    assert site().get("/api/v1/backtests", params={"after": "%%"}).status_code == 422


def test_a_run_says_every_figure_exactly_and_what_it_was_made_from(site: Site, house: SimpleNamespace) -> None:
    run = get(site, f"/backtests/{house.runs[0]}")
    figures = {figure["key"]: figure["value"] for figure in run["figures"]}
    assert figures["final_equity"] == run["final_equity"]
    assert (run["parameters"], run["cash"], run["data"][0]["rows"]) == ({"turns": "3"}, "1000", COUNT)
    assert (run["trials"], run["again"], run["terms"]["fees"]) == (3, None, "10bp")
    assert "class Turn" in run["source"]


def test_curves_are_small_and_end_where_the_run_ended(site: Site, house: SimpleNamespace) -> None:
    run_id = house.runs[0]
    curve = get(site, f"/backtests/{run_id}/equity")
    assert len(curve["ts"]) == len(curve["equity"]) == len(curve["drawdown"]) <= 5 * 300
    assert curve["equity"][-1] == pytest.approx(float(get(site, f"/backtests/{run_id}")["final_equity"]))
    months = get(site, f"/backtests/{run_id}/monthly")
    assert [(month["year"], month["month"]) for month in months["months"]] == [(2024, 1), (2024, 2), (2024, 3)]
    spread = get(site, f"/backtests/{run_id}/distribution")
    assert len(spread["edges"]) == len(spread["counts"]) + 1
    falls = get(site, f"/backtests/{run_id}/drawdown")
    assert min(falls["drawdown"]) == pytest.approx(min(curve["drawdown"]))


def test_trades_and_orders_come_in_pages_that_hold_all_of_them(site: Site, house: SimpleNamespace) -> None:
    found, after = [], ""
    while True:
        page = get(site, f"/backtests/{house.runs[0]}/trades", limit=100, after=after)
        found += page["items"]
        after = page["next"]
        if after is None:
            break
    assert [row["number"] for row in found] == list(range(1, page["total"] + 1))
    assert found[0]["why_entry"] == "its turn"
    orders = get(site, f"/backtests/{house.runs[0]}/orders", status="filled", limit=5)
    assert {row["status"] for row in orders["items"]} == {"filled"}


def test_runs_stand_side_by_side_with_what_differs_from_the_first(site: Site, house: SimpleNamespace) -> None:
    found = get(site, "/backtests/compare", ids=",".join(house.runs[:2]))
    assert found["differences"] == [{"what": "parameter turns", "values": ["3", "7"]}]
    assert [curve["id"] for curve in found["curves"]] == house.runs[:2]
    assert all(len(figure["values"]) == 2 for figure in found["figures"])
    for ids in (house.runs[0], ",".join(["x"] * 2), "a,b,c,d,e,f"):
        assert site().get("/api/v1/backtests/compare", params={"ids": ids}).status_code in (404, 422)


def test_a_report_brings_a_policy_of_its_own(site: Site, house: SimpleNamespace) -> None:
    place = house.places.report(house.runs[0])
    place.write_text(
        '<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;"><p>A</p>'
    )
    answer = site().get(f"/api/v1/backtests/{house.runs[0]}/report")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; frame-ancestors 'none'; sandbox")
    assert "unsafe" not in policy
    assert "allow-same-origin" not in policy


def test_who_asks_for_a_report_while_too_many_are_made_hears_when_to_ask_again(
    site: Site, house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: object, run_id: str) -> str:
        raise BusyError("too many reports are being made")

    monkeypatch.setattr("parrot.app.platform.questions.reports.Reports.page", busy)
    answer = site().get(f"/api/v1/backtests/{house.runs[0]}/report")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "5")


def test_a_back_test_is_asked_for_by_names(site: Site, kept: Kept) -> None:
    body = {"file": "examples/sma_cross.py", "data": ["demo:ALDER"], "parameters": {"fast": "12"}, "cash": "5000.10"}
    answer = site().post("/api/v1/backtests", json=body)
    assert answer.status_code == 202, answer.text
    (job,) = kept.all()
    assert isinstance(job.asked, BacktestAsked)
    assert (job.by, job.asked.name, str(job.asked.cash)) == ("ann", "SmaCross", "5000.10")  # its only class by name
    assert answer.json()["title"] == "SmaCross on ALDER"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"file": "examples/../../etc/passwd"}, "file"),
        ({"file": "/etc/passwd"}, "file"),
        ({"data": ["file:/etc/passwd"]}, "there are no data"),
        ({"data": ["/etc/passwd"]}, "data"),
        ({"data": []}, "data"),
        ({"parameters": {"fast": "99"}}, "fast=99 is out of its range"),
        ({"parameters": {"nothing": "1"}}, "nothing"),
        ({"cash": "0"}, "cash"),
        ({"cash": "1e30"}, "cash"),
        ({"fees": "ten"}, "fees"),
        ({"start": "2024-02-01", "end": "2024-01-01"}, "start"),
        ({"start": "yesterday"}, "start"),
        ({"name": "Other"}, "Other"),
        ({"more": 1}, "more"),
    ],
)
def test_what_cannot_be_run_is_refused_in_words(site: Site, kept: Kept, change: Any, words: str) -> None:
    answer = site().post("/api/v1/backtests", json={"file": "examples/sma_cross.py", "data": ["demo:ALDER"]} | change)
    assert answer.status_code in (404, 422)
    assert words in answer.text
    assert kept.jobs == {}


def test_jobs_are_listed_and_those_of_others_rights_stay_theirs(site: Site, kept: Kept) -> None:
    download = DownloadAsked(venue="binance", symbol="BTC/USDT", timeframe="1h", start=0)
    job = kept.ask(download, "bob")
    rows = get(site, "/jobs")["items"]
    assert [(row["kind"], row["by"], row["left_ms"]) for row in rows] == [("download", "bob", None)]
    assert get(site, "/jobs", state="running")["items"] == []
    assert site().delete(f"/api/v1/jobs/{job.id}").status_code == 200
    assert site().get("/api/v1/jobs/77").status_code == 404


def test_a_run_that_is_deleted_is_gone_with_its_report(site: Site, house: SimpleNamespace) -> None:
    gone = parrot.backtest(Turn(turns=9), bars(), cash=1000).save()
    house.places.report(gone).write_text("x")
    assert site("vera").delete(f"/api/v1/backtests/{gone}").status_code == 403
    assert site().delete(f"/api/v1/backtests/{gone}").status_code == 200
    assert not house.places.report(gone).exists()
    assert site().get(f"/api/v1/backtests/{gone}").status_code == 404
    assert get(site, "/backtests")["total"] == 3
    for name in ("..", "last", ".half-x", "%2e%2e"):
        assert site().delete(f"/api/v1/backtests/{name}").status_code in (404, 405)


def test_what_a_check_of_the_log_found_is_not_told_among_the_jobs(site: Site, kept: Kept) -> None:
    job = kept.ask(CheckAsked(), "ann")
    kept.jobs[job.id] = msgspec.structs.replace(job, state=JobState.FINISHED, result={"problems": ["a hash"]})
    assert get(site, "/jobs")["items"][0]["result"] == get(site, f"/jobs/{job.id}")["result"] == {}


@pytest.mark.parametrize(
    ("value", "text"),
    [(math.inf, None), (-math.inf, None), (math.nan, None), (1e21, "1" + "0" * 21), (0.125, "0.125"), (1e-12, "0")],
)
def test_what_an_account_is_worth_is_told_however_absurd_it_is(
    site: Site, kept: Kept, value: float, text: str | None
) -> None:
    job = kept.ask(BacktestAsked(file="own/x.py", name="X", data=["demo:BTC"]), "ann")
    kept.jobs[job.id] = msgspec.structs.replace(job, equity=value)
    assert get(site, "/jobs")["items"][0]["equity"] == text
