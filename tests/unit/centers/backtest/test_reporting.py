"""A result becomes a report with its terms in words and a command that runs it again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import parrot
from parrot.centers.backtest.reporting import report_data, terms_in_words
from parrot.kernel.errors import StorageError, StrategyError
from parrot.sdk import Strategy, pct, trailing
from tests.unit.centers.backtest.sample import walk

COLUMNS = ("ts", "open", "high", "low", "close", "volume")


class Alternate(Strategy):
    """In for ten bars, out for ten."""

    def init(self) -> None:
        self.place = 0

    def on_bar(self, bar) -> None:
        self.place += 1
        if self.place % 20 == 1:
            self.hold(1, why="in <again>")
        elif self.place % 20 == 11:
            self.hold(0, why="out")


@pytest.fixture(scope="module")
def result():
    bars = walk(600)
    columns = {name: getattr(bars, name) for name in COLUMNS}
    return parrot.backtest(Alternate, columns, cash=100_000, fees="10bp", bounds=True)


def test_a_result_writes_its_report(result, tmp_path: Path) -> None:
    path = result.report(tmp_path / "report.html")
    page = path.read_text("utf-8")
    assert "<h1>Alternate" in page
    assert "in &lt;again&gt;" in page
    assert result.stats["hash"] in page
    assert "What the bars allow" in page


def test_the_report_shows_the_results_own_figures(result) -> None:
    data = report_data(result)
    assert data.cash == 100_000
    assert data.stats == result.stats
    assert data.terms["fees"] == "10bp"
    assert data.terms["slippage"] == "none"
    assert data.description == "In for ten bars, out for ten."
    assert "class Alternate" in data.source
    assert data.reproduction.data_hash == result.provenance.data[next(iter(result.bars))]["hash"]


def test_the_reports_own_figures_equal_the_cores(result) -> None:
    from dataclasses import replace

    from parrot.centers.backtest.report.analysis import analyse

    computed = analyse(replace(report_data(result), stats={})).stats
    for name in (
        "sharpe",
        "cagr",
        "max_drawdown",
        "max_drawdown_days",
        "win_rate",
        "profit_factor",
        "final_equity",
        "trades",
    ):
        assert computed[name] == pytest.approx(result.stats[name], rel=1e-12), name


class Guarded(Strategy):
    """In every twenty bars, out by stop, take-profit or trailing stop."""

    def init(self) -> None:
        self.place = 0

    def on_bar(self, bar) -> None:
        self.place += 1
        if self.place % 20 == 1:
            stop = trailing(pct(1)) if self.place % 40 == 1 else pct(1)
            self.hold(1, stop=stop, take=pct(1.5), why="an entry")
        elif self.place % 20 == 19:
            self.hold(0, why="time is up")


def test_an_exit_by_a_protective_order_is_not_told_as_the_entrys_reason() -> None:
    bars = walk(2_000)
    result = parrot.backtest(Guarded, {name: getattr(bars, name) for name in COLUMNS}, cash=100_000)
    told = report_data(result).trades
    assert set(told["why_exit"].drop_nulls()) == {"protective stop", "trailing stop", "take-profit", "time is up"}
    assert told.drop("why_exit").equals(result.trades.drop("why_exit"))
    taken = told.filter(told["why_exit"] == "take-profit")
    assert (taken["pnl"] > 0).all()


def test_a_folder_that_does_not_exist_is_said_so(result, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        result.report(tmp_path / "missing" / "report.html")


def test_terms_are_said_in_words() -> None:
    terms = {
        "account": "margin", "initial_margin": "50%", "maintenance_margin": "25%",
        "fees": {"maker": "1bp", "taker": "5bp", "minimum": "1", "tiers": []},
        "slippage": {"ticks": 2, "rate": 0}, "fill": {"touch": True, "participation": "0.1"}, "calendar": "XNYS",
        "instrument": {"kind": "linear", "tick": "0.5", "lot": "1"},
    }  # fmt: skip
    assert terms_in_words(terms) == {
        "account": "margin",
        "margin": "initial 50%, maintenance 25%",
        "fees": "maker 1bp, taker 5bp, at least 1",
        "slippage": "2 ticks",
        "limits_fill": "on touch",
        "share_of_volume_at_most": "0.1",
        "calendar": "XNYS",
        "instrument": "linear, tick 0.5, lot 1",
    }


def test_a_run_on_trades_only_shows_them_as_its_data(tmp_path: Path) -> None:
    ticks = {
        "ts": np.arange(600) * 1_000_000_000 + 1_700_000_000_000_000_000,
        "price": np.round(100 + np.sin(np.arange(600) / 30), 2),
        "size": np.ones(600),
        "side": np.ones(600, dtype=np.int8),
    }
    data = report_data(parrot.backtest(Strategy, trades=ticks, cash=1_000))
    assert [(feed.kind, feed.rows) for feed in data.feeds] == [("trades", 600)]
    assert data.bars == {}


def test_a_strategy_that_raises_says_why_in_its_report(tmp_path: Path) -> None:
    class Broken(Strategy):
        def on_bar(self, bar) -> None:
            raise ValueError("a bad idea")

    with pytest.raises(StrategyError) as caught:
        parrot.backtest(Broken, {name: getattr(walk(50), name) for name in COLUMNS}, cash=1_000)
    assert "a bad idea" in report_data(caught.value.result).failure
