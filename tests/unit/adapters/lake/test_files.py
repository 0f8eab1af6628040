"""The lake gives back what was put in, to the last digit, and is never left half written."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parrot.adapters.lake.files import FileLake
from parrot.engine.bars import Bars
from parrot.kernel.errors import DataError, MissingError, ParameterError, StorageError
from parrot.ports.lake import SeriesKey

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 1_704_067_200_000_000_000  # 2024-01-01
HOURLY = SeriesKey("binance", "BTCUSDT", "ohlcv_1h")
FINE = SeriesKey("binance", "BTCUSDT", "ohlcv_1m")
COLUMNS = ("ts", "close_ts", "open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume_lots")


def bars(rows: int, timeframe: int = HOUR, first: int = 0, price: int = 4_000_000, **changes: object) -> Bars:
    """Bars numbered from `first` after the start, with prices that tell their number."""
    number = first + np.arange(rows)
    ts = START + timeframe * number
    level = price + number
    values = {
        "symbol": "BTCUSDT",
        "ts": ts,
        "close_ts": ts + timeframe,
        "open_ticks": level,
        "high_ticks": level + 5,
        "low_ticks": level - 5,
        "close_ticks": level + 1,
        "volume_lots": 123_456_789 + number,
        "price_decimals": 2,
        "volume_decimals": 8,
        "timeframe": timeframe,
    }
    return Bars(**{**values, **changes})


def same(found: Bars, expected: Bars) -> None:
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)
    assert found.content_hash() == expected.content_hash()


def test_bars_come_back_to_the_last_digit(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    put = bars(48, notes=("volume missing: 0 used",), adjusted="splits")
    lake.write(HOURLY, put)
    found = lake.read(HOURLY)
    same(found, put)
    assert (found.symbol, found.notes, found.adjusted) == ("BTCUSDT", put.notes, "splits")
    assert found.source == str(tmp_path / "binance" / "BTCUSDT" / "ohlcv_1h.parquet")


def test_large_and_tiny_values_come_back_to_the_last_digit(tmp_path: Path) -> None:
    top = 9_000_000_000_000_000
    lots = np.array([top, top - 1, 1, 0])
    price = np.array([top, top - 7, 3, 1])
    put = bars(
        4, open_ticks=price, high_ticks=price, low_ticks=price, close_ticks=price, volume_lots=lots, price_decimals=12
    )
    FileLake(tmp_path).write(HOURLY, put)
    same(FileLake(tmp_path).read(HOURLY), put)


def test_values_that_a_float_cannot_carry_are_refused(tmp_path: Path) -> None:
    lots = np.array([2**62 + 1, 1])
    with pytest.raises((StorageError, DataError)):
        FileLake(tmp_path).write(HOURLY, bars(2, volume_lots=lots, volume_decimals=0))
    assert FileLake(tmp_path).entries() == []


def test_close_times_of_their_own_are_kept(tmp_path: Path) -> None:
    put = bars(3, close_ts=START + HOUR * np.arange(1, 4) - 1)
    FileLake(tmp_path).write(HOURLY, put)
    same(FileLake(tmp_path).read(HOURLY), put)


def test_any_tool_reads_the_files(tmp_path: Path) -> None:
    FileLake(tmp_path).write(HOURLY, bars(2))
    frame = pl.read_parquet(tmp_path / "binance" / "BTCUSDT" / "ohlcv_1h.parquet")
    assert frame.columns == ["ts", "open", "high", "low", "close", "volume"]
    assert frame.row(1) == (START + HOUR, 40000.01, 40000.06, 39999.96, 40000.02, 1.2345679)


def test_fine_bars_are_cut_by_utc_day(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    put = bars(3_000, MINUTE)
    lake.write(FINE, put)
    folders = sorted(p.name for p in (tmp_path / "binance" / "BTCUSDT" / "ohlcv_1m").iterdir())
    assert folders == ["date=2024-01-01", "date=2024-01-02", "date=2024-01-03"]
    same(lake.read(FINE), put)
    same(lake.read(FINE, START + DAY, START + DAY + HOUR), put.between(START + DAY, START + DAY + HOUR))


def test_new_bars_join_and_replace_old_ones(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    for key, frame in ((HOURLY, HOUR), (FINE, MINUTE)):
        lake.write(key, bars(1_500, frame))
        lake.write(key, bars(1_500, frame, first=1_000, price=5_000_000))
        found = lake.read(key)
        assert len(found) == 2_500
        assert (np.diff(found.ts) == frame).all()
        assert found.open_ticks[999:1_001].tolist() == [4_000_999, 5_001_000]
        lake.write(key, bars(10, frame, first=-10))
        assert lake.span(key) == (START - 10 * frame, START + 2_499 * frame)


def test_a_finer_scale_joins_a_coarser_one(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(HOURLY, bars(2))
    lake.write(HOURLY, bars(2, first=2, price=40_000_000_000, price_decimals=6))
    found = lake.read(HOURLY)
    assert found.price_decimals == 6
    assert found.open_ticks.tolist() == [40_000_000_000, 40_000_010_000, 40_000_000_002, 40_000_000_003]


def test_larger_volume_that_joins_leaves_room_for_itself(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(HOURLY, bars(2, volume_lots=np.array([150_000_000, 50_000_000])))
    huge = np.array([9_000_000_000_000_000, 1])
    lake.write(HOURLY, bars(2, first=2, volume_lots=huge, volume_decimals=0))
    found = lake.read(HOURLY)
    assert found.volume_lots.tolist() == [2, 0, *huge.tolist()]  # 1.5 and 0.5, half-even
    assert found.notes == ("volume rounded when joined with larger values",)


def test_what_does_not_belong_together_is_refused(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(HOURLY, bars(2))
    with pytest.raises(DataError, match="adjusted"):
        lake.write(HOURLY, bars(2, first=2, adjusted="splits"))
    with pytest.raises(DataError, match="do not belong into"):
        lake.write(HOURLY, bars(2, MINUTE))
    same(lake.read(HOURLY), bars(2))


def test_the_list_tells_rows_span_files_and_bytes(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(FINE, bars(3_000, MINUTE))
    lake.write(HOURLY, bars(5))
    (tmp_path / "notes.txt").write_text("not a series")
    (tmp_path / "binance" / "BTCUSDT" / "readme.md").write_text("nor this")
    hourly, fine = lake.entries()
    assert (hourly.key, hourly.rows, hourly.first_ts, hourly.last_ts, hourly.files) == (
        HOURLY,
        5,
        START,
        START + 4 * HOUR,
        1,
    )
    assert (fine.key, fine.rows, fine.last_ts, fine.files) == (FINE, 3_000, START + 2_999 * MINUTE, 3)
    assert fine.size_bytes > 1_000


def test_symbols_of_any_spelling_stay_inside_the_lake(tmp_path: Path) -> None:
    lake = FileLake(tmp_path / "lake")
    key = SeriesKey("okx", "BTC/USDT:USDT", "ohlcv_1h")
    lake.write(key, bars(2))
    assert [entry.key for entry in lake.entries()] == [key]
    same(lake.read(key), bars(2, symbol=key.symbol))
    for wrong in ("..", "", ".hidden"):
        with pytest.raises(ParameterError, match="cannot name"):
            lake.read(SeriesKey("okx", wrong, "ohlcv_1h"))
    lake.write(SeriesKey("okx", "a/../../../b", "ohlcv_1h"), bars(2))
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_what_is_not_there_is_missing_with_a_hint(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    assert lake.span(HOURLY) is None
    assert lake.entries() == []
    lake.write(HOURLY, bars(5))
    with pytest.raises(MissingError, match="no binance/ETHUSDT/ohlcv_1h") as caught:
        lake.read(SeriesKey("binance", "ETHUSDT", "ohlcv_1h"))
    assert "binance/BTCUSDT/ohlcv_1h" in caught.value.expected
    with pytest.raises(MissingError, match="in that time"):
        lake.read(HOURLY, START + DAY, START + 2 * DAY)


def test_no_bars_write_nothing(tmp_path: Path) -> None:
    FileLake(tmp_path).write(HOURLY, bars(0))
    assert list(tmp_path.iterdir()) == []


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(HOURLY, bars(5))
    path = tmp_path / "binance" / "BTCUSDT" / "ohlcv_1h.parquet"
    path.write_bytes(path.read_bytes()[:-50])
    for call in (
        lambda: lake.read(HOURLY),
        lambda: lake.write(HOURLY, bars(1)),
        lambda: lake.span(HOURLY),
        lake.entries,
    ):
        with pytest.raises(StorageError, match="ohlcv_1h"):
            call()


def test_other_kinds_and_doubled_series_are_told(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(FINE, bars(5, MINUTE))
    pl.DataFrame({"ts": [START]}).write_parquet(tmp_path / "binance" / "BTCUSDT" / "quotes.parquet")
    assert [entry.key.kind for entry in lake.entries()] == ["ohlcv_1m", "quotes"]
    with pytest.raises(StorageError, match="no column open"):
        lake.read(SeriesKey("binance", "BTCUSDT", "quotes"))
    pl.DataFrame({"ts": [START]}).write_parquet(tmp_path / "binance" / "BTCUSDT" / "ohlcv_1m.parquet")
    with pytest.raises(StorageError, match="there twice"):
        lake.read(FINE)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_failing_disk_leaves_everything_as_it_was(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = FileLake(tmp_path)
    lake.write(FINE, bars(1_000, MINUTE))
    calls = []

    def second_fails(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr("parrot.adapters.lake.files.writing.os.fsync", second_fails)
    with pytest.raises(StorageError, match="cannot be written"):
        lake.write(FINE, bars(3_000, MINUTE, first=500, price=1))
    monkeypatch.undo()
    assert len(calls) == 2
    same(lake.read(FINE), bars(1_000, MINUTE))
    assert list(tmp_path.rglob("*.half")) == []


def test_a_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    """A real limit of the operating system on file size, in a process of its own."""
    FileLake(tmp_path).write(HOURLY, bars(50))
    code = """
        import sys, numpy as np
        from dataclasses import replace
        from parrot.adapters.lake.files import FileLake
        from parrot.ports.lake import SeriesKey
        from parrot.kernel.errors import StorageError
        lake, key = FileLake(sys.argv[1]), SeriesKey("binance", "BTCUSDT", "ohlcv_1h")
        old = lake.read(key)
        ts = old.ts[-1] + old.timeframe * np.arange(1, 20_001)
        noise = np.random.default_rng(1).integers(10**9, 10**10, 20_000)
        ticks = {name: noise for name in ("open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume_lots")}
        try:
            lake.write(key, replace(old, ts=ts, close_ts=ts + old.timeframe, **ticks))
        except StorageError as error:
            print("refused:", error)
    """

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)],
        preexec_fn=small_files,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("refused:")
    assert "make room" in done.stdout
    same(FileLake(tmp_path).read(HOURLY), bars(50))
    assert list(tmp_path.rglob("*.half")) == []


def test_a_writer_that_was_killed_leaves_no_trace(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(HOURLY, bars(5))
    (tmp_path / "binance" / "BTCUSDT" / ".ohlcv_1h.parquet.half").write_bytes(b"half a file")
    same(lake.read(HOURLY), bars(5))
    assert len(lake.entries()) == 1
    lake.write(HOURLY, bars(6))
    same(lake.read(HOURLY), bars(6))
    assert list(tmp_path.rglob("*.half")) == []


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    code = """
        import sys
        from parrot.adapters.lake.files import FileLake
        from parrot.ports.lake import SeriesKey
        key = SeriesKey("binance", "BTCUSDT", "ohlcv_1m")
        whole = FileLake(sys.argv[1]).read(key)
        for number in range(int(sys.argv[3]), 40, 2):
            start = int(whole.ts[10 * number])
            FileLake(sys.argv[2]).write(key, whole.between(start, start + 600_000_000_000))
    """
    FileLake(tmp_path / "from").write(FINE, bars(400, MINUTE))
    folders = [str(tmp_path / "from"), str(tmp_path / "to")]
    writers = [subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *folders, first]) for first in "01"]
    assert [writer.wait() for writer in writers] == [0, 0]
    same(FileLake(tmp_path / "to").read(FINE), bars(400, MINUTE))


def test_the_recorded_folder_is_a_lake(shared: Path) -> None:
    lake = FileLake(shared / "data")
    found = lake.read(HOURLY, 1_672_531_200_000_000_000, 1_672_617_600_000_000_000)  # 2023-01-01
    assert len(found) == 24
    assert found.timeframe == HOUR
    frame = pl.read_parquet(shared / "data" / "binance" / "BTCUSDT" / "ohlcv_1h.parquet").filter(
        pl.col("ts").is_between(found.ts[0], found.ts[-1])
    )
    np.testing.assert_array_equal(found.close, frame["close"].to_numpy())
    assert {HOURLY, SeriesKey("us_wiki", "AIG", "ohlcv_1d")} <= {entry.key for entry in lake.entries()}
