"""Protected or flat."""

from __future__ import annotations

import pytest

from parrot.centers.execution.life import State
from parrot.contracts import venue
from parrot.contracts.commands import CancelOrder, Guard, OrderKind, Role, Side
from parrot.contracts.listing import VenueTerms
from parrot.contracts.records import OrderSent
from tests.unit.centers.execution.stage import SECOND, D, Stage

NO_STOPS = VenueTerms(venue="plain", stops=False)


@pytest.fixture
def stage():
    return Stage()


def entry(stage, filled="1", **fields):
    order = stage.working(**{"stop": "90", "take": "120", **fields})
    if filled:
        stage.fill(order, filled)
    return order


def live(stage, role):
    return [order for order in stage.center.open_orders() if order.asked.role is role]


def the(stage, role):
    (order,) = live(stage, role)
    return order


def covered(stage):
    return sum(order.left for order in live(stage, Role.STOP))


def answer(stage):
    """The venue does what it was asked to."""
    while stage.sent:
        request = stage.sent.pop(0)
        order = stage.center._orders.of_client(getattr(request, "client_id", ""))
        if isinstance(request, venue.PlaceOrder):
            stage.accept(order)
        elif isinstance(request, venue.CancelPlaced) and not order.ended:
            stage.withdraw(order)
        elif isinstance(request, venue.ReplacePlaced):
            stage.say(
                venue.Replaced(client_id=order.client_id, quantity=request.quantity, limit=request.limit, ts=stage.now)
            )


def test_a_fill_is_protected_in_the_same_transaction(stage):
    entry(stage)
    stop, take = the(stage, Role.STOP), the(stage, Role.TAKE)
    assert (stop.state, stop.trigger, stop.quantity, stop.asked.reduce_only) == (State.SENT, 90, 1, True)
    assert (take.state, take.limit, take.quantity) == (State.HELD, 120, 1)


def test_partial_fills_grow_the_protection(stage):
    order = entry(stage, "0.4")
    answer(stage)
    stage.fill(order, "0.6")
    answer(stage)
    assert the(stage, Role.STOP).quantity == 1
    assert the(stage, Role.TAKE).quantity == 1


def test_what_was_filled_stays_protected_when_the_rest_is_cancelled(stage):
    order = entry(stage, "0.4")
    answer(stage)
    stage.say(CancelOrder(order_id=order.id))
    answer(stage)
    assert stage.at(order, State.CANCELED)
    assert the(stage, Role.STOP).quantity == D("0.4")


def test_a_stop_that_fills_ends_the_take(stage):
    entry(stage)
    answer(stage)
    stage.fill(the(stage, Role.STOP), "1", "89")
    assert live(stage, Role.TAKE) == []
    assert stage.center.open_orders() == []


def test_a_part_of_the_stop_cuts_the_take(stage):
    entry(stage)
    answer(stage)
    stage.fill(the(stage, Role.STOP), "0.3", "89")
    assert the(stage, Role.TAKE).left == D("0.7")
    assert the(stage, Role.STOP).left == D("0.7")


def test_a_take_waits_until_its_stop_is_gone_from_the_venue(stage):
    entry(stage)
    answer(stage)
    take = the(stage, Role.TAKE)
    stage.quote("121")
    assert stage.at(take, State.HELD)
    assert covered(stage) >= 1
    answer(stage)
    assert stage.at(take, State.ACCEPTED)
    stage.fill(take, "1", "120")
    answer(stage)
    assert stage.center.open_orders() == []


def test_a_take_that_finds_nobody_leaves_the_position_protected(stage):
    entry(stage)
    answer(stage)
    take = the(stage, Role.TAKE)
    stage.quote("121")
    answer(stage)
    stage.withdraw(take, expired=True)
    stage.wait(SECOND)
    answer(stage)
    stage.wait(SECOND)
    assert covered(stage) == 1
    assert the(stage, Role.TAKE).id != take.id


def test_an_entry_is_not_taken_twice_beside_another_one(stage):
    entry(stage)
    entry(stage, take="130")
    answer(stage)
    stage.quote("121")
    stage.wait(SECOND)
    takes = [take for take in live(stage, Role.TAKE) if take.limit == 120]
    assert len(takes) == 1
    answer(stage)
    stage.fill(takes[0], "1", "120")
    stage.wait(SECOND)
    answer(stage)
    assert [take.limit for take in live(stage, Role.TAKE)] == [130]
    assert covered(stage) == 1


def test_an_exit_takes_room_from_the_stop_and_the_rest_stays_protected(stage):
    entry(stage)
    answer(stage)
    out = stage.submit(Side.SELL, quantity="0.4")
    assert stage.at(out, State.HELD)
    answer(stage)
    assert stage.at(out, State.ACCEPTED)
    stage.fill(out, "0.4", "101")
    stage.wait(SECOND)
    answer(stage)
    assert covered(stage) == D("0.6")
    assert the(stage, Role.TAKE).left == D("0.6")


