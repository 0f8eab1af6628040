"""Times as people write them on a command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, overload

from parrot.kernel.errors import InputError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@overload
def moment(text: str, name: str) -> int: ...
@overload
def moment(text: str | None, name: str) -> int | None: ...
def moment(text: str | None, name: str) -> int | None:
    """`text` (ISO 8601, UTC where it names no zone) as ns UTC, None for None; raises InputError."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{name} is {text!r}", expected="ISO 8601 such as 2026-01-31T14:05") from None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1) * 1_000
