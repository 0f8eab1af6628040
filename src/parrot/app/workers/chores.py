"""Work on data and on the durable files: downloads, imports, quality, the check of the chain; run by the worker."""

from __future__ import annotations

import contextlib
import re
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from parrot.app.jobs.places import JobPlaces
from parrot.contracts.jobs import CheckAsked, DownloadAsked, ImportAsked, QualityAsked
from parrot.engine.columns import timeframe_ns
from parrot.kernel.errors import InputError, MissingError

Tell = Callable[[Mapping[str, Any]], None]
_SENT: Final = re.compile(r"[0-9a-f]{32}\.(csv|parquet|json|jsonl|csv\.gz)")
_PLACES_MOST: Final = 20
_PROBLEMS_MOST: Final = 200
_TOLD_EVERY_S: Final = 0.25


def chore(
    asked: DownloadAsked | ImportAsked | QualityAsked | CheckAsked, places: JobPlaces, tell: Tell
) -> dict[str, Any]:
    """Does what is asked; what came of it in plain values, times ns UTC. Raises errors of the tree."""
    if isinstance(asked, DownloadAsked):
        return _download(asked, tell)
    if isinstance(asked, ImportAsked):
        return _import(asked, places)
    if isinstance(asked, QualityAsked):
        return _quality(asked, places)
    return _check(places, tell)


def _download(asked: DownloadAsked, tell: Tell) -> dict[str, Any]:
    from parrot.app.wiring import market_data
    from parrot.centers.market_data.download import Order, Progress

    ended = _Ended()
    said = [0.0]

    def progress(done: Progress) -> None:
        if done.note or time.monotonic() - said[0] >= _TOLD_EVERY_S:
            said[0] = time.monotonic()
            note = done.note or f"{done.bars:,} bars"
            tell({"part": min(1.0, done.done / max(done.total, 1)), "reached": done.ts, "note": note})

    order = Order(asked.symbol, timeframe_ns(asked.timeframe), asked.start, asked.end or None)
    found = market_data().download(asked.venue, order, progress, ended)
    return {
        "series": str(found.key),
        "new_bars": found.bars,
        "requests": found.pages,
        "first_ts": found.first_ts,
        "last_ts": found.last_ts,
    }


class _Ended:
    """Whether the platform asked this process to end: a page that came is kept first."""

    def __init__(self) -> None:
        self._ended = False
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, *_: object) -> None:
        self._ended = True

    def __call__(self) -> bool:
        return self._ended


def _import(asked: ImportAsked, places: JobPlaces) -> dict[str, Any]:
    from parrot.app.sources import Reading, read_one, symbol_from
    from parrot.app.wiring import market_data

    if not _SENT.fullmatch(asked.file):
        raise InputError("what was sent has no such name", expected="a file that was sent")
    path = places.sent / asked.file
    if not path.is_file():
        raise MissingError(f"{asked.name} is not there any more", fix="send it again")
    symbol = asked.symbol or symbol_from(Path(asked.name))
    reading = Reading(asked.timezone, asked.timeframe or None, {}, "none", asked.repair)

    def read(place: Path) -> Any:
        return replace(read_one(str(place), symbol, reading), source=asked.name)

    try:
        done = market_data().import_files([path], asked.venue, symbol, read=read)[0]
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
    return {
        "series": str(done.key),
        "rows": done.rows,
        "first_ts": done.first_ts,
        "last_ts": done.last_ts,
        "notes": list(done.notes),
    }


def _quality(asked: QualityAsked, places: JobPlaces) -> dict[str, Any]:
    from parrot.app.wiring import market_data

    report = market_data().quality(places.datasets().read(asked.source), calendar=asked.calendar)
    told = report.as_dict()
    findings = [one | {"places": one["places"][:_PLACES_MOST]} for one in told["findings"]]
    return told | {
        "source": asked.source,
        "first_ts": report.first_ts,
        "last_ts": report.last_ts,
        "findings": findings,
    }


def _check(places: JobPlaces, tell: Tell) -> dict[str, Any]:
    from parrot.app.durable import durable_files
    from parrot.app.verify import verify

    root = places.folder.root
    names = durable_files(root)
    tell({"note": f"{len(names)} files, {sum(_bytes(root / name) for name in names) >> 10:,} KiB"})
    report = verify(root)
    told = report.as_json()
    return told | {"problems": told["problems"][:_PROBLEMS_MOST], "problems_count": len(report.problems)}


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
