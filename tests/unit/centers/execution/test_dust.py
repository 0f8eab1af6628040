"""What a venue would refuse for being worth too little never leaves, and is told with its numbers."""

from __future__ import annotations

import pytest

from parrot.centers.execution.life import State
from parrot.contracts import venue
from parrot.contracts.commands import AmendOrder, Guard, OrderKind, Role, Side
from parrot.contracts.listing import VenueTerms
from parrot.contracts.records import OrderRefused
from tests.unit.centers.execution.stage import SECOND, D, Stage


@pytest.fixture
def stage():
    """A venue that takes nothing below 5 USDT, at a price of 100."""
    made = Stage(terms=VenueTerms(venue="strict", dust=False))
    made.quote("100")
    return made


def protects(stage, quantity, trigger="90", **fields):
    """A stop that a strategy places itself."""
    terms = {"kind": OrderKind.STOP, "trigger": trigger, "reduce_only": True, "role": Role.STOP}
    return stage.submit(Side.SELL, quantity, **{**terms, **fields})


def below(stage):
    """Requests that the venue would refuse."""
    orders = [request for request in stage.sent if isinstance(request, venue.PlaceOrder)]
    return [order for order in orders if order.quantity * (order.limit or order.trigger or 100) < 5]


def test_an_exit_of_dust_is_refused_with_its_numbers(stage):
    stage.fill(stage.working(), "0.04")
    order = stage.submit(Side.SELL, "0.04", reduce_only=True)
    assert stage.at(order, State.REFUSED)
    (refusal,) = stage.records(OrderRefused)
    words = "quantity 0.04 is worth 4 USDT, which is dust; expected: at least 5 USDT; fix: ask for more"
    assert refusal.text == words
    assert below(stage) == []


def test_an_exit_that_room_cuts_to_dust_does_not_leave(stage):
    stage.fill(stage.working(), "1")
    stage.accept(stage.submit(Side.SELL, "0.96", reduce_only=True, kind=OrderKind.LIMIT, limit="110"))
    order = stage.submit(Side.SELL, "1", reduce_only=True)
    assert stage.at(order, State.REFUSED)
    assert "quantity 0.04 is worth 4 USDT" in stage.records(OrderRefused)[-1].text


def test_a_stop_of_dust_waits_here_until_the_venue_takes_it(stage):
    stage.fill(stage.working(quantity="2"), "1")
    order = protects(stage, "0.05")
    assert stage.at(order, State.HELD)
    assert below(stage) == []
    stage.say(AmendOrder(order_id=order.id, quantity=D("0.06")))
    stage.wait(SECOND)
    assert stage.at(order, State.SENT)
    assert stage.requests()[-1].quantity == D("0.06")


def test_a_stop_that_shrinks_to_dust_is_withdrawn(stage):
    stage.fill(stage.working(), "1")
    order = protects(stage, "1")
    stage.accept(order)
    stage.sent.clear()
    stage.say(AmendOrder(order_id=order.id, quantity=D("0.05")))
    (request,) = stage.sent
    assert isinstance(request, venue.CancelPlaced)


def test_a_change_to_dust_is_refused_with_its_numbers(stage):
    stage.fill(stage.working(), "1")
    order = stage.submit(Side.SELL, "1", reduce_only=True, kind=OrderKind.LIMIT, limit="110")
    stage.accept(order)
    stage.sent.clear()
    (refused,) = stage.say(AmendOrder(order_id=order.id, quantity=D("0.04")))
    assert "0.04 is worth 4.4 USDT" in refused.text
    assert stage.sent == []


def test_another_limit_for_what_is_left_as_dust_is_refused_and_nothing_is_cancelled(stage):
    stage.fill(stage.working(), "1")
    order = stage.submit(Side.SELL, "1", reduce_only=True, kind=OrderKind.LIMIT, limit="110")
    stage.accept(order)
    stage.fill(order, "0.96", price="110")
    stage.sent.clear()
    (refused,) = stage.say(AmendOrder(order_id=order.id, limit=D("105")))
    assert "0.04 is worth 4.2 USDT" in refused.text
    assert stage.sent == []
    stage.say(AmendOrder(order_id=order.id, limit=D("130")))
    (request,) = stage.requests(venue.ReplacePlaced)
    assert request.limit == D("130")


