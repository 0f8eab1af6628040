"""Risk over HTTP: who may look, who may stop, and that nobody loosens limits alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parrot.contracts import records
from parrot.contracts.access import Role
from parrot.contracts.approvals import ApprovalKept, ApprovalKind, Person
from parrot.contracts.message import Entry
from parrot.kernel.errors import MissingError
from tests.unit.gateway.rest.house import NOW, application, browser, client, person

TOKEN = "a-token-that-is-long-enough"
LIMITS = {"scope": "firm", "limits": {"max_gross": "500000"}}


def request(number: str = "000000001", by: str = "ann", kind: ApprovalKind = ApprovalKind.LIMITS) -> ApprovalKept:
    terms = {"max_gross": "500000", "@version": "1"}
    return ApprovalKept(
        id=number, kind=kind, subject="firm", terms=terms, reason="", by=Person(by, by), ts=NOW, expires=NOW + 1
    )


class Fake:
    """A platform and a risk door that write down what they are asked."""

    token = TOKEN

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.waits = False
        self.kept = {"000000001": request(), "000000002": request("000000002", "zoe", ApprovalKind.WITHDRAWAL)}

    def ask(self, command: Any) -> list[Entry]:
        self.asked.append(command)
        return [Entry(1, 1, 0, records.KillRearmed(scope="all", by="x", reason=""))]

    def rows(self, what: str, limit: int) -> list[dict[str, Any]]:
        return [{"what": what, "limit": limit}]

    def tree(self) -> dict[str, Any]:
        return {"ts": NOW, "scopes": [], "stopped": [], "rules": []}

    def drill(self, *, by: str, source: str) -> dict[str, Any]:
        self.asked.append(("drill", by, source))
        return {"passed": True, "scope": "strategy:drill", "by": by, "ts": NOW, "took_ns": 1, "steps": []}

    def put_limits(self, scope: str, limits: Any, **given: Any) -> ApprovalKept | None:
        self.asked.append((scope, limits, given))
        return request() if self.waits else None

    def approve(self, number: str, *, by: Person) -> ApprovalKept:
        self.asked.append(("approve", number, by.user))
        return self.kept[number]

    def get(self, number: str) -> ApprovalKept:
        if number not in self.kept:
            raise MissingError(f"there is no request {number}")
        return self.kept[number]

    def open(self) -> list[ApprovalKept]:
        return list(self.kept.values())

    def newest(self, *, before: str, limit: int) -> list[ApprovalKept]:
        found = [one for number, one in sorted(self.kept.items(), reverse=True) if not before or number < before]
        return found[:limit]


PEOPLE = (
    person(Role.RISK_OFFICER, name="ann"),
    person(Role.RISK_OFFICER, name="bea"),
    person(Role.TRADER, name="tom"),
    person(Role.VIEWER, name="vic"),
    person(Role.RISK_OFFICER, name="out", accounts=()),
)


class Site:
    def __init__(self, folder: Path) -> None:
        self.fake = Fake()
        self.app = application(self.fake, *PEOPLE, risk=self.fake, approvals=self.fake)
        self.machine = client(self.app, headers={"X-Parrot-Token": TOKEN})

    def as_(self, name: str) -> Any:
        return browser(self.app, name)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Site:
    return Site(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def site(built: Site) -> Site:
    built.fake.__init__()  # type: ignore[misc]  # as new for each test
    return built


def test_limits_that_bind_and_limits_that_wait(site):
    bound = site.as_("ann").put("/api/v1/limits", json=LIMITS | {"version": 3, "reason": "why"})
    assert (bound.status_code, bound.json()["state"]) == (200, "bound")
    scope, limits, given = site.fake.asked[0]
    assert (scope, limits) == ("firm", {"max_gross": "500000"})
    assert given == {"by": Person("ann", "ann"), "reason": "why", "version": 3, "alone": False}
    site.fake.waits = True
    waits = site.as_("ann").put("/api/v1/limits", json=LIMITS)
    assert (waits.status_code, waits.json()["state"]) == (202, "pending")
    assert waits.json()["request"]["terms"] == {"max_gross": "500000"}  # not what is ours
    assert waits.json()["request"]["may_decide"] is False


def test_the_token_of_the_directory_binds_alone_in_a_name(site):
    assert site.machine.put("/api/v1/limits", json=LIMITS | {"approver": "mia"}).status_code == 200
    given = site.fake.asked[0][2]
    assert (given["by"].name, given["alone"]) == ("mia", True)


def test_nobody_acts_in_the_name_of_another(site):
    answer = site.as_("ann").put("/api/v1/limits", json=LIMITS | {"approver": "bea"})
    assert (answer.status_code, site.fake.asked) == (403, [])


@pytest.mark.parametrize(
    ("method", "path", "body", "may"),
    [
        ("GET", "/risk/tree", None, {"ann", "tom", "vic"}),
        ("GET", "/limits", None, {"ann", "tom", "vic"}),
        ("POST", "/kill", {}, {"ann", "tom"}),
        ("POST", "/rearm", {}, {"ann"}),
        ("POST", "/risk/drill", None, {"ann"}),
        ("PUT", "/limits", LIMITS, {"ann"}),
        ("POST", "/limits/requests/000000001/approve", None, {"ann"}),
    ],
)
def test_who_may(site, method, path, body, may):
    for name in ("ann", "tom", "vic"):
        answer = site.as_(name).request(method, f"/api/v1{path}", json=body)
        assert (answer.status_code == 200) == (name in may), (name, answer.text)
        assert name in may or answer.status_code == 403


def test_a_kill_of_a_session_comes_from_the_screen(site):
    site.as_("ann").post("/api/v1/kill", json={"source": "cli"})
    site.as_("ann").post("/api/v1/risk/drill")
    killed, drilled = site.fake.asked
    assert (killed.by, killed.source, drilled) == ("ann", "screen", ("drill", "ann", "screen"))


def test_an_old_proof_is_not_enough_for_limits(tmp_path):
    fake = Fake()
    old = person(Role.RISK_OFFICER, name="old")
    app = application(fake, old, risk=fake, approvals=fake, now=lambda: NOW + 10**12)
    for method, path in (("PUT", "/limits"), ("POST", "/limits/requests/000000001/approve"), ("POST", "/rearm")):
        answer = browser(app, "old").request(method, f"/api/v1{path}", json=LIMITS if method == "PUT" else {})
        assert (answer.status_code, answer.json()["reason"]) == (403, "reauthenticate")
    assert fake.asked == []


def test_what_is_not_theirs_is_not_there(site):
    for path in ("/risk/tree", "/risk/exposures", "/risk/stress"):
        assert site.as_("out").get(f"/api/v1{path}").status_code == 404
    assert site.as_("out").get("/api/v1/limits").json() == {"limits": []}
    assert site.as_("out").get("/api/v1/approvals/000000001").status_code == 404
    assert site.as_("out").post("/api/v1/limits/requests/000000001/approve").status_code == 404
    assert site.as_("out").get("/api/v1/approvals").json()["items"] == []
    assert site.fake.asked == []


def test_people_see_their_own_requests_and_those_they_may_look_at(site):
    def seen(name: str) -> list[str]:
        return [one["id"] for one in site.as_(name).get("/api/v1/approvals").json()["items"]]

    assert seen("ann") == ["000000002", "000000001"]
    assert seen("vic") == ["000000001"]
    found = {one["id"]: one for one in site.as_("ann").get("/api/v1/approvals?pending=true").json()["items"]}
    assert (found["000000001"]["own"], found["000000001"]["may_decide"]) == (True, False)
    assert (found["000000002"]["own"], found["000000002"]["may_decide"]) == (False, True)


def test_money_is_not_decided_as_limits(site):
    assert site.as_("bea").post("/api/v1/limits/requests/000000002/approve").status_code == 404
    assert site.as_("bea").post("/api/v1/limits/requests/000000001/approve").status_code == 200
    assert site.fake.asked == [("approve", "000000001", "bea")]


@pytest.mark.parametrize("limits", [{"a" * 61: "1"}, {"max_gross": "1" * 301}, {"max_gross": None}, []])
def test_what_cannot_be_limits_is_named_and_asks_nothing(site, limits):
    assert site.as_("ann").put("/api/v1/limits", json={"scope": "firm", "limits": limits}).status_code == 422
    assert site.fake.asked == []


def test_a_request_tells_what_it_replaces(site):
    terms = {"max_gross": "500000", "@before:max_gross": "200000", "@before:drawdown": "9", "@version": "1"}
    kept = site.fake.kept["000000001"]
    site.fake.kept["000000001"] = type(kept)(
        id=kept.id, kind=kept.kind, subject="firm", terms=terms, reason="", by=kept.by, ts=NOW, expires=NOW + 1
    )
    told = site.as_("bea").get("/api/v1/approvals/000000001").json()
    assert told["terms"] == {"max_gross": "500000"}
    assert told["changes"] == [
        {"term": "max_gross", "before": "200000", "after": "500000"},
        {"term": "drawdown", "before": "9", "after": ""},
    ]
