"""The lake port, the same in a folder and in a bucket."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from parrot.adapters.lake.files import FileLake
from parrot.adapters.lake.s3 import Bucket, S3Lake
from parrot.engine.bars import Bars
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.kernel.errors import DataError, MissingError, ParameterError, StorageError
from parrot.ports.lake import Lake, SeriesKey
from parrot.ports.secrets import Secret
from tests.ports.servers.processes import free_port

HOUR = 3_600_000_000_000
MINUTE = HOUR // 60
DAY = 24 * HOUR
START = 1_767_225_600_000_000_000  # 2026-01-01
HOURLY = SeriesKey("binance", "BTC/USDT", "ohlcv_1h")
FINE = SeriesKey("binance", "BTC/USDT", "ohlcv_1m")
TRADES = SeriesKey("binance", "BTC/USDT", "trades")
QUOTES = SeriesKey("binance", "BTC/USDT", "quotes")
BOOKS = SeriesKey("binance", "BTC/USDT", "l2")


def bars(first: int, count: int, timeframe: int = HOUR, **changes) -> Bars:
    ts = START + timeframe * np.arange(first, first + count)
    price = 4_000_000 + np.arange(first, first + count)
    columns = {f"{name}_ticks": price for name in ("open", "high", "low", "close")}
    values = {"close_ts": ts + timeframe, **columns, "volume_lots": price // 3, "price_decimals": 2}
    return Bars(**{"symbol": "BTC/USDT", "ts": ts, **values, "volume_decimals": 8, "timeframe": timeframe, **changes})


def trades(times: list[int], price: int = 100) -> Trades:
    number = np.arange(len(times))
    return Trades("BTC/USDT", START + np.array(times), price + number, 1 + number, np.ones(len(times), np.int8), 2, 8)


def quotes(times: list[int]) -> Quotes:
    number = np.arange(len(times))
    return Quotes("BTC/USDT", START + np.array(times), 100 + number, 101 + number, number - 1, 1 + number, 2, 8)


def books(times: list[int]) -> Books:
    number = np.arange(len(times))
    side = np.where(number % 2, 1, -1).astype(np.int8)
    return Books(
        "BTC/USDT", START + np.array(times), side, 100 + number, number, side.astype(np.uint8) % 3, 2, 8, number
    )


@pytest.fixture(params=["files", "s3"])
def make(request, tmp_path) -> Callable[[], Lake]:
    """Opens the same lake as often as it is called."""
    if request.param == "files":
        return lambda: FileLake(tmp_path / "lake")
    server = request.getfixturevalue("s3")
    name = server.make_bucket()
    return lambda: S3Lake(server.bucket(name))


@pytest.fixture
def lake(make) -> Lake:
    return make()


def same(found, expected) -> None:
    assert found.content_hash() == expected.content_hash()
    assert found.symbol == "BTC/USDT"


@pytest.mark.parametrize(("key", "data"), [(HOURLY, bars(0, 50)), (FINE, bars(0, 4000, MINUTE))])
def test_bars_come_back_to_the_last_digit(lake, make, key, data):
    data = replace(data, notes=("volume missing",), adjusted="splits")
    lake.write(key, data)
    found = make().read(key)
    same(found, data)
    assert (found.notes, found.adjusted) == (("volume missing",), "splits")
    assert lake.span(key) == (START, int(data.ts[-1]))


@pytest.mark.parametrize(
    ("key", "data"),
    [(TRADES, trades([0, 0, 7, DAY])), (QUOTES, quotes([1, 1, 2 * DAY])), (BOOKS, books([3, 3, 3, DAY, 2 * DAY]))],
)
def test_ticks_come_back_to_the_last_digit(lake, make, key, data):
    lake.write(key, data)
    same(make().read_ticks(key), data)


def test_only_what_is_asked_for_is_read(lake):
    lake.write(FINE, bars(0, 4000, MINUTE))
    same(lake.read(FINE, START + DAY - MINUTE, START + DAY + MINUTE), bars(1439, 2, MINUTE))
    lake.write(TRADES, trades([0, DAY, 2 * DAY]))
    found = lake.read_ticks(TRADES, START + 1, START + DAY + 1)
    same(found, trades([0, DAY, 2 * DAY]).between(START + 1, START + 2 * DAY))


def test_new_bars_join_and_replace_old_ones(lake):
    lake.write(HOURLY, bars(0, 10))
    changed = bars(5, 10, volume_lots=np.full(10, 7))
    lake.write(HOURLY, changed)
    found = lake.read(HOURLY)
    assert len(found) == 15
    same(found.between(START + 5 * HOUR, None), changed)
    same(found.between(None, START + 5 * HOUR), bars(0, 5))


def test_new_ticks_replace_the_span_that_they_fill_on_a_day(lake):
    lake.write(TRADES, trades([0, 5, 10, 15, DAY]))
    lake.write(TRADES, trades([4, 6, 11], 500))
    found = lake.read_ticks(TRADES)
    assert (found.ts - START).tolist() == [0, 4, 6, 11, 15, DAY]
    assert found.price_ticks.tolist() == [100, 500, 501, 502, 103, 104]


def test_the_lake_says_what_it_holds(lake):
    for key, data in (
        (TRADES, trades([1, DAY])),
        (HOURLY, bars(0, 3)),
        (replace(HOURLY, venue="a", symbol="x.y"), bars(0, 1)),
    ):
        lake.write(key, data)
    entries = lake.entries()
    assert [entry.key for entry in entries] == [replace(HOURLY, venue="a", symbol="x.y"), HOURLY, TRADES]
    assert [(entry.rows, entry.files) for entry in entries] == [(1, 1), (3, 1), (2, 2)]
    assert (entries[2].first_ts, entries[2].last_ts) == (START + 1, START + DAY)
    assert all(entry.size_bytes > 100 for entry in entries)


def test_an_empty_lake_holds_nothing(lake):
    assert lake.entries() == []
    assert lake.span(HOURLY) is None
    lake.write(TRADES, trades([]))
    assert lake.entries() == []


def test_what_is_not_there_is_named_with_what_is(lake):
    lake.write(HOURLY, bars(0, 3))
    with pytest.raises(MissingError, match="the lake has no binance/BTC/USDT/trades") as refused:
        lake.read_ticks(TRADES)
    assert "binance/BTC/USDT/ohlcv_1h" in refused.value.expected
    with pytest.raises(MissingError, match="in that time"):
        lake.read(HOURLY, START + DAY)
    with pytest.raises(MissingError, match="in that time"):
        lake.read(HOURLY, START + 1, START + 2)


def test_data_of_another_kind_are_refused(lake):
    for key, data in ((HOURLY, trades([1])), (TRADES, bars(0, 1)), (FINE, bars(0, 1))):
        with pytest.raises(DataError, match="do not belong into"):
            lake.write(key, data)
    with pytest.raises(ParameterError, match="no kind of ticks"):
        lake.read_ticks(HOURLY)
    assert lake.entries() == []


@pytest.mark.parametrize("name", ["", ".", "..", "../up", ".hidden"])
def test_names_do_not_leave_the_lake(lake, name):
    with pytest.raises(ParameterError, match="cannot name"):
        lake.write(replace(HOURLY, symbol=name), bars(0, 1))


@pytest.mark.parametrize("symbol", ["BTC/USDT:USDT", "a b", "ä%2F", "x=1&y?", "BRK.B"])
def test_whatever_venues_call_their_symbols_is_kept(lake, symbol):
    key = replace(HOURLY, symbol=symbol)
    lake.write(key, bars(0, 3, symbol=symbol))
    assert [entry.key for entry in lake.entries()] == [key]
    assert lake.read(key).symbol == symbol


def test_writers_at_once_lose_nothing(make):
    failed: list[Exception] = []

    def write(first: int) -> None:
        try:
            make().write(HOURLY, bars(first, 5))
        except Exception as error:  # noqa: BLE001  a thread's error is told to the test
            failed.append(error)

    threads = [threading.Thread(target=write, args=[5 * number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    same(make().read(HOURLY), bars(0, 30))


# -- a bucket only ---------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(s3) -> Bucket:
    return s3.bucket(s3.make_bucket())


class Dying(Bucket):
    """A bucket whose writer dies before one of its writes."""

    def __init__(self, whole: Bucket, writes: int) -> None:
        self.place = whole.place
        self._store = whole._store
        self.left = writes

    def _one_less(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StorageError("the writer died")

    def put(self, path: str, content: bytes) -> None:
        self._one_less()
        super().put(path, content)

    def put_if(self, path: str, content: bytes, tag: str) -> None:
        self._one_less()
        super().put_if(path, content, tag)

    def delete(self, paths: list[str]) -> None:
        self._one_less()
        super().delete(paths)


def test_a_writer_that_dies_at_any_step_leaves_the_series_as_it_was_or_as_it_shall_be(bucket):
    S3Lake(bucket).write(TRADES, trades([0, DAY, 2 * DAY]))
    before, new = trades([0, DAY, 2 * DAY]), trades([1, DAY + 1, 2 * DAY + 1], 500)
    seen = []
    for writes in range(6):
        with pytest.raises(StorageError) if writes < 5 else threading.Lock():
            S3Lake(Dying(bucket, writes)).write(TRADES, new)
        seen.append(S3Lake(bucket).read_ticks(TRADES).content_hash() == before.content_hash())
    assert seen == [True, True, True, True, False, False]  # three objects, then the manifest
    assert (S3Lake(bucket).read_ticks(TRADES).ts - START).tolist() == [0, 1, DAY, DAY + 1, 2 * DAY, 2 * DAY + 1]


def test_what_a_write_replaced_is_deleted(bucket):
    for number in range(4):
        S3Lake(bucket).write(HOURLY, bars(number, 2))
    assert len(list(bucket.paths())) == 2


def test_a_damaged_or_newer_manifest_is_named(bucket):
    lake = S3Lake(bucket)
    lake.write(HOURLY, bars(0, 2))
    [path] = [path for path in bucket.paths() if path.endswith("series.json")]
    bucket.put(path, b'{"by_day": false, "version": 2}')
    with pytest.raises(StorageError, match="is of version 2") as refused:
        lake.read(HOURLY)
    assert refused.value.expected == "version 1"
    bucket.put(path, b"{")
    with pytest.raises(StorageError, match="is no manifest"):
        lake.read(HOURLY)


def test_a_missing_object_is_named(bucket):
    lake = S3Lake(bucket)
    lake.write(HOURLY, bars(0, 2))
    bucket.delete([path for path in bucket.paths() if path.endswith(".parquet")])
    with pytest.raises(StorageError, match="objects of its manifest are missing"):
        lake.read(HOURLY)


def test_a_bucket_that_is_not_there_and_an_endpoint_that_does_not_answer_are_named(s3):
    dead = Bucket(
        "x", endpoint=f"http://127.0.0.1:{free_port()}", key="k", secret=Secret("s3", "hunter2"), patience_s=1
    )
    for bucket, fix in ((s3.bucket("never-made"), "make the bucket"), (dead, "endpoint is right")):
        for act in (lambda b=bucket: S3Lake(b).read(HOURLY), lambda b=bucket: S3Lake(b).write(HOURLY, bars(0, 1))):
            with pytest.raises(StorageError) as refused:
                act()
            assert fix in refused.value.fix
            assert "hunter2" not in str(refused.value)
            assert "\n" not in str(refused.value)
