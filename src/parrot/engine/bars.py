"""Bars: the columns of one symbol and timeframe, exact and unchangeable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from parrot.engine.columns import (
    DAY,
    DECIMALS_USUAL,
    LARGEST,
    WEEK,
    Floats,
    Integers,
    common_step,
    moment,
    read_only,
    scale,
    timeframe_text,
    to_floats,
)
from parrot.engine.defects import BAR_CHECKS, PRICES, RawRows, bars_are_clean, refuse
from parrot.kernel.errors import DataError, ParameterError

if TYPE_CHECKING:
    import polars as pl

ADJUSTMENTS = ("none", "splits", "dividends")
_MONDAY = 4 * DAY  # 1970-01-05, the first Monday of the epoch
_COLUMNS = (
    "ts",
    "close_ts",
    "open_ticks",
    "high_ticks",
    "low_ticks",
    "close_ticks",
    "volume_lots",
)


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Columns of one symbol and timeframe; every array is int64, C-contiguous and read-only, of one length.

    `ts` is the open time and `close_ts` the close time (never beyond the next open), both ns UTC, `ts` strictly
    increasing. Prices are `*_ticks / 10**price_decimals` in the quote currency, volume is
    `volume_lots / 10**volume_decimals` in base units. `timeframe` is in ns. `adjusted` says what the prices already
    contain: "none", "splits" or "dividends" (both). `notes` explain every repair and assumption.
    """

    symbol: str
    ts: Integers
    close_ts: Integers
    open_ticks: Integers
    high_ticks: Integers
    low_ticks: Integers
    close_ticks: Integers
    volume_lots: Integers
    price_decimals: int
    volume_decimals: int
    timeframe: int
    adjusted: str = "none"
    notes: tuple[str, ...] = ()
    source: str = "memory"

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            object.__setattr__(self, name, read_only(getattr(self, name)))
        lengths = {name: len(getattr(self, name)) for name in _COLUMNS}
        if len(set(lengths.values())) > 1:
            raise DataError(f"columns of unequal length: {lengths}", expected="one value for each bar in every column")
        if self.adjusted not in ADJUSTMENTS:
            raise ParameterError(
                f"adjusted={self.adjusted!r} is unknown",
                expected=" or ".join(map(repr, ADJUSTMENTS)),
            )

    @classmethod
    def from_floats(
        cls,
        raw: RawRows,
        *,
        symbol: str = "",
        timeframe: int | None = None,
        close_ts: Integers | None = None,
        adjusted: str = "none",
        notes: tuple[str, ...] = (),
        source: str = "memory",
    ) -> Bars:
        """Bars from rows with float64 open, high, low, close and volume (NaN volume counts as 0, noted).

        Raises DataError, naming rows, when they are unusable.
        """
        if not len(raw):
            raise DataError(
                f"{source}: no bars",
                expected="at least one row",
                fix="check the file and the dates asked for",
            )
        if not bars_are_clean(raw):
            refuse(raw, source, BAR_CHECKS)
        volume, volume_notes = _known_volume(raw.values["volume"])
        prices = scale([raw.values[name] for name in PRICES], f"{source}: a price")
        lots = scale([volume], f"{source}: a volume", most=DECIMALS_USUAL)
        if int(prices.columns[2].min()) <= 0:
            raise DataError(
                f"{source}: a price is below 1e-{prices.decimals}",
                expected="prices that a tick can hold",
                fix="quote a larger unit",
            )
        step = common_step(raw.ts) if timeframe is None else _fitting(raw.ts, timeframe, source)
        if step == 0:
            raise DataError(
                f"{source}: one bar does not tell its length",
                expected="a timeframe",
                fix='pass timeframe="1h" or the like',
            )
        closes = np.minimum(raw.ts + step, np.append(raw.ts[1:], raw.ts[-1] + step)) if close_ts is None else close_ts
        _check_closes(raw.ts, closes, source)
        notes = (
            *notes,
            *volume_notes,
            *_roundings(prices.decimals, prices.error, lots.decimals, lots.error),
        )
        names = ("open_ticks", "high_ticks", "low_ticks", "close_ticks")
        return cls(
            symbol=symbol,
            ts=raw.ts,
            close_ts=closes,
            **dict(zip(names, prices.columns, strict=True)),
            volume_lots=lots.columns[0],
            price_decimals=prices.decimals,
            volume_decimals=lots.decimals,
            timeframe=step,
            adjusted=adjusted,
            notes=notes,
            source=source,
        )

    def __len__(self) -> int:
        return len(self.ts)

    def __repr__(self) -> str:
        span = f"{moment(self.ts[0])} .. {moment(self.ts[-1])}" if len(self) else "empty"
        return f"Bars({self.symbol or 'no symbol'}, {timeframe_text(self.timeframe)}, {len(self):,} rows, {span})"

    @property
    def open(self) -> Floats:
        """Open prices, float64, made on demand."""
        return to_floats(self.open_ticks, self.price_decimals)

    @property
    def high(self) -> Floats:
        """High prices, float64, made on demand."""
        return to_floats(self.high_ticks, self.price_decimals)

    @property
    def low(self) -> Floats:
        """Low prices, float64, made on demand."""
        return to_floats(self.low_ticks, self.price_decimals)

    @property
    def close(self) -> Floats:
        """Close prices, float64, made on demand."""
        return to_floats(self.close_ticks, self.price_decimals)

    @property
    def volume(self) -> Floats:
        """Volume in base units, float64, made on demand."""
        return to_floats(self.volume_lots, self.volume_decimals)

    def between(self, start: int | None = None, end: int | None = None) -> Bars:
        """Bars whose open time lies in [start, end), ns UTC; None leaves a side open. May be empty; borrows columns."""
        first = 0 if start is None else int(np.searchsorted(self.ts, start))
        last = len(self) if end is None else int(np.searchsorted(self.ts, end))
        return replace(
            self,
            **{name: getattr(self, name)[first : max(first, last)] for name in _COLUMNS},
        )

    def resample(self, timeframe: int) -> Bars:
        """Bars of a longer timeframe, in ns: a whole multiple of this one.

        Buckets are aligned to the UTC epoch, weeks to Monday; a bar opens and closes where its bucket does. A bucket
        without bars gives none; the last is dropped unless its close time is reached. Raises ParameterError for a
        timeframe that is no multiple, DataError when a bar would reach into two buckets (its close would look ahead).
        """
        if timeframe == self.timeframe:
            return self
        if timeframe < self.timeframe or timeframe % self.timeframe:
            raise ParameterError(
                f"cannot make {timeframe_text(timeframe)} bars of {timeframe_text(self.timeframe)} bars",
                expected=f"a whole multiple of {timeframe_text(self.timeframe)}",
                fix="read finer bars",
            )
        if not len(self):
            return replace(self, timeframe=timeframe)
        anchor = _MONDAY if timeframe % WEEK == 0 else 0
        bucket = (self.ts - anchor) // timeframe * timeframe + anchor
        straddling = np.flatnonzero(self.close_ts > bucket + timeframe)
        if len(straddling):
            raise DataError(
                f"the bar {moment(self.ts[straddling[0]])} .. {moment(self.close_ts[straddling[0]])} reaches into two "
                f"{timeframe_text(timeframe)} buckets of UTC ({len(straddling)} such bars)",
                expected="bars that lie inside one bucket",
                fix="resample finer bars, or shift the time zone",
            )
        return self._gathered(bucket, timeframe)

    def _gathered(self, bucket: Integers, timeframe: int) -> Bars:
        starts = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1]))
        ends = np.append(starts[1:], len(bucket)) - 1
        done = len(starts) - (0 if self.close_ts[-1] >= bucket[-1] + timeframe else 1)
        lots, decimals = _summed(self.volume_lots, starts, self.volume_decimals)
        columns = {
            "ts": bucket[starts],
            "close_ts": bucket[starts] + timeframe,
            "open_ticks": self.open_ticks[starts],
            "high_ticks": np.maximum.reduceat(self.high_ticks, starts),
            "low_ticks": np.minimum.reduceat(self.low_ticks, starts),
            "close_ticks": self.close_ticks[ends],
            "volume_lots": lots,
        }
        notes = (
            self.notes
            if done == len(starts)
            else (
                *self.notes,
                f"incomplete last {timeframe_text(timeframe)} bar dropped",
            )
        )
        cut = {name: column[:done] for name, column in columns.items()}
        return replace(self, **cut, volume_decimals=decimals, timeframe=timeframe, notes=notes)

    def content_hash(self) -> str:
        """SHA-256, in hex, over columns, scales, timeframe and adjustment; symbol, notes and source do not count."""
        digest = hashlib.sha256(
            f"bars/1 {self.price_decimals} {self.volume_decimals} {self.timeframe} {self.adjusted}".encode()
        )
        for name in _COLUMNS:
            digest.update(getattr(self, name).data)
        return digest.hexdigest()

    def to_polars(self) -> pl.DataFrame:
        """A frame: ts and close_ts Int64 ns UTC, open, high, low, close and volume Float64."""
        import polars as pl

        names = ("ts", "open", "high", "low", "close", "volume", "close_ts")
        return pl.DataFrame({name: getattr(self, name) for name in names})


