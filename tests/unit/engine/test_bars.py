from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.engine.bars import Bars
from parrot.engine.columns import DAY, HOUR, MINUTE, WEEK, to_floats
from parrot.engine.defects import BAR_CHECKS, RawRows, bars_are_clean, mend
from parrot.kernel.errors import DataError, ParameterError

START = 1_577_836_800_000_000_000  # 2020-01-01, a Wednesday


def rows(n=4, step=HOUR, start=START, **columns):
    values = {
        "open": np.full(n, 10.0),
        "high": np.full(n, 12.0),
        "low": np.full(n, 9.0),
        "close": np.full(n, 11.0),
        "volume": np.full(n, 5.0),
    }
    ts = np.asarray(columns.pop("ts", start + step * np.arange(n)), np.int64)
    values |= {name: np.asarray(column, np.float64) for name, column in columns.items()}
    return RawRows(ts, values, np.arange(len(ts)))


def bars(n=4, step=HOUR, start=START, timeframe=None, **columns):
    return Bars.from_floats(rows(n, step, start, **columns), timeframe=timeframe)


def test_prices_are_ticks_of_the_scale():
    made = bars()
    assert made.price_decimals == made.volume_decimals == 8
    assert made.high_ticks.tolist() == [1_200_000_000] * 4
    assert made.volume_lots.tolist() == [500_000_000] * 4
    assert made.close.tolist() == [11.0] * 4
    assert made.volume.tolist() == [5.0] * 4


def test_columns_cannot_change():
    made = bars()
    with pytest.raises(ValueError, match="read-only"):
        made.close_ticks[0] = 1
    with pytest.raises(FrozenInstanceError):
        made.symbol = "X"


def test_bars_do_not_follow_changes_of_the_caller_s_array():
    raw = rows()
    made = Bars.from_floats(raw)
    raw.ts[0] = 0
    assert made.ts[0] == START


def test_a_bar_closes_one_timeframe_after_it_opens_but_not_beyond_the_next_open():
    made = bars(ts=START + HOUR * np.array([0, 1, 2, 5]))
    assert made.timeframe == HOUR
    assert (made.close_ts - made.ts).tolist() == [HOUR] * 4
    early = bars(ts=[START, START + HOUR, START + HOUR + MINUTE, START + 2 * HOUR + MINUTE])
    assert early.timeframe == HOUR
    assert early.close_ts.tolist() == [
        START + HOUR,
        START + HOUR + MINUTE,
        START + 2 * HOUR + MINUTE,
        START + 3 * HOUR + MINUTE,
    ]


def test_one_bar_needs_a_timeframe():
    with pytest.raises(DataError, match="one bar does not tell its length"):
        bars(n=1)
    assert bars(n=1, timeframe=HOUR).close_ts.tolist() == [START + HOUR]


def test_a_timeframe_longer_than_the_usual_step_is_refused():
    with pytest.raises(DataError, match="longer than the usual step of 1h"):
        bars(timeframe=DAY)
    assert bars(timeframe=MINUTE).close_ts[0] == START + MINUTE


def test_given_close_times_must_lie_after_the_open_and_not_beyond_the_next():
    raw = rows(n=2)
    assert Bars.from_floats(raw, close_ts=raw.ts + MINUTE).close_ts.tolist() == (raw.ts + MINUTE).tolist()
    for wrong in (raw.ts, raw.ts + 2 * HOUR):
        with pytest.raises(DataError, match="row 0"):
            Bars.from_floats(raw, close_ts=wrong)


def test_missing_volume_counts_as_zero_and_is_noted():
    made = bars(volume=[1.0, np.nan, np.nan, 4.0])
    assert made.volume.tolist() == [1.0, 0.0, 0.0, 4.0]
    assert made.notes == ("volume missing in 2 of 4 rows: 0 used",)


def test_rounding_is_noted():
    made = bars(close=[11.0, 11.0, 11.0, 32 / 3])
    assert made.price_decimals == 12
    assert "prices rounded to 12 decimals" in made.notes[0]


def test_large_volume_gets_fewer_decimals_and_stays_exact():
    made = bars(volume=[1.25, 2e9, 3.0, 4.0])
    assert made.volume_decimals == 6
    assert made.volume.tolist() == [1.25, 2e9, 3.0, 4.0]


