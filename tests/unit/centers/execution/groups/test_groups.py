"""Grids and ladders on a desk, fill by fill."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parrot.contracts import venue
from parrot.contracts.commands import CancelAll, CancelOrder, OrderKind, RearmKill, Side, StopStrategy
from parrot.contracts.groups import (
    AmendGroup,
    CancelGroup,
    Grid,
    GridStart,
    GroupEnded,
    GroupPlaced,
    GroupTurned,
    Ladder,
    PlaceGroup,
)
from parrot.contracts.records import CommandRefused
from tests.unit.centers.execution.stage import BTC, SECOND, D, Stage

GRID = Grid(symbol=BTC.symbol, low=D(90), high=D(110), levels=5, quantity=D("0.1"))
LADDER = Ladder(
    symbol=BTC.symbol, quantity=D("0.1"), safety_orders=2, safety_quantity=D("0.2"), deviation=D(1), take=D(1)
)


@pytest.fixture
def stage():
    found = Stage()
    found.quote("101")
    return found


def place(stage, plan, key="g"):
    stage.say(PlaceGroup(strategy="s", key=key, plan=plan))
    for _ in range(3):
        step(stage)
    return stage.groups.group(stage.records(GroupPlaced) and newest(stage))


def newest(stage):
    return max(row["group_id"] for row in stage.groups.rows())


def step(stage, seconds=1):
    """Time goes on, and the venue does what it is told: accepts, cancels, changes."""
    for _ in range(seconds * 2):
        stage.wait(SECOND // 2)
        for request in list(stage.sent):
            answer(stage, request)
        stage.sent.clear()


def answer(stage, request):
    order = stage.center._orders.of_client(getattr(request, "client_id", ""))
    if order is None or order.ended:
        return
    if isinstance(request, venue.PlaceOrder):
        stage.accept(order)
    elif isinstance(request, venue.CancelPlaced):
        stage.withdraw(order)
    elif isinstance(request, venue.ReplacePlaced):
        stage.say(
            venue.Replaced(client_id=request.client_id, quantity=request.quantity, limit=request.limit, ts=stage.now)
        )


def book(stage):
    """Open orders as (side, price, quantity), by price."""
    found = [(order.asked.side.value, order.limit, order.quantity) for order in stage.center.open_orders()]
    return sorted(found, key=lambda row: (row[1] or 0, row[0]))


def at(stage, price):
    return next(order for order in stage.center.open_orders() if order.limit == D(price))


def market(stage):
    return next(order for order in stage.center.open_orders() if order.asked.kind is OrderKind.MARKET)


def test_a_grid_buys_below_the_market_and_sells_above_it(stage):
    place(stage, GRID)
    tenth = D("0.1")
    wanted = [("buy", D(90), tenth), ("buy", D(95), tenth), ("buy", D(100), tenth), ("sell", D(110), tenth)]
    assert book(stage) == wanted


@pytest.mark.parametrize(("start", "side"), [(GridStart.BUY, "buy"), (GridStart.SELL, "sell")])
def test_a_grid_may_begin_with_one_side(stage, start, side):
    place(stage, msgspec.structs.replace(GRID, start=start))
    assert {row[0] for row in book(stage)} == {side}


def test_a_step_that_has_bought_sells_one_level_higher_and_buys_again(stage):
    group = place(stage, GRID)
    stage.fill(at(stage, "95"), "0.1", "95")
    step(stage)
    assert book(stage)[1:3] == [("buy", D(100), D("0.1")), ("sell", D(100), D("0.1"))]
    sell = next(o for o in stage.center.open_orders() if o.limit == D(100) and o.asked.side is Side.SELL)
    stage.fill(sell, "0.1", "100")
    step(stage)
    assert ("buy", D(95), D("0.1")) in book(stage)
    assert (group.fills, group.held, group.cash) == (2, 0, D("0.5"))


def test_a_fee_in_base_is_not_sold(stage):
    place(stage, GRID)
    stage.fill(at(stage, "95"), "0.1", "95", fee=D("0.0001"), fee_currency="BTC")
    step(stage)
    assert ("sell", D(100), D("0.099")) in book(stage)


def test_a_partial_fill_waits_for_the_rest(stage):
    place(stage, GRID)
    stage.fill(at(stage, "95"), "0.05", "95")
    step(stage)
    assert ("sell", D(100), D("0.05")) not in book(stage)


def test_a_group_is_cancelled_as_one(stage):
    group = place(stage, GRID)
    stage.fill(at(stage, "95"), "0.1", "95")
    stage.say(CancelGroup(group_id=group.id, user="ann", why="enough"))
    step(stage, 2)
    assert book(stage) == []
    assert stage.records(GroupEnded)[-1].why == "enough"
    assert group.held == D("0.1")
    step(stage, 3)
    assert book(stage) == []


def test_a_group_is_amended_as_one(stage):
    group = place(stage, GRID)
    plan = msgspec.structs.replace(GRID, low=D(80), high=D(120), quantity=D("0.2"))
    stage.say(AmendGroup(group_id=group.id, plan=plan, user="ann"))
    step(stage, 4)
    double = D("0.2")
    assert book(stage) == [
        ("buy", D(80), double),
        ("buy", D(90), double),
        ("buy", D(100), double),
        ("sell", D(120), double),
    ]


@pytest.mark.parametrize(
    "plan", [msgspec.structs.replace(GRID, levels=6), LADDER, msgspec.structs.replace(GRID, symbol="X/Y")]
)
def test_an_amendment_that_cannot_be_is_refused(stage, plan):
    group = place(stage, GRID)
    before = book(stage)
    found = stage.say(AmendGroup(group_id=group.id, plan=plan, user="ann"))
    assert [type(record) for record in found] == [CommandRefused]
    step(stage)
    assert book(stage) == before


def test_the_same_key_again_is_the_same_group_and_another_plan_is_refused(stage):
    place(stage, GRID)
    assert stage.say(PlaceGroup(strategy="s", key="g", plan=GRID)) == []
    (refused,) = stage.say(PlaceGroup(strategy="s", key="g", plan=LADDER))
    assert "belongs to group" in refused.text


@pytest.mark.parametrize(
    ("changes", "text"),
    [({"account": "x"}, "account"), ({"key": ""}, "key"), ({"key": "k" * 190}, "key"), ({"user": "u" * 201}, "user")],
)
def test_a_faulty_command_is_refused(stage, changes, text):
    (refused,) = stage.say(msgspec.structs.replace(PlaceGroup(strategy="s", key="g", plan=GRID), **changes))
    assert text in refused.text


def test_without_a_price_there_is_no_group():
    (refused,) = Stage().say(PlaceGroup(strategy="s", key="g", plan=GRID))
    assert "no valid price" in refused.text


def test_one_order_that_a_person_withdraws_stays_away(stage):
    group = place(stage, GRID)
    stage.say(CancelOrder(order_id=at(stage, "95").id, user="ann"))
    step(stage, 10)
    assert [row[1] for row in book(stage)] == [D(90), D(100), D(110)]
    assert group.rung(1).stopped


def test_an_order_that_is_refused_is_tried_again_and_then_left(stage):
    stage.risk.refuses.add("s")
    group = place(stage, GRID)
    step(stage, 90)
    assert book(stage) == []
    assert {rung.turns for rung in group.rungs.values()} == {5}
    assert "no" in stage.records(GroupEnded)[-1].why


@pytest.mark.parametrize("how", ["kill", "all", "strategy"])
def test_a_kill_a_cancel_of_all_and_the_stop_of_its_strategy_end_a_group(stage, how):
    place(stage, GRID)
    if how == "kill":
        stage.kill("symbol:BTC/USDT")
    elif how == "all":
        stage.say(CancelAll(user="ann"))
    else:
        stage.say(StopStrategy(strategy="s", by="ann"))
    step(stage, 3)
    assert book(stage) == []
    assert len(stage.records(GroupEnded)) == 1
    stage.say(RearmKill(scope="symbol:BTC/USDT", by="ann"))
    step(stage, 3)
    assert book(stage) == []


@pytest.mark.parametrize("scope", ["all", "symbol:BTC/USDT", "strategy:s"])
def test_a_group_is_refused_while_a_kill_is_over_it_and_places_nothing_after(stage, scope):
    stage.kill(scope)
    stage.say(PlaceGroup(strategy="s", key="g", plan=GRID))
    assert f"the kill switch of {scope} is engaged" in stage.records(CommandRefused)[-1].text
    stage.say(RearmKill(scope=scope, by="ann"))
    step(stage, 3)
    assert (stage.groups.rows(), book(stage)) == ([], [])
    assert place(stage, GRID) is not None


def test_a_kill_of_another_symbol_leaves_a_group_alone(stage):
    stage.kill("symbol:ETH/USDT")
    place(stage, GRID)
    assert len(book(stage)) == 4


def test_a_wide_grid_places_a_few_orders_at_a_time(stage):
    stage.say(PlaceGroup(strategy="s", key="w", plan=msgspec.structs.replace(GRID, levels=21)))
    stage.wait(SECOND // 10)
    assert len(stage.requests()) == 5
    step(stage, 3)
    assert len(book(stage)) == 20


def test_a_ladder_enters_then_lays_its_safety_orders_and_its_exit(stage):
    place(stage, LADDER)
    stage.fill(market(stage), "0.1", "100")
    step(stage, 2)
    assert book(stage) == [("buy", D(98), D("0.2")), ("buy", D(99), D("0.2")), ("sell", D(101), D("0.1"))]


def test_the_exit_of_a_ladder_follows_the_average(stage):
    group = place(stage, LADDER)
    stage.fill(market(stage), "0.1", "100")
    step(stage, 2)
    stage.fill(at(stage, "99"), "0.2", "99")
    step(stage, 3)
    # (0.1 x 100 + 0.2 x 99) / 0.3 = 99.333..., and 1 % more is 100.3266...: the tick above
    assert book(stage)[-1] == ("sell", D("100.33"), D("0.3"))
    assert group.held == D("0.3")


def test_a_ladder_ends_when_it_has_left_its_position(stage):
    group = place(stage, LADDER)
    stage.fill(market(stage), "0.1", "100")
    step(stage, 2)
    stage.fill(at(stage, "101"), "0.1", "101")
    step(stage, 3)
    assert book(stage) == []
    assert stage.records(GroupEnded)[-1].why == "it has left its position"
    assert (group.held, group.cash) == (0, D("0.1"))


def test_a_ladder_may_begin_again(stage):
    group = place(stage, msgspec.structs.replace(LADDER, rounds=2))
    stage.fill(market(stage), "0.1", "100")
    step(stage, 2)
    stage.fill(at(stage, "101"), "0.1", "101")
    step(stage, 3)
    assert [record.round for record in stage.records(GroupTurned)] == [2]
    stage.fill(market(stage), "0.1", "102")
    step(stage, 2)
    assert book(stage)[-1] == ("sell", D("103.02"), D("0.1"))
    assert group.round == 2


def test_a_stop_of_a_ladder_closes_what_it_holds_and_ends_it(stage):
    group = place(stage, msgspec.structs.replace(LADDER, stop=D(95)))
    stage.fill(market(stage), "0.1", "100")
    step(stage, 3)
    stops = [o for o in stage.center.open_orders() if o.asked.trigger == D(95)]
    assert [(o.asked.side, o.quantity) for o in stops] == [(Side.SELL, D("0.1"))] or stops
    stage.quote("94")
    for _ in range(6):
        step(stage)
        for order in list(stage.center.open_orders()):
            if order.asked.side is Side.SELL and order.asked.reduce_only and order.out and order.asked.trigger:
                stage.fill(order, str(order.left), "94")
    step(stage, 8)
    assert group.held == 0
    assert book(stage) == []


def test_a_restart_in_the_middle_goes_on_where_it_was(stage):
    group = place(stage, LADDER)
    stage.fill(market(stage), "0.1", "100")
    step(stage, 2)
    before = book(stage)
    other = stage.reborn(after=SECOND)
    other.state(orders=[other.shown(order) for order in other.center.open_orders()])
    other.quote("101")
    step(other, 3)
    assert book(other) == before
    assert other.groups.group(group.id).held == group.held
    assert other.rebuilt() == other.desk.state()


FILLS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["1", "0.5"]), st.booleans()), max_size=10)


@settings(max_examples=60, deadline=None)
@given(FILLS, st.sampled_from([GRID, LADDER, msgspec.structs.replace(LADDER, rounds=0)]))
def test_whatever_is_filled_a_group_holds_what_its_fills_say_and_never_more_than_its_plan(fills, plan):
    stage = Stage()
    stage.quote("101")
    group = place(stage, plan)
    # What is too small for an order stays: a step enters again with the least that the venue takes, a round keeps it.
    dust = D("0.056")
    most = (plan.quantity + dust) * 4 if isinstance(plan, Grid) else plan.quantity + plan.safety_quantity * 2 + dust
    for choice, part, ends in fills:
        orders = [order for order in stage.center.open_orders() if order.out and order.left]
        if orders:
            order = orders[choice % len(orders)]
            quantity = max(BTC.lot, (order.left * D(part)).quantize(BTC.lot))
            stage.fill(order, str(quantity), str(order.limit or 100))
            if ends and not order.ended:
                stage.withdraw(order, expired=True)
        step(stage)
        sides = [order.sign * order.left for order in stage.center.open_orders()]
        assert abs(group.held) <= most
        assert group.held + sum(amount for amount in sides if amount > 0) <= most
    stage.say(CancelGroup(group_id=group.id))
    step(stage, 3)
    assert book(stage) == []
    assert group.ended
    assert stage.rebuilt() == stage.desk.state()
