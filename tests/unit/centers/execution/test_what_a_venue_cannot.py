"""What a venue cannot do in place, or by itself, the desk does."""

from __future__ import annotations

import pytest

from parrot.contracts import venue
from parrot.contracts.commands import AmendOrder, Beat, Role, TimeInForce
from parrot.contracts.listing import Amends, VenueTerms
from parrot.contracts.records import CommandRefused, OrderCanceled
from tests.unit.centers.execution.stage import SECOND, D, Stage


def stage_of(amends, *, gtd=True):
    return Stage(terms=VenueTerms(venue="plain", amends=amends, gtd=gtd))


def test_a_change_that_the_venue_cannot_carry_out_is_refused_with_the_way_round_it():
    stage = stage_of(Amends.NONE)
    order = stage.working()
    stage.say(AmendOrder(order_id=order.id, quantity=D(2)))
    (refused,) = stage.records(CommandRefused)
    assert "cancel the order and place another" in refused.text
    assert not stage.requests(venue.ReplacePlaced)


@pytest.mark.parametrize(("quantity", "limit", "sent"), [("0.5", None, 1), ("2", None, 0), ("0.5", "99", 0)])
def test_a_venue_that_only_cuts_is_asked_for_nothing_else(quantity, limit, sent):
    stage = stage_of(Amends.SMALLER)
    order = stage.working()
    stage.say(AmendOrder(order_id=order.id, quantity=D(quantity), limit=limit and D(limit)))
    assert len(stage.requests(venue.ReplacePlaced)) == sent


@pytest.mark.parametrize("amends", [Amends.NONE, Amends.SMALLER])
def test_protection_that_has_to_grow_is_withdrawn_and_made_anew(amends):
    stage = stage_of(amends)
    entry = stage.working(stop="90")
    stage.fill(entry, "0.4")
    (stop,) = [order for order in stage.center.open_orders() if order.asked.role is Role.STOP]
    stage.accept(stop)
    stage.fill(entry, "0.6")
    assert [request.client_id for request in stage.requests(venue.CancelPlaced)] == [stop.client_id]
    stage.withdraw(stop)
    (stop,) = [order for order in stage.center.open_orders() if order.asked.role is Role.STOP]
    assert stop.quantity == 1


def test_an_order_with_an_end_is_withdrawn_at_its_time_where_the_venue_would_keep_it():
    stage = stage_of(Amends.ANY, gtd=False)
    order = stage.working(tif=TimeInForce.GTD, until=stage.now + 5 * SECOND)
    stage.say(Beat(ts=stage.now))
    assert not stage.requests(venue.CancelPlaced)
    stage.now += 5 * SECOND
    for _ in range(8):
        stage.say(Beat(ts=stage.now))
    assert [request.client_id for request in stage.requests(venue.CancelPlaced)] == [order.client_id]
    stage.withdraw(order)
    (ended,) = stage.records(OrderCanceled)
    assert ended.reason == "its time ran out"
