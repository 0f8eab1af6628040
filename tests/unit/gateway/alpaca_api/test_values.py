"""Amounts and times as they are read and written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.contracts.exchange import SCALE
from parrot.gateway.alpaca_api import values
from parrot.gateway.alpaca_api.face import ENCODER
from parrot.gateway.alpaca_api.problems import Problem


@pytest.mark.parametrize(
    ("given_value", "units"),
    [
        ("1", SCALE),
        (1, SCALE),
        (Decimal("1.0"), SCALE),
        (Decimal("189.55"), 18_955_000_000),
        ("0.00000001", 1),
        ("0.000000010", 1),
        (Decimal("1E+2"), 100 * SCALE),
        (".5", SCALE // 2),
        ("+2.50", 250_000_000),
    ],
)
def test_amounts_are_read_exactly(given_value: Any, units: int) -> None:
    assert values.units(given_value, "qty") == units


@pytest.mark.parametrize(
    "given",
    [
        *("", "0", "-1", "nan", "1e5", "٣", "1_000", "0x10", "0.000000001", "9" * 16, "1 2", "1\x00"),
        *(0, -1, True, None, [], {}, 10**70),
        *map(Decimal, ("NaN", "Infinity", "1e400", "1e-400")),
    ],
)
def test_what_is_no_amount_is_refused(given: Any) -> None:
    with pytest.raises(Problem) as told:
        values.units(given, "qty")
    assert told.value.status == 422
    assert "qty" in told.value.body["message"]


def test_amounts_are_written_in_digits() -> None:
    assert [values.text(units) for units in (0, 1, SCALE, 1_250_000_000, -50_000_000)] == [
        "0",
        "0.00000001",
        "1",
        "12.5",
        "-0.5",
    ]
    assert values.ratio(1 * SCALE, 3 * SCALE) == "0.33333333"
    assert values.ratio(-2, 3) == "-0.66666667"
    assert values.ratio(5, 0) == "0"
    assert values.product(33_333_333, 3 * SCALE) == 99_999_999


def test_times_are_written_to_the_nanosecond() -> None:
    assert values.moment(0) == "1970-01-01T00:00:00Z"
    assert values.moment(1_700_000_000_000_000_001) == "2023-11-14T22:13:20.000000001Z"
    assert values.moment(1_700_000_000_500_000_000) == "2023-11-14T22:13:20.5Z"


@pytest.mark.parametrize(
    ("given", "ts"),
    [
        ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
        ("2023-11-14T17:13:20-05:00", 1_700_000_000_000_000_000),
        ("2023-11-14T22:13:20.000000001Z", 1_700_000_000_000_000_001),
        ("2023-11-14T22:13:20.5+00:00", 1_700_000_000_500_000_000),
        ("2023-11-14T22:13:20 00:00", 1_700_000_000_000_000_000),  # a plus sign that was not escaped in a query
        ("2023-11-14", 1_699_920_000_000_000_000),
    ],
)
def test_times_are_read_to_the_nanosecond(given: str, ts: int) -> None:
    assert values.read_moment(given, "start") == ts


def test_a_date_ends_with_its_last_nanosecond() -> None:
    assert values.read_moment("2023-11-14", "end", end=True) == 1_700_006_400_000_000_000 - 1


@pytest.mark.parametrize("given", ["", "yesterday", "2023-13-01", "2023-11-14T25:00:00Z", "1700000000", "0000-01-01"])
def test_what_is_no_time_is_refused(given: str) -> None:
    with pytest.raises(Problem) as told:
        values.read_moment(given, "start")
    assert told.value.status == 400
    assert "invalid start" in told.value.body["message"]


@given(st.integers(-(1 << 62), 1 << 62))
def test_a_number_has_the_digits_of_its_text(units: int) -> None:
    assert Decimal(ENCODER.encode(values.number(units)).decode()) == Decimal(values.text(units))
