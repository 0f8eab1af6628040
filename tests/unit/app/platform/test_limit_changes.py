"""Limits tighten at once; loosened beyond the set size they wait for another person and bind exactly as asked."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread
from typing import Any

import pytest

from parrot.app.platform.limit_changes import LimitChanges
from parrot.app.platform.limit_walks import STEPS_MOST, LimitsWalked, Walks
from parrot.centers.approvals.manifest import DAY_NS, Approvals
from parrot.contracts.approvals import ApprovalState
from parrot.kernel.errors import AccessError, InputError
from tests.unit.app.platform.asked import ANN, BEA, Asked

BEFORE = {"max_gross": "50000", "max_position": "2"}
LARGE = {"max_gross": "500000", "max_position": "2"}


class Desk(Asked):
    def __init__(self) -> None:
        super().__init__({"firm": BEFORE})
        self.approvals = Approvals(self.records)
        self.changes = LimitChanges(
            self,
            self.approvals,
            Walks(self.records),
            self.note,
            above=Decimal(100_000),
            days=7,
            now=self.now,
        )

    def put(self, limits: dict[str, str], **more: Any) -> Any:
        given = {"by": ANN, "reason": "", "version": None, "alone": False} | more
        return self.changes.put("firm", limits, **given)

    @property
    def limits(self) -> dict[str, str]:
        return self.table.risk.limits()["firm"]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_tightening_binds_at_once(desk):
    tighter = BEFORE | {"max_gross": "100"}
    assert desk.put(tighter) is None
    assert desk.limits == tighter
    assert desk.approvals.newest(desk.now()) == []


def test_what_is_looser_is_measured_against_what_is_in_force_when_it_binds(desk):
    desk.put(LARGE, alone=True)
    wanted, tight = LARGE | {"max_gross": "400000"}, LARGE | {"max_gross": "100"}
    preview, other = desk.changes.preview, Thread(target=desk.put, args=(tight,))

    def interrupted(scope: str, limits: Any) -> Any:
        found = preview(scope, limits)
        if limits == wanted:
            other.start()
            other.join(0.1)  # whoever tightens meanwhile waits
        return found

    desk.changes.preview = interrupted
    assert desk.put(wanted) is None
    other.join()
    assert desk.limits == tight


def test_loosening_above_the_size_waits_for_another_person(desk):
    request = desk.put(LARGE, reason="more clients")
    assert (request.state, desk.limits) == (ApprovalState.PENDING, BEFORE)
    with pytest.raises(AccessError):
        desk.changes.approve(request.id, by=ANN)
    assert desk.limits == BEFORE
    bound = desk.changes.approve(request.id, by=BEA)
    assert (bound.state, desk.limits) == (ApprovalState.BOUND, LARGE)
    assert desk.table.risk.sight.version("firm") == 2
    assert "bea" in desk.table.risk.usage()[0]["approver"]
    assert "ann" in desk.table.risk.usage()[0]["approver"]
    assert desk.noted == [("ann", "limits request", request.id), ("bea", "limits approve", request.id)]


def test_what_was_declined_or_has_expired_never_binds(desk):
    declined, late = desk.put(LARGE), desk.put(LARGE)
    desk.changes.decline(declined.id, by=BEA, text="too much")
    desk.table.now += 7 * DAY_NS
    for request in (declined, late):
        with pytest.raises(InputError):
            desk.changes.approve(request.id, by=BEA)
    assert desk.limits == BEFORE


def test_a_request_about_limits_that_changed_meanwhile_fails_and_says_so(desk):
    request = desk.put(LARGE)
    desk.put(BEFORE | {"max_gross": "10"})
    failed = desk.changes.approve(request.id, by=BEA)
    assert failed.state is ApprovalState.FAILED
    assert "meanwhile" in failed.text
    assert desk.limits["max_gross"] == "10"


def test_a_change_of_an_older_version_is_refused(desk):
    desk.put(BEFORE | {"max_gross": "10"}, version=1)
    with pytest.raises(InputError, match="version 2"):
        desk.put(BEFORE, version=1)


def test_the_owner_of_the_data_directory_needs_nobody(desk):
    assert desk.put(LARGE, alone=True) is None
    assert desk.limits == LARGE


@pytest.mark.parametrize("crash", ["before it bound", "after it bound"])
def test_a_start_finishes_what_was_approved_once(desk, crash):
    request = desk.put(LARGE)
    approved = desk.approvals.approve(request.id, by=BEA, now=desk.now())
    if crash == "after it bound":
        desk.changes.finish(approved)
        desk.approvals._records.kept["ApprovalKept", approved.id] = approved  # as if it had not been said
    desk.changes.recover(desk.approvals.get(request.id, desk.now()))
    assert desk.limits == LARGE
    assert desk.table.risk.sight.version("firm") == 2
    assert desk.approvals.get(request.id, desk.now()).state is ApprovalState.BOUND


def test_what_cannot_be_read_is_named_before_anything_is_asked(desk):
    with pytest.raises(InputError, match="max_gros"):
        desk.put({"max_gros": "1"})
    assert desk.approvals.newest(desk.now()) == []


def test_a_preview_shows_what_would_be_over_at_once(desk):
    desk.table.hold_position("1.5")
    changes, uses, version = desk.changes.preview("firm", {"max_position": "1"})
    assert [(one.rule, one.direction, one.second) for one in changes] == [
        ("max_position", "tighter", False),
        ("max_gross", "looser", True),
    ]
    assert (uses[0].used, uses[0].headroom, version) == (Decimal("1.5"), Decimal("-0.5"), 1)


def position(text: str) -> dict[str, str]:
    return {"max_position": text}


def test_many_small_loosenings_are_added_up(desk):
    desk.put(position("2"), alone=True)
    for step in ("3", "3.5", "4"):  # each less than twice the one before
        assert desk.put(position(step)) is None
    changes, _, _ = desk.changes.preview("firm", position("4.1"))
    assert [(one.second, one.why) for one in changes] == [(True, "more than twice as loose, counted from 2")]
    request = desk.put(position("4.1"))
    assert (request.state, desk.limits) == (ApprovalState.PENDING, position("4"))
    desk.changes.approve(request.id, by=BEA)
    assert desk.put(position("8.2")) is None  # counted from what was agreed to
    assert desk.put(position("8.3")) is not None


def test_a_limit_is_not_walked_up_by_waiting_a_day_between_the_steps(desk):
    desk.put(position("2"), alone=True)
    for step in ("3", "4", "5"):
        desk.table.now += 2 * DAY_NS
        waits = desk.put(position(step))
    assert waits.state is ApprovalState.PENDING
    assert desk.limits == position("4")


def test_what_was_tightened_is_loosened_in_small_steps_no_sooner_than_a_day_after(desk):
    desk.put(position("2"), alone=True)
    desk.put(position("0.5"))
    assert desk.put(position("1")) is None
    assert desk.put(position("1.5")) is not None
    desk.table.now += DAY_NS
    assert desk.put(position("1.5")) is None


def test_tightening_needs_nobody_wherever_it_was_before(desk):
    desk.put(position("2"), alone=True)
    desk.changes.approve(desk.put(position("9")).id, by=BEA)
    desk.put(position("1"))
    for step in ("2", "1.9", "0.1"):
        assert desk.put(position(step)) is None


def test_who_changes_limits_all_day_long_can_tighten_them_only(desk):
    desk.put(position("1000"), alone=True)
    for number in range(STEPS_MOST + 5):
        desk.put(position(str(900 - number)))
    assert desk.limits == position(str(900 - STEPS_MOST - 4))
    assert desk.put(position("899")) is not None
    assert len(desk.records.get(LimitsWalked, "firm").steps) == STEPS_MOST
    desk.table.now += DAY_NS
    assert desk.put(position("899")) is None


def test_a_crash_after_limits_bound_forgets_nothing_of_the_way(desk, monkeypatch):
    desk.put(position("2"), alone=True)
    desk.put(position("0.5"))
    asked = desk.ask

    def last(command: Any) -> Any:
        asked(command)
        raise OSError("power")

    with monkeypatch.context() as patch:
        patch.setattr(desk, "ask", last)
        with pytest.raises(OSError, match="power"):
            desk.put(position("1"))
    assert desk.limits == position("1")
    assert desk.put(position("1.5")) is not None


def test_what_failed_while_a_start_was_looking_at_it_never_binds(desk):
    request = desk.put(LARGE)
    seen = desk.approvals.approve(request.id, by=BEA, now=desk.now())
    desk.approvals.fail(request.id, "it was refused")
    desk.changes.recover(seen)  # as it was when the start looked
    assert desk.limits == BEFORE
