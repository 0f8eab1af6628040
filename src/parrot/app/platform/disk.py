"""Room on the disk: a reserve that is given up when it is needed, and a word before it is too late."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

RESERVE_BYTES: Final = 16 << 20
LOW_BYTES: Final = 32 << 20


class DiskWatch:
    """Keeps 16 MiB of `folder`'s disk aside for the journal, and says when little is left.

    When the disk is full at a start, the reserve is let go, so that recovery, cancels and the kill can be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reserve = folder / "reserve"

    def prepare(self) -> None:
        """Makes the reserve where there is room for it, else lets it go."""
        with contextlib.suppress(OSError):  # a start does not fail for want of a reserve
            if self.free() < LOW_BYTES:
                self._reserve.unlink(missing_ok=True)
            elif not self._reserve.exists():
                with self._reserve.open("wb") as file:
                    os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)

    def free(self) -> int:
        """Bytes that this user may still write, without the reserve."""
        return shutil.disk_usage(self._folder).free

    @property
    def low(self) -> bool:
        """True when no new orders should be taken on."""
        return self.free() < LOW_BYTES
