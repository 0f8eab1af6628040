"""A source opened: the names of its columns, and a way to fetch those that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.adapters.importers.columns import Column, column
from parrot.kernel.errors import DataError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name; `fetch` reads only those asked for, `symbol` is what the source itself is called."""

    names: Sequence[str]
    fetch: Callable[[Sequence[str]], Mapping[str, Any]]
    source: str
    symbol: str = ""
    notes: tuple[str, ...] = ()

    def columns(self, names: Sequence[str]) -> dict[str, Column]:
        """The named columns. Raises DataError when their lengths differ."""
        fetched = self.fetch(list(dict.fromkeys(names)))
        found = {name: column(name, values) for name, values in fetched.items()}
        lengths = {name: len(values) for name, values in found.items()}
        if len(set(lengths.values())) > 1:
            shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise DataError(
                f"{self.source}: columns have different lengths ({shown})",
                expected="one value for each row in every column",
            )
        return found


def open_table(source: Any) -> Table:
    """Open a path, a polars, pandas or Arrow frame, a structured array, or a mapping of columns."""
    library = type(source).__module__.partition(".")[0]
    if isinstance(source, str | PathLike):
        from parrot.adapters.importers.files import open_file

        return open_file(source)
    if library == "polars":
        return of_frame(source.collect() if hasattr(source, "collect") else source, "memory")
    if library == "pandas":
        return _of_pandas(source)
    if library == "pyarrow":
        import polars as pl

        return of_frame(pl.DataFrame(source), "memory")
    if isinstance(source, np.ndarray) and source.dtype.names:
        return of_mapping({name: source[name] for name in source.dtype.names}, "memory")
    if isinstance(source, Mapping):
        return of_mapping(source, "memory")
    raise DataError(
        f"cannot read bars from a {type(source).__name__}",
        expected="a path, a polars or pandas frame, or a dict of arrays",
        fix="pass one of these",
    )


def of_frame(frame: pl.DataFrame, source: str, symbol: str = "", notes: tuple[str, ...] = ()) -> Table:
    """A table of a polars frame."""
    return Table(
        frame.columns,
        lambda names: {name: frame.get_column(name) for name in names},
        source,
        symbol,
        notes,
    )


def of_mapping(columns: Mapping[Any, Any], source: str, notes: tuple[str, ...] = ()) -> Table:
    """A table of a mapping of column names to arrays."""
    for name, values in columns.items():
        if isinstance(values, Mapping) or len(getattr(values, "shape", ())) == 2 or type(values).__name__ == "Bars":
            raise DataError(
                f"{name!r} holds a whole table, not a column",
                expected="a dict of column names to arrays",
                fix="read each symbol by itself: {symbol: read_bars(table) for symbol, table in tables.items()}",
            )
    return Table(
        [str(name) for name in columns],
        lambda names: {n: v for n, v in ((str(k), v) for k, v in columns.items()) if n in names},
        source,
        notes=notes,
    )


def _of_pandas(frame: Any) -> Table:
    names = [_flat_name(frame, name) for name in frame.columns]
    columns = {name: frame.iloc[:, place] for place, name in reversed(list(enumerate(names)))}
    index = frame.index
    kind = getattr(index.dtype, "kind", "O")
    if (
        type(index).__name__ != "RangeIndex"
        and type(index).__name__ != "MultiIndex"
        and (kind == "M" or _says_time(index.name))
    ):
        columns[str(index.name or "ts") if _says_time(index.name) else "ts"] = index
    return of_mapping(dict(reversed(list(columns.items()))), "memory")


def _says_time(name: Any) -> bool:
    from parrot.adapters.importers.names import BARS, normal

    return isinstance(name, str) and normal(name) in BARS[0].aliases


def _flat_name(frame: Any, name: Any) -> str:
    """The field of a name such as ("Close", "AAPL"): downloads of one symbol come with a second level."""
    if not isinstance(name, tuple):
        return str(name)
    others = sorted({str(other[1]) for other in frame.columns})
    if len(others) > 1:
        raise DataError(
            f"the frame holds several symbols in its columns: {', '.join(others[:8])}",
            expected="one symbol",
            fix=f"choose one first: frame.xs({others[0]!r}, axis=1, level=1)",
        )
    return str(name[0])
