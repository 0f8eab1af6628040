"""The audit log is read by those who may, page by page, checked, and taken away without a formula in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from parrot.adapters.journal.files import FileJournal
from parrot.app.platform.questions.audit import AuditQuestions, AuditTrail
from parrot.centers.audit.manifest import AuditLog, Signer
from parrot.contracts.access import Role
from parrot.contracts.jobs import BacktestAsked, CheckAsked, Job, JobState
from parrot.gateway.rest.tables import cell
from parrot.kernel.errors import MissingError
from tests.unit.gateway.rest.house import application, browser, person

ACTS = (("ann", "sign in", "ok"), ("bob", "kill", "=1+1"), ("ann", "order", "BTC/USDT"), ("bob", "kill", "again"))


class Kept:
    """A job runner that begins nothing."""

    def __init__(self) -> None:
        self.jobs = {
            "1": Job(id="1", asked=BacktestAsked(file="f", name="n", data=[]), by="ann", state=JobState.RUNNING, made=1)
        }

    def ask(self, asked: Any, by: str) -> Job:
        self.jobs["2"] = Job(id="2", asked=asked, by=by, state=JobState.WAITING, made=2)
        return self.jobs["2"]

    def all(self) -> Sequence[Job]:
        return [*reversed(self.jobs.values())]

    def job(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise MissingError(f"there is no job {job_id}")
        return self.jobs[job_id]

    def cancel(self, job_id: str) -> Job:
        return self.jobs[job_id]


class Switched:
    """The door of whichever log a test has: the application is made once."""

    now: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)


@pytest.fixture(scope="module")
def gateway() -> Any:
    door = Switched()
    app = application(None, person(Role.AUDITOR, name="eve"), person(Role.TRADER, name="tom"), audit=door)
    return SimpleNamespace(door=door, eve=browser(app, "eve"), tom=browser(app, "tom"))


@pytest.fixture
def house(gateway: Any, tmp_path: Path) -> Iterator[Any]:
    journal = FileJournal(tmp_path / "audit.journal")
    log = AuditLog(journal, Signer(bytes(32)), heads=dict, second=lambda name, text: None)
    log.open("main", desk=0, now=1_000_000_000)
    for number, (who, what, text) in enumerate(ACTS, 2):
        log.note(who, what, ts=number * 1_000_000_000, about={"text": text})
    noted: list[tuple[str, str]] = []
    jobs: Any = Kept()
    gateway.door.now = AuditQuestions(
        AuditTrail(tmp_path / "audit.journal"), jobs, lambda who, what, /, **about: noted.append((who.name, what))
    )
    yield SimpleNamespace(eve=gateway.eve, tom=gateway.tom, log=log, noted=noted, jobs=jobs)
    journal.close()


def test_acts_come_page_by_page_newest_first_also_those_noted_meanwhile(house: Any) -> None:
    first = house.eve.get("/api/v1/audit/acts?limit=3").json()
    assert [(row["who"], row["what"]) for row in first["items"]] == [("bob", "kill"), ("ann", "order"), ("bob", "kill")]
    house.log.note("zoe", "late", ts=99, about={})
    rest = house.eve.get(f"/api/v1/audit/acts?limit=3&after={first['next']}").json()
    assert [row["what"] for row in rest["items"]] == ["sign in", "log open"]
    assert rest["next"] is None
    assert house.eve.get("/api/v1/audit/acts?who=zoe").json()["items"][0]["what"] == "late"


@pytest.mark.parametrize(
    ("query", "count"),
    [("who=ann", 2), ("what=kill", 2), ("text=btc", 1), ("text=KILL&who=bob", 2), ("from_ns=3000000000", 3),
     ("from_ns=3000000000&to_ns=4000000000", 1), ("who=nobody", 0)],
)  # fmt: skip
def test_acts_are_found_by_person_kind_time_and_text(house: Any, query: str, count: int) -> None:
    assert len(house.eve.get(f"/api/v1/audit/acts?{query}").json()["items"]) == count


def test_the_log_says_who_did_how_much_and_what_is_signed(house: Any) -> None:
    facts = house.eve.get("/api/v1/audit").json()
    assert {one["name"]: one["acts"] for one in facts["people"]} == {"ann": 2, "bob": 2, "platform": 1}
    assert facts["signed_seq"] == 1
    assert facts["entries"] == 6


def test_who_is_no_auditor_sees_nothing(house: Any) -> None:
    for path in ("", "/acts", "/acts.csv", "/checks", "/checks/2"):
        assert house.tom.get(f"/api/v1/audit{path}").status_code == 403
    assert house.tom.post("/api/v1/audit/checks").status_code == 403


def test_a_file_to_take_away_holds_no_formula_and_is_an_act(house: Any) -> None:
    house.log.note("=cmd|' /C calc'!A0", "+sum", ts=9_000_000_000, about={"x": "y"})
    answer = house.eve.get("/api/v1/audit/acts.csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[-1][3:5] == ["'=cmd|' /C calc'!A0", "'+sum"]
    assert len(rows) == 7
    assert "attachment" in answer.headers["content-disposition"]
    assert house.noted == [("eve", "audit export")]


def test_a_check_is_a_job_and_names_the_first_bad_entry(house: Any) -> None:
    answer = house.eve.post("/api/v1/audit/checks", json={})
    assert (answer.status_code, answer.json()["state"], answer.json()["verdict"]) == (202, "waiting", None)
    problems = [
        {"file": "a", "seq": 0, "invariant": "", "text": "whole"},
        {"file": "b", "seq": 7, "invariant": "I16", "text": "altered"},
    ]
    counts = {"files": 2, "entries": 9, "orders": 1, "fills": 1, "state_hash": ""}
    result = counts | {"ok": False, "invariants": {"I16": "violated"}}
    house.jobs.jobs["2"] = Job(
        id="2", asked=CheckAsked(), by="eve", state=JobState.FINISHED, made=2,
        result=result | {"problems": problems, "problems_count": 2, "notes": []},
    )  # fmt: skip
    assert house.eve.get("/api/v1/audit/checks/2").json()["verdict"]["first"]["seq"] == 7
    assert [row["id"] for row in house.eve.get("/api/v1/audit/checks").json()["items"]] == ["2"]
    assert house.eve.get("/api/v1/audit/checks/1").status_code == 404  # a job, and no check


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "%0A=1", "|cmd",
     "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\x00=1"],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    assert cell(text).startswith("'")


def test_plain_texts_and_numbers_stay_as_they_are() -> None:
    assert [cell(one) for one in ("BTC/USDT", 12, -12, "a=b", "")] == ["BTC/USDT", "12", "-12", "a=b", ""]