def _known_volume(volume: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Volume with NaN as 0; the sum is NaN exactly when one of the values is (infinities are refused elsewhere)."""
    missing = np.isnan(volume)
    count = int(np.count_nonzero(missing))
    if not count:
        return volume, ()
    return np.where(missing, 0.0, volume), (f"volume missing in {count:,} of {len(volume):,} rows: 0 used",)


def _fitting(ts: Integers, timeframe: int, source: str) -> int:
    steps = np.diff(ts)
    if 2 * int(np.count_nonzero(steps < timeframe)) > len(steps):
        raise DataError(
            f"{source}: timeframe {timeframe_text(timeframe)} is longer than the usual step "
            f"of {timeframe_text(common_step(ts))}",
            expected="a timeframe of at most the step between bars",
            fix="leave timeframe= out, and resample the bars afterwards",
        )
    return timeframe


def _check_closes(ts: Integers, closes: Integers, source: str) -> None:
    wrong = closes <= ts
    wrong[:-1] |= closes[:-1] > ts[1:]
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"{source}: row {row} ({moment(ts[row])}) has close_ts {moment(closes[row])}",
            expected="a close time after the open time and not beyond the next open",
            fix="leave out the close_ts column",
        )


def _roundings(price_decimals: int, price_error: float, volume_decimals: int, volume_error: float) -> list[str]:
    shown = (
        ("prices", price_decimals, price_error),
        ("volume", volume_decimals, volume_error),
    )
    return [
        f"{what} rounded to {decimals} decimals, by at most {error:.1e}" for what, decimals, error in shown if error
    ]


def _summed(lots: Integers, starts: Integers, decimals: int) -> tuple[Integers, int]:
    """Sums for each bucket; with fewer decimals (half-even) where they would leave the exact range."""
    largest = float(np.add.reduceat(lots.astype(np.float64), starts).max())
    fewer = next(k for k in range(decimals + 1) if largest / 10**k <= LARGEST or k == decimals)
    whole, rest = np.divmod(lots, 10**fewer)
    return np.add.reduceat(whole, starts) + np.rint(np.add.reduceat(rest, starts) / 10**fewer).astype(
        np.int64
    ), decimals - fewer