def test_adjusted_is_one_of_three_words():
    with pytest.raises(ParameterError, match="adjusted='total' is unknown"):
        Bars.from_floats(rows(), adjusted="total")


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("close", np.nan, "NaN prices [row 2 (2020-01-01T02:00:00Z): close=nan]"),
        ("high", np.inf, "infinite prices [row 2 (2020-01-01T02:00:00Z): high=inf]"),
        ("low", -1.0, "zero or negative prices [row 2 (2020-01-01T02:00:00Z): low=-1]"),
        ("open", 0.0, "zero or negative prices [row 2 (2020-01-01T02:00:00Z): open=0]"),
        ("high", 8.0, "prices outside high and low [row 2 (2020-01-01T02:00:00Z): open=10 high=8 low=9 close=11]"),
        ("close", 13.0, "prices outside high and low"),
        ("volume", -5.0, "negative or infinite volume [row 2 (2020-01-01T02:00:00Z): volume=-5]"),
        ("volume", np.inf, "negative or infinite volume"),
    ],
)
def test_a_bad_value_is_refused_with_its_row_and_time(column, value, named):
    raw = rows()
    raw.values[column][2] = value
    assert not bars_are_clean(raw)
    with pytest.raises(DataError) as refusal:
        Bars.from_floats(raw, source="here")
    assert refusal.value.problem.startswith("here: 1 row with ")
    assert named in refusal.value.problem
    assert refusal.value.expected
    assert "repair=True" in refusal.value.fix


@pytest.mark.parametrize(
    ("ts", "named"),
    [
        ([0, 2, 1, 3], "time running backward [row 2 (2020-01-01T01:00:00Z): earlier than the row before it]"),
        ([0, 1, 1, 3], "duplicate time [row 1 (2020-01-01T01:00:00Z): again in row 2 with equal values]"),
    ],
)
def test_time_that_does_not_increase_is_refused(ts, named):
    with pytest.raises(DataError) as refusal:
        bars(ts=START + HOUR * np.array(ts))
    assert named in refusal.value.problem


def test_a_missing_time_is_refused():
    with pytest.raises(DataError, match=r"no usable time \[row 0 \(no time\)"):
        bars(ts=[np.iinfo(np.int64).min, START, START + 1, START + 2])


def test_all_kinds_of_defects_are_named_at_once():
    with pytest.raises(DataError) as refusal:
        bars(close=[np.nan, 11, 11, 11], low=[9, 0, 9, 9], volume=[1, 1, -1, 1])
    for kind in ("NaN prices", "zero or negative prices", "negative or infinite volume"):
        assert kind in refusal.value.problem


def test_no_rows_are_refused():
    with pytest.raises(DataError, match="no bars"):
        bars(n=0)


PRICE = st.one_of(st.floats(0.5, 2.0), st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -1.0]))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 6),
            PRICE,
            PRICE,
            PRICE,
            PRICE,
            st.one_of(st.floats(0, 10), st.sampled_from([np.nan, -1.0, np.inf])),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_repaired_rows_are_clean_and_every_repair_is_explained(found):
    columns = [np.array(column) for column in zip(*found, strict=True)]
    raw = RawRows(
        START + HOUR * columns[0],
        dict(zip(("open", "high", "low", "close", "volume"), columns[1:], strict=True)),
        np.arange(len(found)),
    )
    try:
        mended, notes = mend(raw, "here", BAR_CHECKS)
    except DataError:  # nothing was left: every row had a defect that cannot be mended
        assert not any(bars_are_clean(raw.take(np.array([row]))) for row in range(len(raw)))
        return
    assert bars_are_clean(mended)
    assert bool(notes) == (not bars_are_clean(raw))
    untouched = len(mended) == len(raw) and all(
        np.array_equal(mended.values[name], raw.values[name], equal_nan=True) for name in raw.values
    )
    assert untouched or notes
    assert all(note.startswith("repaired: ") and "row " in note for note in notes)
    assert len(Bars.from_floats(mended, timeframe=MINUTE)) == len(mended)


@given(
    st.lists(st.tuples(*[st.integers(1, 10**9)] * 4, st.integers(0, 10**12)), min_size=2, max_size=30),
    st.integers(0, 8),
)
def test_floats_go_in_and_come_out_the_same(found, decimals):
    prices = np.sort(np.array([row[:4] for row in found], np.int64), axis=1)
    o, h, low, c = (np.array([float(f"{v}e-{decimals}") for v in prices[:, i]]) for i in (1, 3, 0, 2))
    volume = np.array([float(f"{row[4]}e-4") for row in found])
    made = bars(n=len(found), open=o, high=h, low=low, close=c, volume=volume)
    for name, came in (("open", o), ("high", h), ("low", low), ("close", c), ("volume", volume)):
        assert np.array_equal(getattr(made, name), came), name


def test_between_takes_the_start_and_leaves_the_end():
    made = bars(n=5)
    cut = made.between(START + HOUR, START + 3 * HOUR)
    assert cut.ts.tolist() == [START + HOUR, START + 2 * HOUR]
    assert len(made.between()) == 5
    assert len(made.between(end=START)) == 0
    assert len(made.between(START + 3 * HOUR, START)) == 0
    assert np.shares_memory(cut.close_ticks, made.close_ticks)


