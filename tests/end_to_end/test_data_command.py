"""`parrot data`: files and downloads go into the lake, are listed, shown, inspected, and back-tested from there."""

from __future__ import annotations

import functools
import os
import signal
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from parrot.adapters.venues import ccxt as venues
from tests.end_to_end.command import CROSS, told
from tests.unit.adapters.venues.binance_server import Binance

HEAD = "ts,open,high,low,close,volume"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    rows = [f"{1_700_000_000 + n * 3600},{100 + n % 9},{105 + n % 9},{95 + n % 9},{101 + n % 9},3" for n in range(200)]
    (tmp_path / "good.csv").write_text("\n".join([HEAD, *rows]))
    (tmp_path / "bad.csv").write_text("\n".join([HEAD, *rows[:50], rows[10], "1700900000,100,90,99,100,1"]))
    (tmp_path / "cross.py").write_text(CROSS)
    return tmp_path


def test_a_file_goes_into_the_lake_and_is_back_tested_from_there(place: Path) -> None:
    assert told("data", "ls", cwd=place) == []
    [imported] = told("data", "import", "good.csv", "--venue", "mine", "--symbol", "ABC", cwd=place)
    assert imported["series"] == "mine/ABC/ohlcv_1h"
    [listed] = told("data", "ls", cwd=place)
    assert (listed["series"], listed["rows"], listed["from"]) == ("mine/ABC/ohlcv_1h", 200, 1_700_000_000 * 10**9)
    shown = told("data", "show", "lake:ABC", "--rows", "2", cwd=place)
    assert [row["close"] for row in shown["bars"]] == [101, 102, 101, 102]
    made = told("backtest", "cross.py", "--data", "lake:ABC/1h", cwd=place)
    assert made["data"]["ABC"]["source"] == "lake:mine/ABC/ohlcv_1h"
    assert told("runs", "rerun", "last", cwd=place)["same"] is True


def test_flaws_are_counted_and_placed(place: Path) -> None:
    report = told("data", "quality", "bad.csv", cwd=place, code=1)
    found = {finding["flaw"]: finding["count"] for finding in report["findings"]}
    assert found["backward time"] >= 1
    assert found["duplicate time"] == 1
    assert found["bad OHLC"] == 1
    assert report["usable"] is False
    assert told("data", "quality", "good.csv", cwd=place)["usable"] is True


def test_flawed_data_are_refused_or_repaired_aloud(place: Path) -> None:
    refused = told("backtest", "cross.py", "--data", "bad.csv", cwd=place, code=3)
    assert "--repair" in refused["error"]["fix"]
    made = told("backtest", "cross.py", "--data", "bad.csv", "--repair", cwd=place)
    assert any("repaired" in note for note in made["data"]["bad"]["notes"])
    again = told("runs", "rerun", made["run_id"], cwd=place)
    assert again["same"] is True


def test_columns_and_zones_are_part_of_a_run(place: Path) -> None:
    text = (place / "good.csv").read_text().replace("close", "letzter")
    (place / "named.csv").write_text(text)
    made = told("backtest", "cross.py", "--data", "named.csv", "--column", "close=letzter", cwd=place)
    assert made["terms"]["reading"] == {"columns": {"close": "letzter"}}
    assert told("runs", "rerun", made["run_id"], cwd=place)["same"] is True


@pytest.fixture
def binance(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Binance:
    exchange = Binance(httpserver)
    there = functools.partial(venues.CcxtVenue, base_url=httpserver.url_for("/").rstrip("/"))
    monkeypatch.setattr(venues, "CcxtVenue", there)
    return exchange


def download(place: Path, code: int = 0):
    words = ("data", "download", "binance", "BTC/USDT", "--timeframe", "1h", "--from", "2024-01-01")
    return told(*words, "--to", "2024-03-20", cwd=place, code=code)


def test_a_download_fills_the_lake_and_goes_on_where_it_was(place: Path, binance: Binance) -> None:
    done = download(place)
    assert done["series"] == "binance/BTCUSDT/ohlcv_1h"
    assert done["new_bars"] == 79 * 24
    again = download(place)
    assert (again["new_bars"], again["requests"]) == (0, 0)


def test_ctrl_c_in_a_download_keeps_what_came(place: Path, binance: Binance, monkeypatch: pytest.MonkeyPatch) -> None:
    from parrot.adapters.lake.files import FileLake

    write = FileLake.write

    def write_then_stop(self, key, bars) -> None:
        write(self, key, bars)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(FileLake, "write", write_then_stop)
    stopped = download(place, 130)
    assert stopped["cancelled"] is True
    assert 0 < stopped["new_bars"] < 79 * 24
    monkeypatch.setattr(FileLake, "write", write)
    assert download(place)["new_bars"] == 79 * 24 - stopped["new_bars"]


def test_recorded_trades_decide_the_fills(place: Path) -> None:
    rows = [f"{1_700_000_000 + n},{100 + n % 5},2,{'buy' if n % 2 else 'sell'}" for n in range(120)]
    (place / "trades.csv").write_text("\n".join(["ts,price,size,side", *rows]))
    (place / "beat.py").write_text(
        "from parrot.sdk import Strategy\n\n\nclass Beat(Strategy):\n    def init(self):\n"
        "        self.every('10s', self.beat)\n\n    def beat(self):\n        self.hold(0 if self.position else 1)\n"
    )
    made = told("backtest", "beat.py", "--trades", "T=trades.csv", cwd=place)
    assert made["stats"]["fills"] >= 10
    assert made["data"]["T trades"]["rows"] == 120
    assert told("runs", "rerun", "last", cwd=place)["same"] is True
    twice = told("backtest", "beat.py", "--trades", "T=trades.csv", "--trades", "T=trades.csv", cwd=place, code=2)
    assert "T is named twice" in twice["error"]["problem"]
