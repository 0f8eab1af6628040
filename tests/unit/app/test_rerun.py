"""A kept run becomes the same job again: bars, ticks, events, terms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import parrot
from parrot.app.rerun import again, job_again, kept_bars
from parrot.app.wiring import backtests
from parrot.contracts.market import Dividend, Fees, Split
from parrot.kernel.errors import InputError, MissingError
from parrot.sdk import Strategy

HOUR = 3_600_000_000_000


class Swing(Strategy):
    n: int = 5

    def init(self):
        self.average = self.sma(self.n)

    def on_bar(self, bar):
        self.hold(10 if bar.close > self.average[0] else 0)


class Listening(Strategy):
    def on_trade(self, trade):
        self.hold(0 if self.position else 1)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "var"))
    return tmp_path


def columns(rows: int = 200) -> dict[str, np.ndarray]:
    close = 100 + np.sin(np.arange(rows) / 5) * 10
    return {
        "ts": np.arange(rows) * HOUR,
        "open": close,
        "high": close + 1,
        "low": close - 1,
        "close": close,
        "volume": close,
    }


def rerun(run_id: str, **terms):
    center = backtests()
    given = {"saved_code": False, "sources": {}, **terms}
    return again(center.load(run_id), center.run, **given)


def test_a_run_from_a_file_is_the_same_again(place: Path) -> None:
    np.savez(place / "a.npz", **columns())
    run_id = parrot.backtest(Swing(n=7), place / "a.npz", fees="10bp", slippage="1bp").save()
    assert rerun(run_id).same


def test_paths_are_kept_whole(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez(place / "a.npz", **columns())
    run_id = parrot.backtest(Swing, "a.npz").save()
    monkeypatch.setenv("PARROT_HOME", str(place / "var"))
    (place / "elsewhere").mkdir()
    monkeypatch.chdir(place / "elsewhere")
    assert rerun(run_id).same


def test_events_windows_and_larger_bars_are_part_of_a_run(place: Path) -> None:
    np.savez(place / "a.npz", **columns())
    bars = parrot.read_bars(place / "a.npz", symbol="A").resample(4 * HOUR)
    events = [Split("A", 80 * HOUR, 2), Dividend("A", 120 * HOUR, "0.5")]
    result = parrot.backtest(Swing, bars, actions=events, start="1970-01-02", end="1970-01-08", bounds=True)
    kept = rerun(result.save())
    assert kept.same
    assert kept.changes == []


def test_ticks_are_read_again(place: Path) -> None:
    count = 300
    frame = pl.DataFrame(
        {
            "ts": np.arange(count) * 1_000_000_000,
            "price": 100 + np.arange(count) % 7 * 0.5,
            "size": np.ones(count),
            "side": np.where(np.arange(count) % 2, 1, -1),
        }
    )
    frame.write_parquet(place / "trades.parquet")
    result = parrot.backtest(Listening, trades={"T": place / "trades.parquet"})
    assert result.stats["fills"] > 10
    assert rerun(result.save()).same


def test_data_from_memory_have_to_be_named(place: Path) -> None:
    run_id = parrot.backtest(Swing, {"M": columns()}).save()
    with pytest.raises(MissingError) as refused:
        rerun(run_id)
    assert "--data M=PATH" in refused.value.fix
    np.savez(place / "now.npz", **columns())
    assert rerun(run_id, sources={"M": str(place / "now.npz")}).same
    with pytest.raises(InputError, match="no data of X"):
        rerun(run_id, sources={"X": str(place / "now.npz"), "M": str(place / "now.npz")})


def test_other_data_are_told(place: Path) -> None:
    np.savez(place / "a.npz", **columns())
    run_id = parrot.backtest(Swing, place / "a.npz").save()
    changed = {name: values if name == "ts" else values * 1.001 for name, values in columns().items()}
    np.savez(place / "a.npz", **changed)
    found = rerun(run_id)
    assert not found.same
    assert [change.what for change in found.changes] == ["data of asset"]
    assert "data of asset" in found.verdict
    bars, missing = kept_bars(backtests().find([run_id])[0])
    assert bars == {}
    assert "has changed since" in missing[0]


def test_rules_are_their_own_code(place: Path) -> None:
    from parrot.rules import Range, Rules, close, sma

    np.savez(place / "a.npz", **columns())
    average = sma("n")
    rules = Rules(enter=close > average, exit=close < average, hold=3, params={"n": Range(2, 50)})
    result = parrot.backtest(rules.with_(n=7), place / "a.npz")
    assert result.stats["fills"] > 5
    found = rerun(result.save())
    assert found.same
    assert found.changes == []


def test_parameters_and_terms_are_those_of_the_run(place: Path) -> None:
    np.savez(place / "a.npz", **columns())
    result = parrot.backtest(Swing(n=9), place / "a.npz", cash="12345.67", fees="3bp")
    job = job_again(backtests().load(result.save()))
    assert isinstance(job.strategy, Strategy)
    assert job.strategy.parameter_values == {"n": 9}
    assert str(job.cash) == "12345.67"
    assert job.market.fees == Fees(maker="3bp", taker="3bp")
