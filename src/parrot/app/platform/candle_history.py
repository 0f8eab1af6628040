"""Candles of what the lake kept: read by whoever asks, never by the thread that trades."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from parrot.adapters.lake.files import FileLake
from parrot.centers.market_data.candles import NONE, coarser, of_trades
from parrot.centers.market_data.live.units import SIZE_DECIMALS
from parrot.contracts.listing import Listing
from parrot.engine.bars import Bars
from parrot.engine.columns import DAY, MINUTE, SECOND, Integers, timeframe_text
from parrot.kernel.errors import MissingError
from parrot.ports.lake import SeriesKey

_KEPT: Final = {SECOND: 6, MINUTE: 200}  # days in memory
_DAYS_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Day:
    """One UTC day of a symbol up to `end`, as its file stood."""

    symbol: str
    day: int
    end: int
    changed: int


class CandleHistory:
    """Rows as in centers.market_data.candles, of the trades that the lake has of one venue; thread-safe."""

    def __init__(self, lake: FileLake, venue: str) -> None:
        self._lake = lake
        self._venue = venue
        self._lock = threading.Lock()
        self._days: dict[int, OrderedDict[_Day, Integers]] = {step: OrderedDict() for step in _KEPT}

    def rows(self, listing: Listing, step: int, *, begin: int, end: int, limit: int) -> Integers:
        """Candles of trades in [begin, end), ns UTC, at least the newest `limit` of them where there are so many.

        Before the first trade there may be bars of that length that were downloaded.
        """
        days = self._recorded(listing.symbol)
        base = MINUTE if step % MINUTE == 0 else SECOND
        found: list[Integers] = []
        count = 0
        for day in [day for day in reversed(days) if begin // DAY <= day < -(-end // DAY)][:_DAYS_MOST]:
            part = coarser(self._day(listing.symbol, day, base, end), step)
            found.append(part[part[:, 0] >= begin - step + 1])
            count += len(part)
            if count > limit:
                break
        else:
            first = days[0] * DAY if days else end
            found.append(self._bars(listing, step, begin, min(first, end)))
        return coarser(np.concatenate(found[::-1]), step) if found else NONE

    def _recorded(self, symbol: str) -> list[int]:
        """Days (since 1970) of which there are trades, oldest first."""
        files = self._lake.layout.files(self._key(symbol, "trades"))
        names = {path.parent.name.removeprefix("date=") for path in files}
        return sorted(int(np.datetime64(name, "D").astype(np.int64)) for name in names if name[:1].isdigit())

    def _day(self, symbol: str, day: int, base: int, end: int) -> Integers:
        begin, end = day * DAY, min(end, (day + 1) * DAY)
        key = self._key(symbol, "trades")
        files = self._lake.layout.files(key, begin, begin)
        state = _Day(symbol, day, end, max((path.stat().st_mtime_ns for path in files), default=0))
        kept = self._days[base]
        with self._lock:
            known = kept.get(state)
            if known is not None:
                kept.move_to_end(state)
                return known
        try:
            trades: Any = self._lake.read_ticks(key, begin, end)
            rows = of_trades(trades, base)
        except MissingError:
            rows = NONE
        with self._lock:
            kept[state] = rows
            while len(kept) > _KEPT[base]:
                kept.popitem(last=False)
        return rows

    def _bars(self, listing: Listing, step: int, begin: int, end: int) -> Integers:
        """Bars that were downloaded, where they fit the listing's digits."""
        if begin >= end:
            return NONE
        try:
            bars = self._lake.read(self._key(listing.symbol, f"ohlcv_{timeframe_text(step)}"), begin, end)
        except MissingError:
            return NONE
        return _fitted(bars, listing.price_decimals)

    def _key(self, symbol: str, kind: str) -> SeriesKey:
        return SeriesKey(self._venue, symbol, kind)


def _fitted(bars: Bars, decimals: int) -> Integers:
    prices = [
        _scaled(column, bars.price_decimals, decimals)
        for column in (bars.open_ticks, bars.high_ticks, bars.low_ticks, bars.close_ticks)
    ]
    volume = _scaled(bars.volume_lots, bars.volume_decimals, SIZE_DECIMALS)
    if volume is None or any(column is None for column in prices):
        return NONE
    return np.column_stack((bars.ts, *prices, volume, np.zeros(len(bars), np.int64)))  # type: ignore[arg-type]


def _scaled(column: Integers, have: int, want: int) -> Integers | None:
    """The same amounts with `want` digits behind the point, None where that would round."""
    if want >= have:
        finer: Integers = column * np.int64(10 ** (want - have))
        return finer
    step = np.int64(10 ** (have - want))
    whole: Integers = column // step
    return None if (column % step).any() else whole
