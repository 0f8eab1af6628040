"""New data and what is there already, cut into the pieces that are kept as one file each."""

from __future__ import annotations

from typing import Any

import numpy as np

from parrot.adapters.lake.parquet.tables import Source, decode, encode, merged
from parrot.adapters.lake.parquet.ticks import decode_ticks, encode_ticks, replaced
from parrot.engine.bars import Bars
from parrot.engine.columns import DAY
from parrot.ports.lake import SeriesKey, Ticks, bar_timeframe


def pieces(data: Bars | Ticks, *, by_day: bool) -> dict[int | None, Any]:
    """Data by UTC day, counted from 1970-01-01; all of it under None where it is not cut."""
    if not by_day:
        return {None: data}
    return {day: data.between(day * DAY, (day + 1) * DAY) for day in np.unique(data.ts // DAY).tolist()}


def content_with(key: SeriesKey, part: Any, old: Source | None) -> tuple[bytes, Bars | Ticks]:
    """A file with a piece put into what the old one holds: its bytes and its data."""
    if isinstance(part, Bars):
        bars = part if old is None else merged(decode([old], bar_timeframe(key.kind), key.symbol), part)
        return encode(bars), bars
    ticks = part if old is None else replaced(decode_ticks([old], type(part), key.symbol), part)
    return encode_ticks(ticks), ticks
