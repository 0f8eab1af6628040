"""Pages of lists: how many rows at most, and after which one."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from parrot.kernel.errors import InputError

_Row = TypeVar("_Row")

Limit = Annotated[int, Query(ge=1, le=1_000, description="Rows at most.")]
After = Annotated[str, Query(max_length=400, description="Where the page before ended: its `next`.")]


def page_of(
    rows: Sequence[_Row], *, after: str, limit: int, key: Callable[[_Row], str]
) -> tuple[list[_Row], str | None]:
    """The rows behind the one that `after` names by its `key`, at most `limit`, and the cursor behind them.

    Raises InputError for a cursor of no row that is there.
    """
    start = _place(rows, after, key)
    found = list(rows[start : start + limit])
    return found, cursor(key(found[-1])) if start + limit < len(rows) else None


def cursor(text: str) -> str:
    """`text` as an opaque cursor."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def uncursor(given: str) -> str:
    """The text of a cursor. Raises InputError for what is none."""
    try:
        return base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:  # also of binascii and of characters
        raise InputError("after is no cursor", expected="the `next` of the page before") from None


def _place(rows: Sequence[_Row], after: str, key: Callable[[_Row], str]) -> int:
    if not after:
        return 0
    wanted = uncursor(after)
    found = next((at for at, row in enumerate(rows) if key(row) == wanted), None)
    if found is None:
        raise InputError("the row that the page before ended with is gone", fix="begin again without `after`")
    return found + 1
