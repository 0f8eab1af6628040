"""Venues that the suite runs on: what a test needs to know of each, and how its time passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeVar

from parrot.adapters.journal.files import FileSegments
from parrot.adapters.venues.shadow import ShadowSettings, ShadowVenue
from parrot.centers.market_data.live import LiveMarket
from parrot.centers.matching.manifest import Faults, Latency, PaperVenue, Settings, build
from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.ticks import TradeTick
from parrot.contracts.venue import (
    AskState,
    CancelPlaced,
    Filled,
    PlaceOrder,
    QueryPlaced,
    ReplacePlaced,
    Report,
    Request,
    Unanswered,
    VenueState,
)
from parrot.ports.trading import TradingVenue
from tests.ports.trading.served import SECOND, ServedRig

R = TypeVar("R")


class Rig(Protocol):
    """One venue with a market on it, and a clock."""

    @property
    def venue(self) -> TradingVenue:
        """The venue as it is now; another one after a restart."""

    @property
    def now(self) -> int:
        """What time it is, ns UTC."""

    symbol: str
    quantity: Decimal
    durable: bool
    reduces: bool

    def pass_time(self, seconds: float) -> None:
        """Time goes on, and with it the market and the reports."""

    def price(self) -> Decimal:
        """About where the market is."""

    def restart(self) -> None:
        """The venue's process is killed and begun again; `venue` is the new one, connected to nobody."""


