"""Prices and quantities of plans, on the tick and on the lot."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.execution.groups.plan import (
    exit_price,
    grid_prices,
    plan_fault,
    safety_price,
    safety_quantity,
)
from parrot.contracts.commands import Side
from parrot.contracts.groups import Grid, Ladder, Spacing
from tests.unit.centers.execution.stage import BTC, D

GRID = Grid(symbol=BTC.symbol, low=D(90), high=D(110), levels=5, quantity=D("0.1"))
LADDER = Ladder(
    symbol=BTC.symbol, quantity=D("0.1"), safety_orders=3, safety_quantity=D("0.2"), deviation=D(1), gap_scale=D(2),
    quantity_scale=D("1.5"), take=D("0.5"),
)  # fmt: skip


def test_an_arithmetic_grid_has_equal_steps():
    assert grid_prices(GRID, BTC.tick) == [D(90), D(95), D(100), D(105), D(110)]


def test_a_geometric_grid_has_equal_ratios():
    plan = msgspec.structs.replace(GRID, low=D(1), high=D(16), spacing=Spacing.GEOMETRIC)
    assert grid_prices(plan, BTC.tick) == [D(1), D(2), D(4), D(8), D(16)]


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(2, 60), st.sampled_from(Spacing))
def test_prices_of_a_grid_rise_from_low_to_high_on_the_tick(low, width, levels, spacing):
    plan = msgspec.structs.replace(GRID, low=D(low), high=D(low + width), levels=levels, spacing=spacing)
    prices = grid_prices(plan, BTC.tick)
    assert (prices[0], prices[-1], len(prices)) == (plan.low, plan.high, levels)
    assert prices == sorted(prices)
    assert all(price % BTC.tick == 0 for price in prices)


def test_safety_orders_stand_further_and_further_away_and_grow():
    prices = [safety_price(LADDER, number, Fraction(100), BTC.tick) for number in (1, 2, 3)]
    assert prices == [D(99), D(97), D(93)]  # 1 %, 1 + 2 %, 1 + 2 + 4 %
    assert [safety_quantity(LADDER, number, BTC.lot) for number in (1, 2, 3)] == [D("0.2"), D("0.3"), D("0.45")]


def test_a_selling_ladder_stands_above():
    plan = msgspec.structs.replace(LADDER, side=Side.SELL)
    assert [safety_price(plan, number, Fraction(100), BTC.tick) for number in (1, 2)] == [D(101), D(103)]


def test_the_exit_gains_at_least_what_was_asked_for():
    average = Fraction(1000, 3)
    assert exit_price(LADDER, average, BTC.tick) == D("335.00")
    assert Fraction(exit_price(LADDER, average, BTC.tick)) >= average * Fraction(1005, 1000)
    assert exit_price(msgspec.structs.replace(LADDER, side=Side.SELL), average, BTC.tick) == D("331.66")


@pytest.mark.parametrize(
    ("plan", "changes", "text"),
    [
        (GRID, {"low": D(110)}, "expected: low below high"),
        (GRID, {"levels": 1}, "expected: 2 to 201"),
        (GRID, {"levels": 202}, "expected: 2 to 201"),
        (GRID, {"low": D("90.001")}, "low is 90.001; expected: a multiple of 0.01"),
        (GRID, {"quantity": D("0.0001")}, "expected: a multiple of 0.001"),
        (GRID, {"quantity": D(0)}, "quantity is 0; expected: a number above zero"),
        (GRID, {"quantity": D("NaN")}, "quantity"),
        (GRID, {"quantity": D("0.05")}, "is worth 4.5; expected: at least 5 USDT"),
        (GRID, {"high": D("90.02"), "levels": 5}, "closer than the tick"),
        (LADDER, {"safety_orders": 51}, "expected: 0 to 50"),
        (LADDER, {"deviation": D(40)}, "expected: a price above zero"),
        (LADDER, {"take": D(0)}, "take is 0; expected: a number above zero"),
        (LADDER, {"stop": D(95)}, "safety order 2 stands at 97|safety order 3 stands at 93"),
        (LADDER, {"stop": D(101)}, "the first order stands at 100"),
        (LADDER, {"side": Side.SELL, "stop": D(99)}, "the first order stands at 100"),
        (LADDER, {"rounds": -1}, "expected: 1 or more"),
        (LADDER, {"gap_scale": D(11)}, "expected: at most 10"),
        (LADDER, {"side": Side.SELL, "take": D(100)}, "less than 100"),
    ],
)
def test_what_cannot_be_is_named(plan, changes, text):
    fault = plan_fault(msgspec.structs.replace(plan, **changes), BTC, D(100))
    assert any(part in fault for part in text.split("|")), fault


def test_good_plans_have_no_fault():
    assert plan_fault(GRID, BTC, D(100)) == ""
    assert plan_fault(LADDER, BTC, D(100)) == ""
    assert plan_fault(msgspec.structs.replace(LADDER, stop=D(90)), BTC, D(100)) == ""
