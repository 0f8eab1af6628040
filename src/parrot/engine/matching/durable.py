"""The folder behind an exchange: its journal in the core, the names beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from parrot import _core
from parrot.kernel.errors import DataError

# Orders without a number of the client's own count on from here in each session, so that no number comes twice.
_IDS_PER_SESSION: Final = 1 << 40
_FIX: Final = "bring the folder back from a copy"


def opened(folder: str | Path) -> tuple[_core.Matching, dict[str, Any]]:
    """The recovered core of a folder, and its names as `Exchange.snapshot` writes them, with `sessions` counted on.

    Names are written before the command that needs them, so there may be one more than the core knows.
    Raises StorageError, DataError.
    """
    core = _core.Matching.open(os.fspath(folder))
    about = _names(core.note(), folder)
    counts = {"currencies": core.currencies, "symbols": core.symbols, "accounts": core.owners}
    for kind, count in counts.items():
        if len(about[kind]) < count:
            raise DataError(f"{folder}: {len(about[kind])} names for {count} {kind}", fix=_FIX)
        del about[kind][count:]
    third = core.fee_currency
    about["fee_currency"] = None if third is None else about["currencies"][third][0]
    about["in_quote"] = []  # such orders end with their command, and events of before are not told again
    about["last_id"] = about["sessions"] * _IDS_PER_SESSION
    about["sessions"] += 1
    write(core, about)
    return core, about


def _names(note: bytes | None, folder: str | Path) -> dict[str, Any]:
    if note is None:
        return {"currencies": [], "symbols": [], "accounts": [], "sessions": 0}
    try:
        found: dict[str, Any] = json.loads(note)
    except ValueError as problem:
        raise DataError(f"{folder}: the names cannot be read: {problem}", fix=_FIX) from None
    return found


def write(core: _core.Matching, about: dict[str, Any]) -> None:
    """Keep the names beside the journal; raises StorageError."""
    core.write_note(json.dumps(about).encode())
