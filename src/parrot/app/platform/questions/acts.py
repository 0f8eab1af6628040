"""Acts of people that are no commands of the desk, noted in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from parrot.app.platform.assemble import House
from parrot.app.platform.platform import Platform
from parrot.contracts.access import Principal

_T = TypeVar("_T")


class Telling(Protocol):
    """Notes an act that is about to be done; `about` are its fields."""

    def __call__(self, what: str, /, **about: str) -> None:
        """Durable when it returns."""


class Noting(Protocol):
    """Notes an act of somebody; `about` are its fields."""

    def __call__(self, who: Principal, what: str, /, **about: str) -> None:
        """Durable when it returns."""


def noting(platform: Platform) -> Noting:
    """Notes acts by the thread that trades, so that they keep their order."""

    def note(who: Principal, what: str, /, **about: str) -> None:
        platform.read(lambda house: house.audit.note(who.name, what, ts=house.clock.now_ns(), about=about))

    return note


def act(platform: Platform, who: Principal, work: Callable[[House, Telling], _T]) -> _T:
    """Has `work` done in the thread that trades, in one go with its note.

    It tells what it does once nothing speaks against it and before it does it: nothing is done that is not noted. What
    fails after that is noted as failed. Raises what it raises; BusyError where nothing was done.
    """

    def whole(house: House) -> _T:
        begun: list[str] = []

        def tell(what: str, /, **about: str) -> None:
            house.audit.note(who.name, what, ts=house.clock.now_ns(), about=about)
            begun.append(what)

        try:
            return work(house, tell)
        except Exception as fault:
            for what in begun:
                house.audit.note(who.name, f"{what} failed", ts=house.clock.now_ns(), about={"why": str(fault)})
            raise

    return platform.act(whole)