def test_a_resting_exit_leaves_a_stop_at_the_desk_which_goes_first_when_it_fires(stage):
    entry(stage, take=None)
    answer(stage)
    out = stage.limit(Side.SELL, price="130")
    answer(stage)
    assert stage.at(out, State.ACCEPTED)
    stop = the(stage, Role.STOP)
    assert (stop.state, stop.quantity) == (State.HELD, 1)
    stage.quote("90")
    answer(stage)
    assert stage.at(out, State.CANCELED)
    assert stage.at(stop, State.ACCEPTED)
    assert stop.client_id == stage.records(OrderSent)[-1].client_id


def test_protection_goes_back_to_the_venue_when_the_exit_is_withdrawn(stage):
    entry(stage, take=None)
    answer(stage)
    out = stage.limit(Side.SELL, price="130")
    answer(stage)
    stage.say(CancelOrder(order_id=out.id))
    answer(stage)
    stage.wait(SECOND)
    answer(stage)
    stop = the(stage, Role.STOP)
    assert (stop.state, stop.quantity) == (State.ACCEPTED, 1)


def test_what_is_open_at_the_venue_never_exceeds_the_position(stage):
    entry(stage)
    answer(stage)
    for price in ("121", "100", "89", "121"):
        stage.submit(Side.SELL, quantity="0.5", reduce_only=True)
        stage.quote(price)
        out = [order for order in stage.center.open_orders() if order.out and order.asked.side is Side.SELL]
        assert sum(order.left for order in out) <= stage.center._orders.position("s", "BTC/USDT")
        stage.now += SECOND


def test_a_stop_whose_trigger_was_passed_makes_the_position_flat(stage):
    entry(stage, take=None)
    stop = the(stage, Role.STOP)
    stage.say(venue.Rejected(client_id=stop.client_id, reason="WOULD_TRIGGER", ts=stage.now))
    (flat,) = live(stage, Role.STOP)
    assert (flat.asked.kind, flat.quantity, flat.state) == (OrderKind.MARKET, 1, State.SENT)


def test_a_stop_that_is_refused_twice_makes_the_position_flat(stage):
    entry(stage, take=None)
    for _ in range(2):
        stage.say(venue.Rejected(client_id=the(stage, Role.STOP).client_id, reason="no", ts=stage.now))
        stage.wait(2 * SECOND)
    assert the(stage, Role.STOP).asked.kind is OrderKind.MARKET


def test_a_stop_that_the_venue_ended_long_ago_does_not_count_against_the_next(stage):
    entry(stage, take=None)
    for _ in range(3):
        answer(stage)
        stage.withdraw(the(stage, Role.STOP), expired=True)
        stage.wait(2 * SECOND)
    assert the(stage, Role.STOP).asked.kind is OrderKind.STOP


def test_a_stop_that_does_not_stand_in_time_makes_the_position_flat(stage):
    entry(stage, take=None)
    stop = the(stage, Role.STOP)
    stage.wait(stage.settings.protect_within + SECOND)
    assert stop.unwanted
    stage.withdraw(stop)
    stage.wait(SECOND)
    flat = the(stage, Role.STOP)
    assert (flat.asked.kind, flat.state) == (OrderKind.MARKET, State.SENT)


def test_a_position_that_others_have_closed_needs_no_protection(stage):
    entry(stage)
    answer(stage)
    out = stage.submit(Side.SELL)
    answer(stage)
    stage.fill(out, "1", "101")
    stage.wait(SECOND)
    answer(stage)
    assert stage.center.open_orders() == []


def test_two_entries_share_the_position_and_an_exit_closes_the_older_one(stage):
    first = entry(stage, take=None)
    second = entry(stage, stop="95", take=None)
    answer(stage)
    out = stage.submit(Side.SELL, quantity="1")
    answer(stage)
    stage.fill(out, "1", "101")
    stage.wait(SECOND)
    answer(stage)
    assert (first.unguarded, second.unguarded) == (0, 1)
    assert the(stage, Role.STOP).trigger == 95


def test_where_the_venue_takes_no_stops_the_take_rests_there_and_the_stop_waits_here():
    stage = Stage(terms=NO_STOPS)
    entry(stage)
    answer(stage)
    stop, take = the(stage, Role.STOP), the(stage, Role.TAKE)
    assert (stop.state, take.state, take.asked.kind) == (State.HELD, State.ACCEPTED, OrderKind.LIMIT)
    stage.quote("90")
    assert stage.at(stop, State.HELD)
    answer(stage)
    assert stage.at(take, State.CANCELED)
    assert (stop.state, stop.left) == (State.ACCEPTED, 1)


def test_a_fee_in_the_base_makes_the_protection_smaller(stage):
    order = stage.working(stop="90")
    stage.fill(order, "1", fee=D("0.001"), fee_currency="BTC")
    assert the(stage, Role.STOP).quantity == D("0.999")


