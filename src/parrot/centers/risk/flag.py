"""The kill switch's second path: a file whose being there means stop. Reading and watching it is the caller's."""

from __future__ import annotations

from typing import Final

from parrot.centers.risk.switch import ALL, is_scope
from parrot.contracts.commands import EngageKill

FILE_NAME: Final = "KILL"
_SCOPES_MAX: Final = 100


def kills_of(text: str) -> list[EngageKill]:
    """The kills that the file asks for: one scope a line, `flatten` behind it closes positions as well.

    An empty file, and whatever cannot be read as scopes, stops everything.
    """
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    read = [_kill(words) for words in lines[:_SCOPES_MAX]]
    if not read or len(lines) > _SCOPES_MAX or None in read:
        return [EngageKill(scope=ALL, by="file", source="file", reason="the kill file is there")]
    return [kill for kill in read if kill is not None]


def _kill(words: list[str]) -> EngageKill | None:
    flatten = len(words) > 1 and words[-1] == "flatten"
    scope = " ".join(words[:-1] if flatten else words)
    if not is_scope(scope):
        return None
    return EngageKill(scope=scope, by="file", source="file", reason="the kill file is there", flatten=flatten)
