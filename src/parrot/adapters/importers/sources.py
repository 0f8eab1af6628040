"""From a source to the columns that an importer asked for: opened, named, and of one symbol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.adapters.importers.columns import Column, Kind
from parrot.adapters.importers.files import open_file
from parrot.adapters.importers.names import Field, resolve
from parrot.adapters.importers.pandas_frames import of_pandas
from parrot.adapters.importers.table import Table, of_frame, of_mapping
from parrot.adapters.importers.times import nanoseconds, with_clock
from parrot.kernel.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_SHOWN = 8


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Columns by field, the rows of the source that they are, and what is known about them."""

    parts: Mapping[str, Column]
    rows: NDArray[np.int64]
    symbol: str
    name: str
    notes: tuple[str, ...]

    def times(
        self, field: str, timezone: str, unit: str | None, *, distinct: bool
    ) -> tuple[NDArray[np.int64], list[str]]:
        """A column of times as int64 ns UTC, and notes; a clock column beside a date column is added to it.

        `distinct` says that no two rows share a time.
        """
        dates = self.parts[field]
        if field == "ts" and "clock" in self.parts:
            dates = with_clock(dates, self.parts["clock"])
        return nanoseconds(dates, self.name, timezone=timezone, unit=unit, distinct=distinct)


def open_source(
    source: Any, kind: str, fields: Sequence[Field], *, columns: Mapping[str, str] | None, symbol: str
) -> Source:
    """Open `source` as `kind` ("bars", "trades", "quotes", "books"). Raises DataError when that cannot be."""
    table = _open(source, kind)
    chosen = resolve(table.names, fields, columns, table.source)
    found = table.columns(list(chosen.values()))
    parts = {field: found[column] for field, column in chosen.items()}
    listed = parts.pop("symbol", None)
    length = len(parts["ts"])
    if listed is None:
        return Source(parts, np.arange(length), symbol or table.symbol, table.source, table.notes)
    rows, name, notes = _of_symbol(listed, symbol, table, kind)
    if len(rows) < length:
        parts = {field: part.take(rows) for field, part in parts.items()}
    return Source(parts, rows, name, table.source, (*table.notes, *notes))


def _open(source: Any, kind: str) -> Table:
    """Open, as `kind` of data, a path, a polars, pandas or Arrow frame, a structured array, or a mapping of columns."""
    library = type(source).__module__.partition(".")[0]
    if isinstance(source, str | PathLike):
        return open_file(source, kind)
    if library == "polars":
        return of_frame(source.collect() if hasattr(source, "collect") else source, "memory")
    if library == "pandas":
        return of_pandas(source)
    if library == "pyarrow":
        import polars as pl

        return of_frame(pl.DataFrame(source), "memory")
    if isinstance(source, np.ndarray) and source.dtype.names:
        return of_mapping({name: source[name] for name in source.dtype.names}, "memory")
    if isinstance(source, Mapping):
        return of_mapping(source, "memory")
    raise DataError(
        f"cannot read {kind} from a {type(source).__name__}",
        expected="a path, a polars or pandas frame, or a dict of arrays",
        fix="pass one of these",
    )


def _of_symbol(listed: Column, symbol: str, table: Table, kind: str) -> tuple[NDArray[np.int64], str, list[str]]:
    """The rows of one symbol, its name, and notes. Raises DataError when several are mixed and none was chosen."""
    import polars as pl

    series: pl.Series = listed.values if listed.kind is Kind.TEXT else pl.Series(listed.values).cast(pl.String)
    names = series.drop_nulls().unique().sort().to_list()
    if len(names) > 1 and symbol not in names:
        raise _mixed(listed.name, names, symbol, table.source, kind)
    if len(names) > 1:
        rows = (series == symbol).fill_null(value=False).arg_true().to_numpy().astype(np.int64)
        return rows, symbol, [f"{len(rows):,} of {len(series):,} rows are {symbol}"]
    only = names[0] if names else table.symbol
    differs = bool(symbol and only) and _letters(symbol) != _letters(only)
    notes = [f"the data name {only!r}; called {symbol!r} as asked"] if differs else []
    return np.arange(len(series)), symbol or only, notes


def _mixed(column: str, names: list[str], symbol: str, source: str, kind: str) -> DataError:
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    absent = f"; {symbol!r} is not among them" if symbol else ""
    return DataError(
        f"{source}: column {column!r} holds {len(names)} symbols: {shown}{absent}",
        expected="data of one symbol",
        fix=f"choose one by symbol={names[0]!r}, or read each: {{s: read_{kind}(source, symbol=s) for s in symbols}}",
    )


def _letters(symbol: str) -> str:
    return "".join(letter for letter in symbol.upper() if letter.isalnum())
