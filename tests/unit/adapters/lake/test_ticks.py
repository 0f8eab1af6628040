"""Trades, quotes and books come back from the lake to the last digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from parrot.adapters.lake.files import FileLake
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.kernel.errors import DataError, MissingError, ParameterError
from parrot.ports.lake import SeriesKey, Ticks

DAY = 86_400_000_000_000
START = 1_704_067_200_000_000_000  # 2024-01-01


def key(kind: str) -> SeriesKey:
    return SeriesKey("venue", "XYZ", kind)


def trades(first: int, rows: int, price: int = 10_000, decimals: int = 2, step: int = DAY // 10) -> Trades:
    """Trades numbered from `first`, ten a day, two at each time."""
    number = first + np.arange(rows)
    side = np.where(number % 2 == 0, 1, -1).astype(np.int8)
    return Trades("XYZ", START + number // 2 * 2 * step, price + number, 5 + number, side, decimals, 3)


def quotes() -> Quotes:
    ts = START + np.array([0, 5, 5])
    return Quotes(
        "XYZ",
        ts,
        np.array([100, 101, 102]),
        np.array([103, 104, 105]),
        np.array([7, -1, 0]),
        np.array([-1, 9, 9]),
        2,
        4,
    )


def books(last_id: bool = True) -> Books:
    ids = np.array([1, 1, 2]) if last_id else None
    side, flags = np.array([1, -1, 1], np.int8), np.array([1, 1, 0], np.uint8)
    return Books(
        "XYZ", START + np.array([0, 0, 9]), side, np.array([99, 101, 99]), np.array([5, 6, 0]), flags, 1, 0, ids
    )


@pytest.mark.parametrize(
    ("kind", "put"), [("trades", trades(0, 25)), ("quotes", quotes()), ("l2", books()), ("l2", books(last_id=False))]
)
def test_ticks_come_back_to_the_last_digit(kind: str, put: Ticks, tmp_path: Path) -> None:
    FileLake(tmp_path).write(key(kind), put)
    found = FileLake(tmp_path).read_ticks(key(kind))
    assert found.content_hash() == put.content_hash()
    assert found.symbol == "XYZ"
    assert FileLake(tmp_path).entries()[0].rows == len(put)


def test_ticks_are_cut_by_utc_day_and_read_by_span(tmp_path: Path) -> None:
    FileLake(tmp_path).write(key("trades"), trades(0, 25))
    files = sorted(path.relative_to(tmp_path / "venue" / "XYZ").as_posix() for path in tmp_path.rglob("*.parquet"))
    assert files == [f"trades/date=2024-01-0{day}/trades.parquet" for day in (1, 2, 3)]
    found = FileLake(tmp_path).read_ticks(key("trades"), START + DAY, START + 2 * DAY)
    assert found.content_hash() == trades(10, 10).content_hash()
    with pytest.raises(MissingError, match="in that time"):
        FileLake(tmp_path).read_ticks(key("trades"), START + 9 * DAY)


def test_new_ticks_replace_what_lies_in_their_span(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(key("trades"), trades(0, 10))
    again = trades(4, 4, price=77_000)
    lake.write(key("trades"), again)
    lake.write(key("trades"), again)
    found = lake.read_ticks(key("trades"))
    assert isinstance(found, Trades)
    assert found.price_ticks.tolist() == [*range(10_000, 10_004), *range(77_004, 77_008), 10_008, 10_009]


def test_a_finer_scale_joins_a_coarser_one(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    lake.write(key("trades"), trades(0, 4))
    lake.write(key("trades"), trades(4, 2, price=10_000_000, decimals=5))
    found = lake.read_ticks(key("trades"))
    assert isinstance(found, Trades)
    assert (found.price_decimals, found.price_ticks[[0, 4]].tolist()) == (5, [10_000_000, 10_000_004])


def test_what_does_not_belong_is_refused(tmp_path: Path) -> None:
    lake = FileLake(tmp_path)
    with pytest.raises(DataError, match="do not belong"):
        lake.write(key("quotes"), trades(0, 2))
    with pytest.raises(ParameterError, match="no kind of ticks"):
        lake.read_ticks(key("ohlcv_1h"))


@pytest.mark.parametrize("kind", ["trades", "quotes", "l2"])
def test_recorded_ticks_survive_the_lake(kind: str, tmp_path: Path, shared: Path) -> None:
    recorded = FileLake(shared / "data").read_ticks(SeriesKey("binance", "BTCUSDT", kind))
    assert len(recorded) > 5_000
    FileLake(tmp_path).write(key(kind), recorded)
    found = FileLake(tmp_path).read_ticks(key(kind))
    assert found.content_hash() == recorded.content_hash()
