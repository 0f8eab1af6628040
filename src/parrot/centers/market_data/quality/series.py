"""The columns that an inspection looks at, as they came: unsorted, repeated and broken rows included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parrot.centers.market_data.quality.report import Finding, Flaw, Place
from parrot.engine.columns import common_step
from parrot.engine.defects import EARLIEST, RawRows
from parrot.kernel.errors import DataError

_COLUMNS = ("ts", "open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True)
class Limits:
    """When something counts as a flaw.

    `spike`: a move this many times the usual one; `spike_move`: and at least this large (0.003 = 0.3 %);
    `usual`: over how many earlier bars the usual move is taken; `stale`: equal closes in a row; `places`: how many
    places of each kind are listed (all are counted).
    """

    spike: float = 15.0
    spike_move: float = 0.003
    usual: int = 100
    stale: int = 10
    places: int = 20


@dataclass(frozen=True, eq=False)
class Series:
    """Raw columns of equal length: ts int64 ns UTC, the others float64; `timeframe` in ns (0 = unknown)."""

    ts: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    timeframe: int
    limits: Limits

    def __len__(self) -> int:
        return len(self.ts)

    @cached_property
    def prices(self) -> NDArray[np.float64]:
        """Open, high, low, close as four rows."""
        return np.stack([self.open, self.high, self.low, self.close])

    @cached_property
    def finite(self) -> NDArray[np.bool_]:
        """Rows whose four prices are numbers."""
        return np.asarray(np.isfinite(self.prices).all(axis=0))

    @cached_property
    def timed(self) -> NDArray[np.int64]:
        """Rows with a usable time, in order of time, the last of equal times."""
        rows = np.flatnonzero(self.ts >= EARLIEST)
        rows = rows[np.argsort(self.ts[rows], kind="stable")]
        stamps = self.ts[rows]
        return rows[np.append(stamps[1:] != stamps[:-1], True)] if len(rows) else rows

    @cached_property
    def priced(self) -> NDArray[np.int64]:
        """Of `timed`, the rows whose four prices are numbers above zero."""
        good = self.finite & (self.prices > 0).all(axis=0)
        return self.timed[good[self.timed]]

    def found(self, flaw: Flaw, rows: NDArray[np.int64], summary: str, say: Any, count: int | None = None) -> Finding:
        """A finding at `rows`; `say(row)` gives the text of the places that are listed."""
        listed = rows[: self.limits.places]
        places = tuple(Place(int(row), int(self.ts[row]), say(int(row))) for row in listed)
        return Finding(flaw, len(rows) if count is None else count, summary, places)


def series_of(source: Any, timeframe: int, limits: Limits) -> Series:
    """A Series of a mapping of arrays, of raw rows, or of anything with these columns as attributes, such as Bars.

    A missing volume column counts as one trade-free unknown: its checks find nothing. Raises DataError for columns
    that are missing or of unequal length.
    """
    columns = {name: _column(source, name) for name in _COLUMNS}
    if len({len(column) for column in columns.values()}) != 1:
        lengths = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise DataError(f"columns of unequal length: {lengths}", expected="one value for each row in every column")
    ts = columns["ts"].astype(np.int64)
    known = timeframe or int(getattr(source, "timeframe", 0)) or common_step(np.sort(ts[ts >= EARLIEST]))
    values = {name: columns[name].astype(np.float64) for name in _COLUMNS[1:]}
    return Series(ts=ts, timeframe=known, limits=limits, **values)


def _column(source: Any, name: str) -> NDArray[Any]:
    if isinstance(source, RawRows) and name != "ts":
        source = source.values
    value = source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
    if value is None and name == "volume":
        return np.ones(len(_column(source, "ts")))
    if value is None:
        raise DataError(f"no column {name}", expected=", ".join(_COLUMNS), fix="map the columns by name")
    return np.asarray(value)
