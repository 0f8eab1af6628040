"""read_bars: whatever holds bars, recognised, checked and made exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.adapters.importers.columns import Column, Kind
from parrot.adapters.importers.names import BARS, resolve
from parrot.adapters.importers.numbers import floats
from parrot.adapters.importers.table import Table, open_table
from parrot.adapters.importers.times import nanoseconds
from parrot.engine.bars import Bars
from parrot.engine.columns import DAY, timeframe_ns
from parrot.engine.defects import RawBars, is_clean, mend
from parrot.kernel.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PRICES = ("open", "high", "low", "close")


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
    table = open_table(source)
    chosen = resolve(table.names, BARS, columns, table.source)
    found = table.columns(list(chosen.values()))
    parts, name, notes = _one_symbol({field: found[column] for field, column in chosen.items()}, symbol, table)
    raw, more = _raw(parts, table.source, timezone, time_unit, repair=repair)
    notes = [*table.notes, *notes, *more]
    if (
        repair
        and len(raw)
        and not is_clean(
            replace(
                raw,
                volume=np.nan_to_num(raw.volume, nan=0.0, posinf=np.inf, neginf=-np.inf),
            )
        )
    ):
        raw, more = mend(raw, table.source)
        notes += more
    length = None if timeframe is None else timeframe_ns(timeframe)
    closes = parts["close_ts"].values[raw.row] if "close_ts" in parts else None
    bars = Bars.from_floats(
        raw,
        symbol=name,
        timeframe=length,
        close_ts=closes,
        adjusted=adjusted,
        notes=tuple(notes),
        source=table.source,
    )
    return replace(bars, notes=(*bars.notes, *_suspicions(bars)))


def _raw(
    parts: Mapping[str, Column],
    source: str,
    timezone: str,
    unit: str | None,
    *,
    repair: bool,
) -> tuple[RawBars, list[str]]:
    ts, notes = nanoseconds(parts["ts"], source, timezone, unit)
    values = {}
    for name in _PRICES:
        values[name], more = floats(parts[name], source, repair=repair)
        notes += more
    if "volume" in parts:
        volume, more = floats(parts["volume"], source, repair=repair)
        notes += more
    else:
        volume = np.zeros(len(ts))
        notes.append("no volume column: 0 used")
    return RawBars(ts=ts, **values, volume=volume, row=np.arange(len(ts))), notes


def _one_symbol(parts: dict[str, Column], symbol: str, table: Table) -> tuple[dict[str, Column], str, list[str]]:
    """The rows of one symbol, its name, and notes. Raises DataError when several are mixed and none was chosen."""
    listed = parts.pop("symbol", None)
    if listed is None or listed.kind is not Kind.TEXT:
        return parts, symbol or table.symbol, []
    names = [name for name in listed.values.unique().sort().to_list() if name is not None]
    if len(names) <= 1:
        only = names[0] if names else ""
        renamed = symbol and only and _letters(symbol) != _letters(only)
        return (
            parts,
            symbol or only,
            [f"the data name {only!r}; called {symbol!r} as asked"] if renamed else [],
        )
    if symbol not in names:
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        raise DataError(
            f"{table.source}: column {listed.name!r} holds {len(names)} symbols: {shown}"
            + (f"; {symbol!r} is not among them" if symbol else ""),
            expected="bars of one symbol",
            fix=f"choose one by symbol={names[0]!r}, or read each: {{s: read_bars(source, symbol=s) for s in symbols}}",
        )
    rows = np.asarray((listed.values == symbol).fill_null(False).arg_true().to_numpy(), dtype=np.int64)
    kept = {field: part.take(rows) for field, part in parts.items()}
    return kept, symbol, [f"{len(rows):,} of {len(listed):,} rows are {symbol}"]


def _letters(symbol: str) -> str:
    return "".join(letter for letter in symbol.upper() if letter.isalnum())


def _suspicions(bars: Bars) -> list[str]:
    """What cannot be known for sure: daily bars that do not begin at midnight UTC, or whose weekdays look shifted."""
    if bars.timeframe != DAY or len(bars) < 2:
        return []
    notes = []
    off = np.count_nonzero(bars.ts % DAY)
    if off:
        hour = int(bars.ts[np.flatnonzero(bars.ts % DAY)[0]] % DAY) // 60_000_000_000
        notes.append(
            f"{off:,} daily bars do not begin at midnight UTC (the first at {hour // 60:02}:{hour % 60:02}): "
            "if these are local dates, pass timezone="
        )
    notes += _shifted_weekdays(bars.ts)
    return notes


def _shifted_weekdays(ts: NDArray[np.int64]) -> list[str]:
    counts = np.bincount((ts // DAY + 3) % 7, minlength=7)  # Monday is 0
    usual = len(ts) // 10
    if len(ts) >= 20 and ((counts[6] > usual and not counts[4]) or (counts[5] > usual and not counts[0])):
        return ["bars on weekends and none on a Friday or Monday: the dates look shifted by a day"]
    return []
