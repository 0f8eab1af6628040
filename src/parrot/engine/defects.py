"""What can be wrong with market data, where it is, and the repair that is defensible: whole columns at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from parrot.engine.columns import Integers, moment
from parrot.kernel.errors import DataError

Mask: TypeAlias = NDArray[np.bool_]

# Stamps before 1900 are missing times in disguise (NaT, the year 1): no market here is that old.
EARLIEST = -2_208_988_800_000_000_000
PRICES = ("open", "high", "low", "close")
_SHOWN = 3
_BLOCK = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class RawRows:
    """Rows as read: `ts` int64 ns UTC, others by name (numbers float64), `row` the place in the source, from 0."""

    ts: Integers
    values: Mapping[str, NDArray[Any]]
    row: Integers

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, rows: NDArray[Any]) -> RawRows:
        """The chosen rows, by mask or by index."""
        return RawRows(self.ts[rows], {name: column[rows] for name, column in self.values.items()}, self.row[rows])

    def changed(self, **columns: NDArray[Any]) -> RawRows:
        """The same rows with some columns replaced."""
        return replace(self, values={**self.values, **columns})


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of defect: how to find it, how to say it, what would have been right, and how it is repaired."""

    name: str
    find: Callable[[RawRows], Mask]
    show: Callable[[RawRows, int], str]
    expected: str
    repair: Callable[[RawRows, Mask], RawRows]
    repaired: str


def refuse(raw: RawRows, source: str, checks: Iterable[Check]) -> None:
    """Raise one DataError that names every kind of defect with its count and first places; nothing found: return."""
    found = [(check, check.find(raw)) for check in checks]
    found = [(check, mask) for check, mask in found if mask.any()]
    if found:
        raise DataError(
            f"{source}: " + "; ".join(_sentence(check, mask, raw) for check, mask in found),
            expected="; ".join(check.expected for check, _ in found),
            fix="correct the source, or pass repair=True, which does this and reports it: "
            + "; ".join(check.repaired for check, _ in found),
        )


def mend(raw: RawRows, source: str, checks: Iterable[Check]) -> tuple[RawRows, list[str]]:
    """Repair every defect in a fixed order; the notes say how many rows, where, and what was done."""
    notes = []
    for check in checks:
        mask = check.find(raw)
        if mask.any():
            notes.append(f"repaired: {_sentence(check, mask, raw)}: {check.repaired}")
            raw = check.repair(raw, mask)
    if not len(raw) and notes:
        raise DataError(f"{source}: no usable row is left after the repairs: {'; '.join(notes)}", fix="get other data")
    return raw, notes


def _sentence(check: Check, mask: Mask, raw: RawRows) -> str:
    rows = np.flatnonzero(mask)
    places = ", ".join(f"row {raw.row[i]} ({_when(raw.ts[i])}): {check.show(raw, int(i))}" for i in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN:,} more" if len(rows) > _SHOWN else ""
    return f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'} with {check.name} [{places}{more}]"


def _when(ts: int) -> str:
    return moment(ts) if ts >= EARLIEST else "no time"


def _written(names: Sequence[str], raw: RawRows, row: int) -> str:
    return " ".join(f"{name}={raw.values[name][row]:.15g}" for name in names)


def _drop(raw: RawRows, mask: Mask) -> RawRows:
    return raw.take(~mask)


def no_time() -> Check:
    """Rows whose time is missing or before 1900."""
    return Check(
        "no usable time",
        lambda raw: raw.ts < EARLIEST,
        lambda _raw, _row: "time is missing or before the year 1900",
        "a time in every row",
        _drop,
        "rows without a time are dropped",
    )


def bad_numbers(
    names: Sequence[str], what: str, kind: str, test: Callable[[NDArray[Any]], Mask], expected: str
) -> Check:
    """Rows in which any of the named columns passes `test`; repaired by dropping them."""

    def find(raw: RawRows) -> Mask:
        mask = test(raw.values[names[0]])
        for name in names[1:]:
            mask = mask | test(raw.values[name])
        return mask

    def show(raw: RawRows, row: int) -> str:
        return _written([name for name in names if test(raw.values[name][row : row + 1])[0]], raw, row)

    return Check(f"{kind} {what}", find, show, expected, _drop, f"rows with {kind} {what} are dropped")


