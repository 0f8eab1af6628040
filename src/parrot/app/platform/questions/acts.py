"""Acts of people that are no commands of the desk, noted in the audit log."""

from __future__ import annotations

from typing import Protocol

from parrot.app.platform.platform import Platform
from parrot.contracts.access import Principal


class Noting(Protocol):
    """Notes an act of somebody; `about` are its fields."""

    def __call__(self, who: Principal, what: str, /, **about: str) -> None:
        """Durable when it returns."""


def noting(platform: Platform) -> Noting:
    """Notes acts by the thread that trades, so that they keep their order."""

    def note(who: Principal, what: str, /, **about: str) -> None:
        platform.read(lambda house: house.audit.note(who.name, what, ts=house.clock.now_ns(), about=about))

    return note
