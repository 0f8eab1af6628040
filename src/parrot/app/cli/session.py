"""`parrot record`, `parrot replay` and `parrot why`."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import Data, find, folder_of
from parrot.kernel.errors import InputError, MissingError

if TYPE_CHECKING:
    from parrot.app.folder import DataFolder

_DIFFERENT: Final = 1
_SPAN_NS: Final = 600 * 10**9
_SETTLED_S: Final = 0.5  # what was decided last has been committed by then
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

For = Annotated[
    str, typer.Option("--for", metavar="TIME", help='How long to record from now on: "60s", "5m"; 0 for what there is.')
]
Session = Annotated[str, typer.Argument(metavar="SESSION", help="Name of a session, or the path of its file.")]
Name = Annotated[str | None, typer.Option("--name", help="Name of the session; the time without it.")]


def record(duration: For = "60s", data: Data = None, name: Name = None, as_json: options.AsJson = False) -> None:
    """Keep a session: what the running strategies are given, and what they order."""
    from parrot.app.hosting.parity import add_orders, lives_in, write_session
    from parrot.engine.columns import timeframe_ns

    folder = _folder(data)
    session = _named(name)
    seconds = 0.0 if duration in ("0", "0s") else timeframe_ns(duration) / 1e9
    if seconds and find(data) is None:
        raise InputError(f"nothing runs on {folder.root}", fix="parrot up, or --for 0 for what ran there before")
    _wait(seconds)
    lives = lives_in(folder.strategies)
    if not lives:
        raise MissingError(f"no strategy has run on {folder.root}", fix="parrot up")
    time.sleep(_SETTLED_S if seconds else 0)
    add_orders(lives, entries_of(folder))
    path = sessions_of(folder) / f"{session}.journal"
    if path.exists():
        raise InputError(f"there is a session {session}", fix="choose another --name")
    entries = write_session(path, session, time.time_ns(), lives)
    orders = {recorded.life.strategy: len(recorded.orders) for recorded in lives}
    told = {"session": session, "path": str(path), "entries": entries, "strategies": orders}
    screen.answer(told, lambda: screen.say(f"{path}: parrot replay {session} plays it again"), as_json=as_json)


def replay(session: Session, data: Data = None, as_json: options.AsJson = False) -> int:
    """Play a session again in the back-tester: are the orders the same?"""
    from parrot.app.hosting.parity import compare, read_session

    path = Path(session).expanduser()
    if path.suffix != ".journal":
        path = sessions_of(_folder(data)) / f"{session}.journal"
    found = [compare(recorded) for recorded in read_session(path)]
    equal = all(parity.equal for parity in found)
    rows = [{**asdict(parity), "equal": parity.equal} for parity in found]
    screen.answer({"session": str(path), "equal": equal, "strategies": rows}, lambda: _draw(rows), as_json=as_json)
    return 0 if equal else _DIFFERENT


def why(
    strategy: Annotated[str, typer.Argument(help="Id of the strategy.")],
    begin: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="ISO 8601, UTC; ten minutes before the end.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="ISO 8601, UTC; now without it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many of the newest.")] = 100,
    data: Data = None,
    as_json: options.AsJson = False,
) -> None:
    """Why a strategy traded, or did not: the gates that it came to, newest first, from the records."""
    from parrot.centers.strategies.manifest import why as explained

    until = time.time_ns() if end is None else _moment(end)
    since = until - _SPAN_NS if begin is None else _moment(begin)
    reasons = explained(strategy, since, until, entries_of(_folder(data)), most=limit)
    rows = [asdict(reason) for reason in reversed(reasons.newest)]
    told = {"strategy": strategy, "from": since, "to": until, "gates": rows, "left_out": reasons.left_out}
    screen.answer(told, lambda: _gates(rows, reasons.left_out), as_json=as_json)


def _folder(data: Path | None) -> DataFolder:
    from parrot.app.folder import DataFolder

    return DataFolder(folder_of(data))


def entries_of(folder: DataFolder) -> Iterator[Any]:
    """All entries of a desk, one after another, also while its owner writes. Raises MissingError."""
    from parrot.adapters.journal.files import bodies_of
    from parrot.app.desk import decode

    if not folder.desk.exists():
        raise MissingError(f"there is no desk in {folder.root}", fix="parrot up")
    return (decode(body) for body in bodies_of(folder.desk))


def sessions_of(folder: DataFolder) -> Path:
    """Where sessions are kept: beside the data directory, whose files are all of its own process."""
    return folder.root.with_name(f"{folder.root.name}.sessions")


def _named(name: str | None) -> str:
    chosen = name or datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    if not _NAME.fullmatch(chosen):
        raise InputError(f"{chosen!r} is no name for a session", expected="letters, digits, -, _ and .")
    return chosen


def _wait(seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.2))


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no time", expected="ISO 8601 such as 2026-01-31T14:05") from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * 10**9 + moment.microsecond * 1_000


def _draw(rows: list[dict[str, Any]]) -> None:
    shown = [
        [
            row["strategy"],
            "equal" if row["equal"] else row["difference"],
            row["batches"],
            row["orders"],
            row["replay_hash"][:16],
        ]
        for row in rows
    ]
    screen.table("replay", ("strategy", "orders are", "batches", "orders", "hash"), shown, texts=2)


def _gates(rows: list[dict[str, Any]], left_out: int) -> None:
    shown = [
        [
            screen.moment(row["ts"], seconds=True),
            str(row["order_id"] or ""),
            row["gate"],
            "passed" if row["passed"] else "stopped",
            row["text"],
        ]
        for row in rows
    ]
    screen.table("gates", ("time", "order", "gate", "", "numbers"), shown, texts=5)
    if left_out:
        screen.note(f"{left_out:,} older ones are left out: --limit, --from and --to say which are shown")
