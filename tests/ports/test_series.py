"""The series port, the same in memory, SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from parrot.adapters.lake.files import FileLake
from parrot.adapters.series.memory import MemorySeries
from parrot.adapters.sql import SqlSeries, open_postgres
from parrot.engine.bars import Bars
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.kernel.errors import DataError, MissingError, ParameterError
from parrot.ports.lake import SeriesKey, Ticks
from parrot.ports.series import Series
from tests.ports.conftest import empty_database

MINUTE = 60_000_000_000
DAY = 86_400_000_000_000
START = 1_767_225_600_000_000_000  # 2026-01-01
BARS = SeriesKey("paper", "BTC/USDT", "ohlcv_1m")
TRADES = SeriesKey("paper", "BTC/USDT", "trades")
QUOTES = SeriesKey("paper", "BTC/USDT", "quotes")
BOOKS = SeriesKey("paper", "BTC/USDT", "l2")
TOP = 2**62


def bars(first: int, count: int, **changes) -> Bars:
    ts = START + MINUTE * np.arange(first, first + count)
    price = TOP - np.arange(first, first + count)
    columns = {f"{name}_ticks": price for name in ("open", "high", "low", "close")}
    values = {"close_ts": ts + MINUTE, **columns, "volume_lots": price // 3, "price_decimals": 2, "volume_decimals": 8}
    return Bars(**{"symbol": "BTC/USDT", "ts": ts, **values, "timeframe": MINUTE, **changes})


def trades(times: list[int], first: int = 0) -> Trades:
    number = first + np.arange(len(times))
    side = np.array([(-1, 0, 1)[k % 3] for k in number], np.int8)
    return Trades("BTC/USDT", START + np.array(times), TOP - number, 1 + number, side, 2, 8)


def quotes(times: list[int]) -> Quotes:
    number = np.arange(len(times))
    return Quotes("BTC/USDT", START + np.array(times), 100 + number, 101 + number, number - 1, number, 2, 8)


def books(times: list[int], *, ids: bool = True) -> Books:
    number = np.arange(len(times))
    side, flags = (np.where(number % 2, 1, -1)).astype(np.int8), (number % 3).astype(np.uint8)
    last_id = TOP + number if ids else None
    return Books("BTC/USDT", START + np.array(times), side, 100 + number, number, flags, 2, 8, last_id)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def series(request) -> Series:
    return MemorySeries() if request.param == "memory" else SqlSeries(empty_database(request.param, request).open())


def same(found: Bars | Ticks, expected: Bars | Ticks) -> None:
    assert type(found) is type(expected)
    assert found.content_hash() == expected.content_hash()
    assert found.symbol == "BTC/USDT"


def test_bars_come_back_to_the_last_digit(series):
    series.append(BARS, bars(0, 100, adjusted="splits"))
    series.append(BARS, bars(100, 50, adjusted="splits"))
    same(series.bars(BARS), bars(0, 150, adjusted="splits"))
    assert series.bars(BARS).adjusted == "splits"
    assert series.span(BARS) == (START, START + 149 * MINUTE)


def test_bars_are_found_by_their_open_time(series):
    series.append(BARS, bars(0, 10))
    same(series.bars(BARS, START + 2 * MINUTE, START + 5 * MINUTE), bars(2, 3))
    same(series.bars(BARS, START + 7 * MINUTE), bars(7, 3))
    same(series.bars(BARS, None, START + MINUTE), bars(0, 1))


def test_a_bar_that_opens_with_the_last_one_takes_its_place(series):
    series.append(BARS, bars(0, 3))
    again = bars(2, 2, volume_lots=np.array([7, 8]))
    series.append(BARS, again)
    found = series.bars(BARS)
    assert found.volume_lots[-2:].tolist() == [7, 8]
    assert len(found) == 4


@pytest.mark.parametrize(
    ("key", "data"),
    [(TRADES, trades([0, 0, 0, 5, 7])), (QUOTES, quotes([1, 1, 2])), (BOOKS, books([3, 3, 3, 4]))],
)
def test_ticks_come_back_to_the_last_digit_and_in_their_order(series, key, data):
    series.append(key, data)
    same(series.ticks(key), data)


def test_ticks_that_share_the_last_time_are_added(series):
    for number, times in enumerate(([0, 5], [5, 5], [5, 9])):
        series.append(TRADES, trades(times, first=2 * number))
    same(series.ticks(TRADES), trades([0, 5, 5, 5, 5, 9]))
    same(series.ticks(TRADES, START + 5, START + 6), trades([5, 5, 5, 5], first=1))


def test_books_without_update_ids_come_back_without(series):
    series.append(BOOKS, books([1, 2], ids=False))
    assert series.ticks(BOOKS).last_id is None


def test_many_small_pieces_are_one_series(series):
    for number in range(150):
        series.append(TRADES, trades([number], first=number))
    same(series.ticks(TRADES), trades(list(range(150))))


def test_series_are_apart(series):
    other = replace(TRADES, symbol="ETH/USDT")
    series.append(TRADES, trades([1]))
    series.append(other, trades([1, 2]))
    assert (len(series.ticks(TRADES)), len(series.ticks(other))) == (1, 2)
    assert series.ticks(other).symbol == "ETH/USDT"


def test_nothing_is_said_where_there_is_nothing(series):
    assert series.span(TRADES) is None
    series.append(TRADES, trades([]))
    with pytest.raises(MissingError):
        series.ticks(TRADES)
    series.append(TRADES, trades([5]))
    with pytest.raises(MissingError) as refused:
        series.ticks(TRADES, START + 6)
    assert refused.value.fix
    with pytest.raises(MissingError):
        series.bars(BARS)


def test_rows_that_come_late_are_refused_and_change_nothing(series):
    series.append(TRADES, trades([5]))
    series.append(BARS, bars(5, 1))
    with pytest.raises(DataError, match="these rows begin at") as refused:
        series.append(TRADES, trades([4, 6]))
    assert "lake" in refused.value.fix
    with pytest.raises(DataError, match="these rows begin at"):
        series.append(BARS, bars(4, 3))
    assert (len(series.ticks(TRADES)), len(series.bars(BARS))) == (1, 1)


def test_rows_of_another_shape_are_refused(series):
    series.append(TRADES, trades([5]))
    with pytest.raises(DataError, match="price_decimals 2, these rows 3"):
        series.append(TRADES, replace(trades([6]), price_decimals=3))
    series.append(BOOKS, books([5]))
    with pytest.raises(DataError, match="update_ids True, these rows False"):
        series.append(BOOKS, books([6], ids=False))


def test_rows_of_another_kind_are_refused(series):
    for key, data in (
        (BARS, trades([1])),
        (TRADES, quotes([1])),
        (TRADES, bars(0, 1)),
        (BARS, bars(0, 1, timeframe=1)),
    ):
        with pytest.raises((DataError, ParameterError)):
            series.append(key, data)
    with pytest.raises(ParameterError, match="no kind of ticks"):
        series.ticks(replace(TRADES, kind="cats"))


def test_what_is_old_is_forgotten_in_all_series(series):
    times = [0, DAY - 1, DAY, DAY + 5, 3 * DAY]
    series.append(TRADES, trades(times))
    series.append(BARS, bars(0, 3000))
    series.forget(START + DAY + 5)
    same(series.ticks(TRADES), trades(times[3:], first=3))
    assert series.span(BARS)[0] == START + DAY + MINUTE
    series.append(TRADES, trades([3 * DAY + 1], first=5))
    assert len(series.ticks(TRADES)) == 3
    series.forget(START + 9 * DAY)
    assert series.span(TRADES) is None
    series.append(TRADES, trades([9 * DAY]))
    assert len(series.ticks(TRADES)) == 1


def test_before_1970_and_far_ahead_are_times_as_well(series):
    data = replace(trades([0, 1, 2]), ts=np.array([-DAY - 1, 0, 4_102_444_800_000_000_000]))
    series.append(TRADES, data)
    same(series.ticks(TRADES), data)


# -- one adapter only ------------------------------------------------------------------------------------------------


def test_in_memory_what_is_forgotten_goes_into_the_lake(tmp_path):
    lake = FileLake(tmp_path)
    series = MemorySeries(lake)
    series.append(QUOTES, quotes([0, 5, 10]))
    series.forget(START + 7)
    assert lake.read_ticks(QUOTES).content_hash() == quotes([0, 5, 10]).between(None, START + 7).content_hash()
    assert len(series.ticks(QUOTES)) == 1


def test_in_postgres_each_day_is_a_partition_with_a_brin_index_and_is_dropped_whole(postgres):
    engine = open_postgres(postgres.url())
    series = SqlSeries(engine)
    series.append(TRADES, trades([0, DAY, DAY + 1, 2 * DAY]))

    def asked(statement: str) -> list[str]:
        with engine.connect() as connection:
            return list(connection.exec_driver_sql(statement).scalars())

    inherits = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'series_trades'::regclass ORDER BY 1"
    assert asked(inherits) == [f"series_trades_2026010{day}" for day in (1, 2, 3)]
    indexes = asked("SELECT indexdef FROM pg_indexes WHERE tablename = 'series_trades_20260101'")
    assert any("USING brin (ts)" in text for text in indexes)
    series.forget(START + DAY)
    assert asked(inherits) == [f"series_trades_2026010{day}" for day in (2, 3)]
    engine.dispose()


def test_where_the_server_has_timescaledb_tables_are_hypertables(postgres, public_folder):
    """The extension itself cannot be had here: one of its name stands in and notes what it is asked for."""
    url = postgres.url("hyper")
    postgres.offer_extension("hyper", "timescaledb", STAND_IN, public_folder / "extensions")
    engine = open_postgres(url)
    series = SqlSeries(engine)
    series.append(TRADES, trades([0, DAY, DAY + 1]))
    same(series.ticks(TRADES), trades([0, DAY, DAY + 1]))
    series.forget(START + DAY)
    assert len(series.ticks(TRADES)) == 2
    with engine.connect() as connection:
        noted = list(connection.exec_driver_sql("SELECT note FROM timescale_notes ORDER BY note").scalars())
        plain = connection.exec_driver_sql("SELECT relkind FROM pg_class WHERE relname = 'series_trades'").scalar()
    tables = [f"series_{name}" for name in ("bars", "levels", "quotes", "trades")]
    assert noted == [f"drop {name} {START + DAY}" for name in tables] + [f"hyper {name} ts {DAY}" for name in tables]
    assert plain == "r"
    engine.dispose()


STAND_IN = """
CREATE TABLE timescale_notes (note text);
CREATE FUNCTION create_hypertable(relation regclass, dimension name, chunk_time_interval bigint) RETURNS void
    LANGUAGE sql AS $$ INSERT INTO timescale_notes VALUES (format('hyper %s %s %s', $1, $2, $3)) $$;
CREATE FUNCTION drop_chunks(relation regclass, older_than bigint) RETURNS void
    LANGUAGE sql AS $$ INSERT INTO timescale_notes VALUES (format('drop %s %s', $1, $2)) $$;
"""
