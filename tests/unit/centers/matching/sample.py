"""A paper venue to look at: what it reported, and orders in few words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from parrot.adapters.journal.files import FileSegments
from parrot.centers.matching.manifest import PaperVenue, Settings, build
from parrot.contracts.commands import OrderKind, Side
from parrot.contracts.ticks import Tick
from parrot.contracts.venue import AskState, CancelPlaced, PlaceOrder, QueryPlaced, ReplacePlaced, Report, VenueState

SECOND = 1_000_000_000
START = 1_750_000_000 * SECOND
R = TypeVar("R")


class Paper:
    """A paper venue with a clock and an inbox."""

    def __init__(self, folder: Path | None = None, *, now: int = START, **settings: Any) -> None:
        segments = FileSegments(folder, sync=False) if folder is not None else None
        self.now = now
        self.reports: list[Report] = []
        self.venue: PaperVenue = build(Settings(**settings), segments, now=now)
        self.venue.connect(self.reports.append)

    def run(self, seconds: float, *, step: float = 0.05) -> list[Tick]:
        ticks: list[Tick] = []
        end = self.now + int(seconds * SECOND)
        while self.now < end:
            self.now = min(end, self.now + int(step * SECOND))
            ticks += self.venue.poll(self.now)
        return ticks

    def place(self, client_id: str, side: str = "buy", quantity: str = "0.01", **fields: Any) -> list[Report]:
        for name in ("limit", "trigger", "display", "trail"):
            if name in fields:
                fields[name] = Decimal(fields[name])
        fields.setdefault("kind", OrderKind.LIMIT if "limit" in fields else OrderKind.MARKET)
        fields = {"symbol": "BTC/USDT", "ts": self.now} | fields
        return self._sent(
            PlaceOrder(client_id=client_id, side=Side(side), quantity=Decimal(quantity), **fields),
        )

    def cancel(self, client_id: str) -> list[Report]:
        return self._sent(CancelPlaced(client_id=client_id, symbol="BTC/USDT", ts=self.now))

    def replace(self, client_id: str, quantity: str, limit: str | None = None) -> list[Report]:
        price = None if limit is None else Decimal(limit)
        request = ReplacePlaced(
            client_id=client_id, symbol="BTC/USDT", quantity=Decimal(quantity), limit=price, ts=self.now
        )
        return self._sent(request)

    def query(self, client_id: str) -> list[Report]:
        return self._sent(QueryPlaced(client_id=client_id, symbol="BTC/USDT", ts=self.now))

    def state(self, after: int = 0) -> VenueState:
        (found,) = self._sent(AskState(after=after, ts=self.now))
        assert isinstance(found, VenueState)
        return found

    def _sent(self, request: Any) -> list[Report]:
        self.reports.clear()
        self.venue.send(request)
        return list(self.reports)

    def heard(self, kind: type[R]) -> list[R]:
        return [report for report in self.reports if isinstance(report, kind)]
