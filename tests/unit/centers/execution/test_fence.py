"""UNKNOWN is left by evidence only, and no intent has two orders at the venue."""

from __future__ import annotations

from itertools import pairwise

import pytest

from parrot.centers.execution.life import Pending, State
from parrot.contracts import venue
from parrot.contracts.commands import CancelOrder, TimeInForce
from parrot.contracts.listing import IdScope, VenueTerms
from parrot.contracts.records import OrderMissing, OrderSent, OrderUnknown
from tests.unit.centers.execution.stage import SECOND, TERMS, Stage, names

FENCE = TERMS.fence
HOUR = 3600 * SECOND
SLOW = VenueTerms(venue="slow", expires_requests=False)


@pytest.fixture
def stage():
    return Stage()


def lost(stage, request="place", **fields):
    """An order whose answer never came."""
    order = stage.limit(**fields) if request == "place" else stage.working(**fields)
    stage.say(venue.Unanswered(client_id=order.client_id, request=request, reason="timeout", ts=stage.now))
    return order


def not_found(stage, order, after=0):
    return stage.say(venue.NotFound(client_id=order.client_id, ts=order.sent + after))


def found(stage, order, status="new", filled=None):
    total = order.filled if filled is None else filled
    return stage.say(venue.Found(client_id=order.client_id, venue_id="v1", status=status, filled=total, ts=stage.now))


def test_a_timeout_is_no_rejection(stage):
    order = lost(stage)
    assert stage.at(order, State.UNKNOWN)
    assert stage.records(OrderUnknown)[-1].fence == order.sent + FENCE


def test_silence_becomes_unknown_by_itself(stage):
    order = stage.limit()
    stage.wait(TERMS.request_timeout)
    assert stage.at(order, State.UNKNOWN)


def test_nothing_is_asked_about_it_before_the_fence(stage):
    lost(stage)
    stage.wait(FENCE - SECOND)
    assert stage.requests(venue.QueryPlaced) == []
    stage.wait(2 * SECOND)
    assert stage.requests(venue.QueryPlaced)


def test_not_found_before_the_fence_proves_nothing(stage):
    order = lost(stage)
    assert not_found(stage, order, FENCE - 1) == []
    assert stage.at(order, State.UNKNOWN)


def test_not_found_after_the_fence_lets_the_next_attempt_leave(stage):
    order = lost(stage)
    stage.now += FENCE
    assert names(not_found(stage, order, FENCE)) == ["OrderMissing", "OrderSent"]
    first, second = stage.records(OrderSent)
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.client_id != second.client_id
    assert stage.requests()[-1].client_id == second.client_id


def test_a_second_not_found_of_the_first_attempt_changes_nothing(stage):
    order = lost(stage)
    stage.now += FENCE
    first = order.client_id
    not_found(stage, order, FENCE)
    assert stage.say(venue.NotFound(client_id=first, ts=stage.now + FENCE)) == []
    assert len(stage.requests()) == 2


def test_what_is_found_is_adopted_and_not_sent_again(stage):
    order = lost(stage)
    (record,) = found(stage, order)
    assert record.adopted
    assert stage.at(order, State.ACCEPTED)
    assert len(stage.requests()) == 1


def test_a_fill_is_evidence_too(stage):
    order = lost(stage)
    stage.fill(order, "0.5")
    assert stage.at(order, State.PARTIALLY_FILLED)


def test_a_fill_of_all_of_it_is_evidence_too(stage):
    order = lost(stage)
    stage.fill(order)
    assert stage.at(order, State.FILLED)


@pytest.mark.parametrize(
    ("status", "state"),
    [("canceled", State.CANCELED), ("expired", State.EXPIRED), ("rejected", State.REJECTED)],
)
def test_what_ended_meanwhile_ends_here(stage, status, state):
    order = lost(stage)
    found(stage, order, status)
    assert stage.at(order, state)


def test_a_late_rejection_of_an_earlier_attempt_leaves_the_later_one_alone(stage):
    order = lost(stage)
    first = order.client_id
    stage.now += FENCE
    not_found(stage, order, FENCE)
    stage.say(venue.Rejected(client_id=first, reason="outside the receive window", ts=stage.now))
    assert stage.at(order, State.SENT)


