"""The days of the stock market as Alpaca's clock and calendar tell them, in New York."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from parrot.gateway.alpaca_api.values import SECOND

NEW_YORK: Final = ZoneInfo("America/New_York")
MINUTE: Final = 60 * SECOND
_EVENING: Final = 180 * MINUTE  # from three hours after the close on orders for the next auctions are taken
_BEFORE_OPEN: Final = 2 * MINUTE
_BEFORE_CLOSE: Final = 10 * MINUTE


def local(ts: int) -> datetime:
    """A time in New York, to the second."""
    return datetime.fromtimestamp(ts // SECOND, UTC).astimezone(NEW_YORK)


def midnight(ts: int) -> int:
    """The midnight in New York at or before a time, ns UTC."""
    day = local(ts).date()
    return _ns(datetime(day.year, day.month, day.day, tzinfo=NEW_YORK))


def midnight_of(day: date) -> int:
    """Midnight in New York of a date, ns UTC."""
    return _ns(datetime(day.year, day.month, day.day, tzinfo=NEW_YORK))


def _ns(when: datetime) -> int:
    return int(when.timestamp()) * SECOND


class Days:
    """Opens and closes, ns UTC, in order; days without gaps are a market around the clock."""

    def __init__(self, days: Sequence[tuple[int, int]]) -> None:
        self._opens = [day[0] for day in days]
        self._closes = [day[1] for day in days]
        self._dates = [local(closes - 1).date() for closes in self._closes]

    def is_open(self, ts: int) -> bool:
        """Whether the market trades at a moment."""
        day = bisect_right(self._opens, ts) - 1
        return day >= 0 and ts < self._closes[day]

    def next_open(self, ts: int) -> int:
        """The next open after a moment; the last that is known when the calendar has ended."""
        return self._opens[min(bisect_right(self._opens, ts), len(self._opens) - 1)]

    def next_close(self, ts: int) -> int:
        """The next close after a moment; the last that is known when the calendar has ended."""
        return self._closes[min(bisect_right(self._closes, ts), len(self._closes) - 1)]

    def last_close(self, ts: int) -> int:
        """The newest close that is not after a moment; the first open when there is none."""
        day = bisect_right(self._closes, ts) - 1
        return self._closes[day] if day >= 0 else self._opens[0]

    def takes_for_open(self, ts: int) -> bool:
        """Whether orders for the opening auction are taken: from the evening to two minutes before the open."""
        return not self.is_open(ts) and self._evening(ts) and ts < self.next_open(ts) - _BEFORE_OPEN

    def takes_for_close(self, ts: int) -> bool:
        """Whether orders for the closing auction are taken: from the evening to ten minutes before the close."""
        return (self.is_open(ts) or self._evening(ts)) and ts < self.next_close(ts) - _BEFORE_CLOSE

    def _evening(self, ts: int) -> bool:
        return not 0 <= ts - self.last_close(ts) < _EVENING

    def clock(self, ts: int) -> dict[str, Any]:
        """What /v2/clock answers."""
        fraction = f".{ts % SECOND:09d}".rstrip("0") if ts % SECOND else ""
        stamp = local(ts).isoformat()
        return {
            "timestamp": stamp[:19] + fraction + stamp[19:],
            "is_open": self.is_open(ts),
            "next_open": local(self.next_open(ts)).isoformat(),
            "next_close": local(self.next_close(ts)).isoformat(),
        }

    def calendar(self, start: date | None, end: date | None) -> list[dict[str, str]]:
        """What /v2/calendar answers for the dates from `start` to `end`, both included."""
        first = bisect_left(self._dates, start) if start else 0
        last = bisect_right(self._dates, end) if end else len(self._dates)
        return [self._row(day) for day in range(first, last)]

    def _row(self, day: int) -> dict[str, str]:
        opens, closes = local(self._opens[day]), local(self._closes[day])
        if closes.date() != self._dates[day]:  # a day that ends at midnight
            closes -= timedelta(minutes=1)
        whole = opens.hour == 0
        return {
            "date": self._dates[day].isoformat(),
            "open": opens.strftime("%H:%M"),
            "close": closes.strftime("%H:%M"),
            "session_open": "0000" if whole else "0400",
            "session_close": "2359" if whole else "2000",
            "settlement_date": self._dates[min(day + 1, len(self._dates) - 1)].isoformat(),
        }
