"""The venue's state beside ours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parrot.centers.execution.client_ids import client_id
from parrot.centers.execution.life import Pending, State
from parrot.contracts import venue
from parrot.contracts.commands import AdoptVenue, AmendOrder, OrderKind, Role, Side
from parrot.contracts.records import ExternalSeen, OrderCanceled, Reconciled, ReduceOnlySet
from tests.unit.centers.execution.stage import SECOND, TERMS, Stage, names


@pytest.fixture
def stage():
    return Stage()


def foreign(name="", quantity="2"):
    return venue.OpenOrder(
        client_id=name,
        venue_id="x1",
        symbol="BTC/USDT",
        side=Side.BUY,
        quantity=Decimal(quantity),
        filled=Decimal(0),
    )


def test_a_start_asks_for_the_venues_state_and_compares():
    stage = Stage(open_=False)
    stage.open()
    assert isinstance(stage.sent[0], venue.AskState)
    assert isinstance(stage.records()[-1], Reconciled)


def test_the_state_is_asked_for_again_and_again(stage):
    stage.sent.clear()
    stage.wait(25 * SECOND, step=SECOND)
    assert 2 <= len(stage.requests(venue.AskState)) <= 3


def test_trades_that_no_report_told_of_are_counted(stage):
    order = stage.working()
    stage.state(trades=[stage.trade(order, "0.4"), stage.trade(order, "0.6")])
    assert stage.at(order, State.FILLED)
    assert stage.records(Reconciled)[-1].trades == 2


def test_an_order_that_is_gone_is_asked_about_and_ends_by_the_answer(stage):
    order = stage.working()
    stage.now += SECOND
    stage.state()
    stage.wait(SECOND)
    assert stage.requests(venue.QueryPlaced)[-1].client_id == order.client_id
    stage.say(venue.Found(client_id=order.client_id, venue_id="v", status="canceled", filled=Decimal(0), ts=stage.now))
    assert stage.at(order, State.CANCELED)


def test_an_order_that_the_venue_forgot_ends_once_its_fence_has_passed(stage):
    order = stage.working()
    stage.now += TERMS.fence - 1
    assert stage.say(venue.NotFound(client_id=order.client_id, ts=stage.now)) == []
    stage.now += 1
    stage.say(venue.NotFound(client_id=order.client_id, ts=stage.now))
    assert stage.at(order, State.CANCELED)


def test_an_order_of_ours_that_the_journal_does_not_have_is_withdrawn_and_the_account_only_reduces(stage):
    name = client_id("main", epoch=9, intent=7, attempt=1)
    stage.state(orders=[foreign(name)])
    assert stage.requests(venue.CancelPlaced)[-1].client_id == name
    assert "not known" in stage.records(Reconciled)[-1].breaks[0]
    assert stage.records(ReduceOnlySet)[-1].on


def test_a_state_that_is_older_than_the_end_of_an_order_is_no_mismatch(stage):
    order = stage.working()
    listed = stage.shown(order)
    stage.now += SECOND
    stage.withdraw(order)
    stage.state(orders=[listed])
    assert stage.records(Reconciled)[-1].breaks == []
    assert stage.records(ReduceOnlySet) == []


def test_an_order_that_ended_here_and_still_stands_there_is_withdrawn_and_shown(stage):
    order = stage.working()
    stage.withdraw(order)
    stage.state(orders=[stage.shown(order)])
    stage.now += TERMS.fence
    stage.state(orders=[stage.shown(order)])
    assert stage.requests(venue.CancelPlaced)[-1].client_id == order.client_id
    assert stage.records(ReduceOnlySet)[-1].on


def test_orders_of_others_are_shown_and_left_alone(stage):
    stage.state(orders=[foreign()])
    stage.state(orders=[foreign()])
    assert [seen.venue_id for seen in stage.records(ExternalSeen)] == ["x1"]
    assert stage.requests(venue.CancelPlaced) == []
    stage.state()
    assert stage.records(ExternalSeen)[-1].gone


def test_a_person_adopts_the_venues_side(stage):
    stage.state(orders=[foreign(client_id("main", epoch=9, intent=7, attempt=1))])
    stage.say(AdoptVenue(by="ann", reason="seen"))
    assert not stage.records(ReduceOnlySet)[-1].on


def test_a_change_whose_answer_was_lost_is_settled_by_what_the_venue_shows(stage):
    order = stage.working()
    stage.say(AmendOrder(order_id=order.id, quantity=Decimal(2)))
    stage.say(venue.Unanswered(client_id=order.client_id, request="replace", reason="502", ts=stage.now))
    assert order.replace is Pending.UNKNOWN
    stage.state(orders=[stage.shown(order, quantity=Decimal(2))])
    assert (order.replace, order.quantity) == (Pending.NONE, 2)


def test_a_change_that_never_arrived_is_given_up_after_the_fence(stage):
    order = stage.working()
    stage.say(AmendOrder(order_id=order.id, quantity=Decimal(2)))
    stage.say(venue.Unanswered(client_id=order.client_id, request="replace", reason="502", ts=stage.now))
    stage.state(orders=[stage.shown(order)])
    assert order.replace is Pending.UNKNOWN
    stage.now += TERMS.fence
    stage.state(orders=[stage.shown(order)])
    assert (order.replace, order.quantity) == (Pending.NONE, 1)


def test_an_order_waits_for_a_line_that_is_away_only_shortly(stage):
    stage.say(venue.LineLost(venue="stage", reason="reset", ts=stage.now))
    order = stage.limit()
    assert stage.at(order, State.HELD)
    stage.wait(3 * SECOND)
    assert stage.at(order, State.CANCELED)
    assert stage.requests() == []


def test_an_order_leaves_when_the_line_is_back_and_the_state_was_compared(stage):
    stage.say(venue.LineLost(venue="stage", reason="reset", ts=stage.now))
    order = stage.limit()
    stage.say(venue.LineBack(venue="stage", ts=stage.now))
    assert stage.at(order, State.HELD)
    stage.state()
    assert stage.at(order, State.SENT)


def test_protection_waits_for_the_line_as_long_as_it_takes(stage):
    stage.fill(stage.working(), "1")
    stage.say(venue.LineLost(venue="stage", reason="reset", ts=stage.now))
    stop = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", role=Role.STOP, reduce_only=True)
    stage.wait(60 * SECOND, step=SECOND)
    stage.say(venue.LineBack(venue="stage", ts=stage.now))
    stage.state()
    assert stage.at(stop, State.SENT)


def test_a_trade_of_nobody_under_our_prefix_stops_the_opening_of_positions(stage):
    order = stage.limit()
    found = stage.fill(order, client_id=client_id("main", epoch=9, intent=7, attempt=1))
    assert names(found) == ["DecisionNoted", "ReduceOnlySet"]
    assert stage.records(OrderCanceled) == []