def test_resampling_gathers_open_high_low_close_and_volume():
    made = bars(
        n=4,
        open=[10, 11, 12, 13],
        high=[15, 16, 14, 18],
        low=[9, 8, 11, 12],
        close=[11, 12, 13, 14],
        volume=[1, 2, 3, 4],
    ).resample(2 * HOUR)
    assert made.ts.tolist() == [START, START + 2 * HOUR]
    assert made.close_ts.tolist() == [START + 2 * HOUR, START + 4 * HOUR]
    assert made.timeframe == 2 * HOUR
    assert [made.open.tolist(), made.high.tolist(), made.low.tolist(), made.close.tolist(), made.volume.tolist()] == [
        [10, 12],
        [16, 18],
        [8, 11],
        [12, 14],
        [3, 7],
    ]


def test_an_incomplete_last_bar_is_dropped_with_a_note():
    made = bars(n=5).resample(2 * HOUR)
    assert made.ts.tolist() == [START, START + 2 * HOUR]
    assert made.notes == ("incomplete last 2h bar dropped",)


def test_buckets_are_aligned_to_the_epoch_and_gaps_give_no_bar():
    made = bars(ts=START + HOUR * np.array([1, 2, 3, 9, 10, 11])[:6], n=6).resample(4 * HOUR)
    assert ((made.ts - START) // HOUR).tolist() == [0, 8]


def test_weeks_begin_on_monday():
    made = bars(n=30, step=DAY).resample(WEEK)
    monday = 1_578_268_800_000_000_000  # 2020-01-06
    assert made.ts.tolist() == [monday - WEEK, monday, monday + WEEK, monday + 2 * WEEK]


def test_resampling_to_the_same_timeframe_changes_nothing():
    made = bars()
    assert made.resample(HOUR) is made


@pytest.mark.parametrize("timeframe", [MINUTE, 90 * MINUTE])
def test_a_timeframe_that_is_no_multiple_is_refused(timeframe):
    with pytest.raises(ParameterError, match="cannot make"):
        bars().resample(timeframe)


def test_a_bar_that_reaches_into_two_buckets_is_refused():
    with pytest.raises(DataError, match="reaches into two 2h buckets"):
        bars(start=START + 30 * MINUTE).resample(2 * HOUR)


def test_volume_that_outgrows_its_scale_loses_decimals_not_value():
    made = bars(n=2, volume=[9e7, 9e7]).resample(2 * HOUR)
    assert made.volume_decimals == 7
    assert made.volume.tolist() == [1.8e8]


@given(st.integers(2, 6), st.lists(st.integers(0, 200), min_size=2, max_size=40, unique=True))
def test_resampling_in_two_steps_equals_resampling_in_one(factor, hours):
    found = np.sort(np.array([*hours, 215]))  # the last hour of a day closes every bucket
    n = len(found)
    made = bars(n=n, ts=START + HOUR * found, close=9 + np.arange(n) % 3, timeframe=HOUR)
    big = 2 * factor * HOUR
    if DAY % big:
        return
    two, one = made.resample(2 * HOUR), made.resample(big)
    again = two.resample(big)
    assert again.ts.tolist() == one.ts.tolist()
    assert again.content_hash() == one.content_hash()


def test_the_content_hash_depends_on_content_only():
    made = bars()
    same = Bars.from_floats(rows(), symbol="X", notes=("note",), source="elsewhere")
    assert made.content_hash() == same.content_hash()
    assert len(made.content_hash()) == 64
    assert made.content_hash() != bars(close=[11, 11, 11, 10]).content_hash()
    assert made.content_hash() != Bars.from_floats(rows(), adjusted="splits").content_hash()


def test_a_frame_holds_the_floats():
    frame = bars().to_polars()
    assert frame.columns == ["ts", "open", "high", "low", "close", "volume", "close_ts"]
    assert frame["close"].to_list() == [11.0] * 4


def test_columns_of_unequal_length_are_refused():
    made = bars()
    with pytest.raises(DataError, match="unequal length"):
        replace(made, ts=made.ts[:2])


def test_repr_tells_symbol_timeframe_size_and_span():
    assert repr(bars()) == "Bars(no symbol, 1h, 4 rows, 2020-01-01T00:00:00Z .. 2020-01-01T03:00:00Z)"
    assert repr(bars().between(end=0)) == "Bars(no symbol, 1h, 0 rows, empty)"


def test_floats_of_integers_are_correctly_rounded():
    assert to_floats(np.array([1, 3, 10**15 + 1]), 1).tolist() == [0.1, 0.3, 100000000000000.1]
