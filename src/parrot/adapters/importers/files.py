"""Files by their ending: columns from Parquet, Feather, NumPy, JSON, CSV, and what is packed in zip or gzip."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from parrot.adapters.importers.delimited import of_text
from parrot.adapters.importers.json_rows import of_json
from parrot.adapters.importers.reading import reading
from parrot.adapters.importers.table import Table, of_mapping
from parrot.kernel.errors import DataError

_TEXT = (".csv", ".txt", ".tsv")
_ARROW = (".feather", ".arrow", ".ipc")
_ENDINGS = (".parquet", ".pq", *_ARROW, ".npz", ".npy", ".json", *_TEXT, ".zip", ".gz")
_HINTS = {
    ".xlsx": "save the sheet as CSV",
    ".xls": "save the sheet as CSV",
    ".pkl": "load it and pass the frame",
    ".pickle": "load it and pass the frame",
    ".h5": "load it with pandas and pass the frame",
    ".hdf5": "load it with pandas and pass the frame",
    ".db": "query it and pass the frame",
    ".sqlite": "query it and pass the frame",
    ".zst": "unpack it first",
    ".xz": "unpack it first",
    ".7z": "unpack it first",
}
_BINANCE = re.compile(
    r"(?P<symbol>[A-Z0-9_]{4,})-(?:\d+(?:s|m|h|d|w|mo)|trades|aggTrades|bookTicker)-\d{4}-\d{2}(?:-\d{2})?"
)
_FREQTRADE = re.compile(r"(?P<base>[A-Z0-9]+)_(?P<quote>[A-Z0-9]+)(?:_(?P<settle>[A-Z0-9]+))?-\d+[smhdwM](?:-\w+)?")


def open_file(path: str | PathLike[str], kind: str) -> Table:
    """Open one file by its ending. Raises DataError when it is missing, a directory, unreadable or of no known kind."""
    if str(path).startswith(("http://", "https://", "s3://")):
        raise DataError(f"{path} is a web address", expected="a file", fix="download it first")
    place = Path(path).expanduser()
    with reading(str(place), "a file"):
        _check_place(place)
    suffix = place.suffix.lower()
    opener = _OPENERS.get(suffix)
    if opener is not None:
        with reading(str(place), _NAMES[suffix]):
            table = opener(place)
    else:
        table = _unpacked(_contents(place), place, str(place), kind)
    return table if table.symbol else replace(table, symbol=symbol_of(place.name))


def symbol_of(name: str) -> str:
    """The symbol in the file names of Binance archives (BTCUSDT-1h-2024-01) and freqtrade (BTC_USDT-1h); else ""."""
    stem = name.partition(".")[0]
    if found := _BINANCE.fullmatch(stem):
        return found["symbol"]
    if found := _FREQTRADE.fullmatch(stem):
        return f"{found['base']}/{found['quote']}" + (f":{found['settle']}" if found["settle"] else "")
    return ""


def _check_place(place: Path) -> None:
    if place.is_dir():
        inside = sorted(entry.name for entry in place.iterdir() if entry.suffix.lower() in _ENDINGS)
        fix = f"name one, such as {place / inside[0]}" if inside else "name a file"
        raise DataError(f"{place} is a directory", expected="one file", fix=fix)
    if not place.exists():
        near = [entry.name for entry in place.parent.glob(f"{place.stem}.*")] if place.parent.is_dir() else []
        fix = (
            f"there is {', '.join(sorted(near)[:3])}" if near else f"check the path (it is looked for in {Path.cwd()})"
        )
        expected = "a file" if place.suffix else "a file, or bars of the lake (parrot data ls)"
        raise DataError(f"{place} does not exist", expected=expected, fix=fix)
    if place.suffix.lower() not in _ENDINGS:
        raise _unknown(str(place), place.suffix)
    if place.stat().st_size == 0:
        raise DataError(f"{place} is empty", expected="at least one row", fix="download or write it again")


def _unknown(source: str, suffix: str) -> DataError:
    what = f"the ending {suffix!r}, which is not read" if suffix else "no ending"
    fix = _HINTS.get(suffix.lower(), "convert it, or load it and pass a frame or a dict of arrays")
    return DataError(f"{source} has {what}", expected=", ".join(_ENDINGS), fix=fix)


def _contents(place: Path) -> bytes:
    with reading(str(place), "a file"):
        return place.read_bytes()


def _unpacked(data: bytes, name: PurePath, source: str, kind: str) -> Table:
    """A table of bytes by the ending of their name, through any packing."""
    suffix = name.suffix.lower()
    if suffix == ".gz":
        with reading(source, "a gzip file"):
            data = gzip.decompress(data)
        return _unpacked(data, PurePath(name.stem), source, kind)
    if suffix == ".zip":
        inner, data = _member(data, source)
        return _unpacked(data, inner, source, kind)
    if suffix == ".json":
        return of_json(data, source, kind)
    if suffix in _TEXT:
        return of_text(data, source, kind)
    raise _unknown(f"{source}: {name}", suffix)


def _member(data: bytes, source: str) -> tuple[PurePath, bytes]:
    with reading(source, "a zip archive"), zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if PurePath(name).suffix.lower() in (*_TEXT, ".json", ".gz")]
        names = [name for name in names if not name.startswith("__MACOSX")]
        if len(names) != 1:
            shown = ", ".join(names[:5]) or ", ".join(archive.namelist()[:5]) or "nothing"
            raise DataError(
                f"{source} holds {len(names)} tables ({shown})",
                expected="one CSV or JSON file",
                fix="unpack it, read each",
            )
        return PurePath(names[0]), archive.read(names[0])


def _parquet(place: Path) -> Table:
    import polars as pl

    def fetch(chosen: Any) -> Mapping[str, Any]:
        with reading(str(place), "Parquet"):
            return pl.read_parquet(place, columns=list(chosen)).to_dict()

    return Table(list(pl.read_parquet_schema(place)), fetch, str(place))


def _arrow(place: Path) -> Table:
    import polars as pl

    def fetch(chosen: Any) -> Mapping[str, Any]:
        with reading(str(place), "Feather"):
            return pl.read_ipc(place, columns=list(chosen)).to_dict()

    if place.read_bytes()[:6] != b"ARROW1":
        frame = pl.read_ipc_stream(place)
        return Table(frame.columns, lambda names: {name: frame.get_column(name) for name in names}, str(place))
    return Table(list(pl.read_ipc_schema(place)), fetch, str(place))


def _numpy(place: Path) -> Table:
    with place.open("rb") as file:
        loaded = np.load(file, allow_pickle=False)
        named = {"array": loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
    arrays: dict[str, Any] = named
    first: Any = next(iter(arrays.values()), np.empty(0))
    if len(arrays) == 1 and first.dtype.names:
        arrays = {name: np.asarray(first[name]) for name in first.dtype.names}
    if len(arrays) == 1 and first.ndim != 1:
        raise DataError(f"{place} holds one array without column names", expected="one array a column", fix="use savez")
    return of_mapping(arrays, str(place))


_OPENERS: dict[str, Callable[[Path], Table]] = {
    ".parquet": _parquet,
    ".pq": _parquet,
    **dict.fromkeys(_ARROW, _arrow),
    ".npz": _numpy,
    ".npy": _numpy,
}
_NAMES = {".parquet": "Parquet", ".pq": "Parquet", **dict.fromkeys(_ARROW, "Feather"), ".npz": "NumPy", ".npy": "NumPy"}
