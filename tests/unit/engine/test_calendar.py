"""Calendars agree with exchange_calendars' own published answers, and the default needs no package."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parrot.engine.calendar import DAY_NS, NO_BREAK, calendar
from parrot.kernel.errors import DataError, ParameterError

HOUR_NS = 3_600_000_000_000
ORACLES = {"24-5": "24/5", "24-7": "24/7", "cmes": "CMES", "xlon": "XLON", "xnys": "XNYS", "xtks": "XTKS"}


def ns(text: str) -> int:
    """ISO time, UTC, as ns."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def oracle(path: Path) -> dict[str, np.ndarray]:
    import pyarrow as pa

    with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as stream:
        rows = list(csv.reader(io.StringIO(stream.read().decode())))
    columns = list(zip(*rows[1:], strict=True))
    names = ["day", *rows[0][1:]]
    return {
        name: np.array([ns(text.rstrip("Z")) if text else NO_BREAK for text in column], dtype=np.int64)
        for name, column in zip(names, columns, strict=True)
    }


@pytest.mark.parametrize("stem", ORACLES)
def test_every_session_agrees_with_the_oracle(stem: str, shared: Path) -> None:
    expected = oracle(shared / "data" / "oracles" / "exchange_calendars" / f"{stem}.csv.zst")
    found = calendar(ORACLES[stem]).sessions(int(expected["open"][0]), int(expected["close"][-1]))
    assert len(found) == len(expected["day"])
    for name, column in expected.items():
        np.testing.assert_array_equal(getattr(found, name), column, err_msg=f"{stem} {name}")


@pytest.mark.parametrize("stem", ORACLES)
def test_every_open_minute_of_the_oracle_belongs_to_its_session(stem: str, shared: Path) -> None:
    expected = oracle(shared / "data" / "oracles" / "exchange_calendars" / f"{stem}.csv.zst")
    market = calendar(ORACLES[stem])
    days = expected["day"] // DAY_NS
    for moment in (expected["open"], expected["close"] - 1):
        np.testing.assert_array_equal(market.session_ids(moment), days)
        assert market.is_open(moment).all()
    np.testing.assert_array_equal(market.session_ids(expected["close"])[:-1], days[1:])
    total = market.open_between(expected["open"], expected["close"])
    rest = np.where(expected["break_start"] == NO_BREAK, 0, expected["break_end"] - expected["break_start"])
    np.testing.assert_array_equal(total, expected["close"] - expected["open"] - rest)


def test_the_default_calendar_is_utc_days_and_imports_nothing() -> None:
    code = (
        "import sys; from parrot.engine.calendar import calendar; c = calendar();"
        "assert c.session_ids([0, 86_399_999_999_999, 86_400_000_000_000]).tolist() == [0, 0, 1];"
        "assert c.periods_per_year == 365; assert c.is_open([5]).all(); assert len(c.sessions(0, 1)) == 1;"
        "assert not {'exchange_calendars', 'pandas', 'polars'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_exchange_has_252_periods_a_year_and_aliases_work() -> None:
    assert calendar("NYSE").name == "XNYS"
    assert calendar("NYSE").periods_per_year == 252
    assert calendar("24/7") == calendar()


def test_a_moment_outside_hours_belongs_to_the_next_session() -> None:
    nyse = calendar("XNYS")
    friday_evening, saturday, monday_open = ns("2024-01-05T21:00"), ns("2024-01-06T12:00"), ns("2024-01-08T14:30")
    monday = ns("2024-01-08") // DAY_NS
    assert nyse.session_ids([friday_evening, saturday, monday_open]).tolist() == [monday] * 3
    assert nyse.is_open([friday_evening, saturday, monday_open]).tolist() == [False, False, True]


def test_a_daily_bar_stamped_midnight_gets_the_session_of_its_date() -> None:
    for name in ("XNYS", "XLON", "XTKS", "CMES"):
        tuesday = ns("2024-03-12")
        assert calendar(name).session_ids([tuesday]).tolist() == [tuesday // DAY_NS], name


def test_a_lunch_break_is_closed_but_inside_its_session() -> None:
    tokyo = calendar("XTKS")
    lunch = ns("2024-03-12T03:00")
    assert not tokyo.is_open([lunch])[0]
    assert tokyo.session_ids([lunch])[0] == ns("2024-03-12") // DAY_NS
    assert tokyo.open_between([ns("2024-03-12T02:00")], [ns("2024-03-12T04:00")])[0] == HOUR_NS


def test_trading_time_skips_nights_weekends_and_holidays() -> None:
    nyse = calendar("XNYS")
    thursday_close, next_open = ns("2024-03-28T20:00"), ns("2024-04-01T13:30")  # Good Friday and a weekend
    assert nyse.open_between([thursday_close], [next_open]).tolist() == [0]
    assert nyse.open_between([thursday_close - HOUR_NS], [next_open + HOUR_NS]).tolist() == [2 * HOUR_NS]
    assert nyse.open_between([next_open], [thursday_close]).tolist() == [0]
    assert nyse.days_between([ns("2024-03-28")], [ns("2024-04-02")]).tolist() == [2]
    assert calendar().days_between([ns("2024-03-28")], [ns("2024-04-02")]).tolist() == [5]


def test_an_unknown_name_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match="MOON"):
        calendar("MOON")


def test_a_date_beyond_the_calendar_is_refused_with_its_reach() -> None:
    with pytest.raises(DataError, match="XTKS does not reach") as caught:
        calendar("XTKS").sessions(ns("1980-01-01"), ns("1981-01-01"))
    assert "1997" in caught.value.expected


def test_no_moments_give_no_sessions() -> None:
    for name in ("24/7", "XNYS"):
        market = calendar(name)
        assert market.session_ids([]).size == market.is_open([]).size == market.open_between([], []).size == 0


def test_the_default_sessions_are_whole_days() -> None:
    found = calendar().sessions(ns("2024-01-01"), ns("2024-01-03"))
    assert pl.Series(found.close - found.open).unique().to_list() == [DAY_NS]
    assert len(found) == 2