class Client:
    """Sends to a rig's venue and keeps what it says."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.reports: list[Report] = []
        rig.venue.connect(self.reports.append)

    def restart(self) -> None:
        self.rig.restart()
        self.rig.venue.connect(self.reports.append)

    def near(self, percent: str) -> Decimal:
        """A price on the tick, that much above the market (below zero: under it)."""
        tick = next(known.tick for known in self.rig.venue.listings() if known.symbol == self.rig.symbol)
        wanted = self.rig.price() * (1 + Decimal(percent) / 100)
        return (wanted / tick).to_integral_value() * tick

    def place(self, client_id: str, side: str = "buy", **fields: Any) -> list[Report]:
        fields.setdefault("kind", OrderKind.LIMIT if "limit" in fields else OrderKind.MARKET)
        defaults = {"symbol": self.rig.symbol, "quantity": self.rig.quantity, "ts": self.rig.now}
        return self.ask(PlaceOrder(client_id=client_id, side=Side(side), **(defaults | fields)))

    def cancel(self, client_id: str) -> list[Report]:
        return self.ask(CancelPlaced(client_id=client_id, symbol=self.rig.symbol, ts=self.rig.now))

    def replace(self, client_id: str, quantity: Decimal, limit: Decimal | None = None) -> list[Report]:
        request = ReplacePlaced(
            client_id=client_id, symbol=self.rig.symbol, quantity=quantity, limit=limit, ts=self.rig.now
        )
        return self.ask(request)

    def query(self, client_id: str) -> Report:
        (found,) = self.ask(QueryPlaced(client_id=client_id, symbol=self.rig.symbol, ts=self.rig.now), about=client_id)
        return found

    def state(self, after: int = 0) -> VenueState:
        found = [
            report for report in self.ask(AskState(after=after, ts=self.rig.now)) if isinstance(report, VenueState)
        ]
        return found[0]

    def ask(self, request: Request, *, about: str | None = None) -> list[Report]:
        """What the venue says to a request within half a second; `about` keeps that of one client id only."""
        begin = len(self.reports)
        self.rig.venue.send(request)
        self.rig.pass_time(0.5)
        heard = self.reports[begin:]
        return heard if about is None else [report for report in heard if getattr(report, "client_id", "") == about]

    def of(self, client_id: str, kind: type[R]) -> list[R]:
        """All that was said of one client id, of one kind."""
        return [r for r in self.reports if isinstance(r, kind) and getattr(r, "client_id", "") == client_id]

    def filled(self, client_id: str) -> Decimal:
        """How much of an order was filled, by its reports."""
        return sum((fill.quantity for fill in self.of(client_id, Filled)), Decimal(0))

    def unanswered(self) -> list[Unanswered]:
        return [report for report in self.reports if isinstance(report, Unanswered)]


class PaperRig:
    """The paper venue with its crowd, on a journal."""

    symbol = "BTC/USDT"
    quantity = Decimal("0.01")
    durable = True
    reduces = True

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.now = 1_750_000_000 * SECOND
        self._folder = folder
        self._settings = Settings(**settings)
        self._last = Decimal(60_000)
        self.venue: PaperVenue = self._built()
        self.pass_time(0.5)

    def _built(self) -> PaperVenue:
        return build(self._settings, FileSegments(self._folder, sync=False), now=self.now)

    def pass_time(self, seconds: float) -> None:
        end = self.now + int(seconds * SECOND)
        while self.now < end:
            self.now = min(end, self.now + SECOND // 100)
            for tick in self.venue.poll(self.now):
                if isinstance(tick, TradeTick) and tick.symbol == self.symbol:
                    self._last = Decimal(tick.price).scaleb(-2)

    def price(self) -> Decimal:
        return self._last

    def restart(self) -> None:
        self.venue.abandon()
        self.now += SECOND
        self.venue = self._built()


class ShadowRig:
    """The shadow venue on the market of another venue's crowd, behind the gates of live data."""

    symbol = "BTC/USDT"
    quantity = Decimal("0.01")
    durable = True
    reduces = True

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.now = 1_750_000_000 * SECOND
        self._folder = folder
        self._feed = build(Settings(), now=self.now)
        deposits = {"USDT": Decimal(1_000_000), "BTC": Decimal(2)}
        self._settings = ShadowSettings(deposits=deposits, **settings)
        self._begin()

    def _begin(self) -> None:
        self._market = LiveMarket(self._feed.listings())
        segments = FileSegments(self._folder, sync=False)
        self.venue: ShadowVenue = ShadowVenue(self._feed.listings(), self._settings, segments, now=self.now)
        self.pass_time(0.5)

    def pass_time(self, seconds: float) -> None:
        end = self.now + int(seconds * SECOND)
        while self.now < end:
            self.now = min(end, self.now + SECOND // 50)
            flow = self._market.take(self._feed.poll(self.now), self.now)
            for symbol in flow.asks:
                self._feed.ask_snapshot(symbol, self.now)
            self.venue.heard(flow.messages, self.now)

    def price(self) -> Decimal:
        touch = self._market.symbol(self.symbol).touch.tell(self.now)
        return touch.last

    def restart(self) -> None:
        self.venue.close()
        self.now += SECOND
        self._begin()


RIGS: dict[str, Callable[[Path], Rig]] = {
    "paper": PaperRig,
    "paper-slow": lambda folder: PaperRig(
        folder,
        requests=Latency(fixed=20_000_000, jitter=30_000_000),
        replies=Latency(fixed=20_000_000, jitter=30_000_000),
        faults=Faults(repeated=0.2),
    ),
    "shadow": ShadowRig,
    "shadow-slow": lambda folder: ShadowRig(folder, latency=50_000_000),
    "ccxt": lambda folder: ServedRig("binance", folder),
    "alpaca": lambda folder: ServedRig("alpaca", folder),
}
"""Add a venue here, and the whole suite runs on it."""


def resting() -> Iterator[tuple[OrderKind, dict[str, str], str]]:
    """Kinds of order that stay: their prices in percent from the market, and the side."""
    yield OrderKind.LIMIT, {"limit": "-10"}, "buy"
    yield OrderKind.STOP, {"trigger": "10"}, "buy"
    yield OrderKind.STOP, {"trigger": "-10"}, "sell"
    yield OrderKind.STOP_LIMIT, {"trigger": "10", "limit": "11"}, "buy"
    yield OrderKind.TOUCH, {"trigger": "-10"}, "buy"
    yield OrderKind.TOUCH_LIMIT, {"trigger": "10", "limit": "9"}, "sell"


ENDING = (TimeInForce.IOC, TimeInForce.FOK)
