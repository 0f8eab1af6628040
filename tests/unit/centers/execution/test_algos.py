"""TWAP, VWAP, POV and iceberg as children that never exceed their parent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.centers.execution.life import State
from parrot.centers.execution.manifest import Settings
from parrot.centers.execution.profile import spread
from parrot.contracts import venue
from parrot.contracts.commands import CancelOrder, OrderKind, Role, Side
from parrot.contracts.records import CostMeasured, OrderExpired
from tests.unit.centers.execution.stage import SECOND, D, Stage

MINUTE = 60 * SECOND
WHOLE = D(1)


@pytest.fixture
def stage():
    found = Stage()
    found.quote("100")
    return found


def children(stage, parent):
    return [stage.center.order(number) for number in parent.children]


def obliging(stage, *, part=WHOLE):
    """The venue accepts and fills what it was sent, or only a part of it and ends the rest."""
    for request in [r for r in stage.sent if isinstance(r, venue.PlaceOrder)]:
        order = stage.center._orders.of_client(request.client_id)
        if not order.ended:
            stage.accept(order)
            amount = (request.quantity * part).quantize(D("0.001"))
            stage.fill(order, amount, "100")
            if not order.ended:
                stage.withdraw(order)
    stage.sent.clear()


def run(stage, ns, part=WHOLE):
    for _ in range(ns // SECOND):
        stage.wait(SECOND)
        obliging(stage, part=part)


def twap(stage, quantity="10", **fields):
    return stage.submit(Side.BUY, quantity, **{"kind": OrderKind.TWAP, "duration": MINUTE, "slices": 6, **fields})


def test_a_twap_leaves_in_equal_parts_over_its_time(stage):
    order = twap(stage)
    run(stage, 31 * SECOND)
    assert [str(child.quantity) for child in children(stage, order)] == ["1.666", "1.667", "1.667", "1.666"]
    run(stage, MINUTE)
    assert order.done == 10
    assert stage.at(order, State.EXPIRED)
    assert stage.records(OrderExpired)[-1].reason == "worked whole: 10"


def test_what_a_slice_left_over_goes_with_the_next(stage):
    order = twap(stage)
    run(stage, 15 * SECOND, part=D("0.5"))
    run(stage, 2 * MINUTE)
    assert order.done == 10


def test_its_children_are_market_orders_of_role_child(stage):
    order = twap(stage)
    stage.wait(SECOND)
    (child,) = children(stage, order)
    assert (child.asked.role, child.asked.kind, child.parent) == (Role.CHILD, OrderKind.MARKET, order.id)


def test_a_limit_makes_its_children_limit_orders_that_end_with_it(stage):
    order = twap(stage, limit="99")
    stage.wait(MINUTE + SECOND)
    for child in children(stage, order):
        assert child.asked.limit == 99
        stage.accept(child)
    stage.wait(SECOND)
    assert {child.unwanted for child in children(stage, order)} != {""}
    for child in children(stage, order):
        stage.withdraw(child)
    assert stage.at(order, State.EXPIRED)
    assert "worked 0 of 10" in stage.records(OrderExpired)[-1].reason


def test_cancelling_it_cancels_what_is_out_and_then_itself(stage):
    order = twap(stage)
    stage.wait(SECOND)
    (child,) = children(stage, order)
    stage.accept(child)
    stage.say(CancelOrder(order_id=order.id))
    assert stage.requests(venue.CancelPlaced)[-1].client_id == child.client_id
    assert stage.at(order, State.HELD)
    stage.fill(child, "0.5", "100")
    stage.withdraw(child)
    assert stage.at(order, State.CANCELED)
    assert order.done == D("0.5")


def test_a_kill_ends_it_with_its_children(stage):
    order = twap(stage)
    stage.wait(SECOND)
    (child,) = children(stage, order)
    stage.kill()
    assert len(stage.requests(venue.CancelPlaced)) == 1
    stage.withdraw(child)
    assert stage.at(order, State.CANCELED)


def test_a_restart_goes_on_where_it_was(stage):
    order = twap(stage)
    run(stage, 31 * SECOND)
    done = order.done
    again = stage.reborn(after=SECOND)
    order = again.center.order(order.id)
    assert order.done == done > 0
    again.quote("100")
    run(again, MINUTE)
    assert order.done == 10
    assert sum(child.filled for child in children(again, order)) == 10


def test_children_that_are_refused_again_and_again_end_it(stage):
    order = twap(stage)
    stage.risk.refuses.add("s")
    run(stage, MINUTE)
    assert stage.at(order, State.EXPIRED)
    assert len(order.children) == 3
    assert "3 children in a row were refused" in stage.records(OrderExpired)[-1].reason


def test_an_unanswered_child_counts_as_working(stage):
    order = twap(stage)
    stage.wait(2 * MINUTE)
    assert sum(child.quantity for child in children(stage, order)) <= 10
    assert stage.at(order, State.HELD)


def test_a_pov_takes_its_share_of_what_is_traded(stage):
    order = stage.submit(Side.BUY, "10", kind=OrderKind.POV, participation="0.1")
    stage.quote("100", volume="50")
    stage.wait(SECOND)
    stage.quote("100", volume="70")
    run(stage, 3 * SECOND)
    assert order.done == 2
    stage.quote("100", volume="1000")
    run(stage, 5 * SECOND)
    assert order.done == 10
    assert stage.at(order, State.EXPIRED)


def test_a_feed_that_starts_again_is_no_negative_volume(stage):
    order = stage.submit(Side.BUY, "10", kind=OrderKind.POV, participation="0.1")
    stage.quote("100", volume="50")
    stage.wait(SECOND)
    stage.quote("100", volume="20")
    run(stage, 3 * SECOND)
    assert order.done == 2


def test_a_pov_ends_with_its_time(stage):
    order = stage.submit(Side.BUY, "10", kind=OrderKind.POV, participation="0.1", duration=5 * SECOND)
    stage.wait(6 * SECOND)
    assert stage.at(order, State.EXPIRED)


def test_an_iceberg_shows_one_part_at_a_time(stage):
    order = stage.submit(Side.BUY, "2.5", kind=OrderKind.ICEBERG, limit="99", display="1")
    stage.wait(SECOND)
    for shown in ("1", "1", "0.5"):
        (working,) = [child for child in children(stage, order) if not child.ended]
        assert (working.quantity, working.limit) == (D(shown), 99)
        stage.accept(working)
        stage.fill(working, shown, "99")
    assert stage.at(order, State.EXPIRED)
    assert order.done == D("2.5")


def test_the_cost_of_an_algo_is_that_of_its_children(stage):
    order = twap(stage, quantity="6")
    stage.quote("102")
    run(stage, 2 * MINUTE)
    cost = next(cost for cost in stage.records(CostMeasured) if cost.order_id == order.id)
    assert (cost.arrival, cost.average, cost.filled) == (100, 100, 6)


def test_a_vwap_follows_the_profile_it_was_given():
    half_hours = [D(1)] * 48
    half_hours[0] = D(3)
    stage = Stage(settings=Settings(profiles={"BTC/USDT": half_hours}), now=0)
    stage.quote("100")
    order = stage.submit(Side.BUY, "4", kind=OrderKind.VWAP, duration=MINUTE * 60, slices=2)
    run(stage, 10 * SECOND)
    assert order.done == 3


def test_a_vwap_learns_from_the_market(stage):
    volume = 0
    stage.now = 0
    for minute in range(120):
        volume += 30 if minute < 30 else 10
        stage.now = minute * MINUTE
        stage.quote("100", volume=str(volume))
    stage.now = 24 * 60 * MINUTE
    stage.quote("100", volume=str(volume))
    order = stage.submit(Side.BUY, "4", kind=OrderKind.VWAP, duration=MINUTE * 60, slices=2)
    run(stage, 10 * SECOND)
    assert D("2.9") <= order.done <= D("3.1")


@given(
    weights=st.lists(st.decimals(0, 1000, places=2), max_size=48),
    count=st.integers(1, 60),
    start=st.integers(0, 10**18),
    duration=st.integers(1, 10**14),
)
def test_shares_grow_to_the_whole(weights, count, start, duration):
    shares = spread(weights, count, start=start, duration=duration)
    assert len(shares) == count
    assert shares == sorted(shares)
    assert shares[-1] == 1


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from([OrderKind.TWAP, OrderKind.VWAP, OrderKind.POV, OrderKind.ICEBERG]),
    lots=st.integers(100, 5000),
    slices=st.integers(0, 12),
    fates=st.lists(st.sampled_from(["fill", "part", "none", "reject", "unknown", "late"]), min_size=1, max_size=12),
)
def test_the_sum_of_the_children_never_exceeds_the_parent(kind, lots, slices, fates):
    stage = Stage()
    stage.quote("100")
    order = stage.submit(
        Side.BUY,
        str(D(lots) / 1000),
        kind=kind,
        duration=20 * SECOND,
        slices=slices,
        participation="0.5" if kind is OrderKind.POV else None,
        limit="101" if kind is OrderKind.ICEBERG else None,
        display="0.1" if kind is OrderKind.ICEBERG else None,
    )
    held: list[object] = []
    for step in range(40):
        stage.quote("100", volume=str(step + 1))
        stage.wait(SECOND)
        for request in [r for r in stage.sent if isinstance(r, venue.PlaceOrder)]:
            child = stage.center._orders.of_client(request.client_id)
            fate = fates[step % len(fates)]
            if fate in ("fill", "late"):
                (held.append if fate == "late" else stage.say)(stage.trade(child, request.quantity, "100"))
            elif fate == "part":
                stage.fill(child, "0.05", "100")
                stage.withdraw(child)
            elif fate == "none":
                stage.withdraw(child)
            elif fate == "reject":
                stage.say(venue.Rejected(client_id=child.client_id, reason="no", ts=stage.now))
        stage.sent.clear()
        if held and step % 3 == 0:
            stage.say(held.pop())
        claimed = sum(child.filled + (child.left if not child.ended else 0) for child in children(stage, order))
        assert claimed <= order.asked.quantity
        assert order.done == sum(child.filled for child in children(stage, order))
