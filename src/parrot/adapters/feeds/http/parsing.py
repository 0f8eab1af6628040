"""Rows out of bodies: JSON, CSV, tables of HTML; numbers stay the text that came."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import Any, Final

from parrot.adapters.feeds.http.sources import FIELDS, HttpSource
from parrot.kernel.errors import DataError

Row = Mapping[str, Any]
_ROWS_MOST: Final = 100_000
_CELLS_MOST: Final = 2_000_000
_DIGITS_MOST: Final = 40
_NAMES_SHOWN: Final = 10
_AHEAD: Final = 86_400_000_000_000  # ns: days of zones that a page does not name
_SPACES: Final = dict.fromkeys(map(ord, "\u00a0\u2009\u202f\t\r\n "))
_SIGNS: Final = "$€£¥"
_SCALES: Final = {"seconds": 9, "milliseconds": 6, "nanoseconds": 0}
_UNSAID: Final = {"size": Decimal(1), "bid_size": Decimal(1), "ask_size": Decimal(1), "volume": Decimal(0)}
_CHARSET: Final = re.compile(r"charset=\"?([\w-]+)", re.IGNORECASE)
_NUMBER: Final = {
    mark: re.compile(
        rf"[+-]?(\d{{1,3}}({thousands}\d{{3}})+|\d+)({re.escape(mark)}\d+)?([eE][+-]?\d{{1,3}})?", re.ASCII
    )
    for mark, thousands in ((".", "[,']"), (",", r"[.']"))
}


class Bad(Exception):  # noqa: N818  caught where the row is put into quarantine
    """A row that no message can be made of."""


def rows(source: HttpSource, body: bytes, kind: str) -> list[Row]:
    """The rows of a body. Raises DataError when it is not of the source's format."""
    try:
        if source.format == "json":
            return _json_rows(source, body)
        charset = _CHARSET.search(kind)
        text = body.decode(charset[1] if charset else "utf-8-sig", errors="strict")
        return _csv_rows(source, text) if source.format == "csv" else _html_rows(source, text)
    except DataError:
        raise
    except (ValueError, LookupError, TypeError, csv.Error, RecursionError) as fault:
        problem = f"{source.name} sent what is no {source.format}: {type(fault).__name__}"
        raise DataError(problem, expected=source.format) from None


def message(source: HttpSource, row: Row, seq: int, now: int) -> dict[str, Any]:
    """The raw message of a row, as the live market normalises it. Raises Bad with the reason."""
    made: dict[str, Any] = {"type": source.kind, "symbol": source.symbol, "received": now}
    for name in FIELDS[source.kind]:
        column = source.fields.get(name)
        made[name] = _number(source, name, _cell(row, column)) if column else _UNSAID[name]
    column = source.fields.get("ts")
    made["ts"] = _time(source, _cell(row, column)) if column else now
    if made["ts"] > now + _AHEAD:  # rows are given in order of time: behind this one none would come any more
        raise Bad(f"ts {str(_cell(row, column or ''))[:50]!r} lies ahead")
    if source.kind == "bar":
        made |= {"step": source.step_ns, "close_ts": made["ts"] + source.step_ns}
    else:
        made["seq"] = seq
    return made


def _json_rows(source: HttpSource, body: bytes) -> list[Row]:
    found = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    for part in source.path.split(".") if source.path else ():
        found = _inside(source, found, part)
    listed = found if isinstance(found, list) else [found]
    return [_named(one) for one in listed[:_ROWS_MOST]]


def _inside(source: HttpSource, found: Any, part: str) -> Any:
    try:
        return found[int(part)] if isinstance(found, list) else found[part]
    except (LookupError, ValueError, TypeError):
        problem = f"{source.name}: path {source.path!r}: there is no {part!r}"
    if isinstance(found, dict):
        expected = f"one of {', '.join(str(name)[:40] for name in list(found)[:_NAMES_SHOWN])}" if found else "a name"
    else:
        expected = f"a number below {len(found)}" if isinstance(found, list) else "an object or a list there"
    raise DataError(problem, expected=expected, fix="mend path in the file of sources")


