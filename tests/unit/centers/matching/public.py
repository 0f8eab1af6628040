"""A public exchange to look at: what its listeners heard, and orders in few words."""

from __future__ import annotations

from typing import Any, TypeVar

from parrot.centers.matching.manifest import SimulatedExchange, build_exchange, public_settings
from parrot.contracts.commands import Side
from parrot.contracts.exchange import SCALE, Kind, NewOrder, OrderChanged, OrderState
from parrot.ports.journal import Segments

SECOND = 1_000_000_000
START = 1_750_000_000 * SECOND
E = TypeVar("E")


def scaled(amount: str | float) -> int:
    return round(float(amount) * SCALE)


def order(side: str = "buy", quantity: float = 0.01, limit: float = 0, **fields: Any) -> NewOrder:
    """BTCUSDT where no other symbol is named; amounts and prices as people write them."""
    for name in ("trigger", "display", "trail", "quote_quantity"):
        if name in fields:
            fields[name] = scaled(fields[name])
    fields.setdefault("kind", Kind.LIMIT if limit else Kind.MARKET)
    fields.setdefault("symbol", "BTCUSDT")
    if "quote_quantity" in fields:
        quantity = 0
    return NewOrder(side=Side(side), quantity=scaled(quantity), limit=scaled(limit), **fields)


class Public:
    """A public exchange with a clock and two accounts, ann and bob, that have money."""

    def __init__(
        self,
        segments: Segments | None = None,
        *,
        symbols: tuple[str, ...] = ("BTCUSDT", "ETHUSDT"),
        stocks: tuple[str, ...] = (),
        now: int = START,
        **settings: Any,
    ) -> None:
        self.now = now
        self.heard: list[Any] = []
        chosen = public_settings(symbols, stocks, **settings)
        self.exchange: SimulatedExchange = build_exchange(chosen, segments, now=now)
        self.exchange.listen(self.heard.extend)
        if not self.exchange.accounts():
            for account in ("ann", "bob"):
                self.exchange.open_account(account)
                for held in self.exchange.held(account):
                    amount = 1_000_000 if held.asset in ("USDT", "USD") else 100
                    self.exchange.deposit(account, held.asset, amount * SCALE)
        self.heard.clear()

    def run(self, seconds: float, *, step: float = 0.1) -> None:
        end = self.now + int(seconds * SECOND)
        while self.now < end:
            self.now = min(end, self.now + int(step * SECOND))
            self.exchange.turn(self.now)

    def send(self, account: str = "ann", side: str = "buy", quantity: float = 0.01, **fields: Any) -> OrderState:
        self.heard.clear()
        return self.exchange.submit(account, order(side, quantity, **fields))

    def told(self, kind: type[E]) -> list[E]:
        return [event for event in self.heard if isinstance(event, kind)]

    def changes(self) -> list[tuple[str, str]]:
        """(change, stage) of all orders, in order."""
        return [(event.change.value, event.order.stage.value) for event in self.told(OrderChanged)]

    def balance(self, account: str, asset: str) -> tuple[int, int]:
        return next((held.free, held.locked) for held in self.exchange.held(account) if held.asset == asset)
