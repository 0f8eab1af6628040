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
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S%.f", "T%H:%M:%S%.f", " %H%M%S", " %H%M")
_DATES = ("%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d", "%d.%m.%Y", "%b %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y")
_FORMATS = tuple(date + clock for clock in _CLOCKS for date in _DATES)
_ZONED = tuple(f"%Y-%m-%d{clock}%z" for clock in _CLOCKS if clock)
_SAMPLE = 200
_SLASHED = tuple(date + clock for clock in (*_CLOCKS, " %I:%M %p", " %I:%M:%S %p") for date in ("%m/%d/%Y", "%m/%d/%y"))


def nanoseconds(
    column: Column, source: str, *, timezone: str, unit: str | None, distinct: bool
) -> tuple[NDArray[np.int64], list[str]]:
    """Times in int64 ns UTC (NaT's bits where missing), and notes on what was assumed; `distinct`: no two are equal."""
    if unit is not None and unit not in UNITS:
        raise ParameterError(f"time_unit={unit!r} is unknown", expected='"s", "ms", "us" or "ns"')
    if column.kind is Kind.TEXT:
        column = _read_text(column, source)
    notes: list[str] = []
    if column.kind is Kind.NUMBER:
        column, notes = _from_epoch(column, source, unit)
    if column.kind is Kind.UTC or timezone == "UTC":
        return column.values, notes
    stamps, more = _localised(column.values, timezone, source, distinct=distinct)
    return stamps, notes + more


