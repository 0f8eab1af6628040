"""What one protocol has to offer so that the skeleton can run it; everything is called in the adapter's own loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from parrot.adapters.venues.skeleton.news import Cursor, KeyScope, News, OrderNews, TradeNews
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import CancelPlaced, PlaceOrder, QueryPlaced, ReplacePlaced

OnNews = Callable[[News], None]
OnRaw = Callable[[Mapping[str, Any]], None]
Ready = Callable[[], None]


class Wire(Protocol):
    """One account at one venue. Every coroutine raises Trouble; times in ns of the local clock unless said otherwise.

    `offset` is the venue's clock less the local one, ns, set by the skeleton: requests are signed with it, and times of
    the venue are given less it.
    """

    offset: int

    @property
    def terms(self) -> VenueTerms:
        """How the venue treats orders."""

    async def open(self) -> None:
        """Loads what may be traded."""

    async def close(self) -> None:
        """Ends all connections."""

    def listings(self) -> Sequence[Listing]:
        """What may be traded, once open."""

    async def server_time(self) -> int | None:
        """The venue's own time, ns; None where it does not tell."""

    async def scope(self) -> KeyScope:
        """What the key may do."""

    async def place(self, order: PlaceOrder) -> list[News]:
        """Places an order; the first of the answer is the order."""

    async def cancel(self, request: CancelPlaced) -> list[News]:
        """Ends an order; the first of the answer is the order, where the venue shows it."""

    async def replace(self, request: ReplacePlaced) -> list[News]:
        """Changes an order in place."""

    async def query(self, request: QueryPlaced) -> OrderNews:
        """One order by client id; MISSING when the venue does not know it."""

    async def name_of(self, venue_id: str, symbol: str) -> OrderNews:
        """One order by the venue's own id."""

    async def open_orders(self) -> list[OrderNews]:
        """All open orders of the account."""

    async def own_trades(self, symbol: str, cursor: Cursor) -> list[TradeNews]:
        """All executions of a symbol from the cursor on, oldest first."""

    async def balances(self) -> dict[str, Decimal]:
        """The totals of the account by currency, zeros left out."""

    async def snapshot(self, symbol: str) -> Mapping[str, Any]:
        """A whole book as a raw message."""

    async def private(self, on_news: OnNews, ready: Ready) -> None:
        """Carries the account's own events until the stream breaks; `ready` is called once nothing can be missed."""

    async def alive(self) -> None:
        """Says that we are here, where the venue is to withdraw our orders once it hears nothing for a while."""

    async def echo(self) -> None:
        """Returns once everything was heard that the streams had told before; raises Trouble when they are silent."""

    async def hang_up(self) -> None:
        """Cuts the streams, which then break and are begun anew."""

    def markets(self, symbols: Sequence[str], on_raw: OnRaw) -> Sequence[Callable[[], Any]]:
        """Streams of market data, each a coroutine that carries until it breaks."""
