"""Futures: linear and inverse profit, worked out by hand (A4)."""

from __future__ import annotations

from typing import Any

import pytest

from parrot.kernel.errors import InputError
from parrot.sdk import Instrument
from tests.unit.engine.tape import play

RISE = [(60 * minute, price, price, price, price, 9) for minute, price in enumerate((100, 100, 110, 125, 125))]


def run(script: dict, cash: float = 1_000, **terms: object) -> Any:
    return play(script, bars=RISE, cash=cash, account="margin", **terms).result


def test_a4_a_linear_future_pays_the_difference():
    # Three contracts of 10: bought at 100, worth 3 x 10 x 10 more at 110, 3 x 10 x 25 at 125.
    ten = Instrument(kind="linear", multiplier=10)
    result = run({("bar", 0): lambda s: s.buy(3)}, cash=2_000, instrument=ten)
    assert result.equity["equity"].to_list() == [2_000, 2_000, 2_300, 2_750, 2_750]


def test_a4_a_short_future_loses_what_the_long_wins():
    result = run({("bar", 0): lambda s: s.sell(2)}, instrument=Instrument(kind="linear", multiplier=10))
    assert result.equity["equity"].to_list() == [1_000, 1_000, 800, 500, 500]


def test_a4_borrowing_costs_nothing_on_futures():
    result = run({("bar", 0): lambda s: s.sell(2)}, instrument=Instrument(kind="linear"), borrow="50%")
    assert result.equity["equity"].to_list() == [1_000, 1_000, 980, 950, 950]


@pytest.mark.parametrize("kind", ["linear", "inverse"])
def test_a4_a_cash_account_holds_no_futures(kind):
    with pytest.raises(InputError, match="futures cannot be held on a cash account"):
        play({}, bars=RISE, instrument=Instrument(kind=kind))


def test_a4_fees_of_a_future_are_of_its_notional():
    # 3 x 100 x 10 x 0.001 = 3.
    ten = Instrument(kind="linear", multiplier=10)
    result = run({("bar", 0): lambda s: s.buy(3)}, cash=2_000, instrument=ten, fees="10bp")
    assert result.stats["fees"] == 3.0


def test_a4_an_inverse_future_pays_in_its_base_coin():
    # 50 contracts of 100 dollars: (1/100 - 1/110) x 5,000 = 50 - 45.45454545 coins, (1/100 - 1/125) x 5,000 = 10.
    result = run({("bar", 0): lambda s: s.buy(50)}, instrument=Instrument(kind="inverse", multiplier=100))
    assert result.equity["equity"].to_list() == [1_000, 1_000, 1_004.54545455, 1_010, 1_010]


def test_a4_a_short_inverse_future_loses_what_the_long_wins():
    result = run({("bar", 0): lambda s: s.sell(50)}, instrument=Instrument(kind="inverse", multiplier=100))
    assert result.equity["equity"].to_list() == [1_000, 1_000, 995.45454545, 990, 990]


def test_a4_the_profit_is_realised_in_parts():
    # 50 bought at 100, cost 50 coins; 20 sold at 110: their cost is 20, they are worth 18.18181818.
    script = {("bar", 0): lambda s: s.buy(50), ("bar", 1): lambda s: s.sell(20)}
    result = run(script, instrument=Instrument(kind="inverse", multiplier=100))
    assert result.fills["realised"].to_list() == [0, 1.81818182]
    # The other 30 cost 30 and are worth 3,000 / 125 = 24: 6 more.
    assert result.equity["equity"].to_list()[-1] == 1_007.81818182


@pytest.mark.parametrize(("kind", "quantity"), [("linear", 5), ("inverse", 500)])
def test_a4_a_target_is_a_share_of_equity_in_notional(kind, quantity):
    # Linear: 0.5 x 1,000 / 100 = 5 contracts. Inverse: 0.5 x 1,000 coins x 100 dollars a coin / 100 a contract = 500.
    multiplier = 1 if kind == "linear" else 100
    result = run({("bar", 0): lambda s: s.target(0.5)}, instrument=Instrument(kind=kind, multiplier=multiplier))
    assert result.fills["quantity"].to_list() == [quantity]


def test_a4_the_average_price_of_an_inverse_position_is_harmonic():
    told = []
    script = {
        ("bar", 0): lambda s: s.buy(50),
        ("bar", 1): lambda s: s.buy(55),
        ("bar", 2): lambda s: told.append(s.average_price()),
    }
    run(script, instrument=Instrument(kind="inverse", multiplier=100))
    # 5,000 / 100 + 5,500 / 110 = 100 coins for 10,500 dollars.
    assert told == [pytest.approx(105.0)]
