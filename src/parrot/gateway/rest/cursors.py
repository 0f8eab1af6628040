"""Cursors: where a page ended, as a text that says nothing to whoever holds it."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from fastapi import Query

from parrot.kernel.errors import InputError

After = Annotated[str | None, Query(max_length=64, description="The `next` of the page before.")]
_LARGEST = 1 << 63


def cursor(number: int) -> str | None:
    """The cursor of a place, None for the end."""
    return base64.urlsafe_b64encode(f"n{number}".encode()).decode().rstrip("=") if number else None


def place(after: str | None) -> int:
    """The place of a cursor, 0 without one. Raises InputError for what is none."""
    if not after:
        return 0
    try:
        text = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if text[:1] != "n" or not text[1:].isdecimal() or not 0 < int(text[1:]) < _LARGEST:
        raise InputError("after is no cursor", expected="the `next` of the page before", fix="begin without it")
    return int(text[1:])
