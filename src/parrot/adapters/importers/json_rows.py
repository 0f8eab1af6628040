"""JSON: lists of rows as freqtrade and exchanges write them, lists of objects, or one object of columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from parrot.adapters.importers.delimited import unnamed
from parrot.adapters.importers.reading import reading
from parrot.adapters.importers.table import Table, of_mapping
from parrot.kernel.errors import DataError


def of_json(data: bytes, source: str, kind: str) -> Table:
    """A table of JSON text. Raises DataError when it is no JSON, or JSON of another shape."""
    with reading(source, "JSON"):
        content = json.loads(data.decode("utf-8-sig"))
    if isinstance(content, dict) and content and all(isinstance(column, list) for column in content.values()):
        return of_mapping(content, source)
    if isinstance(content, list) and content and all(isinstance(row, dict) for row in content):
        names = list(dict.fromkeys(name for row in content for name in row))
        return of_mapping({name: [row.get(name) for row in content] for name in names}, source)
    if isinstance(content, list) and content and all(isinstance(row, list) for row in content):
        return _of_rows(content, source, kind)
    raise DataError(
        f"{source} holds {'nothing' if not content else f'a JSON {type(content).__name__} of another shape'}",
        expected="[[time, open, high, low, close, volume], ...], a list of objects, or an object of columns",
        fix="reshape it, or pass a dict of arrays",
    )


def _of_rows(rows: Sequence[Sequence[Any]], source: str, kind: str) -> Table:
    width = len(rows[0])
    odd = next((place for place, row in enumerate(rows) if len(row) != width), None)
    if odd is not None:
        raise DataError(
            f"{source}: row {odd} has {len(rows[odd])} values, row 0 has {width}",
            expected="rows of one length",
            fix="correct that row",
        )
    names, notes = unnamed([str(value) for value in rows[0]], kind)
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return of_mapping(columns, source, notes)
