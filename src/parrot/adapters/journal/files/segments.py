"""A row of file journals in one folder: 000001.journal, 000002.journal ...."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from parrot.adapters.journal.files.journal import FileJournal
from parrot.kernel.errors import StorageError

_NAME: Final = re.compile(r"\d{6,}\.journal")


class FileSegments:
    """Journals with numbers in `folder`. Raises StorageError when it cannot be used."""

    def __init__(self, folder: Path, *, sync: bool = True) -> None:
        self._folder = folder
        self._sync = sync

    def numbers(self) -> list[int]:
        """Those that are there, ascending."""
        if not self._folder.is_dir():
            return []
        try:
            return sorted(int(path.stem) for path in self._folder.iterdir() if _NAME.fullmatch(path.name))
        except OSError as fault:
            raise StorageError(
                f"{self._folder}: {fault.strerror}", fix="look at the disk and its permissions"
            ) from None

    def open(self, number: int) -> FileJournal:
        """One of them, made when it is missing."""
        return FileJournal(self._path(number), sync=self._sync)

    def drop(self, number: int) -> None:
        """Lets go of one for good."""
        path = self._path(number)
        try:
            path.unlink(missing_ok=True)
        except OSError as fault:
            raise StorageError(f"{path}: {fault.strerror}", fix="look at the disk and its permissions") from None

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.journal"
