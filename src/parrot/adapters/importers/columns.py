"""One column as found, whatever library it came from: numbers, text, or times."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import Enum
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.kernel.errors import DataError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

MISSING_TIME = np.iinfo(np.int64).min  # NaT's own bits


class Kind(Enum):
    """What a column holds."""

    NUMBER = "numbers"
    TEXT = "text"
    LOCAL = "times without zone"
    UTC = "times in UTC"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """`values`: a NumPy array for numbers, int64 ns for times (NaT's bits where missing), a polars Series for text."""

    name: str
    kind: Kind
    values: Any

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: NDArray[Any]) -> Column:
        """The chosen rows, by index."""
        return Column(self.name, self.kind, self.values[rows])


def column(name: str, values: Any) -> Column:
    """Recognise an array, a polars or pandas series, a pandas index, or a list. Raises DataError for anything else."""
    library = type(values).__module__.partition(".")[0]
    if library == "polars":
        return _from_polars(name, values)
    if library == "pandas":
        return _from_pandas(name, values)
    array = values if type(values) is np.ndarray else _array(name, values)
    if array.ndim != 1:
        raise DataError(
            f"column {name!r} has {array.ndim} dimensions",
            expected="one value for each bar",
            fix="pass one-dimensional columns",
        )
    if array.dtype.kind == "M":
        return Column(name, Kind.LOCAL, _nanoseconds(array))
    if array.dtype.kind in "iuf":
        return Column(name, Kind.NUMBER, array)
    return _from_objects(name, array)


def _array(name: str, values: Any) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        return np.where(np.ma.getmaskarray(values), np.nan, np.asarray(values, np.float64))
    if isinstance(values, str | bytes | Set | Mapping):
        raise DataError(
            f"column {name!r} is a {type(values).__name__}", expected="an array or a list", fix="pass columns"
        )
    try:
        return np.asarray(values if hasattr(values, "__array__") else list(values))
    except (TypeError, ValueError) as error:
        raise DataError(
            f"column {name!r} is a {type(values).__name__}",
            expected="an array or a list",
            fix="pass columns",
        ) from error


def _from_objects(name: str, array: NDArray[Any]) -> Column:
    import polars as pl

    if array.dtype.kind == "S":
        array = array.astype("U")
    values = [None if _is_missing(value) else value for value in array.tolist()]
    present = [value for value in values if value is not None]
    if any(getattr(value, "tzinfo", None) is not None for value in present):
        return _from_aware(name, array)
    try:
        series = pl.Series(name, values, strict=all(isinstance(value, str) for value in present))
    except (TypeError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"column {name!r} mixes kinds of values",
            expected="numbers",
            fix="make one kind of them",
        ) from error
    return _from_polars(name, series)


def _is_missing(value: Any) -> bool:
    """None, NaN, NaT and pandas' NA, none of which equals itself."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and isnan(value))


def _from_aware(name: str, array: NDArray[Any]) -> Column:
    from datetime import UTC, datetime

    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    stamps = np.full(len(array), MISSING_TIME, np.int64)
    for row, value in enumerate(array.tolist()):
        if getattr(value, "tzinfo", None) is not None:
            step = value - epoch
            stamps[row] = ((step.days * 86_400 + step.seconds) * 1_000_000 + step.microseconds) * 1_000
    return Column(name, Kind.UTC, stamps)


def _nanoseconds(array: NDArray[Any]) -> NDArray[np.int64]:
    """datetime64 of any unit as int64 ns; what does not fit (years before 1678, after 2261) counts as missing."""
    seconds = array.astype("datetime64[s]").astype(np.int64)
    stamps = array.astype("datetime64[ns]").astype(np.int64)
    return np.where(np.abs(seconds) < 9_200_000_000, stamps, MISSING_TIME)


def _from_polars(name: str, series: pl.Series) -> Column:
    import polars as pl

    kind = series.dtype
    if kind == pl.Datetime or kind == pl.Date:
        zone = getattr(kind, "time_zone", None)
        values = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if zone else series
        return Column(name, Kind.UTC if zone else Kind.LOCAL, _nanoseconds(values.to_numpy()))
    if isinstance(kind, pl.Decimal) or kind in (pl.Int128, pl.UInt128):
        series = series.cast(pl.Float64)
    elif kind in (pl.Categorical, pl.Enum, pl.Time, pl.Boolean):
        series = series.cast(pl.String)
    if series.dtype == pl.String:
        return Column(name, Kind.TEXT, series)
    if kind == pl.Null:
        return Column(name, Kind.NUMBER, np.full(len(series), np.nan))
    if not series.dtype.is_numeric():
        raise DataError(
            f"column {name!r} holds {kind}",
            expected="numbers, times or text",
            fix="choose another column by columns=",
        )
    return Column(name, Kind.NUMBER, series.to_numpy())


def _from_pandas(name: str, values: Any) -> Column:
    kind = values.dtype
    if getattr(kind, "tz", None) is not None:
        face = values.dt if hasattr(values, "dt") else values
        naive = face.tz_convert("UTC")
        naive = (naive.dt if hasattr(naive, "dt") else naive).tz_localize(None)
        return Column(name, Kind.UTC, _nanoseconds(naive.to_numpy()))
    if type(values).__name__ == "PeriodIndex":
        values = values.to_timestamp()
        kind = values.dtype
    if getattr(kind, "kind", "O") in "iufM" and isinstance(kind, np.dtype):
        return column(name, values.to_numpy())
    if getattr(kind, "kind", "O") in "iuf":
        return column(name, values.to_numpy(dtype="float64", na_value=np.nan))
    return _from_objects(name, np.array(values.tolist(), dtype=object))
