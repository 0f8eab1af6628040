from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.engine.columns import (
    LARGEST,
    common_step,
    moment,
    read_only,
    scale,
    timeframe_ns,
    timeframe_text,
    to_floats,
)
from parrot.kernel.errors import DataError, ParameterError


@given(
    decimals=st.integers(0, 12),
    integers=st.lists(st.integers(1, LARGEST), min_size=1, max_size=50),
)
def test_every_decimal_of_up_to_twelve_places_comes_back_as_the_same_float(decimals, integers):
    values = np.array([float(f"{value}e-{decimals}") for value in integers])
    scaled = scale([values], "a price")
    assert scaled.error == 0.0
    assert np.array_equal(to_floats(scaled.columns[0], scaled.decimals), values)


@given(integers=st.lists(st.integers(1, 10**15), min_size=1, max_size=50))
def test_eight_decimals_give_the_integers_that_were_written(integers):
    values = np.array([float(f"{value}e-8") for value in integers])
    scaled = scale([values], "a price")
    assert (
        scaled.columns[0].tolist() == [value * 10 ** (scaled.decimals - 8) for value in integers] or scaled.decimals < 8
    )


def test_the_scale_has_eight_decimals_more_when_needed_and_fewer_for_large_values():
    assert scale([np.array([1.5, 2.25])], "a price").decimals == 8
    assert scale([np.array([0.0000000123])], "a price").decimals == 10
    assert scale([np.array([123_456_789.5])], "a price").decimals == 7
    assert scale([np.array([9e15])], "a price").decimals == 0


def test_columns_share_one_scale():
    scaled = scale([np.array([1.0]), np.array([0.123456789])], "a price")
    assert scaled.decimals == 9
    assert [column.tolist() for column in scaled.columns] == [[1_000_000_000], [123_456_789]]


def test_values_beyond_the_finest_scale_are_rounded_and_the_error_is_told():
    scaled = scale([np.array([1 / 3, 2 / 3])], "a price")
    assert scaled.decimals == 12
    assert scaled.columns[0].tolist() == [333_333_333_333, 666_666_666_667]
    assert 0 < scaled.error < 5e-13


def test_a_needed_decimal_beyond_the_sample_is_found():
    values = np.ones(100_000)
    values[77_777] = 1.000000001
    assert scale([values], "a price").decimals == 9


def test_a_value_too_large_is_refused():
    with pytest.raises(DataError, match="too large"):
        scale([np.array([1e16])], "a price")


def test_the_common_step_is_the_most_frequent_one_and_ignores_gaps():
    assert common_step(np.array([0, 60, 120, 600, 660])) == 60
    assert common_step(np.array([0, 1, 3, 5, 7])) == 2
    assert common_step(np.array([5])) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1m", 60_000_000_000),
        ("15m", 900_000_000_000),
        ("4h", 14_400_000_000_000),
        ("1d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
    ],
)
def test_timeframes_are_read_and_written(text, expected):
    assert timeframe_ns(text) == expected
    assert timeframe_ns(expected) == timeframe_ns(timedelta(microseconds=expected // 1000)) == expected
    assert timeframe_text(expected) == (text if text[0].isdigit() else f"1{text}")


@pytest.mark.parametrize("bad", ["1M", "banana", "", "0m", "-1h", 0, -5, "1.5h"])
def test_what_is_no_timeframe_is_refused(bad):
    with pytest.raises(ParameterError, match="timeframe"):
        timeframe_ns(bad)


def test_moments_are_iso_with_zone():
    assert moment(0) == "1970-01-01T00:00:00Z"
    assert moment(1_577_836_800_123_456_789) == "2020-01-01T00:00:00.123456789Z"
    assert moment(-1) == "1969-12-31T23:59:59.999999999Z"


def test_read_only_never_shares_what_somebody_else_can_write():
    mine = np.arange(5)
    kept = read_only(mine)
    mine[0] = 99
    view = read_only(np.arange(10)[2:5])
    assert kept.tolist() == [0, 1, 2, 3, 4]
    assert not kept.flags.writeable
    assert not view.flags.writeable
    assert read_only(kept) is kept
