"""Columns that users hand to the core as arrays: converted, checked, of one length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parrot.engine.columns import Floats
from parrot.kernel.errors import DataError

DAY_NS = 86_400_000_000_000


def numbers(name: str, given: object) -> Floats:
    """A column as contiguous float64; the same memory when it already is that.

    Integers, other floats and lists are converted; missing values become NaN. `DataError` for anything else.
    """
    array = _one_dimension(name, given)
    if array.dtype.kind in "fiuO":
        try:
            return np.ascontiguousarray(array, dtype=np.float64)
        except (TypeError, ValueError):
            pass
    raise DataError(
        f"{name} holds {_held(array)}",
        expected="numbers: an array of float64, or integers or a list of numbers to convert",
        fix=f"convert {name} to numbers first, for example with numpy.asarray({name}, dtype=float)",
    )


def days(name: str, given: object) -> Floats:
    """The numbers of the UTC days that times in ns (int64, or datetime64) fall in, as float64."""
    array = _one_dimension(name, given)
    if array.dtype.kind == "M":
        array = array.astype("datetime64[ns]").astype(np.int64)
    if array.size and array.dtype.kind not in "iu":
        raise DataError(
            f"{name} holds {_held(array)}",
            expected="int64 ns since 1970 UTC, or datetime64",
            fix=f"give {name} as integers in nanoseconds",
        )
    return np.floor_divide(array.astype(np.int64), DAY_NS).astype(np.float64)


def one_length(columns: Mapping[str, Floats]) -> None:
    """Refuses columns of different lengths with `DataError`."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(
            "columns differ in length: " + ", ".join(f"{name} {rows}" for name, rows in lengths.items()),
            expected="columns of one length, one value a bar",
            fix="cut or align the columns to the same bars",
        )


def _one_dimension(name: str, given: object) -> NDArray[Any]:
    if isinstance(given, np.ma.MaskedArray):
        given = np.ma.filled(given.astype(np.float64), np.nan)
    try:
        array = np.asarray(given)
    except (TypeError, ValueError) as error:
        raise _shape(name, f"cannot be read as an array ({error})") from None
    if array.ndim != 1:
        kind = f"has {array.ndim} dimensions" if array.ndim else f"is {type(given).__name__}"
        raise _shape(name, kind)
    return array


def _shape(name: str, problem: str) -> DataError:
    return DataError(
        f"{name} {problem}",
        expected="a one-dimensional array, one value a bar",
        fix=f"give one column, for example bars.{name} or frame[{name!r}]",
    )


def _held(array: NDArray[Any]) -> str:
    if array.dtype.kind == "O":
        strange = next((value for value in array if not isinstance(value, int | float)), None)
        return f"objects such as {strange!r}"
    return f"{array.dtype} values"
