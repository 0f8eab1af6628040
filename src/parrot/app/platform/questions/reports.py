"""Reports of kept runs as pages; what is missing is made by processes, a few at once and one a report."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from parrot.kernel.errors import BusyError, StorageError

_RENDER_S: Final = 60
_AT_ONCE: Final = 2
_INSIDE_MOST: Final = 8  # who makes one or waits for one: each holds a thread of the web server

Render = Callable[[str, Path], None]


def render(run_id: str, path: Path) -> None:
    """Makes a report in a process of its own. Raises StorageError."""
    words = [sys.executable, "-m", "parrot.app.workers.rendering", run_id, str(path)]
    try:
        subprocess.run(words, check=True, capture_output=True, timeout=_RENDER_S)
    except (OSError, subprocess.SubprocessError) as fault:
        raise StorageError(f"the report of {run_id} cannot be made", fix="look into the log") from fault


class Reports:
    """Thread-safe. `place` says where a report lies."""

    def __init__(self, place: Callable[[str], Path], make: Render = render) -> None:
        self._place = place
        self._make = make
        self._lock = threading.Lock()
        self._inside = 0
        self._making: dict[str, Future[None]] = {}
        self._free = threading.Semaphore(_AT_ONCE)

    def page(self, run_id: str) -> str:
        """The page of a run. Raises StorageError where it cannot be made, BusyError while too many are made."""
        path = self._place(run_id)
        if not path.is_file():
            self._wait_for(run_id, path)
        return path.read_text(encoding="utf-8")

    def _wait_for(self, run_id: str, path: Path) -> None:
        with self._lock:
            if self._inside >= _INSIDE_MOST:
                raise _busy()
            self._inside += 1
            making = self._making.get(run_id)
            made = self._making.setdefault(run_id, Future())
        try:
            if making is None:
                self._begin(run_id, path, made)
            made.result(2 * _RENDER_S)
        except TimeoutError:
            raise _busy() from None
        finally:
            with self._lock:
                self._inside -= 1

    def _begin(self, run_id: str, path: Path, made: Future[None]) -> None:
        """Makes it, and tells all who wait how that ended."""
        try:
            if not self._free.acquire(timeout=_RENDER_S):
                raise _busy()
            try:
                if not path.is_file():  # it may have come while this one was on its way here
                    self._make(run_id, path)
            finally:
                self._free.release()
        except BaseException as fault:
            made.set_exception(fault)
            raise
        else:
            made.set_result(None)
        finally:
            with self._lock:
                del self._making[run_id]


def _busy() -> BusyError:
    problem = "too many reports are being made"
    return BusyError(problem, expected=f"at most {_INSIDE_MOST} who wait", fix="ask again in a moment")
