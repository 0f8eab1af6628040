"""The folder behind an exchange: its journal in the core, the names beside it."""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NoReturn

from parrot import _core
from parrot.kernel.errors import DataError, InputError, ParameterError, StorageError

# Orders without a number of the client's own count on from here in each session, so that no number comes twice.
_IDS_PER_SESSION: Final = 1 << 40
_FIX: Final = "bring the folder back from a copy"
_CHANGING: Final = frozenset(
    {"execute", "submit", "cancel", "amend", "mass_cancel", "disconnect", "advance", "write_note"}
)
SEAL: Final = 8


class Left:
    """A core whose folder was given back: it tells what it told before, and carries nothing out."""

    def __init__(self, core: _core.Matching) -> None:
        self._core = core

    def __getattr__(self, name: str) -> Any:
        return _refuse if name in _CHANGING else getattr(self._core, name)


def _refuse(*_: object, **__: object) -> NoReturn:
    raise InputError(
        "this exchange has given its folder back", expected="commands before leave()", fix="Exchange(folder) again"
    )


def seal(text: bytes) -> bytes:
    """By what damage is noticed."""
    return blake2b(text, digest_size=SEAL).digest()


def folder_of(given: Any) -> Path:
    """The folder that is meant, with a home for "~"; raises ParameterError for no path, StorageError for a file."""
    expected, fix = "the path of a folder", 'Exchange("venue"), or Exchange() without a journal'
    try:
        text: object = os.fspath(given)
    except TypeError:
        raise ParameterError(f"journal is {given!r}", expected=expected, fix=fix) from None
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise ParameterError(f"journal is {text!r}", expected=expected, fix=fix)
    try:
        path = Path(text).expanduser()
    except RuntimeError as problem:
        raise ParameterError(f"journal is {text!r}: {problem}", expected=expected, fix=fix) from None
    if path.exists() and not path.is_dir():
        raise StorageError(f"{path} is a file", expected="a folder for the journal", fix="choose another path")
    return path


def opened(folder: str | Path) -> tuple[_core.Matching, dict[str, Any]]:
    """The recovered core of a folder, and its names as `Exchange.snapshot` writes them, with `sessions` counted on.

    Names are written before the command that needs them, so there may be one more than the core knows.
    Raises ParameterError, StorageError, DataError.
    """
    folder = folder_of(folder)
    core = _core.Matching.open(folder)
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


def _names(note: bytes | None, folder: Path) -> dict[str, Any]:
    if note is None:
        return {"currencies": [], "symbols": [], "accounts": [], "sessions": 0}
    sealed, _, text = note.partition(b"\n")
    if sealed != seal(text).hex().encode():
        raise DataError(f"{folder}: the names are damaged", expected="a note as it was written", fix=_FIX)
    found: dict[str, Any] = json.loads(text)
    return found


def write(core: _core.Matching, about: dict[str, Any]) -> None:
    """Keep the names beside the journal, behind their seal; raises StorageError."""
    text = json.dumps(about).encode()
    core.write_note(seal(text).hex().encode() + b"\n" + text)
