"""Terms of a run survive being kept, and two runs are told apart."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from parrot.centers.backtest.comparison import changes, figures
from parrot.centers.backtest.records import action_of, action_terms, market_of, plain
from parrot.contracts.market import (
    AccountKind,
    Dividend,
    Fees,
    FillModel,
    Funding,
    Instrument,
    Market,
    Slippage,
    Split,
)
from parrot.contracts.runs import RunStatus
from parrot.kernel.errors import StorageError
from tests.unit.adapters.runs.test_files import RECORD

MARKETS = [
    Market(),
    Market(
        instrument=Instrument(kind="linear", tick="0.5", lot=0.001, multiplier="10", currency="USDT"),
        instruments={"A": Instrument(kind="inverse", tick="0.1", base="BTC")},
        account=AccountKind.MARGIN,
        fees=Fees(maker="-1bp", taker="5bp", minimum="1", tiers=((1000, "1bp", "4bp"), (5000, 0, "3bp"))),
        slippage=Slippage(ticks=2),
        fill=FillModel(touch=True, participation="10%", bounds="optimistic", order_latency=5_000_000),
        initial_margin="10%",
        maintenance_margin="5%",
        borrow="3%",
        calendar="XNYS",
        currency="USD",
    ),
]


@pytest.mark.parametrize("market", MARKETS)
def test_a_market_comes_back_from_json(market: Market) -> None:
    kept = json.loads(json.dumps(plain(market)))
    assert plain(market_of(kept)) == plain(market)


@pytest.mark.parametrize("action", [Split("X", 5, "0.05"), Dividend("X", 6, 1.25), Funding("X", 7, "1bp")])
def test_an_event_comes_back_from_json(action) -> None:
    assert action_of(json.loads(json.dumps(action_terms(action)))) == action


def test_terms_that_are_none_are_refused() -> None:
    with pytest.raises(StorageError, match="describe no market"):
        market_of({"instrument": {"colour": "green"}})


def test_a_run_does_not_differ_from_itself() -> None:
    assert changes(RECORD, RECORD) == []


def test_every_difference_is_named() -> None:
    other = replace(
        RECORD,
        status=RunStatus.FAILED,
        code_hash="0ther",
        parameters={"fast": 12, "level": 0.5, "slow": 3},
        data={"X": {"kind": "bars", "hash": "0", "rows": 5}, "Y": {"kind": "bars", "hash": "1", "rows": 6}},
        terms={"cash": "1000", "fees": {"tiers": []}},
        version="0.2.0",
    )
    before = replace(RECORD, data={"X": {"kind": "bars", "hash": "da7a", "rows": 5}})
    assert [change.what for change in changes(before, other)] == [
        "code",
        "parameter fast",
        "parameter mode",
        "parameter slow",
        "data of X",
        "data of Y",
        "term fees.tiers",
        "version",
        "status",
    ]


def test_figures_stand_side_by_side() -> None:
    other = replace(RECORD, stats={"fills": 5, "sharpe": 1.0, "final_equity": 1000.6})
    found = {name: (a, b, difference) for name, a, b, difference in figures(RECORD, other)}
    assert found["fills"] == (3, 5, 2)
    assert found["sharpe"] == (None, 1.0, None)
    assert found["final_equity"][2] == pytest.approx(0.5)
