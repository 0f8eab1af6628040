"""Orders that the desk keeps, what lets them go, and what a kill does."""

from __future__ import annotations

import pytest

from parrot.centers.execution.life import State
from parrot.contracts import venue
from parrot.contracts.commands import AmendOrder, Beat, OrderKind, RearmKill, Role, Side, StopStrategy, TimeInForce
from parrot.contracts.listing import VenueTerms
from parrot.contracts.records import OrderCanceled, OrderReceived, OrderRefused, OrderSent, OrderTriggered, TaskMoved
from tests.unit.centers.execution.stage import SECOND, D, Stage, names

NO_STOPS = VenueTerms(venue="plain", stops=False)


@pytest.fixture
def stage():
    return Stage(terms=NO_STOPS)


def test_a_venue_that_takes_stops_is_sent_the_stop():
    stage = Stage()
    order = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90")
    assert stage.at(order, State.SENT)
    assert (stage.sent[-1].kind, stage.sent[-1].trigger) == (OrderKind.STOP, 90)


@pytest.mark.parametrize(
    ("side", "kind", "waits", "fires"),
    [
        (Side.SELL, OrderKind.STOP, "90.01", "90"),
        (Side.BUY, OrderKind.STOP, "89.99", "90"),
        (Side.SELL, OrderKind.STOP_LIMIT, "90.01", "89"),
        (Side.BUY, OrderKind.TOUCH, "90.01", "90"),
        (Side.SELL, OrderKind.TOUCH, "89.99", "91"),
        (Side.BUY, OrderKind.TOUCH_LIMIT, "90.01", "90"),
    ],
)
def test_the_desk_waits_for_the_trigger_where_the_venue_does_not(stage, side, kind, waits, fires):
    limit = "88" if kind in (OrderKind.STOP_LIMIT, OrderKind.TOUCH_LIMIT) else None
    order = stage.submit(side, kind=kind, trigger="90", limit=limit)
    assert stage.at(order, State.HELD)
    stage.quote(waits)
    assert stage.at(order, State.HELD)
    assert names(stage.quote(fires)) == ["OrderTriggered", "OrderApproved", "OrderSent"]
    assert stage.sent[-1].kind is (OrderKind.MARKET if limit is None else OrderKind.LIMIT)
    assert stage.sent[-1].trigger is None


def test_a_quote_that_must_not_be_used_triggers_nothing(stage):
    order = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90")
    stage.quote("1", valid=False)
    assert stage.at(order, State.HELD)


def test_risk_looks_once_more_when_a_held_order_is_to_leave(stage):
    order = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90")
    stage.risk.refuses.add("s")
    stage.quote("89")
    assert stage.at(order, State.REFUSED)


def test_a_trailing_stop_follows_the_best_price_and_fires_when_it_has_come_back(stage):
    order = stage.submit(Side.SELL, kind=OrderKind.TRAILING, trail="5")
    for price in ("100", "110", "106"):
        stage.quote(price)
    assert stage.at(order, State.HELD)
    stage.quote("105")
    assert stage.at(order, State.SENT)
    assert stage.records(OrderTriggered)[-1].price == 105


def test_a_trailing_distance_may_be_in_percent(stage):
    order = stage.submit(Side.BUY, kind=OrderKind.TRAILING, trail="10", trail_percent=True)
    for price in ("100", "80", "87.9"):
        stage.quote(price)
    assert stage.at(order, State.HELD)
    stage.quote("88")
    assert stage.at(order, State.SENT)


def test_a_trailing_stop_remembers_its_best_price_over_a_restart(stage):
    order = stage.submit(Side.SELL, kind=OrderKind.TRAILING, trail="5")
    for price in ("100", "110"):
        stage.quote(price)
    assert stage.records(TaskMoved)[-1].note == "110"
    again = stage.reborn()
    again.quote("105")
    assert again.at(again.center.order(order.id), State.SENT)


