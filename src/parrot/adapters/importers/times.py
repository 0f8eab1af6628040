"""Times as found become int64 ns UTC: epochs by their magnitude, dates and texts by their zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.adapters.importers.columns import MISSING_TIME, Column, Kind
from parrot.engine.columns import common_step
from parrot.kernel.errors import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

UNITS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_NAMES = {
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
}
# From 1970-04-26 to 2286 no two units share a magnitude.
_BELOW = (("s", 10**10), ("ms", 10**13), ("us", 10**16))
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S%.f", "T%H:%M:%S%.f", " %H%M%S")
_DATES = ("%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d", "%d.%m.%Y", "%b %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y")
_FORMATS = tuple(date + clock for clock in _CLOCKS for date in _DATES)
_ZONED = tuple(f"%Y-%m-%d{clock}%z" for clock in _CLOCKS if clock)
_SLASHED = ("%m/%d/%Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%y")


def nanoseconds(column: Column, source: str, timezone: str, unit: str | None) -> tuple[NDArray[np.int64], list[str]]:
    """Open times in int64 ns UTC (NaT's bits where missing), and notes on what was assumed."""
    if unit is not None and unit not in UNITS:
        raise ParameterError(f"time_unit={unit!r} is unknown", expected='"s", "ms", "us" or "ns"')
    if column.kind is Kind.TEXT:
        column = _read_text(column, source)
    if column.kind is Kind.UTC:
        return column.values, []
    if column.kind is Kind.LOCAL:
        return _localised(column.values, timezone, source)
    return _from_epoch(column, source, timezone, unit)


def _from_epoch(column: Column, source: str, timezone: str, unit: str | None) -> tuple[NDArray[np.int64], list[str]]:
    values, missing = _whole(column.values, unit)
    known = values if missing is None else values[~missing]
    if not len(known):
        return np.full(len(values), MISSING_TIME, np.int64), []
    if unit is None and _are_dates(known):
        found, notes = _localised(_from_dates(values, missing), timezone, source)
        return found, [f"time read as dates of the form YYYYMMDD from {column.name!r}", *notes]
    found_unit = unit or _unit(known, column.name, source)
    stamps = values if found_unit == "ns" else values * UNITS[found_unit]
    if missing is not None:
        stamps = np.where(missing, MISSING_TIME, stamps)
    notes = [] if found_unit == "ns" or unit else [f"time read as {_NAMES[found_unit]} since 1970 by its magnitude"]
    return stamps, notes


def _whole(values: NDArray[Any], unit: str | None) -> tuple[NDArray[np.int64], NDArray[np.bool_] | None]:
    """Epochs as integers, and where none stands; float seconds with a fraction become microseconds first."""
    if values.dtype.kind in "iu":
        stamps = values.astype(np.int64, copy=False)
        return stamps, stamps == MISSING_TIME if stamps.size and stamps.min() == MISSING_TIME else None
    missing = ~np.isfinite(values)
    safe = np.where(missing, 0.0, values)
    in_seconds = unit == "s" or (unit is None and bool((np.abs(safe) < 1e10).all()))
    fractions = in_seconds and bool((safe != np.rint(safe)).any())
    return np.rint(safe * 1e6 if fractions else safe).astype(np.int64), missing if missing.any() else None


def _are_dates(values: NDArray[np.int64]) -> bool:
    if values.min() <= 19000000 or values.max() >= 22000000:
        return False
    day, month = values % 100, values // 100 % 100
    return bool(((day >= 1) & (day <= 31) & (month >= 1) & (month <= 12)).all())


def _from_dates(values: NDArray[np.int64], missing: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    months = (values // 10000 - 1970) * 12 + values // 100 % 100 - 1
    days = months.astype("M8[M]").astype("M8[D]").astype(np.int64) + values % 100 - 1
    return (
        days * UNITS["s"] * 86_400 if missing is None else np.where(missing, MISSING_TIME, days * UNITS["s"] * 86_400)
    )


def _unit(values: NDArray[np.int64], name: str, source: str) -> str:
    step = common_step(values[:10_000])
    if step >= 10**9 and 0 <= int(values[0]) < 10 * step:
        return "ns"  # a made-up series that starts at zero: no coarser unit has steps of 10**9
    units, limits = [*(unit for unit, _ in _BELOW), "ns"], [limit for _, limit in _BELOW]
    ends = np.searchsorted(limits, np.abs([values.min(), values.max()]), side="right")
    if ends[0] == ends[1]:
        return units[int(ends[0])]
    found = np.searchsorted(limits, np.abs(values), side="right")
    finest, other = int(found.max()), np.flatnonzero(found != found.max())
    if (np.abs(values[other]) > 10**9).any():  # smaller stamps are early dates, not another unit
        coarser = _NAMES[units[int(found[other[0]])]]
        raise DataError(
            f"{source}: column {name!r} mixes {coarser} (row {other[0]}) and {_NAMES[units[finest]]}",
            expected="one unit of time in a file",
            fix="read the parts apart, or convert one of them (Binance archives changed from ms to us in 2025)",
        )
    return units[finest]


def _localised(stamps: NDArray[np.int64], timezone: str, source: str) -> tuple[NDArray[np.int64], list[str]]:
    if timezone == "UTC":
        return stamps, []
    import polars as pl

    local = pl.Series("t", stamps).set(pl.Series(stamps == MISSING_TIME), None).cast(pl.Datetime("ns"))
    try:
        early = local.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
        late = local.dt.replace_time_zone(timezone, ambiguous="latest", non_existent="null")
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise ParameterError(
            f"timezone={timezone!r} is unknown",
            expected='a name such as "America/New_York" or "UTC"',
        ) from error
    gone = early.is_null() & local.is_not_null()
    if gone.any():
        row = int(gone.arg_true()[0])
        raise DataError(
            f"{source}: row {row} has the local time {local[row]}, which {timezone} skipped (clocks went forward)",
            expected="times that exist in that zone",
            fix="check timezone=; times already in UTC need no timezone=",
        )
    first, second = (s.dt.epoch("ns").fill_null(MISSING_TIME).to_numpy().copy() for s in (early, late))
    notes = [f"local times of {timezone} converted to UTC"]
    repeated = np.flatnonzero(first != second)
    for at in repeated.tolist():
        if at and first[at] <= first[at - 1]:
            first[at] = second[at]
    if len(repeated):
        notes.append(f"{len(repeated)} local times happen twice (clocks went back): taken in the order of the rows")
    return first, notes


def _read_text(column: Column, source: str) -> Column:
    import polars as pl

    text: pl.Series = column.values.str.strip_chars()
    text = text.set(text.is_in(["", "NaT", "nan", "NaN", "null", "None"]).fill_null(False), None)
    if not text.count():
        return Column(column.name, Kind.UTC, np.full(len(text), MISSING_TIME, np.int64))
    numbers = text.cast(pl.Float64, strict=False)
    if numbers.null_count() == text.null_count():
        whole = text.cast(pl.Int64, strict=False)
        exact = whole if whole.null_count() == text.null_count() and not whole.null_count() else numbers
        return Column(column.name, Kind.NUMBER, exact.to_numpy())
    return _best(column.name, text, source)


def _best(name: str, text: pl.Series, source: str) -> Column:
    if text.str.contains(r"(?:\d{2}|\.\d+)\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$").sum() * 2 > text.count():
        text = text.str.replace(r"\s?(Z|UTC|GMT)$", "+0000").str.replace(r"\s([+-]\d{2}:?\d{2})$", "$1")
        return _tried(name, text, _ZONED, Kind.UTC, source)
    if text.str.contains(r"^\d{1,2}/\d{1,2}/\d{2,4}").sum() * 2 > text.count():
        return _tried(name, text, _day_order(name, text, source), Kind.LOCAL, source)
    return _tried(name, text, _FORMATS, Kind.LOCAL, source)


def _tried(name: str, text: pl.Series, formats: tuple[str, ...], kind: Kind, source: str) -> Column:
    """The first format that reads every row, else the one that reads most; a row that none reads is an error."""
    import polars as pl

    best = None
    for pattern in formats:
        dated = "%H" in pattern
        read = (
            text.str.to_datetime(
                pattern,
                time_unit="ns",
                strict=False,
                time_zone="UTC" if kind is Kind.UTC else None,
            )
            if dated
            else (text.str.to_date(pattern, strict=False).cast(pl.Datetime("ns")))
        )
        if best is None or read.null_count() < best.null_count():
            best = read
        if read.null_count() == text.null_count():
            break
    assert best is not None
    bad = (best.is_null() & text.is_not_null()).arg_true()
    if len(bad):
        raise DataError(
            f"{source}: row {bad[0]}: {text[int(bad[0])]!r} in column {name!r} is not a time ({len(bad)} such rows)",
            expected='ISO 8601 such as "2024-01-31" or "2024-01-31 14:30:00", or a number since 1970',
            fix='correct these rows, or name another time column by columns={"ts": ...}',
        )
    return Column(
        name,
        kind,
        best.dt.replace_time_zone(None).dt.epoch("ns").fill_null(MISSING_TIME).to_numpy(),
    )


def _day_order(name: str, text: pl.Series, source: str) -> tuple[str, ...]:
    """Month first or day first, told by a number above 12; else nobody can know."""
    import polars as pl

    parts = text.str.extract_groups(r"^(\d{1,2})/(\d{1,2})/").struct
    first, second = (int(parts.field(key).cast(pl.Int64).fill_null(0).to_numpy().max()) for key in ("1", "2"))
    if first > 12 >= second:
        return tuple(pattern.replace("%m/%d", "%d/%m") for pattern in _SLASHED)
    if second > 12 >= first:
        return _SLASHED
    raise DataError(
        f"{source}: the dates in column {name!r}, such as {text.drop_nulls()[0]!r}, do not tell day from month",
        expected="ISO 8601 dates (2024-01-31)",
        fix="convert the column before reading",
    )
