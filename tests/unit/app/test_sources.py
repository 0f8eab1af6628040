"""Data by the names that people type."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parrot.app.sources import Reading, pairs, read_all, read_one, split_argument, symbol_from
from parrot.app.wiring import market_data
from parrot.kernel.errors import DataError, InputError, MissingError, ParameterError

HOUR = 3_600_000_000_000


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARROT_HOME", str(tmp_path / "var"))
    return tmp_path


def write(path: Path, rows: int = 30) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    close = np.arange(rows) + 100.0
    columns = {"open": close, "high": close + 1, "low": close - 1, "close": close, "volume": close}
    np.savez(path, ts=np.arange(rows) * HOUR, **columns)
    return path


def test_a_symbol_can_be_given_to_a_file(place: Path) -> None:
    write(place / "a.npz")
    assert list(read_all(["BTC=a.npz"])) == ["BTC"]


def test_a_file_without_a_symbol_is_called_after_its_name(place: Path) -> None:
    write(place / "eth.npz")
    assert list(read_all(["eth.npz"])) == ["eth"]


def test_a_file_named_after_its_kind_is_called_after_its_folder(place: Path) -> None:
    write(place / "BTCUSDT" / "ohlcv_1h.npz")
    assert list(read_all(["BTCUSDT/ohlcv_1h.npz"])) == ["BTCUSDT"]
    assert symbol_from(Path("/lake/ETHUSDT/trades.parquet")) == "ETHUSDT"


def test_an_equals_sign_in_a_path_is_part_of_it(place: Path) -> None:
    write(place / "venue=binance" / "x.npz")
    assert split_argument("venue=binance/x.npz") == ("", "venue=binance/x.npz")
    assert split_argument("X=venue=binance/x.npz") == ("X", "venue=binance/x.npz")


def test_one_symbol_twice_is_refused(place: Path) -> None:
    write(place / "a.npz")
    with pytest.raises(InputError, match="names A twice"):
        read_all(["A=a.npz", "A=a.npz"])


def test_demo_symbols_lead_back_to_themselves() -> None:
    bars = read_one("demo")
    assert (bars.symbol, bars.source) == ("ALDER", "demo:ALDER")
    assert read_one(bars.source).content_hash() == bars.content_hash()
    assert read_one("demo:CEDAR", "MINE").symbol == "MINE"
    with pytest.raises(MissingError, match="no OAK"):
        read_one("demo:OAK")


def test_the_lake_leads_back_to_itself(place: Path) -> None:
    write(place / "a.npz")
    market_data().import_files([place / "a.npz"], "here", "AAA", read=lambda path: read_one(str(path)))
    bars = read_one("lake:AAA")
    assert (bars.symbol, bars.source, len(bars)) == ("AAA", "lake:here/AAA/ohlcv_1h", 30)
    assert read_one(bars.source).content_hash() == bars.content_hash()
    assert read_one("here/AAA/ohlcv_1h").source == bars.source
    with pytest.raises(MissingError):
        read_one("lake:BBB")
    with pytest.raises(DataError, match="BBB does not exist"):
        read_one("BBB")


def test_a_missing_file_is_named(place: Path) -> None:
    with pytest.raises(DataError, match=r"no\.csv does not exist"):
        read_one("no.csv")


def test_only_what_differs_from_the_usual_is_kept_of_reading() -> None:
    assert Reading().set_values() == {}
    assert Reading(timezone="Asia/Tokyo", repair=True).set_values() == {"timezone": "Asia/Tokyo", "repair": True}


def test_pairs_need_an_equals_sign() -> None:
    assert pairs(["fast=10", "mode=a=b"], "--set") == {"fast": "10", "mode": "a=b"}
    for wrong in ("fast", "=3"):
        with pytest.raises(ParameterError, match="--set"):
            pairs([wrong], "--set")
