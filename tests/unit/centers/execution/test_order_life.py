"""The common way of an order, and what does not belong to it."""

from __future__ import annotations

import pytest

from parrot.centers.execution.life import State
from parrot.contracts import venue
from parrot.contracts.commands import CancelAll, CancelOrder, OrderKind, Side
from parrot.contracts.records import CancelSent, CostMeasured, OrderCanceled, OrderFilled, OrderSent, ReduceOnlySet
from tests.unit.centers.execution.stage import SECOND, D, Stage, names


@pytest.fixture
def stage():
    return Stage()


def test_an_order_is_received_approved_and_sent_in_one_transaction(stage):
    found = stage.limit()
    assert names(stage.records())[-3:] == ["OrderReceived", "OrderApproved", "OrderSent"]
    assert found.state is State.SENT
    request = stage.sent[-1]
    assert (request.client_id, request.quantity, request.limit, request.ts) == (found.client_id, 1, 100, stage.now)


def test_its_client_id_is_journalled_before_the_request_leaves(stage):
    stage.limit()
    assert stage.records(OrderSent)[-1].client_id == stage.sent[-1].client_id


def test_the_venue_accepts_it_and_fills_it_in_parts(stage):
    order = stage.working()
    assert stage.at(order, State.ACCEPTED)
    stage.fill(order, "0.4")
    assert (order.state, order.filled, order.left) == (State.PARTIALLY_FILLED, D("0.4"), D("0.6"))
    found = stage.fill(order, "0.6")
    assert stage.at(order, State.FILLED)
    assert names(found) == ["OrderFilled", "CostMeasured"]


def test_a_market_order_may_be_filled_before_it_is_accepted(stage):
    order = stage.submit()
    stage.fill(order)
    assert stage.at(order, State.FILLED)
    assert stage.accept(order) == []


def test_an_accepted_order_may_still_be_rejected(stage):
    order = stage.working()
    stage.say(venue.Rejected(client_id=order.client_id, reason="would cross", ts=stage.now))
    assert stage.at(order, State.REJECTED)


def test_a_refused_order_never_leaves(stage):
    stage.risk.refuses.add("s")
    order = stage.limit()
    assert stage.at(order, State.REFUSED)
    assert stage.requests() == []


def test_risk_may_approve_less_than_was_asked_for(stage):
    stage.risk.cap = D("0.3")
    order = stage.limit()
    assert stage.requests()[-1].quantity == D("0.3")
    stage.accept(order)
    stage.fill(order, "0.3")
    assert stage.at(order, State.FILLED)


def test_a_cancel_is_pending_until_the_venue_says_so(stage):
    order = stage.working()
    stage.say(CancelOrder(order_id=order.id, user="ann"))
    assert stage.at(order, State.ACCEPTED)
    assert isinstance(stage.sent[-1], venue.CancelPlaced)
    found = stage.withdraw(order)
    assert stage.at(order, State.CANCELED)
    assert found[0].by == "user"


def test_a_cancel_is_asked_for_once(stage):
    order = stage.working()
    stage.say(CancelOrder(order_id=order.id), CancelOrder(order_id=order.id))
    assert len(stage.records(CancelSent)) == 1


def test_cancelling_what_has_ended_is_refused_with_its_state(stage):
    order = stage.working()
    stage.fill(order)
    (refusal,) = stage.say(CancelOrder(order_id=order.id))
    assert "filled already" in refusal.text
    (refusal,) = stage.say(CancelOrder(order_id=999_999))
    assert "unknown" in refusal.text


def test_cancel_all_takes_a_strategy_or_a_symbol_and_leaves_the_others(stage):
    mine, other = stage.working(), stage.working(strategy="other")
    stage.say(CancelAll(strategy="s"))
    assert [r.client_id for r in stage.requests(venue.CancelPlaced)] == [mine.client_id]
    stage.say(CancelAll())
    assert stage.requests(venue.CancelPlaced)[-1].client_id == other.client_id


def test_a_fill_after_the_end_is_counted_as_late(stage):
    order = stage.working()
    stage.withdraw(order)
    (late,) = stage.fill(order, "0.2")
    assert late.late
    assert (late.filled, late.left) == (D("0.2"), D("0.8"))
    assert stage.at(order, State.CANCELED)
    assert stage.center._orders.position("s", "BTC/USDT") == D("0.2")


def test_an_end_waits_for_fills_that_are_still_on_their_way(stage):
    order = stage.working()
    assert stage.withdraw(order, "0.7") == []
    assert stage.at(order, State.ACCEPTED)
    found = stage.fill(order, "0.7")
    assert names(found) == ["OrderFilled", "OrderCanceled", "CostMeasured"]


