"""Bars of every length out of minutes, and what a symbol did over a while."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from parrot.centers.matching.market.history import COLUMNS, MINUTE, Rows
from parrot.centers.matching.settings import SECOND
from parrot.contracts.exchange import Candle

_DAY: Final = 1440 * MINUTE
_WEEK_FROM: Final = 4 * _DAY  # the first Monday after the first of January 1970
_FAR: Final = np.iinfo(np.int64).max
_LOW: Final = (1 << 32) - 1
LENGTHS: Final = {
    "1s": SECOND,
    "1m": MINUTE,
    "3m": 3 * MINUTE,
    "5m": 5 * MINUTE,
    "15m": 15 * MINUTE,
    "30m": 30 * MINUTE,
    "1h": 60 * MINUTE,
    "2h": 120 * MINUTE,
    "4h": 240 * MINUTE,
    "6h": 360 * MINUTE,
    "8h": 480 * MINUTE,
    "12h": 720 * MINUTE,
    "1d": _DAY,
    "3d": 3 * _DAY,
    "1w": 7 * _DAY,
    "1M": 31 * _DAY,
}


def _begins(times: NDArray[np.int64], interval: str) -> NDArray[np.int64]:
    """When the bars begin that these times belong to."""
    if interval == "1M":
        months = times.astype("datetime64[ns]").astype("datetime64[M]")
        found: NDArray[np.int64] = months.astype("datetime64[ns]").astype(np.int64)
        return found
    start = _WEEK_FROM if interval == "1w" else 0
    return times - (times - start) % LENGTHS[interval]


def _end(begin: int, interval: str) -> int:
    if interval == "1M":
        month = np.datetime64(begin, "ns").astype("datetime64[M]") + 1
        return int(month.astype("datetime64[ns]").astype(np.int64))
    return begin + LENGTHS[interval]


def exact_sums(values: NDArray[np.int64], places: NDArray[np.int64]) -> list[int]:
    """Sums of the parts that begin at `places`, right beyond 63 bits too."""
    high, low = np.add.reduceat(values >> 32, places), np.add.reduceat(values & _LOW, places)
    return [(above << 32) + below for above, below in zip(high.tolist(), low.tolist(), strict=True)]


def candles(symbol: str, interval: str, rows: Rows, now: int, *, since: int, until: int, limit: int) -> list[Candle]:
    """The first `limit` bars from `since` on, else the newest, of those that begin by `until`."""
    latest = min(until or now, now)
    rows = rows[: np.searchsorted(rows[:, 0], latest, "right")]
    span = LENGTHS[interval]
    if since:
        first = int(_begins(np.array([since - 1]), interval)[0]) if since > 0 else 0
        begin = np.searchsorted(rows[:, 0], first)
        rows = rows[begin : begin + (limit + 2) * (span // MINUTE)]
    else:
        rows = rows[max(0, len(rows) - (limit + 2) * (span // MINUTE)) :]
    if not len(rows):
        return []
    begins = _begins(rows[:, 0], interval)
    places = np.flatnonzero(np.r_[True, begins[1:] != begins[:-1]])
    made = _merged(rows, places, begins)
    chosen = [row for row in made if row[0] >= since][:limit] if since else made[len(made) - min(limit, len(made)) :]
    return [candle(symbol, interval, row, now) for row in chosen]


def _merged(rows: Rows, places: NDArray[np.int64], begins: NDArray[np.int64]) -> list[list[int]]:
    ends = np.r_[places[1:], len(rows)] - 1
    columns: list[list[int]] = [
        begins[places].tolist(),
        rows[places, 1].tolist(),
        np.maximum.reduceat(rows[:, 2], places).tolist(),
        np.minimum.reduceat(rows[:, 3], places).tolist(),
        rows[ends, 4].tolist(),
    ]
    columns += [exact_sums(rows[:, column], places) for column in range(5, 10)]
    first = np.minimum.reduceat(np.where(rows[:, 10] < 0, _FAR, rows[:, 10]), places)
    columns.append(np.where(first == _FAR, -1, first).tolist())
    columns.append(np.maximum.reduceat(rows[:, 11], places).tolist())
    return [list(row) for row in zip(*columns, strict=True)]


def candle(symbol: str, interval: str, row: list[int], now: int) -> Candle:
    """A row as a bar."""
    end = _end(row[0], interval)
    return Candle(
        symbol=symbol,
        interval=interval,
        open_ts=row[0],
        close_ts=end - 1,
        open=row[1],
        high=row[2],
        low=row[3],
        close=row[4],
        volume=row[5],
        quote_volume=row[6],
        trades=row[7],
        taker_volume=row[8],
        taker_quote_volume=row[9],
        first_trade=row[10],
        last_trade=row[11],
        closed=end <= now,
    )


def whole(rows: Rows) -> list[int]:
    """All rows as one."""
    return _merged(rows, np.zeros(1, np.int64), rows[:, 0])[0]


def seconds(rows: list[list[int]], now: int, *, since: int, until: int, limit: int) -> list[list[int]]:
    """Rows of seconds without gaps, out of those that had trades."""
    if not rows:
        return []
    latest = min(until or now, now)
    last = latest - latest % SECOND
    first = max(rows[0][0], -(-since // SECOND) * SECOND if since else last - (limit - 1) * SECOND)
    last = min(last, first + (limit - 1) * SECOND)
    known = {row[0]: row for row in rows}
    price = next((row[4] for row in reversed(rows) if row[0] < first), rows[0][1])
    made = []
    for ts in range(first, last + 1, SECOND):
        row = known.get(ts)
        if row is None:
            row = [ts, price, price, price, price, *[0] * (COLUMNS - 7), -1, -1]
        price = row[4]
        made.append(row)
    return made
