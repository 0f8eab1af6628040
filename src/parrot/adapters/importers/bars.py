"""read_bars: whatever holds bars, recognised, checked and made exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.adapters.importers.names import BARS
from parrot.adapters.importers.numbers import floats
from parrot.adapters.importers.sources import Source, open_source
from parrot.engine.bars import Bars
from parrot.engine.columns import DAY, MINUTE, timeframe_ns
from parrot.engine.defects import BAR_CHECKS, PRICES, RawRows, bars_are_clean, mend

if TYPE_CHECKING:
    from numpy.typing import NDArray


def read_bars(
    source: Any,
    *,
    symbol: str = "",
    timeframe: int | str | timedelta | None = None,
    columns: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    adjusted: str = "none",
    repair: bool = False,
    time_unit: str | None = None,
) -> Bars:
    """Read bars of one symbol from a file, a frame or arrays.

    `source` is a path (.parquet, .csv, .npz, .feather, .json, .zip ...), a polars or pandas frame, a dict of arrays,
    or Bars, which pass through. Columns are found by their usual names or by `columns={"close": "Last"}`; others are
    ignored. Times become int64 ns UTC open times: datetimes without a zone are in `timezone`, epochs are told by
    magnitude unless `time_unit` ("s", "ms", "us", "ns") says. `symbol` chooses one of several, or names what is read.
    `adjusted` tells what the prices already contain. Raises DataError naming rows when the data are unusable;
    `repair=True` mends what can be mended and says so in `notes`.
    """
    if isinstance(source, Bars):
        return replace(source, symbol=symbol) if symbol else source
    length = None if timeframe is None else timeframe_ns(timeframe)
    opened = open_source(source, "bars", BARS, columns=columns, symbol=symbol)
    raw, notes = _raw(opened, timezone, time_unit, repair=repair)
    closes = _closes(opened, timezone, time_unit)
    if repair and not bars_are_clean(raw):
        raw, repairs = mend(raw, opened.name, BAR_CHECKS)
        notes += repairs
    bars = Bars.from_floats(
        raw,
        symbol=opened.symbol,
        timeframe=length,
        close_ts=None if closes is None else closes[np.searchsorted(opened.rows, raw.row)],
        adjusted=adjusted,
        notes=(*opened.notes, *notes),
        source=opened.name,
    )
    suspicions = _suspicions(bars) if timezone == "UTC" else []
    return replace(bars, notes=(*bars.notes, *suspicions)) if suspicions else bars


def read_raw_bars(
    source: Any,
    *,
    symbol: str = "",
    columns: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    time_unit: str | None = None,
) -> dict[str, NDArray[Any]]:
    """The columns that `read_bars` would check, unchecked, for looking at their quality.

    Keys ts (int64 ns UTC, the least int64 where missing), open, high, low, close, volume (float64, NaN where nothing or
    no number stands) and row (int64, the place in the source from 0). Raises DataError when there is no such table.
    """
    opened = open_source(source, "bars", BARS, columns=columns, symbol=symbol)
    raw, _ = _raw(opened, timezone, time_unit, repair=True)
    return {"ts": raw.ts, **raw.values, "row": raw.row}


def _raw(opened: Source, timezone: str, unit: str | None, *, repair: bool) -> tuple[RawRows, list[str]]:
    ts, notes = opened.times("ts", timezone, unit, distinct=True)
    values = {}
    for name in (*PRICES, "volume"):
        if name in opened.parts:
            values[name], more = floats(opened.parts[name], opened.name, repair=repair)
            notes += more
    if "volume" not in values:
        values["volume"] = np.zeros(len(ts))
        notes.append("no volume column: 0 used")
    return RawRows(ts, values, opened.rows), notes


def _closes(opened: Source, timezone: str, unit: str | None) -> NDArray[np.int64] | None:
    return opened.times("close_ts", timezone, unit, distinct=True)[0] if "close_ts" in opened.parts else None


def _suspicions(bars: Bars) -> list[str]:
    """What cannot be known for sure: daily bars that do not begin at midnight UTC, or whose weekdays look shifted."""
    if bars.timeframe != DAY or len(bars) < 2:
        return []
    notes = _shifted_weekdays(bars.ts)
    off = np.flatnonzero(bars.ts % DAY)
    if len(off):
        hours, minutes = divmod(int(bars.ts[off[0]] % DAY) // MINUTE, 60)
        notes.append(
            f"{len(off):,} daily bars do not begin at midnight UTC (the first at {hours:02}:{minutes:02}): "
            "if these are dates of another time zone, pass timezone="
        )
    return notes


def _shifted_weekdays(ts: NDArray[np.int64]) -> list[str]:
    """Markets that close on weekends trade on Fridays and Mondays; dates a day early or late show the opposite."""
    counts = np.bincount((ts // DAY + 3) % 7, minlength=7)  # Monday is 0
    often = len(ts) // 10
    early, late = counts[6] > often and not counts[4], counts[5] > often and not counts[0]
    return ["bars on weekends but none on Fridays or Mondays: dates look shifted by a day"] if early or late else []