def _named(one: Any) -> Row:
    """A row of a JSON list by the numbers of its cells."""
    if isinstance(one, dict):
        return one
    return {str(number): value for number, value in enumerate(one)} if isinstance(one, list) else {"": one}


def _no_number(text: str) -> Decimal:
    raise ValueError(text)


def _csv_rows(source: HttpSource, text: str) -> list[Row]:
    read = csv.DictReader(io.StringIO(text), delimiter=source.delimiter, strict=True)
    return [row for row, _ in zip(read, range(_ROWS_MOST), strict=False)]


def _html_rows(source: HttpSource, text: str) -> list[Row]:
    tables = _Tables()
    tables.feed(text)
    tables.close()
    by_id = [table for name, table in tables.found if name and name == source.table]
    numbered = [table for _, table in tables.found][int(source.table) :][:1] if source.table.isdecimal() else []
    chosen = (by_id or numbered)[0]
    if not chosen:
        return []
    names = chosen[0]
    return [dict(zip(names, cells, strict=False)) for cells in chosen[1 : _ROWS_MOST + 1]]


class _Tables(HTMLParser):
    """Collects tables as rows of texts; one within another is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, list[list[str]]]] = []
        self._open: list[int] = []
        self._cell: list[str] | None = None
        self._span = 1
        self._hidden = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._end_cell()
            self.found.append((given.get("id", ""), []))
            self._open.append(len(self.found) - 1)
        elif tag == "tr" and self._open:
            self._end_cell()
            self._rows().append([])
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            if not self._rows():
                self._rows().append([])
            self._cell = []
            self._span = min(int(given["colspan"]), 100) if given.get("colspan", "").isdecimal() else 1
        elif tag in ("script", "style"):
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()
        elif tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._hidden:
            self._cell.append(data)

    def _rows(self) -> list[list[str]]:
        return self.found[self._open[-1]][1]

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = " ".join("".join(self._cell).split())
        self._rows()[-1].extend([text] * max(1, self._span))
        self._cell = None
        self._cells += self._span
        if self._cells > _CELLS_MOST:
            raise ValueError("too many cells")


def _cell(row: Row, column: str) -> Any:
    value: Any = row
    for part in (column,) if column in row else column.split("."):
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            raise Bad(f"there is no {column}")
    if value is None or value == "":
        raise Bad(f"{column} is empty")
    return value


def _number(source: HttpSource, name: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Bad(f"{name} {str(value)[:50]!r} is no number")
    text = str(value)
    if isinstance(value, str):
        text = text.translate(_SPACES).strip(_SIGNS)
        mark = source.decimal if source.format != "json" else "."
        if not _NUMBER[mark].fullmatch(text):
            raise Bad(f"{name} {value[:50]!r} is no number")
        text = text.replace("'", "").replace("," if mark == "." else ".", "").replace(mark, ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Bad(f"{name} {text[:50]!r} is no number") from None
    if not number.is_finite() or len(number.as_tuple().digits) > _DIGITS_MOST or abs(number.adjusted()) > _DIGITS_MOST:
        raise Bad(f"{name} {text[:50]!r} is out of every range")
    return number


def _time(source: HttpSource, value: Any) -> int:
    try:
        if source.time == "iso":
            at = datetime.fromisoformat(str(value).strip())
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            whole = int(at.replace(microsecond=0).timestamp())
            return whole * 1_000_000_000 + at.microsecond * 1_000
        number = Decimal(str(value).strip())
        scaled = number.scaleb(_SCALES[source.time])
        if not scaled.is_finite() or not 0 < scaled < 2**63:
            raise ValueError(value)
        return int(scaled)
    except (ValueError, InvalidOperation, OverflowError):
        raise Bad(f"ts {str(value)[:50]!r} is no time in {source.time}") from None


def fresh(found: list[dict[str, Any]], last: int) -> Iterator[dict[str, Any]]:
    """Messages behind the last one that was given, in order of time."""
    return (one for one in sorted(found, key=lambda one: int(one["ts"])) if one["ts"] > last)
