"""Trading calendars: when a market is open, which session a moment belongs to, how many periods a year has.

`24/7` (the default) is computed here: every UTC day is one session. Every other name is an exchange of the
exchange_calendars package, which is imported when the first such calendar is asked for.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from parrot.kernel.errors import DataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ALWAYS: Final = "24/7"
DAY_NS: Final = 86_400_000_000_000
_HOUR_NS: Final = 3_600_000_000_000
NO_BREAK: Final = int(np.iinfo(np.int64).min)

# Cached spans are whole blocks of years, so that many short questions share one load.
_BLOCK_YEARS: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """The sessions of a calendar, in order.

    All columns are int64 arrays of one length in ns UTC: `day` is midnight of the session's date, `open` and `close`
    its hours, `break_start` and `break_end` its lunch break (`NO_BREAK` where there is none).
    """

    day: NDArray[np.int64]
    open: NDArray[np.int64]
    close: NDArray[np.int64]
    break_start: NDArray[np.int64]
    break_end: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.day)

    def rows(self, start: int, stop: int) -> Sessions:
        """The sessions numbered `start` up to, not including, `stop`."""
        pick = slice(start, stop)
        return Sessions(self.day[pick], self.open[pick], self.close[pick], self.break_start[pick], self.break_end[pick])


@dataclass(frozen=True, slots=True)
class Calendar:
    """A market's calendar, by name.

    `periods_per_year` is how many daily returns make a year when a statistic is annualised: 365 for `24/7`,
    252 for an exchange.
    """

    name: str
    periods_per_year: int

    def sessions(self, start_ns: int, end_ns: int) -> Sessions:
        """Sessions that are at least partly inside [start_ns, end_ns), ns UTC.

        Raises DataError when the calendar does not reach that far.
        """
        if self.name == ALWAYS:
            return _utc_days(start_ns, end_ns)
        known = self._covering(start_ns, end_ns)
        first = int(np.searchsorted(known.close, start_ns, side="right"))
        last = int(np.searchsorted(known.open, end_ns, side="left"))
        return known.rows(first, max(first, last))

    def session_ids(self, ts: ArrayLike) -> NDArray[np.int64]:
        """Session of each moment: the one it falls into or, while the market is closed, the next to open.

        `ts` is ns UTC in any order; the answer counts days from 1970-01-01 to the session's date, so ids rise with
        time. A daily bar stamped 00:00 UTC of its date gets the session of that date. A lunch break is inside its
        session. Raises DataError when the calendar does not reach that far.
        """
        moments = np.asarray(ts, dtype=np.int64)
        if self.name == ALWAYS or moments.size == 0:
            return moments // DAY_NS
        known = self._covering(int(moments.min()), int(moments.max()))
        where = np.searchsorted(known.close, moments, side="right")
        return known.day[where] // DAY_NS

    def is_open(self, ts: ArrayLike) -> NDArray[np.bool_]:
        """Whether the market trades at each moment (ns UTC): open <= ts < close, lunch break excluded."""
        moments = np.asarray(ts, dtype=np.int64)
        if self.name == ALWAYS or moments.size == 0:
            return np.ones(moments.shape, dtype=np.bool_)
        known = self._covering(int(moments.min()), int(moments.max()))
        where = np.searchsorted(known.close, moments, side="right")
        resting = (moments >= known.break_start[where]) & (moments < known.break_end[where])
        inside: NDArray[np.bool_] = (moments >= known.open[where]) & ~resting
        return inside

    def open_between(self, start_ns: ArrayLike, end_ns: ArrayLike) -> NDArray[np.int64]:
        """Nanoseconds of trading time in each [start, end), ns UTC; zero where end is not after start."""
        starts = np.asarray(start_ns, dtype=np.int64)
        ends = np.maximum(np.asarray(end_ns, dtype=np.int64), starts)
        if self.name == ALWAYS or starts.size == 0:
            return ends - starts
        known = self._covering(int(starts.min()), int(ends.max()))
        edges, elapsed = _trading_clock(known)
        return _read_clock(edges, elapsed, ends) - _read_clock(edges, elapsed, starts)

    def days_between(self, start_ns: ArrayLike, end_ns: ArrayLike) -> NDArray[np.int64]:
        """Number of sessions whose date (midnight UTC) lies in each [start, end), ns UTC."""
        starts = np.asarray(start_ns, dtype=np.int64)
        ends = np.maximum(np.asarray(end_ns, dtype=np.int64), starts)
        if self.name == ALWAYS:
            return -(-ends // DAY_NS) + (-starts // DAY_NS)
        if starts.size == 0:
            return starts.copy()
        days = self._covering(int(starts.min()), int(ends.max())).day
        return np.searchsorted(days, ends) - np.searchsorted(days, starts)

    def _covering(self, start_ns: int, end_ns: int) -> Sessions:
        # A year on both sides, so that "the next session to open" exists even before a long holiday.
        first, last = _year(start_ns) - 1, _year(end_ns) + 1
        known = _load(self.name, first - first % _BLOCK_YEARS, last - last % _BLOCK_YEARS + _BLOCK_YEARS)
        if len(known) == 0 or end_ns >= known.close[-1] or start_ns < known.day[0] - 30 * DAY_NS:
            raise DataError(
                f"the calendar {self.name} does not reach from {_text(start_ns)} to {_text(end_ns)}",
                expected=_reach(known),
                fix="use the data inside that range, or calendar 24/7",
            )
        return known


def calendar(name: str = ALWAYS) -> Calendar:
    """The calendar of that name: `24/7`, or one of exchange_calendars (`XNYS`, `XLON`, `XTKS`, `CMES`, `24/5`, ...).

    Raises ParameterError for a name that nobody knows.
    """
    if name == ALWAYS:
        return Calendar(ALWAYS, 365)
    canonical = _canonical(name)
    return Calendar(canonical, 252) if canonical != ALWAYS else Calendar(ALWAYS, 365)


@lru_cache(maxsize=256)
def _canonical(name: str) -> str:
    import exchange_calendars

    if name not in exchange_calendars.calendar_utils.get_calendar_names():
        raise ParameterError(
            f"unknown calendar {name!r}",
            expected="24/7, or an exchange such as XNYS, XLON, XTKS, CMES",
            fix="see exchange_calendars.get_calendar_names()",
        )
    return str(exchange_calendars.aliases_to_names().get(name, name))


@lru_cache(maxsize=64)
def _load(name: str, first_year: int, last_year: int) -> Sessions:
    """Sessions of the years [first_year, last_year), cut to what the calendar knows (never to nothing)."""
    import exchange_calendars

    with warnings.catch_warnings():
        # exchange_calendars uses what coming versions of pandas will drop; nobody here can act on that.
        warnings.simplefilter("ignore")
        bounds = exchange_calendars.get_calendar(name)
        start, end = _within(
            date(first_year, 1, 1), date(last_year - 1, 12, 31), bounds.bound_min(), bounds.bound_max()
        )
        table = exchange_calendars.get_calendar(name, start=str(start), end=str(end)).schedule
    day, close = _ns(table.index.to_series()), _ns(table["close"])
    return Sessions(
        day,
        _ns(table["open"]),
        _juneteenth(day, close) if name == "CMES" else close,
        _ns(table["break_start"]),
        _ns(table["break_end"]),
    )


def _within(start: date, end: date, lowest: Any, highest: Any) -> tuple[date, date]:
    """The span cut to what a calendar knows, but never to nothing."""
    year = timedelta(days=365)
    if highest is not None:
        start, end = min(start, highest.date() - year), min(end, highest.date())
    if lowest is not None:
        start, end = max(start, lowest.date()), max(end, lowest.date() + year)
    return start, end


def _juneteenth(day: NDArray[np.int64], close: NDArray[np.int64]) -> NDArray[np.int64]:
    """CME closes at noon in Chicago on the observed 19 June since 2022.

    exchange_calendars learned it after its release 4.13.2; the earlier of both closes is right with either.
    """
    june = [date(year, 6, 19) for year in range(2022, _year(int(day[-1])) + 1)]
    observed = [when + timedelta(days={5: -1, 6: 1}.get(when.weekday(), 0)) for when in june]
    early = np.array([when.toordinal() for when in observed], dtype=np.int64) - date(1970, 1, 1).toordinal()
    noon_in_chicago = day + 17 * _HOUR_NS
    return np.where(np.isin(day // DAY_NS, early), np.minimum(close, noon_in_chicago), close)


def _utc_days(start_ns: int, end_ns: int) -> Sessions:
    day = np.arange(start_ns // DAY_NS, -(-max(start_ns, end_ns) // DAY_NS), dtype=np.int64) * DAY_NS
    none = np.full(len(day), NO_BREAK)
    return Sessions(day, day, day + DAY_NS, none, none)


def _ns(column: Any) -> NDArray[np.int64]:
    """A pandas time column as int64 ns; an absent time becomes NO_BREAK, which is how pandas stores it."""
    times: NDArray[np.int64] = column.dt.as_unit("ns").astype("int64").to_numpy().copy()
    times.flags.writeable = False
    return times


def _trading_clock(known: Sessions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Breakpoints of "trading time elapsed": between edges 2k and 2k+1 the clock runs, elsewhere it stands."""
    rests = known.break_start != NO_BREAK
    starts = np.sort(np.concatenate([known.open, known.break_end[rests]]))
    stops = np.sort(np.concatenate([known.break_start[rests], known.close]))
    edges = np.stack([starts, stops], axis=1).ravel()
    ran = np.cumsum(stops - starts)
    elapsed = np.stack([ran - (stops - starts), ran], axis=1).ravel()
    return edges, elapsed


def _read_clock(edges: NDArray[np.int64], elapsed: NDArray[np.int64], moments: NDArray[np.int64]) -> NDArray[np.int64]:
    where = np.searchsorted(edges, moments, side="right") - 1
    before = where < 0
    safe = np.maximum(where, 0)
    runs = (safe % 2 == 0) & ~before
    read: NDArray[np.int64] = np.where(before, 0, elapsed[safe] + np.where(runs, moments - edges[safe], 0))
    return read


def _year(ns: int) -> int:
    return int(np.datetime64(int(ns), "ns").astype("datetime64[Y]").astype(np.int64)) + 1970


def _text(ns: int) -> str:
    return str(np.datetime64(int(ns), "ns").astype("datetime64[s]")) + "Z"


def _reach(known: Sessions) -> str:
    if len(known) == 0:
        return "dates that the calendar knows"
    return f"dates from {_text(int(known.day[0]))[:10]} to {_text(int(known.day[-1]))[:10]}"
