"""pandas frames as they come: a time index, or names of two levels from a download of one symbol."""

from __future__ import annotations

from typing import Any

from parrot.adapters.importers.names import BARS, normal
from parrot.adapters.importers.table import Table, of_mapping
from parrot.kernel.errors import DataError


def of_pandas(frame: Any) -> Table:
    """A table of a pandas frame; an index of times becomes the column of times."""
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
