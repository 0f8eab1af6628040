"""read_trades, read_quotes, read_books: event by event data, recognised, checked and made exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.adapters.importers.columns import Column, Kind
from parrot.adapters.importers.names import BOOKS, QUOTES, TRADES
from parrot.adapters.importers.numbers import floats
from parrot.adapters.importers.sources import Source, open_source
from parrot.engine.defects import Check, RawRows, mend
from parrot.engine.ticks import BOOK_CHECKS, QUOTE_CHECKS, TRADE_CHECKS, UNREADABLE, Books, Quotes, Trades
from parrot.kernel.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDES = {"buy": 1, "b": 1, "bid": 1, "bids": 1, "buyer": 1, "long": 1, "1": 1, "+1": 1, "1.0": 1}
_SIDES |= {"sell": -1, "s": -1, "ask": -1, "asks": -1, "a": -1, "seller": -1, "short": -1, "-1": -1, "-1.0": -1}
_SIDES |= {"": 0, "unknown": 0, "none": 0, "na": 0, "n/a": 0, "0": 0, "0.0": 0}
_MAKERS = {"true": -1, "t": -1, "1": -1, "false": 1, "f": 1, "0": 1}  # the buyer was the maker: the seller took
_FLAGS = {"true": 1, "1": 1, "false": 0, "0": 0, "2": 2, "snapshot": 1, "delta": 0, "update": 0}


def read_trades(
    source: Any,
    *,
    symbol: str = "",
    columns: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    repair: bool = False,
    time_unit: str | None = None,
) -> Trades:
    """Read trades of one symbol: ts, price, size and side, from whatever `read_bars` reads.

    `side` is 1, "buy" or "bid" when the buyer was the aggressor, -1, "sell" or "ask" the seller, 0 or nothing unknown;
    Binance's `is_buyer_maker` does as well. Times must not run backward; equal ones are kept in order. Raises DataError
    naming rows when the data are unusable; `repair=True` mends what can be mended and says so in `notes`.
    """
    if isinstance(source, Trades):
        return replace(source, symbol=symbol) if symbol else source
    opened = open_source(source, "trades", TRADES, columns=columns, symbol=symbol)
    raw, notes = _numbers(opened, ("price", "size"), timezone, time_unit, repair=repair)
    side, more = _trade_sides(opened, len(raw))
    raw, repairs = _mended(raw.changed(side=side), opened, TRADE_CHECKS, repair=repair)
    said = (*opened.notes, *notes, *more, *repairs)
    return Trades.from_rows(raw, symbol=opened.symbol, notes=said, source=opened.name)


def read_quotes(
    source: Any,
    *,
    symbol: str = "",
    columns: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    repair: bool = False,
    time_unit: str | None = None,
) -> Quotes:
    """Read best bids and asks of one symbol: ts, bid, ask and, where known, bid_size and ask_size.

    Crossed quotes are kept and counted in `notes`; missing sizes are unknown (-1). Times must not run backward. Raises
    DataError naming rows when the data are unusable; `repair=True` mends what can be mended and says so in `notes`.
    """
    if isinstance(source, Quotes):
        return replace(source, symbol=symbol) if symbol else source
    opened = open_source(source, "quotes", QUOTES, columns=columns, symbol=symbol)
    raw, notes = _numbers(opened, ("bid", "ask", "bid_size", "ask_size"), timezone, time_unit, repair=repair)
    raw, repairs = _mended(raw, opened, QUOTE_CHECKS, repair=repair)
    return Quotes.from_rows(raw, symbol=opened.symbol, notes=(*opened.notes, *notes, *repairs), source=opened.name)


def read_books(
    source: Any,
    *,
    symbol: str = "",
    columns: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    repair: bool = False,
    time_unit: str | None = None,
) -> Books:
    """Read level-2 rows of one symbol: ts, side, price, size, flags and, where known, last_id.

    `side` is 1 or "bid", -1 or "ask"; a size of 0 deletes the level; `flags` is 1 for snapshot rows, 0 for deltas, 2
    for state carried over (without the column all are deltas). Times must not run backward. Raises DataError naming
    rows when the data are unusable; `repair=True` mends what can be mended and says so in `notes`.
    """
    if isinstance(source, Books):
        return replace(source, symbol=symbol) if symbol else source
    opened = open_source(source, "books", BOOKS, columns=columns, symbol=symbol)
    raw, notes = _numbers(opened, ("price", "size"), timezone, time_unit, repair=repair)
    raw = raw.changed(side=_codes(opened.parts["side"], _SIDES))
    if "flags" in opened.parts:
        raw = raw.changed(flags=_codes(opened.parts["flags"], _FLAGS))
    else:
        raw, notes = raw.changed(flags=np.zeros(len(raw), np.int8)), [*notes, "no flags column: all rows are deltas"]
    if "last_id" in opened.parts:
        raw = raw.changed(last_id=_ids(opened.parts["last_id"], opened.name))
    raw, repairs = _mended(raw, opened, BOOK_CHECKS, repair=repair)
    return Books.from_rows(raw, symbol=opened.symbol, notes=(*opened.notes, *notes, *repairs), source=opened.name)


def _numbers(
    opened: Source, names: Sequence[str], timezone: str, unit: str | None, *, repair: bool
) -> tuple[RawRows, list[str]]:
    ts, notes = opened.times("ts", timezone, unit, distinct=False)
    values = {}
    for name in names:
        if name in opened.parts:
            values[name], more = floats(opened.parts[name], opened.name, repair=repair)
            notes += more
        else:
            values[name] = np.full(len(ts), np.nan)
    return RawRows(ts, values, opened.rows), notes


def _mended(raw: RawRows, opened: Source, checks: Sequence[Check], *, repair: bool) -> tuple[RawRows, list[str]]:
    return mend(raw, opened.name, checks) if repair else (raw, [])


def _trade_sides(opened: Source, length: int) -> tuple[NDArray[np.int8], list[str]]:
    if "side" in opened.parts:
        return _codes(opened.parts["side"], _SIDES), []
    if "buyer_maker" in opened.parts:
        return _codes(opened.parts["buyer_maker"], _MAKERS), []
    return np.zeros(length, np.int8), ["no side column: sides are unknown"]


def _codes(column: Column, meanings: Mapping[str, int]) -> NDArray[np.int8]:
    """Sides or flags as integers; what nobody understands becomes UNREADABLE and is refused with its row."""
    import polars as pl

    if column.kind is Kind.NUMBER:
        known = [int(text) for text in meanings if text.lstrip("-").isdigit()]
        by_number = {value: meanings[str(value)] for value in known}
        codes = np.full(len(column), UNREADABLE, np.int8)
        for value, code in by_number.items():
            codes[column.values == value] = code
        return codes
    if column.kind is not Kind.TEXT:
        return np.full(len(column), UNREADABLE, np.int8)
    text: pl.Series = column.values.fill_null("").str.strip_chars().str.to_lowercase()
    return text.replace_strict(dict(meanings), default=UNREADABLE, return_dtype=pl.Int8).to_numpy()


def _ids(column: Column, source: str) -> NDArray[np.int64]:
    import polars as pl

    if column.kind is Kind.NUMBER and column.values.dtype.kind in "iu":
        return np.asarray(column.values, np.int64)
    numbers = pl.Series(column.values).cast(pl.Int64, strict=False)
    if numbers.null_count():
        row = int(numbers.is_null().arg_true()[0])
        raise DataError(
            f"{source}: row {row} has no whole number in column {column.name!r}",
            expected="the venue's update ids",
            fix="correct the row, or leave the column out",
        )
    return numbers.to_numpy()