def test_a_stop_that_became_dust_waits_for_a_price_at_which_it_is_none():
    stage = Stage(terms=VenueTerms(venue="strict", dust=False, stops=False))
    stage.quote("100")
    stage.fill(stage.working(quantity="0.055", stop="91"), "0.055")
    (stop,) = stage.center.open_orders()
    for _ in range(20):
        stage.quote("90.5")
        stage.wait(SECOND)
    assert stage.at(stop, State.HELD)
    assert stage.records(OrderRefused) == []
    stage.quote("90.95")
    assert stage.requests()[-1].client_id == stop.client_id


def test_a_stop_that_went_off_takes_the_place_of_an_exit_that_leaves_room_for_dust_only():
    stage = Stage(terms=VenueTerms(venue="strict", dust=False, stops=False))
    stage.quote("100")
    stage.fill(stage.working(stop="90"), "1")
    exit_ = stage.submit(Side.SELL, "0.96", reduce_only=True, kind=OrderKind.LIMIT, limit="110")
    stage.accept(exit_)
    stage.sent.clear()
    stage.quote("89")
    stage.wait(SECOND)
    (cancel,) = stage.requests(venue.CancelPlaced)
    assert cancel.client_id == exit_.client_id
    stage.withdraw(exit_)
    (sold,) = stage.requests()
    assert (sold.kind, sold.quantity) == (OrderKind.MARKET, D(1))
    assert stage.records(OrderRefused) == []


def test_a_stop_that_went_off_does_not_stay_when_an_exit_left_dust_of_its_position():
    stage = Stage(terms=VenueTerms(venue="strict", dust=False, stops=False))
    stage.quote("100")
    stage.fill(stage.working(), "1")
    exit_ = stage.submit(Side.SELL, "0.96", reduce_only=True, kind=OrderKind.LIMIT, limit="110")
    stage.accept(exit_)
    stop = protects(stage, "1")
    stage.quote("89")
    stage.wait(SECOND)
    assert stop.waits_for == "room"
    stage.fill(exit_, "0.96", price="110")
    stage.wait(SECOND)
    assert stage.at(stop, State.REFUSED)


def test_the_desk_protects_no_dust(stage):
    guard = Guard(stop=D(10), stop_unit="percent")
    stage.fill(stage.working(guard=guard), "0.055")
    for _ in range(20):
        stage.wait(SECOND)
    assert [order.asked.role for order in stage.center.open_orders()] == [Role.PLAIN]
    assert stage.records(OrderRefused) == []
    assert below(stage) == []


def test_what_would_be_dust_at_its_stop_is_closed_while_it_is_none(stage):
    stage.fill(stage.working(quantity="0.055", stop="90"), "0.055")
    (order,) = [order for order in stage.center.open_orders() if order.parent]
    assert (order.asked.kind, order.quantity) == (OrderKind.MARKET, D("0.055"))


def test_a_first_small_fill_may_grow_for_as_long_as_protection_may_take(stage):
    entry = stage.working(stop="90")
    stage.wait(20 * SECOND)  # nothing is filled yet
    stage.fill(entry, "0.055")
    stage.wait(5 * SECOND)
    assert [order for order in stage.center.open_orders() if order.parent] == []
    stage.fill(entry, "0.045")
    (stop,) = [order for order in stage.center.open_orders() if order.parent]
    assert (stop.asked.role, stop.quantity) == (Role.STOP, D("0.1"))


def test_a_small_fill_that_does_not_grow_in_time_is_closed(stage):
    stage.fill(stage.working(stop="90"), "0.055")
    stage.wait(11 * SECOND)
    (order,) = [order for order in stage.center.open_orders() if order.parent]
    assert (order.asked.kind, order.quantity) == (OrderKind.MARKET, D("0.055"))


def test_a_kill_flattens_no_dust(stage):
    stage.fill(stage.working(), "0.04")
    stage.kill(flatten=True)
    for _ in range(3):
        stage.wait(SECOND)
    assert below(stage) == []
    assert stage.records(OrderRefused) == []
