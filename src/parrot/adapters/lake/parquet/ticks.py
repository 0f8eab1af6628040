"""Trades, quotes and books as Parquet bytes and back; columns as everywhere else, scales in the metadata."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parrot.adapters.lake.parquet.tables import META, Source, exact, load, shared_scale, shifted
from parrot.engine.defects import RawRows
from parrot.engine.ticks import UNKNOWN_SIZE, Books, Quotes, Trades
from parrot.kernel.errors import StorageError
from parrot.ports.lake import TICK_KINDS, Ticks


class _Scaled(NamedTuple):
    """An integer column, its name in the file, and the field that holds its decimals."""

    field: str
    name: str
    decimals: str


_PRICE, _SIZE = "price_decimals", "size_decimals"
_PRICED: Final = (_Scaled("price_ticks", "price", _PRICE), _Scaled("size_lots", "size", _SIZE))
_TOUCH: Final = (
    _Scaled("bid_ticks", "bid", _PRICE),
    _Scaled("ask_ticks", "ask", _PRICE),
    _Scaled("bid_lots", "bid_size", _SIZE),
    _Scaled("ask_lots", "ask_size", _SIZE),
)
_SCALED: Final[dict[type[Ticks], tuple[_Scaled, ...]]] = {Trades: _PRICED, Quotes: _TOUCH, Books: _PRICED}
_PLAIN: Final[dict[type[Ticks], dict[str, type]]] = {
    Trades: {"side": np.int8},
    Quotes: {},
    Books: {"side": np.int8, "flags": np.uint8, "last_id": np.int64},
}


def encode_ticks(ticks: Ticks) -> bytes:
    """One Parquet file (zstd): ts and the columns of the kind; sizes are null where unknown."""
    import polars as pl

    columns: dict[str, Any] = {"ts": ticks.ts}
    for field, name, decimals in _SCALED[type(ticks)]:
        columns[name] = _floats(getattr(ticks, field), getattr(ticks, decimals), name)
    for name in _PLAIN[type(ticks)]:
        if getattr(ticks, name) is not None:
            columns[name] = getattr(ticks, name)
    about = {"notes": list(ticks.notes), _PRICE: ticks.price_decimals, _SIZE: ticks.size_decimals}
    target = io.BytesIO()
    frame = pl.DataFrame(columns, nan_to_null=True)
    frame.write_parquet(target, compression="zstd", metadata={META: json.dumps(about)})
    return target.getvalue()


def decode_ticks(files: Sequence[Source], kind: type[Ticks], symbol: str) -> Ticks:
    """Ticks of files in order of time. Raises StorageError for a file that cannot be read."""
    parts = [_decode_one(path, kind, symbol) for path in files]
    return parts[0] if len(parts) == 1 else _joined(parts)


def replaced(old: Ticks, new: Ticks) -> Ticks:
    """The old rows before the first and after the last of the new ones, with these between."""
    before, after = old.between(None, int(new.ts[0])), old.between(int(new.ts[-1]) + 1, None)
    return _joined([part for part in (before, new, after) if len(part)])


def _joined(parts: Sequence[Ticks]) -> Ticks:
    kind = type(parts[0])
    changes: dict[str, Any] = {"ts": np.concatenate([part.ts for part in parts])}
    for decimals in (_PRICE, _SIZE):
        fields = [column.field for column in _SCALED[kind] if column.decimals == decimals]
        largest = [max(int(getattr(part, field).max()) for field in fields) for part in parts]
        own = [getattr(part, decimals) for part in parts]
        scale = shared_scale(list(zip(own, largest, strict=True)))
        changes[decimals] = scale
        for field in fields:
            moved = [_moved(getattr(part, field), scale - given) for part, given in zip(parts, own, strict=True)]
            changes[field] = np.concatenate(moved)
    for name in _PLAIN[kind]:
        columns = [getattr(part, name) for part in parts]
        changes[name] = None if any(column is None for column in columns) else np.concatenate(columns)
    changes["notes"] = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return replace(parts[0], **changes)


def _moved(integers: NDArray[np.int64], decimals: int) -> NDArray[np.int64]:
    moved: NDArray[np.int64] = np.where(integers == UNKNOWN_SIZE, UNKNOWN_SIZE, shifted(integers, decimals))
    return moved


def _floats(integers: NDArray[np.int64], decimals: int, name: str) -> NDArray[np.float64]:
    known = np.where(integers == UNKNOWN_SIZE, 0, integers)
    values = known / np.float64(10**decimals)
    if not np.array_equal(exact(values, decimals, name), known):
        raise StorageError(
            f"{name} has more digits than the lake can keep ({decimals} decimals, up to {int(known.max())})",
            expected="at most 15 significant digits",
            fix="use fewer decimals",
        )
    floats: NDArray[np.float64] = np.where(integers == UNKNOWN_SIZE, np.nan, values)
    return floats


def _decode_one(path: Source, kind: type[Ticks], symbol: str) -> Ticks:
    frame, about = load(path)
    missing = [name for name in ("ts", *(c.name for c in _SCALED[kind])) if name not in frame.columns]
    if missing:
        raise StorageError(f"{path} has no column {', '.join(missing)}", expected=TICK_KINDS[kind])
    values = {name: frame[name].to_numpy() for name in frame.columns if name != "ts"}
    ts = frame["ts"].to_numpy()
    if about is None:
        return kind.from_rows(RawRows(ts, values, np.arange(len(ts))), symbol=symbol, source=str(path))
    columns: dict[str, Any] = {name: values.get(name) for name in _PLAIN[kind]}
    for field, name, decimals in _SCALED[kind]:
        unknown = np.isnan(values[name])
        integers = exact(np.where(unknown, 0.0, values[name]), about[decimals], name)
        columns[field] = np.where(unknown, UNKNOWN_SIZE, integers)
    scales = {_PRICE: about[_PRICE], _SIZE: about[_SIZE]}
    return kind(symbol=symbol, ts=ts, **columns, **scales, notes=tuple(about["notes"]), source=str(path))