def test_a_venue_that_lists_it_open_proves_it_before_the_fence(stage):
    order = lost(stage)
    stage.state(orders=[stage.shown(order)])
    assert stage.at(order, State.ACCEPTED)


def test_an_unknown_order_is_cancelled_as_soon_as_it_is_found(stage):
    order = lost(stage)
    stage.say(CancelOrder(order_id=order.id))
    stage.say(venue.CancelFailed(client_id=order.client_id, reason="unknown order", ts=stage.now))
    stage.sent.clear()
    found(stage, order)
    assert names(stage.sent) == ["CancelPlaced"]


def test_an_unwanted_order_is_not_sent_again(stage):
    order = lost(stage)
    stage.say(CancelOrder(order_id=order.id))
    stage.now += FENCE
    not_found(stage, order, FENCE)
    assert stage.at(order, State.CANCELED)
    assert len(stage.requests()) == 1


def test_after_a_kill_nothing_is_sent_again(stage):
    order = lost(stage)
    stage.kill("strategy:other")
    stage.kill("all")
    stage.now += FENCE
    not_found(stage, order, FENCE)
    assert stage.at(order, State.CANCELED)
    assert len(stage.requests()) == 1


def test_attempts_are_bounded(stage):
    order = lost(stage, tif=TimeInForce.GTC)
    for _ in range(5):
        stage.now = max(stage.now, order.sent + FENCE)
        not_found(stage, order, FENCE)
        stage.say(venue.Unanswered(client_id=order.client_id, request="place", reason="timeout", ts=stage.now))
    assert len(stage.requests()) == stage.settings.attempts
    assert stage.at(order, State.CANCELED)


def test_where_requests_never_expire_and_ids_may_repeat_it_stays_unknown():
    stage = Stage(terms=SLOW)
    order = lost(stage)
    stage.now += 1000 * SECOND
    assert not_found(stage, order, 1000 * SECOND) == []
    assert stage.at(order, State.UNKNOWN)
    assert stage.records(OrderMissing) == []


def asked(stage):
    """When questions about orders left, in seconds since the first one."""
    times = [request.ts for request in stage.requests(venue.QueryPlaced)]
    return [(ts - times[0]) / SECOND for ts in times]


