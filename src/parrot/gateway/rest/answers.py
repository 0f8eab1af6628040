"""What a command became, as an answer."""

from __future__ import annotations

from typing import Any

from parrot.contracts import records
from parrot.contracts.message import Entry
from parrot.gateway.rest.platform import RunningPlatform
from parrot.kernel.errors import InputError


def done(platform: RunningPlatform, command: Any) -> dict[str, Any]:
    """Has a command carried out; raises InputError where the desk refused it."""
    entries = platform.ask(command)
    refuse(entries)
    return {"records": names(entries)}


def refuse(entries: list[Entry]) -> None:
    """Raises InputError with the desk's words where it refused."""
    for entry in entries:
        if isinstance(entry.record, records.CommandRefused):
            raise InputError(entry.record.text)


def names(entries: list[Entry]) -> list[str]:
    """What was written down."""
    return [type(entry.record).__name__ for entry in entries]
