"""What every protocol of a served exchange is given, and what it has to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from parrot.app.exchange.settings import ExchangeSettings
from parrot.ports.exchange import KeyRing, Listener, Owner, PublicExchange

T = TypeVar("T")


class SiteOwner(Owner, Protocol):
    """The owner of an exchange as protocols on an event loop see it; they call it in the loop's thread only."""

    def call(self, work: Callable[[], T], done: Callable[[T | None, Exception | None], None]) -> None:
        """Has `work` done with the exchange; `done` hears the result or the error, at once or later."""

    def listen(self, listener: Listener) -> None:
        """Tells `listener` all that happens, in order, in the loop's thread, between calls of the exchange."""

    def each_tick(self, tick: Callable[[int], None]) -> None:
        """Calls `tick(now)` in the loop's thread many times a second (ns UTC)."""


@dataclass(frozen=True, slots=True)
class Site:
    """An exchange and those who look after it. `exchange` is touched within `owner.call` and `owner.run` only."""

    exchange: PublicExchange
    keys: KeyRing
    owner: SiteOwner
    settings: ExchangeSettings


class Server(Protocol):
    """One protocol on one port."""

    @property
    def name(self) -> str:
        """What it speaks: "binance", "alpaca", "fix"."""

    @property
    def url(self) -> str:
        """Where it is, once it has started."""

    async def start(self) -> None:
        """Listens. Raises InputError when the port is taken."""

    async def stop(self) -> None:
        """Says good-bye to its clients and lets go of the port."""