def test_fills_that_never_come_are_asked_for(stage):
    order = stage.working()
    stage.withdraw(order, "0.7")
    stage.sent.clear()
    stage.wait(2 * SECOND)
    (asked, *_) = stage.requests(venue.AskState)
    assert asked.after == 0
    stage.state(trades=[stage.trade(order, "0.7")])
    assert stage.at(order, State.CANCELED)
    assert order.filled == D("0.7")


def test_an_overfill_is_counted_and_the_account_only_reduces_from_there(stage):
    order = stage.working()
    found = stage.fill(order, "1.5")
    assert names(found)[:3] == ["OrderFilled", "CostMeasured", "DecisionNoted"]
    assert (found[0].filled, found[0].left) == (D("1.5"), 0)
    assert stage.records(ReduceOnlySet)[-1].on


def test_the_same_trade_counts_once_however_often_it_is_told(stage):
    order = stage.working()
    trade = stage.trade(order, "0.5")
    stage.say(trade, trade)
    stage.state(orders=[stage.shown(order)], trades=[trade, trade])
    assert len(stage.records(OrderFilled)) == 1
    assert order.filled == D("0.5")


def test_a_trade_with_ourselves_counts_on_both_sides(stage):
    buy, sell = stage.working(), stage.working(Side.SELL, strategy="other")
    stage.fill(buy, "1", trade_id="same", number=1)
    stage.fill(sell, "1", trade_id="same", number=2)
    assert (buy.state, sell.state) == (State.FILLED, State.FILLED)
    assert stage.center._orders.net("BTC/USDT") == 0


@pytest.mark.parametrize("wrong", [{"quantity": "NaN"}, {"quantity": "-1"}, {"price": "0"}, {"fee": D("Infinity")}])
def test_a_trade_with_impossible_amounts_is_shown_and_counted_by_nobody(stage, wrong):
    order = stage.working()
    found = stage.fill(order, **wrong)
    assert names(found) == ["DecisionNoted", "ReduceOnlySet"]
    assert order.filled == 0


def test_words_that_repeat_what_is_known_become_nothing(stage):
    order = stage.working()
    assert stage.accept(order) == []
    stage.withdraw(order)
    assert stage.withdraw(order) == []


def test_an_order_that_was_never_sent_ends_at_the_desk(stage):
    order = stage.submit(Side.SELL, kind=OrderKind.TRAILING, trail="20")
    assert stage.at(order, State.HELD)
    (ended,) = stage.say(CancelOrder(order_id=order.id))
    assert isinstance(ended, OrderCanceled)
    assert ended.by == "desk"


def test_what_an_order_cost_is_measured_against_the_middle_when_it_left(stage):
    stage.quote("100", spread="0.2")
    order = stage.submit(quantity="2", decided=stage.now - 1000)
    stage.now += 500
    stage.accept(order)
    stage.fill(order, "2", "100.5", fee=D("0.1"))
    (cost,) = stage.records(CostMeasured)
    assert (cost.arrival, cost.average, cost.shortfall, cost.fees) == (100, D("100.5"), 1, D("0.1"))
    assert (cost.slippage_bps, cost.delay, cost.ack) == (50, 1000, 500)


def test_a_trade_that_came_before_another_makes_execution_ask_for_the_missing_one(stage):
    order = stage.working()
    first, second = stage.trade(order, "0.3"), stage.trade(order, "0.3")
    stage.say(second)
    stage.sent.clear()
    stage.wait(2 * SECOND)
    (asked, *_) = stage.requests(venue.AskState)
    assert asked.after == 0
    stage.state(orders=[stage.shown(order)], trades=[first, second])
    assert order.filled == D("0.6")
    assert stage.center._orders.trades == 2


def test_the_journal_alone_gives_the_same_state(stage):
    order = stage.working()
    stage.fill(order, "0.4")
    stage.say(CancelOrder(order_id=order.id))
    assert stage.rebuilt() == stage.desk.state()


def test_an_order_may_run_out_of_time_at_the_venue(stage):
    untouched, part = stage.working(), stage.working()
    stage.fill(part, "0.5")
    stage.withdraw(untouched, expired=True)
    stage.withdraw(part, expired=True)
    assert (untouched.state, part.state) == (State.EXPIRED, State.EXPIRED)


def test_what_is_left_may_be_rejected(stage):
    order = stage.working()
    stage.fill(order, "0.5")
    stage.say(venue.Rejected(client_id=order.client_id, reason="halted", ts=stage.now))
    assert (order.state, order.filled) == (State.REJECTED, D("0.5"))


def test_an_overfill_after_the_end_is_counted_too(stage):
    order = stage.working()
    stage.fill(order)
    (late, *_) = stage.fill(order, "0.1")
    assert (late.late, late.filled) == (True, D("1.1"))
    assert stage.at(order, State.FILLED)
    assert stage.records(ReduceOnlySet)[-1].on
