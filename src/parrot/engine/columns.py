"""Exact columns: floats become integers of a power of ten, and back, without losing a digit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from parrot.kernel.errors import DataError, ParameterError

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

# Below 2**53 every integer is a double and one division by an exact power of ten is correctly rounded,
# so integer / 10**decimals is the very double that a parser makes of the decimal text.
LARGEST = 9_000_000_000_000_000
DECIMALS_USUAL = 8
DECIMALS_MOST = 12

_BLOCK = 16_384  # rows: five blocks of doubles stay in the second-level cache
_SAMPLE = 4_096
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": MINUTE,
    "min": MINUTE,
    "h": HOUR,
    "d": DAY,
    "w": WEEK,
}


class Scaled(NamedTuple):
    """Integer columns that share one scale; `error` is the largest rounding, 0.0 when every value is exact."""

    columns: list[Integers]
    decimals: int
    error: float


def read_only(values: Any, dtype: Any = np.int64) -> NDArray[Any]:
    """A C-contiguous read-only array of `dtype`; copied when somebody else could still write to it."""
    array = np.ascontiguousarray(values, dtype=dtype)
    if not array.flags.writeable:
        return array
    if array is values or array.base is not None:
        array = array.copy()
    array.flags.writeable = False
    return array


def to_floats(integers: NDArray[Any], decimals: int) -> Floats:
    """The decimal values of integers: float64, correctly rounded for integers below 2**53."""
    return integers / np.float64(10**decimals)


def scale(columns: Sequence[Floats], what: str, most: int = DECIMALS_MOST) -> Scaled:
    """Turn float64 columns into int64 columns of one common scale.

    The scale has 8 decimals; more (up to `most`) when the values carry more, fewer when `max * 10**decimals` would
    pass 9e15. Values that no permitted scale holds are rounded half-even and `error` says by how much.
    Columns must be finite. Raises DataError when a value is too large for a scale of 0 decimals.
    """
    largest = max(
        (max(float(column.max()), -float(column.min())) for column in columns if len(column)),
        default=0.0,
    )
    if largest > LARGEST:
        raise DataError(
            f"{what} of {largest:g} is too large",
            expected=f"at most {LARGEST:g}",
            fix="use a larger unit",
        )
    permitted = max(d for d in range(most + 1) if largest * 10**d <= LARGEST)
    for decimals in range(min(DECIMALS_USUAL, permitted), permitted + 1):
        if all(_exact(column[:_SAMPLE], decimals) for column in columns):
            exact = [_convert(column, decimals) for column in columns]
            if all(error == 0.0 for _, error in exact):
                return Scaled([integers for integers, _ in exact], decimals, 0.0)
    rounded = [_convert(column, permitted) for column in columns]
    return Scaled(
        [integers for integers, _ in rounded],
        permitted,
        max(error for _, error in rounded),
    )


def _exact(values: Floats, decimals: int) -> bool:
    return _convert(values, decimals)[1] == 0.0


def _convert(values: Floats, decimals: int) -> tuple[Integers, float]:
    """Integers of `values` at a scale, and the largest difference that the way back shows."""
    factor = np.float64(10**decimals)
    integers = np.empty(len(values), np.int64)
    scratch = np.empty(min(_BLOCK, len(values)), np.float64)
    error = 0.0
    for start in range(0, len(values), _BLOCK):
        part = values[start : start + _BLOCK]
        buffer = scratch[: len(part)]
        whole = integers[start : start + len(part)]
        np.multiply(part, factor, out=buffer)
        np.rint(buffer, out=buffer)
        np.copyto(whole, buffer, casting="unsafe")
        np.divide(buffer, factor, out=buffer)
        if not np.array_equal(buffer, part):
            error = max(error, _mend(part, whole, buffer, factor))
    integers.flags.writeable = False  # nobody else holds it: a column that may be kept as it is
    return integers, error


def _mend(part: Floats, whole: Integers, back: Floats, factor: np.float64) -> float:
    """Try the neighbours of integers that do not come back: near 9e15 the product itself is rounded."""
    rows = np.flatnonzero(back != part)
    for step in (1, -1):
        tried = whole[rows] + step
        hit = tried / factor == part[rows]
        whole[rows[hit]] = tried[hit]
        rows = rows[~hit]
    return float(np.abs(whole[rows] / factor - part[rows]).max()) if len(rows) else 0.0


def common_step(ts: Integers) -> int:
    """The most common positive step between stamps, in ns (the smallest of equals); 0 below two rows."""
    steps = np.diff(ts)
    for guess in steps[:2]:
        if guess > 0 and 2 * int(np.count_nonzero(steps == guess)) > len(steps):
            return int(guess)
    values, counts = np.unique(steps[steps > 0], return_counts=True)
    return int(values[counts.argmax()]) if len(values) else 0


def timeframe_ns(timeframe: int | str | timedelta) -> int:
    """Nanoseconds of a timeframe: an integer of ns, a timedelta, or text such as "1m", "15m", "1h", "1d", "1w".

    Raises ParameterError for anything else: calendar months have no fixed length.
    """
    if isinstance(timeframe, timedelta):
        value = int(timeframe / timedelta(microseconds=1)) * 1_000
    elif isinstance(timeframe, str):
        digits = timeframe.strip().rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
        unit = timeframe.strip()[len(digits) :].strip()
        unit = unit if unit == "M" else unit.lower()
        value = int(digits or 1) * _UNITS[unit] if unit in _UNITS and (digits or "1").isdigit() else 0
    else:
        value = int(timeframe)
    if value <= 0:
        raise ParameterError(
            f"timeframe {timeframe!r} is not a length of time",
            expected='text such as "1m", "15m", "4h", "1d", "1w", a timedelta, or nanoseconds',
            fix='calendar months have no fixed length: use "1d" or "1w"',
        )
    return value


def timeframe_text(timeframe: int) -> str:
    """A timeframe for reading: 3_600_000_000_000 ns is "1h"."""
    for unit in ("w", "d", "h", "m", "s", "ms", "us"):
        if timeframe % _UNITS[unit] == 0:
            return f"{timeframe // _UNITS[unit]}{unit}"
    return f"{timeframe}ns"


def moment(ts: int) -> str:
    """ISO 8601 with zone, in UTC, of a time in ns; fractions of a second only where there are any."""
    seconds, fraction = divmod(int(ts), SECOND)
    text = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{fraction:09d}".rstrip("0") if fraction else "") + "Z"
