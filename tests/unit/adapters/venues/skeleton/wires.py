"""A wire whose every word the test says itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from parrot.adapters.venues.skeleton.news import KeyScope
from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.skeleton.venue import LiveVenue
from parrot.contracts.commands import OrderKind, Side
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import PlaceOrder
from tests.unit.adapters.venues.skeleton.news import order

D = Decimal
BTC = Listing(
    symbol="BTC/USDT",
    base="BTC",
    quote="USDT",
    tick=D("0.01"),
    lot=D("0.001"),
    price_decimals=2,
    quantity_decimals=3,
    min_quantity=D("0.001"),
)


class Clock:
    def now_ns(self) -> int:
        return time.time_ns()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Wire:
    """`answers` are what `place` does next: news, an exception, or a number of seconds to take before an acceptance."""

    terms = VenueTerms(venue="fake", request_timeout=300_000_000)

    def __init__(self, *answers: Any, scope: KeyScope | None = None) -> None:
        self.offset = 0
        self.ahead = 5_000_000_000
        self.told: list[str] = []
        self._answers = list(answers)
        self._scope = scope or KeyScope(trade=True, withdraw=False)
        self.opened = self.closed = self.alive_said = 0
        self.trades: list[Any] = []
        self.names: dict[str, str] = {}
        self.nameless = Outcome.UNKNOWN

    async def open(self) -> None:
        self.opened += 1

    async def close(self) -> None:
        self.closed += 1

    def listings(self) -> Sequence[Listing]:
        return [BTC]

    async def server_time(self) -> int:
        self.told.append("time")
        return time.time_ns() + self.ahead

    async def scope(self) -> KeyScope:
        return self._scope

    async def place(self, request: PlaceOrder) -> list[Any]:
        self.told.append(f"place {request.client_id}")
        answer = self._answers.pop(0) if self._answers else 0
        if isinstance(answer, Exception):
            raise answer
        await asyncio.sleep(answer)
        self.told.append(f"placed {request.client_id}")
        return [order(request.client_id)]

    async def cancel(self, request: Any) -> list[Any]:
        self.told.append(f"cancel {request.client_id}")
        return [order(request.client_id, "canceled")]

    async def query(self, request: Any) -> Any:
        self.told.append(f"query {request.client_id}")
        if request.client_id == "nobody":
            raise Trouble(Outcome.MISSING, "no such order")
        return order(request.client_id)

    async def open_orders(self) -> list[Any]:
        return []

    async def own_trades(self, symbol: str, cursor: Any) -> list[Any]:
        return list(self.trades)

    async def name_of(self, venue_id: str, symbol: str) -> Any:
        if venue_id not in self.names:
            raise Trouble(self.nameless, "cannot be asked for")
        return order(self.names[venue_id], "filled", venue_id=venue_id, filled="1")

    async def balances(self) -> dict[str, Decimal]:
        return {}

    async def private(self, on_news: Any, ready: Any) -> None:
        ready()
        await asyncio.Event().wait()

    async def alive(self) -> None:
        self.alive_said += 1

    async def echo(self) -> None:
        return

    async def hang_up(self) -> None:
        return

    def markets(self, symbols: Sequence[str], on_raw: Any) -> Sequence[Any]:
        return []

    async def snapshot(self, symbol: str) -> Mapping[str, Any]:
        raise Trouble(Outcome.UNKNOWN, "none")


def venue(wire: Wire, **fields: Any) -> LiveVenue:
    return LiveVenue(wire, symbols=["BTC/USDT"], clock=Clock(), **fields)


def place(client_id: str, **fields: Any) -> PlaceOrder:
    given = {"symbol": "BTC/USDT", "quantity": D(1), "limit": D(100), "ts": time.time_ns(), **fields}
    return PlaceOrder(client_id=client_id, side=Side.BUY, kind=OrderKind.LIMIT, **given)
