"""Wrong arguments of the public functions are named, never a traceback from inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import parrot
from parrot import Dividend, Fees, FillModel, Instrument, Market, Slippage, Split
from parrot.kernel.errors import ParameterError
from parrot.sdk import Strategy

MINUTE = 60_000_000_000
TIMES = 1_600_000_000_000_000_000 + MINUTE * np.arange(6)
BARS = {"ts": TIMES, **dict.fromkeys(("open", "high", "low", "close", "volume"), [10.0] * 6)}
MIDDLE = int(TIMES[3])


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"cash": 1e30}, "cash is 1e"),
        ({"market": "margin"}, "market is 'margin'"),
        ({"universe": "top10"}, "universe is 'top10'"),
        ({"fx": 3}, "fx is 3"),
        ({"start": 1_600_000_000}, "looks like seconds"),
        ({"market": Market(instruments={"BTC": Instrument(lot=1)})}, "terms for BTC, and the data are of asset"),
        ({"progress": 3}, "progress is 3"),
        ({"actions": 3}, "actions is 3"),
        ({"actions": ["x"]}, "actions is"),
        ({"actions": [Split("asset", "2020-01-02", 2)]}, "has no time"),
        ({"actions": [Split("asset", MIDDLE, 1e20)]}, "split ratio is 1e"),
        ({"actions": [Dividend("asset", MIDDLE, -1)]}, "dividend is -1"),
        ({"actions": [Dividend("asset", MIDDLE, 10)]}, "pays more than the last price, 10"),
    ],
)
def test_a_wrong_argument_is_named(terms: dict[str, Any], message: str):
    with pytest.raises(ParameterError, match=message):
        parrot.backtest(Strategy, BARS, **terms)


def test_one_action_needs_no_list():
    assert parrot.backtest(Strategy, BARS, actions=Split("asset", MIDDLE, 2)).stats["fills"] == 0


@pytest.mark.parametrize(
    ("make", "terms", "message"),
    [
        (Market, {"instrument": {"tick": 1}}, "instrument is"),
        (Market, {"instruments": None}, "instruments is None"),
        (Market, {"instruments": {"A": 3}}, "instruments..A.. is 3"),
        (Market, {"fill": None}, "fill is None"),
        (Fees, {"tiers": 5}, "fees.tiers is 5"),
        (Fees, {"tiers": ((5, "1bp"),)}, "fees.tiers is"),
        (Slippage, {"ticks": "a"}, "slippage.ticks is 'a'"),
        (Slippage, {"ticks": 1.5}, "slippage.ticks is 1.5"),
        (FillModel, {"order_latency": "5ms"}, "order_latency is '5ms'"),
        (Instrument, {"lot": "x"}, "lot is 'x'"),
    ],
)
def test_wrong_terms_of_a_market_are_named(make: Any, terms: dict[str, Any], message: str):
    with pytest.raises(ParameterError, match=message):
        make(**terms)
