"""A source opened: the names of its columns, and a way to fetch those that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
