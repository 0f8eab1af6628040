"""Columns of the engine as rows of tables, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy import Row, Table

from parrot.adapters.sql.tables import SERIES_BARS, SERIES_LEVELS, SERIES_QUOTES, SERIES_TRADES
from parrot.engine.bars import Bars
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.ports.lake import SeriesKey, Ticks, bar_timeframe, tick_kind

Columns = Sequence[Any]
NARROW: Final = {"side": np.int8, "flags": np.uint8}


class Shelf(NamedTuple):
    """The table of one kind, and the columns of data in the order of the table's after series, ts and number."""

    table: Table
    fields: tuple[str, ...]


_BARS: Final = Shelf(SERIES_BARS, ("close_ts", "open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume_lots"))
_TICKS: Final[dict[type[Ticks], Shelf]] = {
    Trades: Shelf(SERIES_TRADES, ("price_ticks", "size_lots", "side")),
    Quotes: Shelf(SERIES_QUOTES, ("bid_ticks", "ask_ticks", "bid_lots", "ask_lots")),
    Books: Shelf(SERIES_LEVELS, ("side", "price_ticks", "size_lots", "flags", "last_id")),
}
ALL: Final = (_BARS, *_TICKS.values())


def shelf(key: SeriesKey) -> Shelf:
    """Where a series is. Raises ParameterError for a kind that there is not."""
    return _BARS if bar_timeframe(key.kind) else _TICKS[tick_kind(key.kind)]


def rows(data: Bars | Ticks, place: Shelf, series: int, first: int) -> list[tuple[int | None, ...]]:
    """Rows of the table, numbered from `first`."""
    nothing = [None] * len(data)
    values = [getattr(data, name) for name in place.fields]
    columns = [nothing if column is None else column.tolist() for column in values]
    numbers = range(first, first + len(data))
    return list(zip([series] * len(data), data.ts.tolist(), numbers, *columns, strict=True))


def data_of(key: SeriesKey, place: Shelf, known: Row[Any], found: Sequence[Row[Any]]) -> Bars | Ticks:
    """Rows (ts and the columns of the table) as what they were."""
    ts, *columns = zip(*found, strict=True)
    values: dict[str, Any] = {
        name: np.array(column, NARROW.get(name, np.int64))
        for name, column in zip(place.fields, columns, strict=True)
        if name != "last_id" or known.update_ids
    }
    common: dict[str, Any] = {"symbol": key.symbol, "ts": np.array(ts, np.int64), "source": "series"}
    timeframe = bar_timeframe(key.kind)
    if timeframe:
        scales = {"price_decimals": known.price_decimals, "volume_decimals": known.size_decimals}
        return Bars(**common, **values, **scales, timeframe=timeframe, adjusted=known.adjusted)
    return tick_kind(key.kind)(
        **common, **values, price_decimals=known.price_decimals, size_decimals=known.size_decimals
    )
