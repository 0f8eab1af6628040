"""Trades, quotes and level-2 rows of one symbol: exact columns that may share a time but never run backward."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from parrot.engine.columns import DECIMALS_USUAL, Floats, Integers, moment, read_only, scale
from parrot.engine.defects import Check, RawRows, backward, bad_numbers, no_time, price_checks, refuse
from parrot.kernel.errors import DataError

UNKNOWN_SIZE = -1
UNREADABLE = 99  # a side or a flag that no reader understood


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """What trades, quotes and book rows share; `ts` is int64 ns UTC, non-decreasing, equal stamps allowed."""

    symbol: str
    ts: Integers

    def __post_init__(self) -> None:
        for name in self._columns():
            array = getattr(self, name)
            object.__setattr__(self, name, read_only(array, array.dtype))

    def _columns(self) -> list[str]:
        return [field.name for field in fields(self) if isinstance(getattr(self, field.name), np.ndarray)]

    def __len__(self) -> int:
        return len(self.ts)

    def __repr__(self) -> str:
        span = f"{moment(self.ts[0])} .. {moment(self.ts[-1])}" if len(self) else "empty"
        return f"{type(self).__name__}({self.symbol or 'no symbol'}, {len(self):,} rows, {span})"

    def between(self, start: int | None = None, end: int | None = None) -> Self:
        """Rows whose time lies in [start, end), ns UTC; None leaves a side open. May be empty; borrows columns."""
        first = 0 if start is None else int(np.searchsorted(self.ts, start))
        last = len(self) if end is None else int(np.searchsorted(self.ts, end))
        return replace(self, **{name: getattr(self, name)[first : max(first, last)] for name in self._columns()})

    def content_hash(self) -> str:
        """SHA-256, in hex, over columns and scales; symbol, notes and source do not count."""
        scales = [getattr(self, field.name) for field in fields(self) if field.name.endswith("_decimals")]
        digest = hashlib.sha256(f"{type(self).__name__.lower()}/1 {scales} {self._columns()}".encode())
        for name in self._columns():
            digest.update(getattr(self, name).data)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Trades(_Rows):
    """Trades; `side` (int8) is 1 when the buyer was the aggressor, -1 the seller, 0 unknown.

    Prices are `price_ticks / 10**price_decimals`, sizes `size_lots / 10**size_decimals`, all int64, read-only.
    """

    price_ticks: Integers
    size_lots: Integers
    side: NDArray[np.int8]
    price_decimals: int
    size_decimals: int
    notes: tuple[str, ...] = ()
    source: str = "memory"

    @classmethod
    def from_rows(
        cls, raw: RawRows, *, symbol: str = "", notes: tuple[str, ...] = (), source: str = "memory"
    ) -> Trades:
        """Trades of rows with price and size (float64) and side. Raises DataError, naming rows, when unusable."""
        _usable(raw, source, TRADE_CHECKS)
        scales = _Scales(source)
        (price,), decimals = scales.prices([raw.values["price"]])
        (size,), size_decimals = scales.sizes([raw.values["size"]])
        side = raw.values["side"].astype(np.int8)
        return cls(symbol, raw.ts, price, size, side, decimals, size_decimals, (*notes, *scales.notes), source)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quotes(_Rows):
    """Best bid and ask, int64 ticks and lots, read-only; a size of -1 is unknown. Crossed quotes are kept and noted."""

    bid_ticks: Integers
    ask_ticks: Integers
    bid_lots: Integers
    ask_lots: Integers
    price_decimals: int
    size_decimals: int
    notes: tuple[str, ...] = ()
    source: str = "memory"

    @classmethod
    def from_rows(
        cls, raw: RawRows, *, symbol: str = "", notes: tuple[str, ...] = (), source: str = "memory"
    ) -> Quotes:
        """Quotes of rows with bid, ask, bid_size and ask_size (float64, sizes NaN where unknown).

        Raises DataError, naming rows, when they are unusable.
        """
        _usable(raw, source, QUOTE_CHECKS)
        scales = _Scales(source)
        (bid, ask), decimals = scales.prices([raw.values["bid"], raw.values["ask"]])
        (bids, asks), size_decimals = scales.sizes([raw.values["bid_size"], raw.values["ask_size"]])
        notes = (*notes, *_crossings(bid, ask), *scales.notes)
        return cls(symbol, raw.ts, bid, ask, bids, asks, decimals, size_decimals, notes, source)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Books(_Rows):
    """Level-2 rows, one a price level; `side` (int8) is 1 bid, -1 ask; `flags` (uint8) is 1 snapshot row, 0 delta,
    2 carried over from earlier; `size_lots` is the size from now on, 0 deletes the level.

    Rows of one message share `ts`; `last_id` (int64, or None) is the venue's id of the last update in the message.
    """

    side: NDArray[np.int8]
    price_ticks: Integers
    size_lots: Integers
    flags: NDArray[np.uint8]
    price_decimals: int
    size_decimals: int
    last_id: Integers | None = None
    notes: tuple[str, ...] = ()
    source: str = "memory"

    @classmethod
    def from_rows(cls, raw: RawRows, *, symbol: str = "", notes: tuple[str, ...] = (), source: str = "memory") -> Books:
        """Rows with side, price, size, flags and perhaps last_id. Raises DataError, naming rows, when unusable."""
        _usable(raw, source, BOOK_CHECKS)
        scales = _Scales(source)
        (price,), decimals = scales.prices([raw.values["price"]])
        (size,), size_decimals = scales.sizes([raw.values["size"]])
        return cls(
            symbol=symbol,
            ts=raw.ts,
            side=raw.values["side"].astype(np.int8),
            price_ticks=price,
            size_lots=size,
            flags=raw.values["flags"].astype(np.uint8),
            price_decimals=decimals,
            size_decimals=size_decimals,
            last_id=raw.values.get("last_id"),
            notes=(*notes, *scales.notes),
            source=source,
        )


class _Scales:
    """Turns floats into integers and keeps the notes on what was rounded."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.notes: list[str] = []

    def prices(self, columns: Sequence[Floats]) -> tuple[list[Integers], int]:
        scaled = scale(columns, f"{self.source}: a price")
        if min(int(column.min()) for column in scaled.columns) <= 0:
            raise DataError(
                f"{self.source}: a price is below 1e-{scaled.decimals}",
                expected="prices that a tick can hold",
                fix="quote a larger unit",
            )
        self._note("prices", scaled.decimals, scaled.error)
        return scaled.columns, scaled.decimals

    def sizes(self, columns: Sequence[Floats]) -> tuple[list[Integers], int]:
        missing = [np.isnan(column) for column in columns]
        scaled = scale(
            [np.where(gone, 0.0, column) for gone, column in zip(missing, columns, strict=True)],
            f"{self.source}: a size",
            most=DECIMALS_USUAL,
        )
        lots = [np.where(gone, UNKNOWN_SIZE, column) for gone, column in zip(missing, scaled.columns, strict=True)]
        unknown = int(np.count_nonzero(np.logical_or.reduce(missing)))
        if unknown:
            self.notes.append(f"sizes unknown in {unknown:,} of {len(missing[0]):,} rows")
        self._note("sizes", scaled.decimals, scaled.error)
        return lots, scaled.decimals

    def _note(self, what: str, decimals: int, error: float) -> None:
        if error:
            self.notes.append(f"{what} rounded to {decimals} decimals, by at most {error:.1e}")


