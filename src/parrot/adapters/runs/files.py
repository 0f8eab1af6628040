"""The run store port on a folder: a folder a run, with manifest.json, the frames as Parquet, the strategy's file.

A run is written into a folder of another name, forced to disk, then renamed: it is there whole or not at all.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from parrot.contracts.runs import RunRecord, RunStatus, SavedRun
from parrot.kernel.errors import InputError, MissingError, StorageError

_HALF: Final = ".half-"
_MANIFEST: Final = "manifest.json"
_STRATEGY: Final = "strategy.py"
_FORMAT: Final = 1
_FRAMES: Final = ("equity", "fills", "orders", "trades")
_TRIES: Final = 1000


class FileRuns:
    """Runs in the folder `root`, which is made when a run is first saved; `now_ns` tells the time."""

    def __init__(self, root: Path | str, now_ns: Callable[[], int]) -> None:
        self.root = Path(root)
        self._now_ns = now_ns

    def save(self, run: SavedRun) -> str:
        """Keeps a run whole or not at all; returns the id that it was given."""
        made_ns = self._now_ns()
        contents = {f"{name}.parquet": _parquet(frame) for name, frame in run.frames.items()}
        contents[_STRATEGY] = run.source.encode()
        half: Path | None = None
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            half = Path(tempfile.mkdtemp(prefix=_HALF, dir=self.root))
            for name, content in contents.items():
                _put(half / name, content)
            return self._settle(half, replace(run.record, made_ns=made_ns))
        except OSError as fault:
            raise _unwritable(self.root, fault) from fault
        finally:
            if half is not None:
                shutil.rmtree(half, ignore_errors=True)

    def find(self, run_id: str) -> RunRecord:
        """The record of one run, by its id, by an unambiguous beginning of it, or "last"."""
        return _read(self._folder(run_id))

    def load(self, run_id: str) -> SavedRun:
        """One run with its frames."""
        import polars as pl

        folder = self._folder(run_id)
        try:
            frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in _FRAMES}
            source = (folder / _STRATEGY).read_text("utf-8")
        except (OSError, pl.exceptions.PolarsError) as fault:
            raise _damaged(folder, fault) from fault
        return SavedRun(_read(folder), frames, source)

    def records(self) -> list[RunRecord]:
        """The records of all runs, newest first."""
        records = [record for folder in self._folders() if (record := _read_where_there(folder)) is not None]
        return sorted(records, key=lambda record: (record.made_ns, record.run_id), reverse=True)

    def drop(self, run_id: str) -> None:
        """Forgets a run for good: its folder gets a name that none has, then it goes."""
        folder = self.root / run_id
        if folder.parent != self.root or not _is_run(folder):
            raise MissingError(f"there is no run {run_id!r}")
        try:
            half = Path(tempfile.mkdtemp(prefix=_HALF, dir=self.root))
            folder.rename(half / run_id)
            _sync(self.root)
            shutil.rmtree(half)
        except OSError as fault:
            raise _unwritable(self.root, fault) from fault

    def _settle(self, half: Path, record: RunRecord) -> str:
        """Names the finished folder; a name that another run took meanwhile is passed over."""
        moment = datetime.fromtimestamp(record.made_ns // 1_000_000_000, UTC)
        first = f"{moment:%Y%m%d-%H%M%S}-{record.hash[:6]}"
        for number in range(1, _TRIES):
            run_id = first if number == 1 else f"{first}-{number}"
            if (self.root / run_id).exists():
                continue
            _put(half / _MANIFEST, _manifest(replace(record, run_id=run_id)))
            _sync(half)
            try:
                half.rename(self.root / run_id)
            except OSError:
                if (self.root / run_id).exists():
                    continue
                raise
            _sync(self.root)
            return run_id
        raise StorageError(f"{self.root} holds {_TRIES} runs of one second", fix="wait a second")

    def _folders(self) -> list[Path]:
        try:
            return sorted(folder for folder in self.root.iterdir() if _is_run(folder))
        except FileNotFoundError:
            return []
        except OSError as fault:
            raise StorageError(f"{self.root} cannot be read: {fault.strerror}", fix="check its permissions") from fault

    def _folder(self, run_id: str) -> Path:
        folders = self._folders()
        if not folders:
            raise MissingError(
                f"there are no saved runs in {self.root}", fix="parrot backtest ... saves one; PARROT_HOME says where"
            )
        if run_id == "last":
            return max(folders, key=lambda folder: (_read(folder).made_ns, folder.name))
        found = [folder for folder in folders if folder.name.startswith(run_id)]
        exact = [folder for folder in found if folder.name == run_id]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found or not run_id:
            raise MissingError(
                f"there is no run {run_id!r} in {self.root}",
                expected=f"an id such as {folders[-1].name}, a beginning of one, or last",
                fix="parrot runs ls",
            )
        raise InputError(
            f"{run_id!r} is the beginning of {len(found)} runs",
            expected="one of " + ", ".join(folder.name for folder in found[:8]),
        )


def _is_run(folder: Path) -> bool:
    return not folder.name.startswith(_HALF) and (folder / _MANIFEST).is_file()


def _read_where_there(folder: Path) -> RunRecord | None:
    """The record of a run, None of one that somebody drops meanwhile."""
    try:
        return _read(folder)
    except StorageError:
        if folder.exists():
            raise
        return None


def _manifest(record: RunRecord) -> bytes:
    return json.dumps({"format": _FORMAT, **asdict(record)}, indent=1, allow_nan=False, ensure_ascii=False).encode()


def _read(folder: Path) -> RunRecord:
    try:
        held: Mapping[str, Any] = json.loads((folder / _MANIFEST).read_text("utf-8"))
        if held["format"] != _FORMAT:
            raise StorageError(
                f"{folder} is of format {held['format']}", expected=f"format {_FORMAT}", fix="update Parrot"
            )
        known = {field.name: held[field.name] for field in fields(RunRecord)}
        return RunRecord(**{**known, "status": RunStatus(known["status"]), "run_id": folder.name})
    except StorageError:
        raise
    except (OSError, ValueError, LookupError, TypeError) as fault:
        raise _damaged(folder, fault) from fault


def _parquet(frame: Any) -> bytes:
    target = io.BytesIO()
    frame.write_parquet(target, compression="zstd")
    return target.getvalue()


def _put(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(root: Path, fault: OSError) -> StorageError:
    return StorageError(
        f"the run cannot be saved in {root}: {fault.strerror or fault}",
        expected="free space and permission to write",
        fix="make room, or set PARROT_HOME to another folder; runs saved before are unchanged",
    )


def _damaged(folder: Path, fault: Exception) -> StorageError:
    return StorageError(
        f"the run in {folder} cannot be read: {fault}",
        expected="a folder as it was saved",
        fix="restore it from a backup, or delete the folder",
    )
