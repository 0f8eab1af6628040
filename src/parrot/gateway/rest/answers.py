"""What a command became, as an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from parrot.contracts import records
from parrot.contracts.access import Principal
from parrot.contracts.message import Entry
from parrot.gateway.rest.access import MAIN
from parrot.gateway.rest.bodies import Done
from parrot.gateway.rest.ports.platform import RunningPlatform
from parrot.kernel.errors import InputError


def done(platform: RunningPlatform, command: Any) -> Done:
    """Has a command carried out; raises InputError where the desk refused it."""
    entries = platform.ask(command)
    refuse(entries)
    return Done(records=names(entries))


def refuse(entries: list[Entry]) -> None:
    """Raises InputError with the desk's words where it refused."""
    for entry in entries:
        if isinstance(entry.record, records.CommandRefused):
            raise InputError(entry.record.text)


def names(entries: list[Entry]) -> list[str]:
    """What was written down."""
    return [type(entry.record).__name__ for entry in entries]


def seen(who: Principal, rows: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of the desk's account; none for who may not see it."""
    return rows() if who.sees(MAIN) else []
