"""What can be wrong with bars, where it is, and the repair that is defensible: found in whole columns at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parrot.engine.columns import Floats, Integers, moment
from parrot.kernel.errors import DataError

# Stamps before 1900 are missing times in disguise (NaT, the year 1): no market here is that old.
EARLIEST = -2_208_988_800_000_000_000
_SHOWN = 3
_BLOCK = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class RawBars:
    """Columns as read: ts int64 ns UTC, prices and volume float64, `row` the place in the source, counted from 0."""

    ts: Integers
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    row: Integers

    def __len__(self) -> int:
        return len(self.ts)

    @property
    def prices(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Open, high, low, close."""
        return self.open, self.high, self.low, self.close

    def take(self, rows: NDArray[np.generic]) -> RawBars:
        """The chosen rows, by mask or by index."""
        columns = (self.ts, *self.prices, self.volume, self.row)
        return RawBars(*(column[rows] for column in columns))


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of defect: how to find it, how to say it, what would have been right, and how it is repaired."""

    name: str
    find: Callable[[RawBars], NDArray[np.bool_]]
    show: Callable[[RawBars, int], str]
    expected: str
    repair: Callable[[RawBars, NDArray[np.bool_]], RawBars]
    repaired: str


def is_clean(raw: RawBars) -> bool:
    """Whether no check would find anything; a few passes over the columns, nothing allocated per row."""
    if not len(raw):
        return True
    if raw.ts[0] < EARLIEST or (len(raw) > 1 and not bool((raw.ts[1:] > raw.ts[:-1]).all())):
        return False
    volume = raw.volume
    if not (float(volume.min()) >= 0.0 and float(volume.max()) < np.inf):
        return False
    return all(_block_is_clean(raw, start) for start in range(0, len(raw), _BLOCK))


def _block_is_clean(raw: RawBars, start: int) -> bool:
    opens, highs, lows, closes = (column[start : start + _BLOCK] for column in raw.prices)
    # A NaN fails every comparison, so it cannot hide; the largest high and the smallest low bound all four.
    ordered = bool((np.maximum(opens, closes) <= highs).all()) and bool((np.minimum(opens, closes) >= lows).all())
    return ordered and float(lows.min()) > 0.0 and float(highs.max()) < np.inf


def refuse(raw: RawBars, source: str) -> None:
    """Raise one DataError that names every kind of defect with its count and first place."""
    found = [(check, check.find(raw)) for check in CHECKS]
    found = [(check, mask) for check, mask in found if mask.any()]
    if found:
        lines = [_sentence(check, mask, raw) for check, mask in found]
        fix = "; ".join(check.repaired for check, _ in found)
        raise DataError(
            f"{source}: " + "; ".join(lines),
            expected="; ".join(check.expected for check, _ in found),
            fix=f"correct the source, or pass repair=True, which does this and reports it: {fix}",
        )


def mend(raw: RawBars, source: str) -> tuple[RawBars, list[str]]:
    """Repair every defect in a fixed order; the notes say how many rows, where, and what was done."""
    notes = []
    for check in CHECKS:
        mask = check.find(raw)
        if mask.any():
            notes.append(f"repaired: {_sentence(check, mask, raw)}: {check.repaired}")
            raw = check.repair(raw, mask)
    if not len(raw):
        raise DataError(
            f"{source}: no usable bar is left after the repairs: " + "; ".join(notes),
            fix="get other data",
        )
    return raw, notes


def _sentence(check: Check, mask: NDArray[np.bool_], raw: RawBars) -> str:
    rows = np.flatnonzero(mask)
    places = ", ".join(f"row {raw.row[i]} ({_when(raw.ts[i])}): {check.show(raw, int(i))}" for i in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return f"{len(rows)} {'row' if len(rows) == 1 else 'rows'} with {check.name} [{places}{more}]"


def _when(ts: int) -> str:
    return moment(ts) if ts >= EARLIEST else "no time"


def _value(name: str, raw: RawBars, row: int) -> str:
    return f"{name}={getattr(raw, name)[row]:.15g}"


def _bad_prices(
    test: Callable[[Floats], NDArray[np.bool_]],
) -> Callable[[RawBars], NDArray[np.bool_]]:
    return lambda raw: np.logical_or.reduce([test(column) for column in raw.prices])


def _named(
    test: Callable[[Floats], NDArray[np.bool_]],
) -> Callable[[RawBars, int], str]:
    names = ("open", "high", "low", "close")
    return lambda raw, row: " ".join(
        _value(name, raw, row) for name in names if test(getattr(raw, name)[row : row + 1])[0]
    )


def _below_zero(values: Floats) -> NDArray[np.bool_]:
    return (values <= 0.0) & np.isfinite(values)


def _outside(raw: RawBars) -> NDArray[np.bool_]:
    top, bottom = np.maximum(raw.open, raw.close), np.minimum(raw.open, raw.close)
    mask: NDArray[np.bool_] = (top > raw.high) | (bottom < raw.low) | (raw.high < raw.low)
    for column in raw.prices:  # other checks speak of these rows
        mask &= np.isfinite(column) & (column > 0.0)
    return mask


def _widen(raw: RawBars, mask: NDArray[np.bool_]) -> RawBars:
    high, low = np.maximum.reduce(raw.prices), np.minimum.reduce(raw.prices)
    return replace(raw, high=np.where(mask, high, raw.high), low=np.where(mask, low, raw.low))


def _backward(raw: RawBars) -> NDArray[np.bool_]:
    """Rows earlier than the row before them; rows without a time do not count."""
    known = np.flatnonzero(raw.ts >= EARLIEST)
    mask = np.zeros(len(raw), bool)
    mask[known[1:]] = raw.ts[known[1:]] < raw.ts[known[:-1]]
    return mask


def _repeated(raw: RawBars) -> NDArray[np.bool_]:
    """Rows whose time a later row has too: the last one in the source is kept."""
    order = np.argsort(raw.ts, kind="stable")
    again = raw.ts[order][1:] == raw.ts[order][:-1]
    mask = np.zeros(len(raw), bool)
    mask[order[:-1][again]] = True
    return mask & (raw.ts >= EARLIEST)


def _show_repeated(raw: RawBars, row: int) -> str:
    same = np.flatnonzero(raw.ts == raw.ts[row])
    first, last = same[0], same[-1]
    equal = all(column[first] == column[last] for column in (*raw.prices, raw.volume))
    return f"again in row {raw.row[last]} with {'equal' if equal else 'other'} values"


def _drop(raw: RawBars, mask: NDArray[np.bool_]) -> RawBars:
    return raw.take(~mask)


def _without_volume(raw: RawBars, mask: NDArray[np.bool_]) -> RawBars:
    return replace(raw, volume=np.where(mask, 0.0, raw.volume))


def _bad_volume(raw: RawBars) -> NDArray[np.bool_]:
    return (raw.volume < 0.0) | np.isinf(raw.volume)


def _checks() -> Iterator[Check]:
    yield Check(
        "no usable time",
        lambda raw: raw.ts < EARLIEST,
        lambda raw, row: "time is missing or before the year 1900",
        "a time in every row",
        _drop,
        "rows without a time are dropped",
    )
    yield Check(
        "NaN prices",
        _bad_prices(np.isnan),
        _named(np.isnan),
        "a number",
        _drop,
        "rows with NaN prices are dropped",
    )
    yield Check(
        "infinite prices",
        _bad_prices(np.isinf),
        _named(np.isinf),
        "a finite price",
        _drop,
        "rows with infinite prices are dropped",
    )
    yield Check(
        "zero or negative prices",
        _bad_prices(_below_zero),
        _named(_below_zero),
        "prices above zero",
        _drop,
        "rows with zero or negative prices are dropped",
    )
    yield Check(
        "prices outside high and low",
        _outside,
        lambda raw, row: " ".join(_value(name, raw, row) for name in ("open", "high", "low", "close")),
        "low <= open, close <= high",
        _widen,
        "high and low are widened to hold open and close",
    )
    yield Check(
        "negative or infinite volume",
        _bad_volume,
        lambda raw, row: _value("volume", raw, row),
        "volume of zero or more",
        _without_volume,
        "such volume becomes 0",
    )
    yield Check(
        "time running backward",
        _backward,
        lambda raw, row: "earlier than the row before it",
        "rows in order of time",
        lambda raw, mask: raw.take(np.argsort(raw.ts, kind="stable")),
        "rows are sorted by time",
    )
    yield Check(
        "duplicate time",
        _repeated,
        _show_repeated,
        "one row for each time",
        _drop,
        "of rows with one time the last in the source is kept",
    )


CHECKS = tuple(_checks())
