"""`parrot kill` and `parrot rearm`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from parrot.app.cli import options, screen
from parrot.app.cli.instance import By, Client, Data, find, folder_of
from parrot.kernel.errors import InputError, MissingError, StorageError

_HUNG_S: Final = 2.0

Scope = Annotated[
    str, typer.Option(help="all, strategy:ID, symbol:NAME, account:NAME or user:NAME: whose orders are stopped.")
]


def kill(
    by: By,
    data: Data = None,
    scope: Scope = "all",
    reason: Annotated[str, typer.Option(help="Why; it stands in the records.")] = "",
    flatten: Annotated[bool, typer.Option("--flatten", help="Close the positions as well.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Stop all orders at once, until somebody re-arms; works with the platform hung or down as well."""
    running = find(data)
    way = "the platform answered: it is written down" if running and _asked(running, by, scope, reason, flatten) else ""
    if not way:
        path = _flag(folder_of(data), scope, flatten)
        way = f"the platform did not answer: the file {path} stops its orders, now or when it starts"
    told = {"killed": scope, "by": by, "way": way}
    screen.answer(told, lambda: screen.say(f"orders of {scope} are stopped; {way}"), as_json=as_json)


def _asked(running: Client, by: str, scope: str, reason: str, flatten: bool) -> bool:
    body = {"scope": scope, "by": by, "reason": reason, "flatten": flatten, "source": "cli"}
    try:
        running.send("POST", "/api/v1/kill", body, patience_s=_HUNG_S)
    except StorageError:
        return False
    return True


def _flag(folder: Path, scope: str, flatten: bool) -> Path:
    from parrot.app.folder import DataFolder
    from parrot.centers.risk.manifest import kills_of

    line = f"{scope}{' flatten' if flatten else ''}\n"
    if kills_of(line)[0].scope != scope:
        raise InputError(f"{scope!r} is no scope", expected="all, strategy:ID, symbol:NAME, account:NAME or user:NAME")
    if not folder.is_dir():
        raise MissingError(f"there is no data directory {folder}", fix="name it by --data")
    path = DataFolder(folder).kill_flag
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise StorageError(f"{path} cannot be written: {fault.strerror}", fix=f"end process of {folder}") from fault
    return path


def rearm(by: By, data: Data = None, scope: Scope = "all", as_json: options.AsJson = False) -> None:
    """Let orders leave again after a kill or a tripped limit; takes the kill file away."""
    from parrot.app.cli.instance import client
    from parrot.app.folder import DataFolder

    running = client(data)
    DataFolder(folder_of(data)).kill_flag.unlink(missing_ok=True)
    running.send("POST", "/api/v1/rearm", {"scope": scope, "by": by})
    screen.answer({"rearmed": scope, "by": by}, lambda: screen.say(f"orders of {scope} may leave"), as_json=as_json)
