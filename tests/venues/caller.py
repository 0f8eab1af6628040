"""Who asks: a stub in the place of the strategies, with every kind of order, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from parrot.contracts.commands import AmendOrder, CancelOrder, OrderKind, Side, SubmitOrder, TimeInForce
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.contracts.records import (
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderReceived,
    OrderRefused,
    OrderRejected,
    OrderSent,
)
from parrot.contracts.ticks import BookChanged, BookSnapshot, TradeTick
from parrot.kernel.decimals import down

SECOND = 1_000_000_000
NAME = "caller"
OPEN_MOST = 60
_ENDS = (OrderRefused, OrderRejected, OrderCanceled, OrderExpired)
_PATIENCE = 2 * SECOND
_POSITION = Decimal("0.5")


class Caller:
    """Stands where hosts stand: it is offered data, decides in `collect`, hears what became of it."""

    def __init__(self, listing: Listing, *, orders: int, rate: float, seed: int) -> None:
        self.asked = 0
        self.sent = 0
        self.quiet = False
        self.open: dict[int, tuple[SubmitOrder, int]] = {}
        self._listing = listing
        self._orders = orders
        self._pause = int(SECOND / rate)
        self._chance = Random(seed)
        self.price = Decimal(0)
        self._position = Decimal(0)
        self._next = 0

    @property
    def done(self) -> bool:
        """So many orders have left: those that the desk refuses for want of good data are none."""
        return self.sent >= self._orders

    def offer(self, messages: Sequence[Any], now: int) -> None:
        for message in messages:
            if isinstance(message, TradeTick) and message.symbol == self._listing.symbol:
                self.price = Decimal(message.price).scaleb(-self._listing.price_decimals)
            assert not isinstance(message, BookChanged | BookSnapshot) or message.symbol == self._listing.symbol

    def heard(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            record = entry.record
            if isinstance(record, OrderSent) and record.attempt == 1:
                self.sent += 1
            if isinstance(record, OrderReceived) and record.order.strategy == NAME:
                self.open[entry.seq] = (record.order, entry.ts)
            elif isinstance(record, _ENDS):
                self.open.pop(record.order_id, None)
            elif isinstance(record, OrderFilled):
                self._position += record.fill.quantity if record.fill.side is Side.BUY else -record.fill.quantity
                if not record.left:
                    self.open.pop(record.order_id, None)

    def collect(self, take: Callable[[Any, int], list[Entry]], now: int) -> int:
        if self.quiet or not self.price or now < self._next:
            return 0
        self._next = max(self._next + self._pause, now - self._pause * 20)
        commands = list(self._decide(now))
        for command in commands:
            take(command, now)
        return len(commands)

    def beat(self, now: int) -> None:
        return

    def _decide(self, now: int) -> Iterator[Any]:
        for order_id, (order, since) in list(self.open.items()):
            if now - since > _PATIENCE and order.kind is not OrderKind.MARKET:
                self.open[order_id] = (order, now)
                yield CancelOrder(order_id=order_id, why="old")
            elif order.kind is OrderKind.LIMIT and self._chance.random() < 0.01:
                yield AmendOrder(order_id=order_id, quantity=down(order.quantity / 2, self._listing.lot))
        if not self.done and len(self.open) < OPEN_MOST:
            self.asked += 1
            yield self._order(now)

    def _order(self, now: int) -> SubmitOrder:
        chance = self._chance
        sell = self._position > _POSITION or (self._position > Decimal("0.05") and chance.random() < 0.5)
        side = Side.SELL if sell else Side.BUY
        style = chance.random()
        fields: dict[str, Any] = {}
        if style < 0.4:
            fields = {"kind": OrderKind.MARKET}
        elif style < 0.65:
            tif = chance.choice((TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTC))
            fields = {"kind": OrderKind.LIMIT, "limit": self._away(side, -0.001), "tif": tif}
        elif style < 0.975:
            away = chance.choice((0.0, 0.0002, 0.001, 0.01))
            fields = {"kind": OrderKind.LIMIT, "limit": self._away(side, away), "post_only": chance.random() < 0.2}
        elif style < 0.985:
            fields = {"kind": OrderKind.STOP, "trigger": self._away(side, -chance.choice((0.0005, 0.01)))}
        elif side is Side.BUY:
            fields = {"kind": OrderKind.MARKET, "stop": self._away(Side.BUY, 0.003)}
        else:
            fields = {"kind": OrderKind.STOP_LIMIT, "trigger": self._away(side, 0.01), "limit": self._away(side, 0.012)}
        if fields["kind"] is OrderKind.STOP_LIMIT:
            fields["trigger"] = self._away(Side.BUY, 0.01)
            fields["limit"] = self._away(Side.BUY, 0.012)
        quantity = self._listing.lot * chance.randint(100, 600)
        return SubmitOrder(
            strategy=NAME, key=str(self.asked), symbol=self._listing.symbol, side=side, quantity=quantity, decided=now,
            **fields,
        )  # fmt: skip

    def _away(self, side: Side, share: float) -> Decimal:
        """A price that far on the passive side of the last one."""
        sign = -1 if side is Side.BUY else 1
        return down(self.price * (1 + sign * Decimal(str(share))), self._listing.tick)
