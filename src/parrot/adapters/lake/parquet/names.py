"""Names of venues, symbols, kinds and days as steps of a path, and which series are cut by day."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import numpy as np

from parrot.kernel.errors import ParameterError
from parrot.ports.lake import SeriesKey, bar_timeframe

_FINE_BELOW_NS: Final = 15 * 60_000_000_000


def step(name: str) -> str:
    """One step of a path: whatever a venue calls its symbols ("BTC/USDT:USDT"), without leaving the folder."""
    if not name or name.startswith("."):
        raise ParameterError(
            f"{name!r} cannot name a venue, symbol or kind", expected="a name that starts with a letter or digit"
        )
    return quote(name, safe="")


def date(day: int) -> str:
    """The folder of a UTC day, counted from 1970-01-01."""
    return f"date={np.datetime64(day, 'D')}"


def content(key: SeriesKey) -> str:
    """What a day's file is called."""
    return "bars" if bar_timeframe(key.kind) else step(key.kind)


def is_fine(key: SeriesKey) -> bool:
    """Ticks and bars below 15 minutes are cut by day, so that adding a day rewrites a day."""
    return (bar_timeframe(key.kind) or 0) < _FINE_BELOW_NS
