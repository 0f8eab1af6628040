"""Limits tighten at once; loosened beyond the set size they wait for another person and bind exactly as asked."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread
from typing import Any

import pytest

from parrot.app.platform.limit_changes import LimitChanges
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
