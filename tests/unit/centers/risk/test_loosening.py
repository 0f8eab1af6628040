"""Tightening binds at once; loosening beyond a set size needs another person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.centers.risk.limits import RULES
from parrot.centers.risk.loosening import changes
from parrot.kernel.errors import ParameterError

ABOVE = Decimal(100_000)


def one(rule, before, after):
    was = {rule: before} if before else {}
    will = {rule: after} if after else {}
    (change,) = changes("firm", was, will, above=ABOVE)
    return change.direction, change.second


@pytest.mark.parametrize(
    ("rule", "before", "after", "direction", "second"),
    [
        ("max_gross", "50000", "100000", "looser", False),
        ("max_gross", "50000", "100000.01", "looser", True),
        ("max_gross", "300000", "100001", "tighter", False),
        ("daily_loss", "1", "99999", "looser", False),
        ("max_gross", "100", "100.0", "same", False),
        ("max_gross", "100", "", "looser", True),
        ("max_gross", "", "900000", "tighter", False),
        ("max_position", "2", "4", "looser", False),
        ("max_position", "2", "4.001", "looser", True),
        ("max_position", "0", "0.001", "looser", True),
        ("leverage", "3", "2", "tighter", False),
        ("price_collar", "0.05", "0.11", "looser", True),
        ("stale_data", "5s", "10s", "looser", False),
        ("stale_data", "5s", "11s", "looser", True),
        ("duplicate_window", "2s", "1s", "looser", False),
        ("duplicate_window", "2s", "999ms", "looser", True),
        ("duplicate_window", "2s", "3s", "tighter", False),
        ("order_rate", "50/1s", "100/1s", "looser", False),
        ("order_rate", "50/1s", "101/1s", "looser", True),
        ("order_rate", "50/1s", "50/2s", "tighter", False),
        ("order_rate", "60/1m", "1/1s", "tighter", False),
        ("order_rate", "60/1m", "60/1s", "looser", True),
        ("order_to_trade", "20 after 100", "20 after 201", "looser", True),
        ("max_open_orders", "10", "20", "looser", False),
        ("long_only", "yes", "no", "looser", True),
        ("self_trade", "no", "yes", "tighter", False),
        ("instruments", "BTC/USDT", "BTC/USDT,ETH/USDT", "looser", True),
        ("instruments", "BTC/USDT,ETH/USDT", "BTC/USDT", "tighter", False),
        ("instruments", "BTC/USDT", "ETH/USDT", "looser", True),
        ("restricted", "BTC/USDT", "ETH/USDT", "looser", True),
        ("restricted", "BTC/USDT", "BTC/USDT,ETH/USDT", "tighter", False),
        ("trading_hours", "mon-fri 09:30-16:00", "mon-fri 09:30-17:00", "looser", True),
    ],
)
def test_what_a_change_means(rule, before, after, direction, second):
    assert one(rule, before, after) == (direction, second)


def test_rules_that_cannot_be_read_are_named():
    with pytest.raises(ParameterError, match="max_gros"):
        changes("firm", {}, {"max_gros": "1"})


AMOUNTS = st.decimals(0, 10**9, places=4).map(str)
MONEY = st.sampled_from([rule for rule in RULES if rule in ("max_gross", "max_notional", "drawdown", "leverage")])


@given(MONEY, AMOUNTS, AMOUNTS)
def test_back_and_forth_is_never_tighter_both_ways(rule, low, high):
    there, back = one(rule, low, high)[0], one(rule, high, low)[0]
    assert {there, back} in ({"looser", "tighter"}, {"same"})


@given(MONEY, AMOUNTS, AMOUNTS)
def test_one_person_is_enough_to_tighten(rule, low, high):
    direction, second = one(rule, low, high)
    assert not (second and direction != "looser")
