"""Delimited text: separator, header and the usual oddities are recognised; values stay text until they are used."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from parrot.adapters.importers.reading import reading
from parrot.adapters.importers.table import Table
from parrot.kernel.errors import DataError

_SEPARATORS = ",;\t|"
_HEAD = 65_536
_KLINES = (
    "open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count", "taker_buy_volume",
    "taker_buy_quote_volume", "ignore",
)  # fmt: skip
# Rows without names, by kind of data and number of columns.
_LAYOUTS = {
    ("bars", 12): _KLINES,
    ("bars", 5): ("ts", "open", "high", "low", "close"),
    ("bars", 6): ("ts", "open", "high", "low", "close", "volume"),
    ("bars", 7): ("date", "time", "open", "high", "low", "close", "volume"),
    ("trades", 3): ("ts", "price", "size"),
    ("trades", 6): ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker"),
    ("trades", 7): ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker", "is_best_match"),
    ("trades", 8): ("id", "price", "qty", "first_id", "last_id", "time", "is_buyer_maker", "is_best_match"),
    ("quotes", 3): ("ts", "bid", "ask"),
    ("quotes", 5): ("ts", "bid", "ask", "bid_size", "ask_size"),
}


def unnamed(row: Sequence[str], kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names for the columns of rows without a header, and a note that says what was assumed."""
    names = _LAYOUTS.get((kind, len(row)))
    if names is None or (names[:2] == ("date", "time") and len(row[1].strip()) < 4):
        return tuple(f"column_{place + 1}" for place in range(len(row))), ()
    return names, (f"no header: columns read as {', '.join(names[:8])}{' ...' if len(names) > 8 else ''}",)


def of_text(data: bytes, source: str, kind: str) -> Table:
    """A table of delimited text. Raises DataError when it is empty, binary, or not a table."""
    data = _utf8(data, source)
    lines = data[:_HEAD].decode("utf-8", "replace").splitlines()
    skipped, separator = _first_row(lines, source)
    rows = [next(csv.reader([line], delimiter=separator)) for line in lines[skipped : skipped + 3]]
    if rows[0][0].strip() == "Price" and len(rows) > 1 and rows[1][0].strip() == "Ticker":
        return _table(data, source, ["Date", *rows[0][1:]], skipped + 3, separator)
    if _is_header(rows[0]):
        return _table(data, source, rows[0], skipped + 1, separator)
    names, notes = unnamed(rows[0], kind)
    return _table(data, source, names, skipped, separator, notes)


def _utf8(data: bytes, source: str) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        with reading(source, "UTF-16 text"):
            return data.decode("utf-16").encode()
    if not data.strip():
        raise DataError(
            f"{source} is empty", expected="a header and at least one row", fix="download or write it again"
        )
    if b"\x00" in data[:_HEAD]:
        raise DataError(f"{source} is not text", expected="delimited text", fix="check its ending")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{source}: line {line} is not UTF-8", expected="UTF-8 text", fix="save it as UTF-8") from None
    return data.removeprefix(b"\xef\xbb\xbf").rstrip()


def _first_row(lines: list[str], source: str) -> tuple[int, str]:
    """The number of leading lines that are no rows (blank, comments, a title), and the separator."""
    if lines[0].lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        raise DataError(
            f"{source} is a web page, not a table", expected="delimited text", fix="download the file itself"
        )
    for skipped, line in enumerate(lines[:50]):
        found = max(_SEPARATORS, key=line.count)
        if line.count(found) >= 2 and not line.startswith("#"):
            return skipped, found
    raise DataError(
        f"{source} is no table; it begins with {lines[0].strip()[:80]!r}",
        expected="columns separated by a comma, semicolon, tab or bar",
        fix="check the file",
    )


def _is_header(row: Sequence[str]) -> bool:
    return not any(_is_number(value) for value in row)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return value.strip().lower() not in ("nan", "inf", "infinity")


def _table(
    data: bytes, source: str, names: Sequence[str], skipped: int, separator: str, notes: tuple[str, ...] = ()
) -> Table:
    unique = _unique([name.strip() for name in names])
    return Table(unique, _Columns(data, source, unique, skipped, separator), source, notes=notes)


def _unique(names: Sequence[str]) -> list[str]:
    return [
        name if name not in names[:place] else f"{name}.{names[:place].count(name)}" for place, name in enumerate(names)
    ]


class _Columns:
    """Fetches chosen columns as text."""

    def __init__(self, data: bytes, source: str, names: Sequence[str], skipped: int, separator: str) -> None:
        self.data, self.source, self.names = data, source, names
        self.skipped, self.separator = skipped, separator

    def __call__(self, chosen: Sequence[str]) -> Mapping[str, Any]:
        import polars as pl

        # All columns, though few are wanted: the reader says nothing of a line that is too long otherwise.
        try:
            frame = pl.read_csv(self._body(), has_header=False, separator=self.separator, infer_schema=False)
        except pl.exceptions.NoDataError:
            return {name: [] for name in chosen}
        except pl.exceptions.PolarsError as error:
            raise self._ragged(str(error)) from None
        if frame.width < len(self.names):
            raise self._ragged("too few columns")
        return {name: frame.to_series(self.names.index(name)) for name in chosen}

    def _body(self) -> io.BytesIO:
        start = 0
        for _ in range(self.skipped):
            start = self.data.find(b"\n", start) + 1 or len(self.data)
        return io.BytesIO(self.data[start:])

    def _ragged(self, problem: str) -> DataError:
        wanted = len(self.names)
        for row, fields in enumerate(csv.reader(io.TextIOWrapper(self._body(), "utf-8"), delimiter=self.separator)):
            if fields and len(fields) != wanted:
                return DataError(
                    f"{self.source}: line {self.skipped + row + 1} has {len(fields)} values, the header {wanted}",
                    expected="as many values as columns in every line",
                    fix="correct that line",
                )
        return DataError(
            f"{self.source} cannot be read as delimited text ({problem.splitlines()[0]})", fix="check the file"
        )
