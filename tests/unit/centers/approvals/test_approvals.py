"""A request binds only when somebody else agrees in time, once, and survives the process that took it."""

from __future__ import annotations

from typing import Any

import pytest

from parrot.centers.approvals import service
from parrot.centers.approvals.manifest import DAY_NS, Approvals
from parrot.contracts.approvals import ApprovalKind, ApprovalState, Person
from parrot.kernel.errors import AccessError, InputError, MissingError
from tests.unit.centers.approvals.memory import MemoryRecords

ANN, BEA = Person("u1", "ann"), Person("u2", "bea")
NOW = 1_800_000_000 * 10**9


class Desk:
    def __init__(self) -> None:
        self.records = MemoryRecords()
        self.approvals = Approvals(self.records)

    def ask(self, by: Person = ANN, **more: Any) -> str:
        terms = {"max_gross": "300000"}
        return self.approvals.ask(ApprovalKind.LIMITS, "firm", terms, by=by, reason="busy", now=NOW, **more).id


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_another_person_approves_and_it_is_done_once(desk):
    number = desk.ask()
    approved = desk.approvals.approve(number, by=BEA, now=NOW + 1)
    assert (approved.state, approved.decided_by, approved.decided) == (ApprovalState.APPROVED, BEA, NOW + 1)
    assert [one.id for one in desk.approvals.open(NOW)] == [number]  # a start finds what has to be done still
    assert desk.approvals.bind(number, now=NOW + 2).state is ApprovalState.BOUND
    assert desk.approvals.bind(number, now=NOW + 3).state is ApprovalState.BOUND
    assert desk.approvals.open(NOW) == []


@pytest.mark.parametrize("act", ["approve", "decline"])
def test_whoever_asked_decides_nothing_under_whatever_name(desk, act):
    number = desk.ask()
    with pytest.raises(AccessError, match="ann asked"):
        getattr(desk.approvals, act)(number, by=Person("u1", "another name"), now=NOW)
    assert desk.approvals.get(number, NOW).state is ApprovalState.PENDING


def test_only_whoever_asked_takes_it_back(desk):
    number = desk.ask()
    with pytest.raises(AccessError):
        desk.approvals.withdraw(number, by=BEA, now=NOW)
    assert desk.approvals.withdraw(number, by=ANN, now=NOW).state is ApprovalState.WITHDRAWN


@pytest.mark.parametrize("act", ["approve", "decline"])
@pytest.mark.parametrize("before", ["approve", "decline", "expire"])
def test_what_is_decided_is_not_decided_again(desk, before, act):
    number = desk.ask(lasts=DAY_NS)
    late = NOW
    if before == "expire":
        late = NOW + DAY_NS
    else:
        getattr(desk.approvals, before)(number, by=BEA, now=NOW)
    with pytest.raises(InputError, match="pending"):
        getattr(desk.approvals, act)(number, by=BEA, now=late)


def test_time_ends_a_request_whether_or_not_somebody_writes_it_down(desk):
    number = desk.ask(lasts=10)
    assert desk.approvals.get(number, NOW + 9).state is ApprovalState.PENDING
    assert desk.approvals.get(number, NOW + 10).state is ApprovalState.EXPIRED
    assert [one.id for one in desk.approvals.expire(NOW + 10)] == [number]
    assert desk.approvals.expire(NOW + 10) == []


def test_newest_first_in_pages(desk):
    numbers = [desk.ask() for _ in range(5)]
    first = desk.approvals.newest(NOW, limit=2)
    second = desk.approvals.newest(NOW, before=first[-1].id, limit=2)
    assert [one.id for one in (*first, *second)] == numbers[:0:-1]
    assert desk.approvals.newest(NOW, before="000000001") == desk.approvals.newest(NOW, before="0") == []


def test_a_request_that_is_not_there_is_missing(desk):
    with pytest.raises(MissingError):
        desk.approvals.get("000000009", NOW)
    with pytest.raises(MissingError):
        desk.approvals.approve("000000009", by=BEA, now=NOW)


def test_what_failed_says_why(desk):
    number = desk.ask()
    desk.approvals.approve(number, by=BEA, now=NOW)
    failed = desk.approvals.fail(number, "there is not enough")
    assert (failed.state, failed.text) == (ApprovalState.FAILED, "there is not enough")
    assert desk.approvals.bind(number, now=NOW).state is ApprovalState.FAILED


def test_no_more_wait_than_are_looked_after(desk, monkeypatch):
    monkeypatch.setattr(service, "_PENDING_MOST", 2)
    first = desk.ask()
    desk.ask()
    with pytest.raises(InputError, match="too many"):
        desk.ask()
    desk.approvals.withdraw(first, by=ANN, now=NOW)
    desk.ask()