def test_parts_of_lots_of_several_entries_are_protected_together(stage):
    for _ in range(2):
        stage.fill(stage.working(stop="90"), "1", fee=D("0.0005"), fee_currency="BTC")
        answer(stage)
    assert stage.center._orders.position("s", "BTC/USDT") == D("1.999")
    assert covered(stage) == D("1.999")


def test_protection_is_made_again_after_a_restart_in_between(stage):
    entry(stage)
    answer(stage)
    again = stage.reborn()
    assert covered(again) == 1
    again.state(orders=[again.shown(the(again, Role.STOP))])
    again.wait(SECOND)
    assert covered(again) == 1
    assert again.requests() == []


def test_an_entry_that_only_closes_a_short_needs_no_stop(stage):
    stage.fill(stage.working(Side.SELL), "1")
    stage.fill(stage.working(stop="90"), "1")
    assert live(stage, Role.STOP) == []
    assert stage.rebuilt() == stage.desk.state()


@pytest.mark.parametrize(
    ("guard", "kind", "trigger", "trail"),
    [
        (Guard(stop=D(90)), OrderKind.STOP, 90, None),
        (Guard(stop=D("2.5"), stop_unit="percent"), OrderKind.STOP, D("97.5"), None),
        (Guard(stop=D(7), stop_unit="distance"), OrderKind.STOP, 93, None),
        (Guard(stop=D(7), stop_unit="distance", trailing=True), OrderKind.TRAILING, None, 7),
        (Guard(stop=D(90), trailing=True), OrderKind.TRAILING, None, 10),
    ],
)
def test_the_desk_protects_what_its_strategy_leaves_unprotected(stage, guard, kind, trigger, trail):
    stage.fill(stage.working(guard=guard), "1")
    assert live(stage, Role.STOP) == []
    stage.wait(stage.settings.own_protection + SECOND)
    stop = the(stage, Role.STOP)
    assert (stop.asked.kind, stop.asked.trigger, stop.asked.trail, stop.quantity) == (kind, trigger, trail, 1)


def own_stop(stage, quantity="1"):
    return stage.submit(Side.SELL, quantity, kind=OrderKind.STOP, trigger="90", role=Role.STOP, reduce_only=True)


def test_the_desk_leaves_a_strategy_that_protects_itself_alone(stage):
    stage.fill(stage.working(guard=Guard(stop=D(90))), "1")
    own = own_stop(stage)
    stage.wait(10 * SECOND)
    assert live(stage, Role.STOP) == [own]


def test_the_desk_steps_back_when_the_strategys_stop_comes_after_all(stage):
    stage.fill(stage.working(guard=Guard(stop=D(90))), "1")
    stage.wait(5 * SECOND)
    answer(stage)
    own = own_stop(stage)
    stage.wait(2 * SECOND)
    answer(stage)
    stage.wait(2 * SECOND)
    answer(stage)
    assert live(stage, Role.STOP) == [own]
    assert own.out


def test_an_exit_cuts_the_stop_that_its_strategy_placed(stage):
    stage.fill(stage.working(), "1")
    own = own_stop(stage)
    answer(stage)
    out = stage.submit(Side.SELL, "0.4")
    assert stage.at(out, State.HELD)
    answer(stage)
    assert stage.at(out, State.ACCEPTED)
    assert (own.state, own.quantity) == (State.ACCEPTED, D("0.6"))


def test_a_stop_is_cut_to_whole_lots_and_withdrawn_when_the_venue_refuses_that(stage):
    stage.fill(stage.working(), "1", fee=D("0.0004"), fee_currency="BTC")
    own = own_stop(stage, "0.999")
    answer(stage)
    out = stage.submit(Side.SELL, "0.4")
    (request,) = stage.requests(venue.ReplacePlaced)
    assert request.quantity == D("0.599")
    stage.say(venue.CancelFailed(client_id=own.client_id, reason="QUANTITY_LOT", ts=stage.now))
    stage.wait(SECOND)
    answer(stage)
    assert stage.at(own, State.CANCELED)
    assert stage.at(out, State.ACCEPTED)


def test_an_exit_of_everything_withdraws_the_stop_that_its_strategy_placed(stage):
    stage.fill(stage.working(), "1")
    own = own_stop(stage)
    answer(stage)
    out = stage.submit(Side.SELL, reduce_only=True)
    answer(stage)
    assert stage.at(own, State.CANCELED)
    assert stage.at(out, State.ACCEPTED)


def test_a_flattening_kill_needs_no_new_protection(stage):
    entry(stage)
    answer(stage)
    stage.kill(flatten=True)
    answer(stage)
    stage.wait(SECOND)
    answer(stage)
    assert [order.asked.role for order in stage.center.open_orders()] == [Role.FLATTEN]
