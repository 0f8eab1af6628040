"""read_bars on frames, arrays and mappings: recognition, time, symbols, refusals and repairs."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.adapters.importers import read_bars, read_raw_bars
from parrot.engine.columns import DAY, HOUR, MINUTE
from parrot.kernel.errors import DataError, ParameterError

START = 1_577_836_800_000_000_000  # 2020-01-01


def table(n=3, **columns) -> dict[str, Any]:
    made: dict[str, Any] = {
        "ts": START + HOUR * np.arange(n),
        "open": np.full(n, 10.0),
        "high": np.full(n, 12.0),
        "low": np.full(n, 9.0),
        "close": 10.0 + np.arange(n) % 3,
        "volume": np.full(n, 5.0),
    }
    return made | columns


def pandas_frame() -> pd.DataFrame:
    return pd.DataFrame(table())


def indexed_frame(zone: str | None = "UTC") -> pd.DataFrame:
    frame = pandas_frame()
    return frame.drop(columns="ts").set_index(pd.to_datetime(frame["ts"], unit="ns").dt.tz_localize(zone))


SAME = {
    "dict of arrays": table,
    "dict of lists": lambda: {name: column.tolist() for name, column in table().items()},
    "polars frame": lambda: pl.DataFrame(table()),
    "polars lazy frame": lambda: pl.DataFrame(table()).lazy(),
    "arrow table": lambda: pl.DataFrame(table()).to_arrow(),
    "polars datetimes": lambda: pl.DataFrame(table()).with_columns(pl.col("ts").cast(pl.Datetime("ns"))),
    "polars datetimes with zone": lambda: pl.DataFrame(table()).with_columns(
        pl.col("ts").cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone("Asia/Tokyo")
    ),
    "pandas frame": pandas_frame,
    "pandas index": indexed_frame,
    "pandas index without zone": lambda: indexed_frame(None),
    "pandas index without name": lambda: indexed_frame().rename_axis(None),
    "pandas index of another zone": lambda: indexed_frame().tz_convert("America/New_York"),
    "pandas names of two levels": lambda: indexed_frame().set_axis(
        pd.MultiIndex.from_tuples([(name.title(), "AAPL") for name in ("open", "high", "low", "close", "volume")]),
        axis=1,
    ),
    "pandas nullable": lambda: pandas_frame().convert_dtypes(),
    "structured array": lambda: pandas_frame().to_records(index=False).view(np.ndarray),
    "series in a dict": lambda: {name: pl.Series(column) for name, column in table().items()},
    "text": lambda: {name: [str(value) for value in column.tolist()] for name, column in table().items()},
    "decimals": lambda: pl.DataFrame(table()).with_columns(pl.col("close").cast(pl.Decimal(20, 4))),
}


@pytest.mark.parametrize("make", SAME.values(), ids=SAME.keys())
def test_the_same_bars_come_from_every_kind_of_source(make):
    made = read_bars(make())
    assert made.content_hash() == read_bars(table()).content_hash()
    assert made.notes == ()


def test_bars_pass_through_and_reading_twice_changes_nothing():
    once = read_bars(table(), symbol="X")
    assert read_bars(once) is once
    assert read_bars(once, symbol="Y").symbol == "Y"
    again = read_bars(once.to_polars())
    assert again.content_hash() == once.content_hash()


@given(
    st.lists(st.tuples(st.integers(1, 10**12), st.integers(0, 10**9)), min_size=2, max_size=20),
    st.integers(0, 12),
)
def test_what_was_read_reads_again_as_the_same(found, decimals):
    price = np.array([float(f"{value}e-{decimals}") for value, _ in found])
    volume = np.array([value / 100 for _, value in found])
    once = read_bars(table(len(found), open=price, high=price, low=price, close=price, volume=volume))
    assert np.array_equal(once.close, price)
    assert np.array_equal(once.volume, volume)
    assert read_bars(once.to_polars()).content_hash() == once.content_hash()


def test_close_times_of_the_source_are_kept():
    made = read_bars(table(close_ts=START + HOUR * np.arange(3) + MINUTE))
    assert (made.close_ts - made.ts).tolist() == [MINUTE] * 3
    text = ["2020-01-01 00:01", "2020-01-01 01:01", "2020-01-01 02:01"]
    assert read_bars(table(close_ts=text)).content_hash() == made.content_hash()


def test_close_times_follow_their_rows_through_a_repair():
    source = table(close_ts=START + HOUR * np.arange(3) + MINUTE * np.array([1, 2, 3]), close=[11.0, np.nan, 11.0])
    made = read_bars(source, repair=True, timeframe="1h")
    assert (made.close_ts - made.ts).tolist() == [MINUTE, 3 * MINUTE]


# Names


def test_columns_are_found_by_their_usual_names_and_others_are_ignored():
    made = table()
    renamed = {
        " Open Time": made["ts"],
        "<OPEN>": made["open"],
        "HIGH": made["high"],
        "l": made["low"],
        "Last": made["close"],
    }
    assert read_bars(renamed | {"Vol.": made["volume"], "remark": ["a", "b", "c"]}).volume.tolist() == [5.0] * 3


def test_a_mapping_names_columns_and_comes_before_the_usual_names():
    made = read_bars(table(mid=[11.0, 11.5, 11.25]), columns={"close": "mid"})
    assert made.close.tolist() == [11.0, 11.5, 11.25]


def test_one_column_may_stand_for_several():
    source = {"ts": table()["ts"], "AAPL": [1.0, 2.0, 3.0]}
    made = read_bars(source, columns=dict.fromkeys(("open", "high", "low", "close"), "AAPL"))
    assert made.high.tolist() == [1.0, 2.0, 3.0]


def test_a_missing_column_names_what_was_found_and_suggests():
    source = table()
    source["Clse"] = source.pop("close")
    with pytest.raises(DataError) as refusal:
        read_bars(source)
    assert refusal.value.problem == "memory: no column for close (columns found: ts, open, high, low, volume, Clse)"
    assert "columns={'close': 'Clse'}" in refusal.value.fix
    assert read_bars(source, columns={"close": "Clse"}).close.tolist() == [10.0, 11.0, 12.0]


def test_a_mapping_to_a_column_that_is_not_there_is_refused():
    with pytest.raises(DataError, match="no column 'Clos' for close") as refusal:
        read_bars(table(), columns={"close": "Clos"})
    assert refusal.value.fix == "columns={'close': 'close'}"


@pytest.mark.parametrize("mapping", [{"clos": "close"}, {"Last": "close"}])
def test_a_mapping_of_an_unknown_field_is_refused(mapping):
    with pytest.raises(ParameterError, match="which is not read"):
        read_bars(table(), columns=mapping)


def test_missing_volume_is_zero_and_noted():
    source = table()
    del source["volume"]
    made = read_bars(source)
    assert made.volume.tolist() == [0.0] * 3
    assert made.notes == ("no volume column: 0 used",)


# Time


@pytest.mark.parametrize(
    ("unit", "divisor", "name"),
    [("s", 10**9, "seconds"), ("ms", 10**6, "milliseconds"), ("us", 10**3, "microseconds")],
)
def test_epochs_are_told_by_magnitude_and_noted(unit, divisor, name):
    for kind in (np.int64, np.float64):
        made = read_bars(table(ts=(table()["ts"] // divisor).astype(kind)))
        assert made.ts.tolist() == table()["ts"].tolist()
        assert made.notes == (f"time read as {name} since 1970 by its magnitude",)
    assert read_bars(table(ts=table()["ts"] // divisor), time_unit=unit).notes == ()


def test_seconds_with_fractions_are_kept_to_the_microsecond():
    made = read_bars(table(ts=[1577836800.25, 1577836800.5, 1577836800.75]))
    assert made.ts.tolist() == [START + 250_000_000, START + 500_000_000, START + 750_000_000]
    assert made.notes == ("time read as seconds, to the microsecond, since 1970 by its magnitude",)


def test_nanoseconds_that_start_at_zero_stay_nanoseconds():
    assert read_bars(table(ts=[0, MINUTE, 2 * MINUTE])).ts.tolist() == [0, MINUTE, 2 * MINUTE]


def test_mixed_units_are_refused_with_the_row():
    with pytest.raises(DataError, match=r"mixes milliseconds \(row 0\) and microseconds"):
        read_bars(table(ts=[1577836800000, 1735689600000000, 1735689660000000]))


def test_a_time_unit_that_does_not_fit_is_refused():
    with pytest.raises(DataError, match="no number of seconds since 1970"):
        read_bars(table(), time_unit="s")
    with pytest.raises(ParameterError, match="time_unit='h' is unknown"):
        read_bars(table(), time_unit="h")


@pytest.mark.parametrize(
    "times",
    [
        ["2020-01-01", "2020-01-02", "2020-01-03"],
        ["20200101", "20200102", "20200103"],
        [20200101, 20200102, 20200103],
        ["2020.01.01", "2020.01.02", "2020.01.03"],
        ["2020/01/01", "2020/01/02", "2020/01/03"],
        ["01.01.2020", "02.01.2020", "03.01.2020"],
        ["Jan 01, 2020", "Jan 02, 2020", "Jan 03, 2020"],
        ["1-Jan-2020", "2-Jan-2020", "3-Jan-2020"],
        ["2020-01-01 00:00:00", "2020-01-02 00:00:00", "2020-01-03 00:00:00"],
        ["2020-01-01T00:00", "2020-01-02T00:00", "2020-01-03T00:00"],
        ["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2020-01-03T00:00:00Z"],
        ["2020-01-01 00:00:00 UTC", "2020-01-02 00:00:00 UTC", "2020-01-03 00:00:00 UTC"],
        ["2020-01-01 01:00:00+01:00", "2020-01-02 01:00:00+01:00", "2020-01-03 01:00:00+01:00"],
        ["2020-01-01T00:00:00.000+0000", "2020-01-02T00:00:00.000+0000", "2020-01-03T00:00:00.000+0000"],
        [dt.date(2020, 1, 1), dt.date(2020, 1, 2), dt.date(2020, 1, 3)],
        [dt.datetime(2020, 1, day) for day in (1, 2, 3)],  # noqa: DTZ001 - a naive time is the case
        [dt.datetime(2020, 1, day, tzinfo=dt.UTC) for day in (1, 2, 3)],
        np.array(["2020-01-01", "2020-01-02", "2020-01-03"], "M8[D]"),
        pd.period_range("2020-01-01", periods=3, freq="D"),
    ],
    ids=str,
)
def test_dates_of_every_usual_form_are_read(times):
    made = read_bars(table(ts=times))
    assert made.ts.tolist() == [START, START + DAY, START + 2 * DAY]
    assert made.timeframe == DAY


def test_slashed_dates_are_read_when_a_number_above_twelve_tells_day_from_month():
    us = read_bars(table(2, ts=["01/12/2020", "01/13/2020"]))
    uk = read_bars(table(2, ts=["12/01/2020", "13/01/2020"]))
    assert us.ts.tolist() == uk.ts.tolist() == [START + 11 * DAY, START + 12 * DAY]
    with pytest.raises(DataError, match="do not tell day from month"):
        read_bars(table(2, ts=["01/02/2020", "01/03/2020"]))


def test_a_clock_that_is_left_out_at_midnight_and_one_of_twelve_hours_are_read():
    made = read_bars(table(ts=["2020-01-01", "2020-01-01 01:00:00", "2020-01-01 02:00:00.5"]))
    assert (made.ts - START).tolist() == [0, HOUR, 2 * HOUR + 500_000_000]
    made = read_bars(table(ts=["01/13/2020 9:30 AM", "01/13/2020 10:30 AM", "01/13/2020 1:30 PM"]))
    assert ((made.ts - made.ts[0]) // HOUR).tolist() == [0, 1, 4]


def test_text_that_is_no_time_is_refused_with_its_row():
    with pytest.raises(DataError, match="row 1: 'tomorrow' in column 'ts' is not a time"):
        read_bars(table(ts=["2020-01-01", "tomorrow", "2020-01-03"]))


def test_a_missing_time_is_refused_or_dropped():
    times = ["2020-01-01", None, "2020-01-03"]
    with pytest.raises(DataError, match="1 row with no usable time"):
        read_bars(table(ts=times))
    made = read_bars(table(ts=times), repair=True)
    assert len(made) == 2
    assert "rows without a time are dropped" in made.notes[0]


def test_local_times_are_converted_and_noted():
    source = table(2, ts=["2020-07-01 09:30", "2020-07-01 09:31"])
    made = read_bars(source, timezone="America/New_York")
    assert made.ts[0] == 1_593_610_200_000_000_000  # 13:30 UTC
    assert made.notes == ("local times of America/New_York converted to UTC",)


def test_times_with_a_zone_ignore_the_timezone_argument():
    source = table(2, ts=["2020-07-01 09:30Z", "2020-07-01 09:31Z"])
    assert read_bars(source, timezone="America/New_York").ts[0] == 1_593_595_800_000_000_000


def test_the_hour_that_happens_twice_is_taken_in_the_order_of_the_rows():
    hours = ["2021-11-07 00:00", "2021-11-07 01:00", "2021-11-07 01:00", "2021-11-07 02:00"]
    made = read_bars(table(4, ts=hours), timezone="America/New_York")
    assert np.diff(made.ts).tolist() == [HOUR] * 3
    assert "2 local times happen twice" in made.notes[1]


def test_the_hour_that_was_skipped_is_refused():
    with pytest.raises(DataError, match="which America/New_York skipped"):
        read_bars(table(2, ts=["2021-03-14 02:30", "2021-03-14 03:30"]), timezone="America/New_York")


def test_an_unknown_zone_is_refused():
    with pytest.raises(ParameterError, match="timezone='Mars/Base' is unknown"):
        read_bars(table(2, ts=["2021-03-14", "2021-03-15"]), timezone="Mars/Base")


def test_daily_bars_away_from_midnight_raise_a_suspicion():
    made = read_bars(table(ts=START + 5 * HOUR + DAY * np.arange(3)))
    assert "3 daily bars do not begin at midnight UTC (the first at 05:00)" in made.notes[0]
    local = ["2020-01-01", "2020-01-02", "2020-01-03"]
    assert read_bars(table(ts=local), timezone="America/New_York").notes == (
        "local times of America/New_York converted to UTC",
    )


def test_weekdays_that_look_shifted_raise_a_suspicion():
    days = [day for day in range(40) if (day + 2) % 7 < 5]  # Monday to Friday
    assert read_bars(table(len(days), ts=START + DAY * np.array(days))).notes == ()
    for shift in (-1, 1):
        made = read_bars(table(len(days), ts=START + DAY * (np.array(days) + shift)))
        assert made.notes == ("bars on weekends but none on Fridays or Mondays: dates look shifted by a day",)


# Symbols


def mixed() -> pl.DataFrame:
    frame = pl.DataFrame(table())
    return pl.concat(
        [frame.with_columns(Symbol=pl.lit("A")), frame.with_columns(Symbol=pl.lit("B"), close=pl.lit(11.0))]
    )


def test_mixed_symbols_are_refused_and_the_error_says_how_to_split():
    with pytest.raises(DataError, match="column 'Symbol' holds 2 symbols: A, B") as refusal:
        read_bars(mixed())
    assert "symbol='A'" in refusal.value.fix


def test_one_of_several_symbols_can_be_chosen():
    made = read_bars(mixed(), symbol="B")
    assert (made.symbol, made.close.tolist(), made.notes) == ("B", [11.0] * 3, ("3 of 6 rows are B",))
    with pytest.raises(DataError, match="'C' is not among them"):
        read_bars(mixed(), symbol="C")


def test_rows_of_a_chosen_symbol_are_named_by_their_place_in_the_source():
    broken = mixed().with_columns(close=pl.when(pl.int_range(pl.len()) == 4).then(None).otherwise("close"))
    with pytest.raises(DataError, match="row 4"):
        read_bars(broken, symbol="B")


def test_the_symbol_of_the_data_names_the_bars():
    frame = mixed().head(3)
    assert read_bars(frame).symbol == "A"
    assert read_bars(frame, symbol="B").notes == ("the data name 'A'; called 'B' as asked",)
    assert read_bars(table(symbol=["BTC/USDT"] * 3), symbol="BTCUSDT").notes == ()


def test_several_symbols_in_the_names_of_a_frame_are_refused():
    names = pd.MultiIndex.from_tuples([("Open", "A"), ("High", "A"), ("Low", "A"), ("Close", "B"), ("Volume", "B")])
    with pytest.raises(DataError, match="several symbols in its columns: A, B"):
        read_bars(indexed_frame().set_axis(names, axis=1))


# Numbers


def test_numbers_as_text_are_read_and_what_is_none_is_refused():
    with pytest.raises(DataError, match=r"'close' has 1 values that are no numbers \[row 1: 'abc'\]"):
        read_bars(table(close=["10", "abc", "12"]))
    made = read_bars(table(close=["10", "abc", "12"]), repair=True)
    assert made.close.tolist() == [10.0, 12.0]
    assert "treated as missing" in made.notes[0]
    assert "rows with NaN prices are dropped" in made.notes[1]


def test_masked_values_and_wide_integers_are_not_taken_for_numbers_that_they_are_not():
    masked = np.ma.MaskedArray([11.0, 11.0, 11.0], mask=[False, True, False])
    with pytest.raises(DataError, match=r"NaN prices \[row 1"):
        read_bars(table(close=masked))
    assert read_bars(table(close=pl.Series([10, 11, 12], dtype=pl.Int128))).close.tolist() == [10.0, 11.0, 12.0]
    with pytest.raises(DataError, match="row 0"):
        read_bars(table(close=[10**30, 11, 12]))


def test_single_precision_gets_its_shortest_decimals_back():
    made = read_bars(table(close=np.array([10.1, 10.0875, 11.3], np.float32)))
    assert made.close.tolist() == [10.1, 10.0875, 11.3]
    assert "close is float32: read as the shortest decimals (4)" in made.notes[0]


@pytest.mark.parametrize(
    ("column", "named"),
    [
        ([True, False, True], "no numbers"),
        ([[1], [2], [3]], "dimensions"),
        ([b"1", object(), 3], "holds Object"),
        (3, "is a int"),
        ({11.0, 12.0, 13.0}, "is a set"),
        (pd.to_datetime(["2020-01-01"] * 3), "holds times"),
    ],
)
def test_a_column_that_holds_no_numbers_is_refused(column, named):
    with pytest.raises(DataError, match=named):
        read_bars(table(close=column))


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(DataError, match="different lengths") as refusal:
        read_bars(table(close=[1.0, 2.0]))
    assert "close 2" in refusal.value.problem


@pytest.mark.parametrize("source", [None, 42, [1, 2], {"BTC": pl.DataFrame(table())}, {"BTC": table()}, {}])
def test_what_is_no_table_is_refused(source):
    with pytest.raises(DataError):
        read_bars(source)


def test_an_empty_table_is_refused():
    with pytest.raises(DataError, match="no bars"):
        read_bars(pl.DataFrame(table()).head(0))


def test_a_repair_that_leaves_nothing_is_refused():
    with pytest.raises(DataError, match="no usable row is left"):
        read_bars(table(close=[0.0, 0.0, 0.0]), repair=True)


def test_repairs_are_counted_placed_and_explained():
    made = read_bars(
        table(5, ts=START + HOUR * np.array([1, 0, 2, 2, 3]), high=[12, 12, 12, 9, 12], close=[11, 11, 11, 11, np.nan]),
        repair=True,
    )
    assert made.ts.tolist() == [START, START + HOUR, START + 2 * HOUR]
    assert made.high.tolist() == [12.0, 12.0, 11.0]
    starts = ["1 row with NaN", "1 row with prices outside", "1 row with time running", "1 row with duplicate"]
    assert [note.startswith(f"repaired: {start}") for note, start in zip(made.notes, starts, strict=True)] == [True] * 4


def test_clean_data_are_the_same_with_and_without_repair():
    assert read_bars(table(), repair=True).notes == ()
    assert read_bars(table(), repair=True).content_hash() == read_bars(table()).content_hash()


def test_raw_columns_are_not_checked():
    raw = read_raw_bars(table(close=[np.nan, "x", -1], ts=START + HOUR * np.array([2, 1, 1])))
    assert raw["ts"].tolist() == (START + HOUR * np.array([2, 1, 1])).tolist()
    assert np.isnan(raw["close"][:2]).all()
    assert raw["close"][2] == -1
    assert raw["row"].tolist() == [0, 1, 2]


def test_the_caller_s_arrays_are_left_alone():
    source = table(close=np.array([10.0, np.nan, 12.0]))
    before = {name: column.copy() for name, column in source.items()}
    read_bars(source, repair=True)
    assert all(np.array_equal(source[name], before[name], equal_nan=True) for name in source)
    assert source["ts"].flags.writeable


def test_adjusted_and_timeframe_are_passed_on():
    made = read_bars(table(), adjusted="splits", timeframe="30m")
    assert (made.adjusted, made.timeframe) == ("splits", 30 * MINUTE)
    assert replace(made, adjusted="none").content_hash() != made.content_hash()


def test_reading_does_not_load_pandas_unless_the_caller_did():
    code = (
        "import sys\n"
        "from parrot.adapters.importers import read_bars\n"
        "assert 'polars' not in sys.modules and 'pyarrow' not in sys.modules\n"
        "read_bars({'ts': [1577836800, 1577836860], 'open': [1, 1], 'high': [1, 1], 'low': [1, 1], 'close': [1, 1]})\n"
        "assert 'pandas' not in sys.modules and 'polars' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
