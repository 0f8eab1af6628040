"""Tables as CSV that a spreadsheet may open: no text of others becomes a formula there."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final, TextIO

from parrot.kernel.decimals import plain

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def sheet(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """One line a row. Decimals and integers are numbers; a text that a spreadsheet would calculate gets a quote."""
    out = io.StringIO()
    add = opened(out, head)
    for row in rows:
        add(row)
    return out.getvalue()


def opened(out: TextIO, head: Sequence[str]) -> Callable[[Sequence[object]], None]:
    """Begins the same in a file; what it gives writes one row."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)

    def add(row: Sequence[object]) -> None:
        writer.writerow([cell(value) for value in row])

    return add


def cell(value: object) -> str:
    """One cell; what begins like a formula begins with an apostrophe instead."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULAS) else text
