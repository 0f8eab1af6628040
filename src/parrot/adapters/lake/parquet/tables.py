"""Bars as Parquet bytes and back, to the last digit.

Prices and volume are stored as float64 columns named as everywhere else, so that any tool reads the files; the scales
of the exact integers are in the file's metadata. What float64 cannot carry back exactly is refused at writing.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from parrot.engine.bars import Bars
from parrot.engine.columns import DECIMALS_MOST, LARGEST, scale
from parrot.engine.defects import RawRows
from parrot.kernel.errors import DataError, StorageError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_PRICES: Final = ("open", "high", "low", "close")
_TICKS: Final = tuple(f"{name}_ticks" for name in _PRICES)
_COLUMNS: Final = ("ts", "close_ts", *_TICKS, "volume_lots")
META: Final = "parrot"


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that is not on this machine's disk, with its name for messages."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return self.name


Source = Path | Blob


def opened(source: Source) -> Path | io.BytesIO:
    """What a reader of Parquet takes."""
    return source if isinstance(source, Path) else io.BytesIO(source.content)


def encode(bars: Bars) -> bytes:
    """One Parquet file (zstd) with ts, open, high, low, close, volume and, where it is not ts + timeframe, close_ts."""
    import polars as pl

    columns: dict[str, Any] = {"ts": bars.ts, **{name: getattr(bars, name) for name in (*_PRICES, "volume")}}
    if bool((bars.close_ts != bars.ts + bars.timeframe).any()):
        columns["close_ts"] = bars.close_ts
    _check_exact(bars, columns)
    about = {
        "symbol": bars.symbol,
        "timeframe": bars.timeframe,
        "adjusted": bars.adjusted,
        "price_decimals": bars.price_decimals,
        "volume_decimals": bars.volume_decimals,
        "notes": list(bars.notes),
    }
    target = io.BytesIO()
    pl.DataFrame(columns).write_parquet(target, compression="zstd", metadata={META: json.dumps(about)})
    return target.getvalue()


def decode(files: Sequence[Source], timeframe: int | None, symbol: str) -> Bars:
    """Bars of files in order of time. Raises StorageError for a file that cannot be read or repeats another's times."""
    parts = [part for part in (_decode_one(path, timeframe, symbol) for path in files) if len(part)]
    for before, after in pairwise(parts):
        if before.ts[-1] >= after.ts[0]:
            raise StorageError(
                f"{after.source} begins before {before.source} ends", fix="import both again as one series"
            )
    return joined(parts)


def joined(parts: Sequence[Bars]) -> Bars:
    """Series that follow one another as one, at the finest of their scales."""
    first = parts[0]
    if len(parts) == 1:
        return first
    for part in parts[1:]:
        if (part.timeframe, part.adjusted) != (first.timeframe, first.adjusted):
            raise DataError(
                f"bars of {part.source} have timeframe {part.timeframe} ns and adjusted={part.adjusted!r}, "
                f"others {first.timeframe} ns and adjusted={first.adjusted!r}",
                fix="keep them as series of their own",
            )
    price = shared_scale([(part.price_decimals, int(part.high_ticks.max())) for part in parts])
    volume = shared_scale([(part.volume_decimals, int(part.volume_lots.max())) for part in parts])
    scaled = [rescaled(part, price, volume) for part in parts]
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in scaled]) for name in _COLUMNS}
    notes = tuple(dict.fromkeys(note for part in scaled for note in part.notes))
    return replace(first, **columns, price_decimals=price, volume_decimals=volume, notes=notes)


def shared_scale(parts: Sequence[tuple[int, int]]) -> int:
    """The finest of the parts' decimals at which their largest value stays exact."""
    finest = max(decimals for decimals, _ in parts)
    return min(finest, *(_room(decimals, largest) for decimals, largest in parts))


def _room(decimals: int, largest: int) -> int:
    while largest * 10 <= LARGEST and decimals < DECIMALS_MOST:
        largest *= 10
        decimals += 1
    return decimals


def rescaled(bars: Bars, price_decimals: int, volume_decimals: int) -> Bars:
    """The same values at other scales; a note says so where a coarser one has to round."""
    price, volume = price_decimals - bars.price_decimals, volume_decimals - bars.volume_decimals
    if price == volume == 0:
        return bars
    columns: dict[str, Any] = {name: shifted(getattr(bars, name), price) for name in _TICKS}
    columns["volume_lots"] = shifted(bars.volume_lots, volume)
    notes = list(bars.notes)
    for what, names, by in (("prices", _TICKS, price), ("volume", ("volume_lots",), volume)):
        if any(not np.array_equal(shifted(columns[name], -by), getattr(bars, name)) for name in names):
            notes.append(f"{what} rounded when joined with larger values")
    return replace(bars, **columns, price_decimals=price_decimals, volume_decimals=volume_decimals, notes=tuple(notes))


