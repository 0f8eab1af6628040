"""A statement as files, written transaction by transaction: no period is too long for the memory."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from parrot.app.jobs.places import JobPlaces
from parrot.app.statement_page import LINES_MOST, statement_page
from parrot.app.statements import statement_of
from parrot.app.workers.handed import Tell
from parrot.centers.capital.manifest import COLUMNS, Line
from parrot.contracts.jobs import StatementAsked
from parrot.kernel.sheets import opened

FORMS: Final = ("html", "csv", "json")
_HALF: Final = ".half-"
_KEPT: Final = 30  # periods
_TOLD_EVERY_S: Final = 0.25
_NO_LINES: Final = b"]}"  # how the document of a statement without transactions ends


def make_statement(asked: StatementAsked, places: JobPlaces, tell: Tell) -> dict[str, Any]:
    """Makes all forms of a statement, or none of them where it fails or is ended; how many transactions there were.

    Raises DataError, ParameterError.
    """
    folder = places.statements
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob(f"{_HALF}*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=_HALF) as half:
        count = _write(asked, places, Path(half), _progress(tell))
        for form in FORMS:
            (Path(half) / form).replace(places.statement(asked, form))
    _forget_old(folder)
    return {"transactions": count}


def _write(asked: StatementAsked, places: JobPlaces, half: Path, told: Callable[[float], None]) -> int:
    with ExitStack() as files, (half / "lines").open("w+b") as lines:
        add = opened(files.enter_context((half / "csv").open("w", encoding="utf-8", newline="")), COLUMNS)
        count, first = 0, list[Line]()

        def each(line: Line) -> None:
            nonlocal count
            count += 1
            if count <= LINES_MOST:
                first.append(line)
            for row in line.rows():
                add(row)
            lines.write((b"," if count > 1 else b"") + line.as_json())

        root = places.folder.root
        found = statement_of(root, since=asked.since, until=asked.until, each=each, told=told)
        lines.seek(0)
        with (half / "json").open("wb") as document:
            document.write(found.as_json().encode().removesuffix(_NO_LINES))
            shutil.copyfileobj(lines, document)
            document.write(_NO_LINES)
    found.lines.extend(first)
    (half / "html").write_text(statement_page(found, count), encoding="utf-8")
    return count


def _progress(tell: Tell) -> Callable[[float], None]:
    said = 0.0

    def told(part: float) -> None:
        nonlocal said
        if time.monotonic() - said >= _TOLD_EVERY_S:
            said = time.monotonic()
            tell({"part": part, "note": "reading the journal"})

    return told


def _forget_old(folder: Path) -> None:
    files = sorted(folder.glob("*.*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files[_KEPT * len(FORMS) :]:
        path.unlink(missing_ok=True)
