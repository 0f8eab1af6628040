"""The trading port and the feed port on a line: nothing here waits, everything is handed over between two threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from parrot.adapters.venues.skeleton.line import Line, Pace
from parrot.adapters.venues.skeleton.outbox import Outbox
from parrot.adapters.venues.skeleton.own_trades import OwnTrades
from parrot.adapters.venues.skeleton.trouble import Trouble
from parrot.adapters.venues.skeleton.wire import Wire
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import Report, Request
from parrot.ports.clock import Clock
from parrot.ports.feed import Incoming
from parrot.ports.journal import Journal

_TRIES_S: Final = (0.1, 0.2, 0.4, 0.8, 1.6)


class LiveVenue:
    """One account at one real venue, TradingVenue and Feed in one; reports come within `poll`, in its thread.

    `trades` is where own trades keep their numbers; without it they last as long as the process. Without `private` it
    is a feed only. A key that may withdraw is refused unless `allow_withdrawals`.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        symbols: Sequence[str],
        clock: Clock,
        trades: Journal | None = None,
        private: bool = True,
        allow_withdrawals: bool = False,
        pace: Pace | None = None,
    ) -> None:
        self._wire = wire
        self._symbols = tuple(symbols)
        self._outbox = Outbox(wire.terms.venue)
        self._inbox: Callable[[Report], None] | None = None
        self._sent = 0
        self._fetching: set[str] = set()
        self._early: list[Report] = []
        self._line = Line(
            wire,
            self._outbox,
            OwnTrades(trades, opened=clock.now_ns()) if private else None,
            symbols=symbols,
            now=clock.now_ns,
            allow_withdrawals=allow_withdrawals,
            pace=pace,
        )

    def open(self) -> None:
        """Reaches the venue; blocks. Raises VenueError when it cannot, MissingError for an unknown symbol."""
        self._line.open()

    @property
    def warnings(self) -> Sequence[str]:
        """What a person should know: rights of the key."""
        return self._line.warnings

    @property
    def up(self) -> bool:
        """Whether the private stream stands."""
        return self._line.up

    def wake(self, callback: Callable[[], None]) -> None:
        """`callback` is called, in the adapter's thread, when something comes to wait for `poll`."""
        self._outbox.wake = callback

    # -- the trading port ----------------------------------------------------------------------------------------------

    @property
    def terms(self) -> VenueTerms:
        """How the venue treats orders."""
        return self._wire.terms

    def listings(self) -> Sequence[Listing]:
        """The symbols that were asked for; all of the venue where none were."""
        known = self._wire.listings()
        return [listing for listing in known if listing.symbol in self._symbols] if self._symbols else known

    def connect(self, inbox: Callable[[Report], None]) -> None:
        """Says where reports go; those that came before come first."""
        self._inbox = inbox

    def send(self, request: Request) -> None:
        """Hands a request over; never blocks."""
        self._sent += 1
        self._line.call(self._line.send, request)

    @property
    def under_way(self) -> int:
        """How many requests were handed over and are not answered yet."""
        return self._sent - self._line.answered

    def settle(self, seconds: float) -> None:
        """Blocks until all that the venue's streams told before is heard; for tests and for a quiet end."""
        self._line.run(self._wire.echo()).result(seconds)

    def close(self) -> None:
        """Ends the connection."""
        self._line.close()

    # -- the feed port -------------------------------------------------------------------------------------------------

    def poll(self, now: int) -> Sequence[Incoming]:
        """Hands reports to the inbox and returns the market data that came."""
        reports, data = self._outbox.take()
        if self._inbox is None:
            self._early += reports
            return data
        for report in [*self._early, *reports]:
            self._inbox(report)
        self._early.clear()
        return data

    def ask_snapshot(self, symbol: str, now: int) -> None:
        """Asks for the whole book, which comes by a later `poll`; nothing comes when the venue does not answer."""
        if symbol not in self._fetching:
            self._fetching.add(symbol)
            self._line.call(lambda: self._line.run(self._fetch(symbol)))

    async def _fetch(self, symbol: str) -> None:
        """Tries a few times: without a book nothing can be traded. Then whoever wants it asks again."""
        try:
            for pause in _TRIES_S:
                try:
                    self._outbox.raw(await self._wire.snapshot(symbol))
                except Trouble as trouble:
                    await asyncio.sleep(max(pause, trouble.retry_after / 1e9))
                else:
                    return
        finally:
            self._fetching.discard(symbol)

    def due(self) -> int | None:
        """Nobody knows."""
        return None