def with_clock(dates: Column, clock: Column) -> Column:
    """A date column and a time column as one; a time column that already holds whole times stands alone."""
    import polars as pl

    if clock.kind in (Kind.UTC, Kind.LOCAL):
        return clock
    times = (
        clock.values
        if clock.kind is Kind.TEXT
        else pl.Series(clock.values).cast(pl.Int64, strict=False).cast(pl.String)
    )
    longest = int(times.str.strip_chars().str.len_chars().fill_null(0).to_numpy().max(initial=0))
    if longest > len("HH:MM:SS") and not times.str.contains(r"^\s*\d{1,2}:\d{2}:\d{2}[.]").any():
        return clock
    if not times.str.contains(":").any():
        times = times.str.zfill(6 if longest > 4 else 4)
    if dates.kind is Kind.LOCAL:
        days = pl.Series(dates.values // 86_400_000_000_000).cast(pl.Int32).cast(pl.Date).cast(pl.String)
    else:
        days = dates.values if dates.kind is Kind.TEXT else pl.Series(dates.values).cast(pl.Int64).cast(pl.String)
    return Column(f"{dates.name} {clock.name}", Kind.TEXT, days.str.strip_chars() + " " + times.str.strip_chars())


def _from_epoch(column: Column, source: str, unit: str | None) -> tuple[Column, list[str]]:
    values, missing, fractions = _whole(column.values, unit)
    known = values if missing is None else values[~missing]
    if not len(known):
        return Column(column.name, Kind.UTC, np.full(len(values), MISSING_TIME, np.int64)), []
    if unit is None and not fractions and _are_dates(known):
        note = f"time read as dates of the form YYYYMMDD from {column.name!r}"
        return Column(column.name, Kind.LOCAL, _from_dates(values, missing)), [note]
    found_unit = "us" if fractions else unit or _unit(known, column.name, source)
    stamps = _scaled(values, found_unit, source)
    if missing is not None:
        stamps = np.where(missing, MISSING_TIME, stamps)
    told = "seconds, to the microsecond," if fractions else _NAMES[found_unit]
    notes = [] if found_unit == "ns" or unit else [f"time read as {told} since 1970 by its magnitude"]
    return Column(column.name, Kind.UTC, stamps), notes


def _scaled(values: NDArray[np.int64], unit: str, source: str) -> NDArray[np.int64]:
    if unit == "ns":
        return values
    row = int(np.abs(values).argmax())
    if abs(int(values[row])) >= 2**63 // UNITS[unit]:
        raise DataError(
            f"{source}: row {row} has the time {values[row]}, which is no number of {_NAMES[unit]} since 1970",
            expected="times before the year 2262",
            fix="leave time_unit= out, or correct it",
        )
    return values * UNITS[unit]


def _whole(values: NDArray[Any], unit: str | None) -> tuple[NDArray[np.int64], NDArray[np.bool_] | None, bool]:
    """Epochs as integers, where none stands, and whether they were seconds with fractions (now microseconds)."""
    if values.dtype.kind in "iu":
        stamps = values.astype(np.int64, copy=False)
        return stamps, stamps == MISSING_TIME if stamps.size and stamps.min() == MISSING_TIME else None, False
    missing = ~(np.abs(values) < 2.0**63)  # NaN and infinity as well
    safe = np.where(missing, 0.0, values)
    in_seconds = unit == "s" or (unit is None and bool((np.abs(safe) < 1e10).all()))
    fractions = in_seconds and bool((safe != np.rint(safe)).any())
    stamps = np.rint(safe * 1e6 if fractions else safe).astype(np.int64)
    return stamps, missing if missing.any() else None, fractions


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


def _localised(
    stamps: NDArray[np.int64], timezone: str, source: str, *, distinct: bool
) -> tuple[NDArray[np.int64], list[str]]:
    import polars as pl

    local = pl.Series("t", stamps).set(pl.Series(stamps == MISSING_TIME), None).cast(pl.Datetime("ns"))
    try:
        early = local.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
        late = local.dt.replace_time_zone(timezone, ambiguous="latest", non_existent="null")
    except (pl.exceptions.PolarsError, ValueError):
        raise ParameterError(
            f"timezone={timezone!r} is unknown", expected='a name such as "America/New_York" or "UTC"'
        ) from None
    gone = early.is_null() & local.is_not_null()
    if gone.any():
        row = int(gone.arg_true()[0])
        raise DataError(
            f"{source}: row {row} has the local time {local[row]}, which {timezone} skipped (clocks went forward)",
            expected="times that exist in that zone",
            fix="check timezone=; times already in UTC need no timezone=",
        )
    first, second = (s.dt.epoch("ns").fill_null(MISSING_TIME).to_numpy().copy() for s in (early, late))
    repeated = np.flatnonzero(first != second)
    for at in repeated.tolist():
        if at and (first[at] < first[at - 1] or (distinct and first[at] == first[at - 1])):
            first[at] = second[at]
    twice = f"{len(repeated)} local times happen twice (clocks went back): taken in the order of the rows"
    return first, [f"local times of {timezone} converted to UTC", *([twice] if len(repeated) else [])]


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
    """The format that reads most of the first rows, applied to all; a row that it does not read is an error."""
    sample = text.drop_nulls().head(_SAMPLE)
    best = min(formats, key=lambda pattern: _read_with(sample, pattern, kind).null_count())
    read = _read_with(text, best, kind)
    dates = best.split("%d")[0] + "%d" if best.startswith("%Y") else best  # some tools leave out the clock at midnight
    for pattern in (other for other in formats if other.startswith(dates) and read.null_count() > text.null_count()):
        read = read.zip_with(read.is_not_null(), _read_with(text, pattern, kind))
    bad = (read.is_null() & text.is_not_null()).arg_true()
    if len(bad):
        raise DataError(
            f"{source}: row {bad[0]}: {text[int(bad[0])]!r} in column {name!r} is not a time ({len(bad)} such rows)",
            expected='ISO 8601 such as "2024-01-31" or "2024-01-31 14:30:00", or a number since 1970',
            fix='correct these rows, or name another time column by columns={"ts": ...}',
        )
    return Column(
        name,
        kind,
        read.dt.epoch("ns").fill_null(MISSING_TIME).to_numpy(),
    )


def _read_with(text: pl.Series, pattern: str, kind: Kind) -> pl.Series:
    import polars as pl

    if kind is Kind.UTC:
        return text.str.to_datetime(pattern, time_unit="ns", strict=False, time_zone="UTC").dt.replace_time_zone(None)
    if "%H" in pattern or "%I" in pattern:
        return text.str.to_datetime(pattern, time_unit="ns", strict=False)
    return text.str.to_date(pattern, strict=False).cast(pl.Datetime("ns"), strict=False)


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