def price_checks(names: Sequence[str]) -> Iterator[Check]:
    """Prices that are NaN, infinite, zero or negative."""
    yield bad_numbers(names, "prices", "NaN", np.isnan, "a number")
    yield bad_numbers(names, "prices", "infinite", np.isinf, "a finite price")
    yield bad_numbers(names, "prices", "zero or negative", _not_positive, "prices above zero")


def _not_positive(values: NDArray[Any]) -> Mask:
    return np.asarray((values <= 0.0) & np.isfinite(values))


def backward() -> Check:
    """Rows earlier than the row before them; rows without a time do not count."""

    def find(raw: RawRows) -> Mask:
        known = np.flatnonzero(raw.ts >= EARLIEST)
        mask = np.zeros(len(raw), bool)
        mask[known[1:]] = raw.ts[known[1:]] < raw.ts[known[:-1]]
        return mask

    return Check(
        "time running backward",
        find,
        lambda _raw, _row: "earlier than the row before it",
        "rows in order of time",
        lambda raw, _mask: raw.take(np.argsort(raw.ts, kind="stable")),
        "rows are sorted by time",
    )


def _outside() -> Check:
    def find(raw: RawRows) -> Mask:
        opens, highs, lows, closes = (raw.values[name] for name in PRICES)
        mask: Mask = (np.maximum(opens, closes) > highs) | (np.minimum(opens, closes) < lows) | (highs < lows)
        for name in PRICES:  # other checks speak of these rows
            mask &= np.isfinite(raw.values[name]) & (raw.values[name] > 0.0)
        return mask

    def widen(raw: RawRows, mask: Mask) -> RawRows:
        prices = [raw.values[name] for name in PRICES]
        high = np.where(mask, np.maximum.reduce(prices), raw.values["high"])
        return raw.changed(high=high, low=np.where(mask, np.minimum.reduce(prices), raw.values["low"]))

    return Check(
        "prices outside high and low",
        find,
        lambda raw, row: _written(PRICES, raw, row),
        "low <= open, close <= high",
        widen,
        "high and low are widened to hold open and close",
    )


def _bad_volume() -> Check:
    return Check(
        "negative or infinite volume",
        lambda raw: (raw.values["volume"] < 0.0) | np.isinf(raw.values["volume"]),
        lambda raw, row: _written(["volume"], raw, row),
        "volume of zero or more",
        lambda raw, mask: raw.changed(volume=np.where(mask, 0.0, raw.values["volume"])),
        "such volume becomes 0",
    )


def _repeated() -> Check:
    """Rows whose time a later row has too: the last one in the source is kept."""

    def find(raw: RawRows) -> Mask:
        order = np.argsort(raw.ts, kind="stable")
        again = raw.ts[order][1:] == raw.ts[order][:-1]
        mask = np.zeros(len(raw), bool)
        mask[order[:-1][again]] = True
        return mask & (raw.ts >= EARLIEST)

    def show(raw: RawRows, row: int) -> str:
        last = np.flatnonzero(raw.ts == raw.ts[row])[-1]
        equal = all(column[row] == column[last] for column in raw.values.values())
        return f"again in row {raw.row[last]} with {'equal' if equal else 'other'} values"

    return Check(
        "duplicate time",
        find,
        show,
        "one row for each time",
        _drop,
        "of rows with one time the last in the source is kept",
    )


BAR_CHECKS = (no_time(), *price_checks(PRICES), _outside(), _bad_volume(), backward(), _repeated())


def bars_are_clean(raw: RawRows) -> bool:
    """Whether BAR_CHECKS would find nothing; a few passes over the columns in blocks that stay in the cache."""
    if not len(raw):
        return True
    if raw.ts[0] < EARLIEST or not bool((raw.ts[1:] > raw.ts[:-1]).all()):
        return False
    volume = raw.values["volume"]  # NaN is allowed: it counts as 0
    if np.fmin.reduce(volume) < 0.0 or np.fmax.reduce(volume) == np.inf:
        return False
    return all(_block_is_clean(raw, start) for start in range(0, len(raw), _BLOCK))


def _block_is_clean(raw: RawRows, start: int) -> bool:
    opens, highs, lows, closes = (raw.values[name][start : start + _BLOCK] for name in PRICES)
    # A NaN fails every comparison, so it cannot hide; the largest high and the smallest low bound all four.
    ordered = bool((np.maximum(opens, closes) <= highs).all()) and bool((np.minimum(opens, closes) >= lows).all())
    return ordered and float(lows.min()) > 0.0 and float(highs.max()) < np.inf
