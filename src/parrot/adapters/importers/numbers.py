"""Numbers as found become float64: text is parsed, float32 gets its shortest decimals back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.adapters.importers.columns import Column, Kind
from parrot.kernel.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_NOTHING = (
    "",
    "nan",
    "NaN",
    "NAN",
    "null",
    "NULL",
    "None",
    "none",
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "-",
    "--",
)
_PLACES = 3


def floats(column: Column, source: str, *, repair: bool) -> tuple[NDArray[np.float64], list[str]]:
    """The column as float64, NaN where nothing stands, and notes. Raises DataError naming rows that are no numbers."""
    if column.kind is Kind.TEXT:
        return _parsed(column, source, repair=repair)
    if column.kind is not Kind.NUMBER:
        raise DataError(
            f"{source}: column {column.name!r} holds times",
            expected="numbers",
            fix="choose another column by columns=",
        )
    if column.values.dtype in (np.float32, np.float16):
        return _shortest(column.values, column.name)
    return np.ascontiguousarray(column.values, np.float64), []


def _parsed(column: Column, source: str, *, repair: bool) -> tuple[NDArray[np.float64], list[str]]:
    import polars as pl

    text: pl.Series = column.values.str.strip_chars()
    text = text.set(text.is_in(_NOTHING).fill_null(False), None)
    numbers = text.cast(pl.Float64, strict=False)
    bad = (numbers.is_null() & text.is_not_null()).arg_true()
    notes: list[str] = []
    if len(bad):
        places = ", ".join(f"row {row}: {text[row]!r}" for row in bad[:_PLACES].to_list())
        if not repair:
            raise DataError(
                f"{source}: column {column.name!r} has {len(bad)} values that are no numbers [{places}]",
                expected="plain decimals such as 1234.5, without thousands separators or units",
                fix="correct these rows, or pass repair=True, which treats them as missing and reports it",
            )
        notes.append(
            f"repaired: {len(bad)} values of {column.name!r} that are no numbers [{places}]: treated as missing"
        )
    return numbers.fill_null(float("nan")).to_numpy(), notes


def _shortest(values: NDArray[Any], name: str) -> tuple[NDArray[np.float64], list[str]]:
    """The fewest decimals that give the same float32 in every row: 75.0875, not 75.08750152587891."""
    wide = values.astype(np.float64)
    known = np.isfinite(wide)
    for decimals in range(9):
        with np.errstate(over="ignore", invalid="ignore"):
            tried = np.rint(wide * 10.0**decimals) / 10.0**decimals
            same = tried.astype(values.dtype) == values
        if bool((same | ~known).all()):
            return np.where(known, tried, wide), [
                f"{name} is {values.dtype}: read as the shortest decimals ({decimals}) that give the same values"
            ]
    return wide, [f"{name} is {values.dtype}: its values are not decimals"]