def _usable(raw: RawRows, source: str, checks: Sequence[Check]) -> None:
    if not len(raw):
        raise DataError(f"{source}: no rows", expected="at least one row", fix="check the file and the dates asked for")
    refuse(raw, source, checks)


def _crossings(bid: Integers, ask: Integers) -> list[str]:
    counts = (("crossed (bid above ask)", bid > ask), ("locked (bid equals ask)", bid == ask))
    return [f"{np.count_nonzero(mask):,} of {len(bid):,} quotes are {what}" for what, mask in counts if mask.any()]


def _bad_sizes(names: Sequence[str]) -> Check:
    return bad_numbers(
        names,
        "sizes",
        "negative or infinite",
        lambda values: (values < 0.0) | np.isinf(values),
        "sizes of zero or more",
    )


def _coded(name: str, allowed: Sequence[int], expected: str) -> Check:
    def outside(values: NDArray[Any]) -> NDArray[np.bool_]:
        return ~np.isin(values, allowed)

    return bad_numbers([name], name, "unknown", outside, expected)


_NO_SIZE = bad_numbers(["size"], "sizes", "NaN", np.isnan, "a number")
TRADE_CHECKS = (
    no_time(),
    *price_checks(["price"]),
    _NO_SIZE,
    _bad_sizes(["size"]),
    _coded("side", (1, -1, 0), "side 1 or buy, -1 or sell, 0 when unknown"),
    backward(),
)
QUOTE_CHECKS = (no_time(), *price_checks(["bid", "ask"]), _bad_sizes(["bid_size", "ask_size"]), backward())
BOOK_CHECKS = (
    no_time(),
    *price_checks(["price"]),
    _NO_SIZE,
    _bad_sizes(["size"]),
    _coded("side", (1, -1), "side 1 or bid, -1 or ask"),
    _coded("flags", (0, 1, 2), "flags 0 (delta), 1 (snapshot row) or 2 (carried over)"),
    backward(),
)