def test_a_held_order_expires_at_its_time(stage):
    order = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", tif=TimeInForce.GTD, until=stage.now + SECOND)
    stage.wait(2 * SECOND)
    assert stage.at(order, State.EXPIRED)


def test_a_held_day_order_ends_at_midnight(stage):
    stage.now = 86_400 * SECOND * 3 - SECOND
    order = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", tif=TimeInForce.DAY)
    stage.wait(SECOND // 2)
    assert stage.at(order, State.HELD)
    stage.wait(SECOND)
    assert stage.at(order, State.EXPIRED)


def test_a_held_order_is_changed_without_the_venue(stage):
    order = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90")
    stage.say(AmendOrder(order_id=order.id, quantity=D("0.5")))
    stage.quote("89")
    assert stage.sent[-1].quantity == D("0.5")


def test_of_a_group_one_rests_at_the_venue_and_the_other_waits_here():
    stage = Stage()
    take = stage.limit(Side.SELL, price="120", group="g")
    stop = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", group="g")
    assert (take.state, stop.state) == (State.SENT, State.HELD)


def test_one_of_a_group_cancels_the_other():
    stage = Stage()
    take = stage.working(Side.SELL, price="120", group="g")
    stop = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", group="g")
    stage.fill(take)
    assert stage.at(stop, State.CANCELED)


def test_the_other_of_a_group_leaves_after_the_first_has_ended():
    stage = Stage()
    take = stage.working(Side.SELL, price="120", group="g")
    stop = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", group="g")
    stage.quote("89")
    assert stage.at(stop, State.HELD)
    assert stage.requests(venue.CancelPlaced)[-1].client_id == take.client_id
    stage.withdraw(take)
    assert stage.at(stop, State.SENT)
    assert stage.sent[-1].kind is OrderKind.MARKET


def test_a_group_never_fills_twice_when_the_first_fills_while_it_is_withdrawn():
    stage = Stage()
    take = stage.working(Side.SELL, price="120", group="g")
    stop = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", group="g")
    stage.quote("89")
    stage.fill(take)
    assert stage.at(stop, State.CANCELED)
    assert len(stage.requests()) == 1


def test_a_kill_withdraws_all_orders_at_once():
    stage = Stage()
    for _ in range(1000):
        stage.working()
    stage.sent.clear()
    stage.kill()
    assert len(stage.requests(venue.CancelPlaced)) == 1000


def test_after_a_kill_no_order_leaves_until_a_person_re_arms():
    stage = Stage()
    stage.kill()
    order = stage.limit()
    assert stage.at(order, State.REFUSED)
    assert stage.records(OrderRefused)[-1].rule == "kill"
    assert stage.requests() == []
    stage.say(RearmKill(by="ann"))
    assert stage.at(stage.limit(), State.SENT)


@pytest.mark.parametrize("scope", ["strategy:s", "symbol:BTC/USDT", "account:main", "user:joe", "al"])
def test_a_kill_binds_its_scope(scope):
    stage = Stage()
    stage.kill(scope)
    assert stage.at(stage.limit(user="joe"), State.REFUSED)


@pytest.mark.parametrize("scope", ["strategy:x", "symbol:ETH/USDT", "account:other", "user:x"])
def test_a_kill_leaves_others_alone(scope):
    stage = Stage()
    stage.kill(scope)
    assert stage.at(stage.limit(user="joe"), State.SENT)


def test_a_kill_holds_over_a_restart():
    stage = Stage()
    stage.kill()
    again = stage.reborn()
    assert again.at(again.limit(), State.REFUSED)


def test_a_kill_keeps_protection():
    stage = Stage()
    stage.fill(stage.working(), "1")
    stop = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", role=Role.STOP, reduce_only=True)
    stage.accept(stop)
    stage.kill()
    assert stage.requests(venue.CancelPlaced) == []


def test_a_kill_that_flattens_withdraws_protection_first_and_then_sells_what_is_held():
    stage = Stage()
    stage.fill(stage.working(), "1")
    stop = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90", role=Role.STOP, reduce_only=True)
    stage.accept(stop)
    stage.sent.clear()
    stage.kill(flatten=True)
    assert names(stage.sent) == ["CancelPlaced"]
    stage.withdraw(stop)
    stage.wait(SECOND)
    (request,) = stage.requests()
    assert (request.side, request.quantity, request.kind) == (Side.SELL, 1, OrderKind.MARKET)
    flat = stage.center.order(stage.records(OrderSent)[-1].order_id)
    stage.fill(flat, "1")
    stage.wait(3 * SECOND)
    assert len(stage.requests()) == 1


def test_a_fill_that_comes_after_a_flattening_kill_is_closed_too():
    stage = Stage()
    order = stage.working()
    stage.kill(flatten=True)
    stage.fill(order, "0.4")
    stage.withdraw(order)
    stage.wait(SECOND)
    assert stage.requests()[-1].quantity == D("0.4")


def test_flattening_goes_on_where_a_clock_brings_the_same_time_again():
    stage = Stage()
    stage.fill(stage.working(), "1")
    stage.kill(flatten=True)
    first = stage.newest("s", stage.records(OrderReceived)[-1].order.key)
    stage.withdraw(first, "0")
    again = stage.reborn()
    again.say(Beat(ts=stage.now))
    keys = [record.order.key for record in stage.records(OrderReceived) if record.order.role is Role.FLATTEN]
    assert len(keys) == len(set(keys)) == 2


def test_flattening_stops_at_a_second_kill_that_does_not_flatten():
    stage = Stage()
    stage.fill(stage.working(), "1")
    stage.kill("symbol:BTC/USDT")
    stage.kill("strategy:s", flatten=True)
    stage.wait(SECOND)
    assert len(stage.requests()) == 1
    stage.say(RearmKill(scope="symbol:BTC/USDT", by="ann"))
    stage.wait(3 * SECOND)
    assert stage.requests()[-1].side is Side.SELL


def test_a_strategy_that_stops_flat_is_sold_out():
    stage = Stage()
    stage.fill(stage.working(), "1")
    stage.say(StopStrategy(strategy="s", by="ann", flatten=True))
    assert stage.requests()[-1].side is Side.SELL


def test_a_reduce_only_order_is_cut_to_what_is_held():
    stage = Stage()
    stage.fill(stage.working(), "0.5")
    order = stage.submit(Side.SELL, quantity="2", reduce_only=True)
    assert stage.requests()[-1].quantity == D("0.5")
    assert stage.at(order, State.SENT)


def test_a_second_exit_waits_for_room_and_gives_up_when_none_comes():
    stage = Stage()
    stage.fill(stage.working(), "1")
    first = stage.submit(Side.SELL, quantity="0.7", reduce_only=True)
    second = stage.submit(Side.SELL, quantity="0.7", reduce_only=True)
    third = stage.submit(Side.SELL, quantity="0.7", reduce_only=True)
    assert [request.quantity for request in stage.requests()[1:]] == [D("0.7"), D("0.3")]
    assert stage.at(third, State.HELD)
    stage.accept(first)
    stage.accept(second)
    stage.wait(6 * SECOND)
    assert stage.at(third, State.CANCELED)


def test_an_exit_without_a_position_ends_at_the_desk():
    stage = Stage()
    assert stage.at(stage.submit(Side.SELL, reduce_only=True), State.CANCELED)
    assert stage.requests() == []


def test_the_venues_reduce_flag_is_left_out_where_the_account_would_grow():
    stage = Stage()
    stage.fill(stage.working(), "1")
    stage.fill(stage.working(Side.SELL, strategy="other"), "1")
    stage.submit(Side.SELL, reduce_only=True)
    assert not stage.requests()[-1].reduce_only


def test_what_is_cancelled_by_hand_after_a_kill_ends_at_the_desk(stage):
    order = stage.submit(Side.SELL, kind=OrderKind.STOP, trigger="90")
    stage.kill()
    assert stage.at(order, State.CANCELED)
    assert stage.records(OrderCanceled)[-1].by == "desk"