def test_what_no_answer_may_settle_is_asked_about_more_and_more_seldom():
    stage = Stage(terms=SLOW)
    lost(stage)
    stage.wait(600 * SECOND, step=SECOND // 2)
    pauses = [later - sooner for sooner, later in pairwise(asked(stage))]
    assert pauses[0] == 1
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_was_put_right_at_a_start_makes_no_question_seldom(hours):
    stage = Stage(terms=SLOW, now=10 * HOUR)
    lost(stage)
    again = stage.reborn(after=hours * HOUR)
    again.wait(10 * SECOND)
    assert len(asked(again)) >= 5


def test_a_clock_that_is_set_back_stops_no_questions():
    stage = Stage(terms=SLOW, now=10 * HOUR)
    lost(stage)
    stage.wait(2 * SECOND)
    stage.now -= HOUR
    stage.sent.clear()
    stage.wait(12 * SECOND)
    assert len(asked(stage)) >= 4
    assert len(stage.requests(venue.AskState)) == 2


def test_a_venue_that_asks_to_wait_is_left_alone_so_long():
    stage = Stage(terms=SLOW)
    order = lost(stage)
    stage.wait(SECOND)
    fields = {"reason": "429", "retry_after": 30 * SECOND, "ts": stage.now}
    for request, name in (("query", order.client_id), ("state", "")):
        stage.say(venue.Unanswered(client_id=name, request=request, **fields))
    stage.sent.clear()
    stage.wait(30 * SECOND)
    assert stage.sent == []
    stage.wait(2 * SECOND)
    assert set(names(stage.sent)) == {"QueryPlaced", "AskState"}


def test_where_ids_are_unique_for_ever_the_same_id_is_sent_again():
    stage = Stage(terms=VenueTerms(venue="strict", expires_requests=False, id_scope=IdScope.FOREVER))
    order = lost(stage)
    not_found(stage, order, SECOND)
    first, second = stage.requests()
    assert first.client_id == second.client_id
    assert stage.at(order, State.SENT)


def test_a_lost_answer_to_a_cancel_is_unknown_and_the_cancel_is_repeated_when_the_order_still_stands(stage):
    order = stage.working()
    stage.say(CancelOrder(order_id=order.id))
    stage.say(venue.Unanswered(client_id=order.client_id, request="cancel", reason="502", ts=stage.now))
    assert order.cancel is Pending.UNKNOWN
    stage.wait(2 * SECOND)
    assert stage.requests(venue.QueryPlaced)
    stage.sent.clear()
    found(stage, order)
    assert names(stage.sent) == ["CancelPlaced"]
    stage.withdraw(order)
    assert stage.at(order, State.CANCELED)


def test_a_cancel_that_worked_unseen_is_found(stage):
    order = stage.working()
    stage.say(CancelOrder(order_id=order.id))
    stage.say(venue.Unanswered(client_id=order.client_id, request="cancel", reason="502", ts=stage.now))
    (ended, *_) = found(stage, order, "canceled")
    assert ended.by == "user"


def test_a_refused_cancel_of_a_filled_order_leaves_it_to_its_fills(stage):
    order = stage.working()
    stage.say(CancelOrder(order_id=order.id))
    stage.say(venue.CancelFailed(client_id=order.client_id, reason="too late", ts=stage.now))
    assert stage.at(order, State.ACCEPTED)
    stage.fill(order)
    assert stage.at(order, State.FILLED)


def test_a_request_found_sent_at_a_restart_is_unknown(stage):
    order = stage.limit()
    again = stage.reborn()
    order = again.center.order(order.id)
    assert again.at(order, State.UNKNOWN)
    assert len(again.requests()) == 0
    again.now += FENCE
    not_found(again, order, FENCE)
    assert [request.client_id[-2:] for request in again.requests()] == ["A2"]


def test_ids_of_another_epoch_differ(stage):
    first = stage.limit().client_id
    second = stage.reborn().limit().client_id
    assert "E1N" in first
    assert "E2N" in second


def test_a_lost_line_makes_everything_under_way_unknown_and_the_state_is_asked_for_when_it_is_back(stage):
    sent, accepted = stage.limit(), stage.working()
    stage.say(CancelOrder(order_id=accepted.id))
    stage.say(venue.LineLost(venue="stage", reason="reset", ts=stage.now))
    assert stage.at(sent, State.UNKNOWN)
    assert accepted.cancel is Pending.UNKNOWN
    stage.sent.clear()
    stage.now += SECOND
    stage.say(venue.LineBack(venue="stage", ts=stage.now))
    assert names(stage.sent) == ["AskState"]


def test_not_found_soon_after_the_first_fill_of_a_request_that_came_late_ends_nothing(stage):
    order = stage.limit()
    stage.now += 10 * FENCE
    stage.fill(order, "0.25")
    assert not_found(stage, order, 11 * FENCE - 1) == []
    assert stage.at(order, State.PARTIALLY_FILLED)
    not_found(stage, order, 11 * FENCE)
    assert stage.at(order, State.CANCELED)


def test_not_found_ends_nothing_because_the_clock_of_the_desk_is_behind(stage):
    order = stage.limit()
    there = stage.now + HOUR
    stage.say(venue.Accepted(client_id=order.client_id, venue_id="v1", ts=there))
    assert stage.say(venue.NotFound(client_id=order.client_id, ts=there + FENCE - 1)) == []
    assert stage.at(order, State.ACCEPTED)
    stage.say(venue.NotFound(client_id=order.client_id, ts=there + FENCE))
    assert stage.at(order, State.CANCELED)


def test_not_found_soon_after_a_fill_that_came_before_the_acceptance_ends_nothing(stage):
    order = stage.limit()
    stage.fill(order, "0.25")
    assert not_found(stage, order, FENCE - 1) == []
    assert stage.at(order, State.PARTIALLY_FILLED)
