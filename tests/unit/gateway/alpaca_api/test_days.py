"""The clock and the calendar of New York: a holiday, an early close, the end of summer time, around the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

from parrot.app.exchange.stock_days import stock_days
from parrot.gateway.alpaca_api.days import Days, local, midnight


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


XNYS = Days(stock_days("XNYS", at("2026-11-21")))
ALWAYS = Days(stock_days("open", at("2026-11-21")))


def test_the_clock_on_a_weekend() -> None:
    assert XNYS.clock(at("2026-11-21 12:00") + 123_456_789) == {
        "timestamp": "2026-11-21T07:00:00.123456789-05:00",
        "is_open": False,
        "next_open": "2026-11-23T09:30:00-05:00",
        "next_close": "2026-11-23T16:00:00-05:00",
    }


def test_the_clock_while_trading() -> None:
    assert XNYS.clock(at("2026-07-01 14:00")) == {
        "timestamp": "2026-07-01T10:00:00-04:00",
        "is_open": True,
        "next_open": "2026-07-02T09:30:00-04:00",
        "next_close": "2026-07-01T16:00:00-04:00",
    }


def test_the_calendar_of_thanksgiving() -> None:
    rows = XNYS.calendar(date(2026, 11, 25), date(2026, 11, 30))
    assert [(row["date"], row["open"], row["close"], row["settlement_date"]) for row in rows] == [
        ("2026-11-25", "09:30", "16:00", "2026-11-27"),
        ("2026-11-27", "09:30", "13:00", "2026-11-30"),
        ("2026-11-30", "09:30", "16:00", "2026-12-01"),
    ]


def test_orders_for_the_auctions_are_taken_at_their_times() -> None:
    wednesday = "2026-11-25 "
    opening = {"14:27": True, "14:28": False, "14:30": False, "21:30": False, "23:59": False}
    assert {clock: XNYS.takes_for_open(at(wednesday + clock)) for clock in opening} == opening
    assert XNYS.takes_for_open(at("2026-11-26 00:00"))  # 19:00 in New York
    closing = {"14:27": True, "14:30": True, "20:49": True, "20:50": False, "21:30": False}
    assert {clock: XNYS.takes_for_close(at(wednesday + clock)) for clock in closing} == closing
    assert XNYS.takes_for_close(at("2026-11-26 00:00"))


def test_days_around_the_clock() -> None:
    noon = at("2026-11-21 17:00")
    assert ALWAYS.is_open(noon)
    assert ALWAYS.clock(noon)["next_close"] == "2026-11-22T00:00:00-05:00"
    assert ALWAYS.calendar(date(2026, 11, 1), date(2026, 11, 1)) == [
        {
            "date": "2026-11-01",
            "open": "00:00",
            "close": "23:59",
            "session_open": "0000",
            "session_close": "2359",
            "settlement_date": "2026-11-02",
        }
    ]
    assert not ALWAYS.takes_for_open(noon)
    assert ALWAYS.takes_for_close(noon)


def test_the_day_of_the_end_of_summer_time_has_25_hours() -> None:
    begins = midnight(at("2026-11-01 12:00"))
    assert local(begins).isoformat() == "2026-11-01T00:00:00-04:00"
    assert ALWAYS.next_close(begins) - begins == 25 * 3_600_000_000_000


def test_beyond_the_calendar_the_last_day_is_told() -> None:
    late = at("2036-01-01")
    assert not XNYS.is_open(late)
    assert XNYS.clock(late)["next_open"] < "2029"
    assert XNYS.last_close(0) > 0