def shifted(integers: NDArray[np.int64], decimals: int) -> NDArray[np.int64]:
    """Integers with that many more decimals; with fewer, rounded half-even."""
    if decimals >= 0:
        finer: NDArray[np.int64] = integers * 10**decimals
        return finer
    whole, rest = np.divmod(integers, 10**-decimals)
    odd = whole % 2
    coarser: NDArray[np.int64] = whole + np.rint(rest / 10**-decimals + odd).astype(np.int64) - odd
    return coarser


def merged(old: Bars, new: Bars) -> Bars:
    """Both in order of time; where both have a bar, the new one. A close time never passes the next open."""
    both = joined([old, new])
    order = np.argsort(both.ts, kind="stable")
    last = np.append(both.ts[order][1:] != both.ts[order][:-1], True)
    rows = order[last]
    columns = {name: getattr(both, name)[rows] for name in _COLUMNS}
    columns["close_ts"] = np.minimum(columns["close_ts"], np.append(columns["ts"][1:], columns["close_ts"][-1]))
    return replace(both, **columns)


def _check_exact(bars: Bars, columns: dict[str, Any]) -> None:
    """Whether the floats lead back to the very integers; prices always do, huge volumes of many digits may not."""
    for name, integers, decimals in (
        *((name, getattr(bars, f"{name}_ticks"), bars.price_decimals) for name in _PRICES),
        ("volume", bars.volume_lots, bars.volume_decimals),
    ):
        if not np.array_equal(exact(columns[name], decimals, name), integers):
            raise StorageError(
                f"{name} has more digits than the lake can keep ({decimals} decimals, up to {int(integers.max())})",
                expected="at most 15 significant digits",
                fix="use fewer decimals",
            )


def exact(values: NDArray[np.float64], decimals: int, what: str) -> NDArray[np.int64]:
    """Integers of that scale whose correctly rounded decimal value is the float."""
    found = scale([values], what, most=max(decimals, 8))
    integers: NDArray[np.int64] = found.columns[0]
    if decimals >= found.decimals:
        integers = integers * 10 ** (decimals - found.decimals)
    else:
        integers = integers // 10 ** (found.decimals - decimals)
    return integers


def _decode_one(path: Source, timeframe: int | None, symbol: str) -> Bars:
    frame, about = load(path)
    missing = [name for name in ("ts", *_PRICES, "volume") if name not in frame.columns]
    if missing:
        raise StorageError(
            f"{path} has no column {', '.join(missing)}", expected="bars", fix="keep other data elsewhere"
        )
    ts, volume = frame["ts"].to_numpy(), frame["volume"].to_numpy()
    prices = [frame[name].to_numpy() for name in _PRICES]
    closes = frame["close_ts"].to_numpy() if "close_ts" in frame.columns else None
    if about is None:
        values = {**dict(zip(_PRICES, prices, strict=True)), "volume": volume.astype(np.float64)}
        raw = RawRows(ts, values, np.arange(len(ts)))
        return Bars.from_floats(raw, symbol=symbol, timeframe=timeframe, close_ts=closes, source=str(path))
    digits = about["price_decimals"]
    ticks = {f"{name}_ticks": exact(column, digits, name) for name, column in zip(_PRICES, prices, strict=True)}
    return Bars(
        symbol=symbol,
        ts=ts,
        close_ts=ts + about["timeframe"] if closes is None else closes,
        **ticks,
        volume_lots=exact(volume, about["volume_decimals"], "volume"),
        price_decimals=digits,
        volume_decimals=about["volume_decimals"],
        timeframe=about["timeframe"],
        adjusted=about["adjusted"],
        notes=tuple(about["notes"]),
        source=str(path),
    )


def load(path: Source) -> tuple[pl.DataFrame, dict[str, Any] | None]:
    """Rows of a file and what its metadata say; None for a file that others wrote. Raises StorageError."""
    import polars as pl

    try:
        about = pl.read_parquet_metadata(opened(path)).get(META)
        return pl.read_parquet(opened(path), hive_partitioning=False), None if about is None else json.loads(about)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise StorageError(
            f"{path} cannot be read: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
            fix="delete the file and download or import it again",
        ) from error
