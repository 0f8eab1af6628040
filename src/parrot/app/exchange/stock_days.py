"""The days of stocks: those of the New York Stock Exchange, or every day around the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from parrot.engine.calendar import calendar

_NEW_YORK: Final = ZoneInfo("America/New_York")
_REACH: Final = timedelta(days=400)
_SECOND: Final = 1_000_000_000


def stock_days(session: Literal["open", "XNYS"], now: int) -> tuple[tuple[int, int], ...]:
    """Open and close of each day from 400 days before `now` to 400 days after, all in ns UTC.

    "open" has a session every day from midnight to midnight in New York, so that there is always one.
    """
    today = datetime.fromtimestamp(now // _SECOND, UTC).astimezone(_NEW_YORK).date()
    first, last = today - _REACH, today + _REACH
    if session == "open":
        return tuple((_midnight(day), _midnight(day + timedelta(days=1))) for day in _dates(first, last))
    found = calendar(session).sessions(_midnight(first), _midnight(last))
    return tuple(zip(found.open.tolist(), found.close.tolist(), strict=True))


def _dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days)]


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=_NEW_YORK).timestamp()) * _SECOND
