"""Those who ask: stub strategies that decide from what they have seen, each in its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from parrot.contracts.commands import (
    AmendOrder,
    CancelAll,
    CancelOrder,
    OrderKind,
    Quoted,
    Role,
    Side,
    SubmitOrder,
    TimeInForce,
)
from parrot.contracts.message import Entry
from parrot.contracts.records import (
    OrderCanceled,
    OrderExpired,
    OrderFilled,
    OrderReceived,
    OrderRefused,
    OrderRejected,
)
from tests.simulation.market import SYMBOLS

LISTINGS = {listing.symbol: listing for listing in SYMBOLS}
UNIT = {"BTCUSDT": Decimal("0.0020"), "ETHUSDT": Decimal("0.030")}
SECOND = 1_000_000_000
ENDINGS = (OrderRefused, OrderRejected, OrderCanceled, OrderExpired)


@dataclass(slots=True)
class Mine:
    """An order as its strategy knows it."""

    order: SubmitOrder
    order_id: int
    left: Decimal
    since: int


class Caller:
    """One strategy. What it did not see received it sends again when the desk is back, under the same key."""

    def __init__(self, name: str, symbol: str, style: str, *, chance: Random, ask: Callable[[Any], None]) -> None:
        self.name = name
        self.symbol = symbol
        self.style = style
        self.chance = chance
        self.ask = ask
        self.count = 0
        self.unseen: dict[str, SubmitOrder] = {}
        self.open: dict[int, Mine] = {}
        self.position = Decimal(0)
        self.seen = 0
        self.quiet = False
        self.pace = chance.uniform(0.08, 0.3)

    # -- what it sees ----------------------------------------------------------------------------------------------

    def catch_up(self, entries: Iterable[Entry]) -> None:
        """Sees each entry once, in order; after a crash the desk tells again from where it was heard last."""
        for entry in entries:
            if entry.seq > self.seen:
                self.seen = entry.seq
                self.see(entry)

    def forget(self) -> None:
        """Its process died: only its inputs are kept, which are read again from the first one."""
        self.seen = 0
        self.open.clear()
        self.position = Decimal(0)

    def see(self, entry: Entry) -> None:
        record = entry.record
        if isinstance(record, OrderReceived):
            if record.order.strategy == self.name:
                self.unseen.pop(record.order.key, None)
                self.open[entry.seq] = Mine(record.order, entry.seq, record.order.quantity, entry.ts)
        elif isinstance(record, OrderFilled):
            self.see_fill(record)
        elif isinstance(record, ENDINGS):
            self.open.pop(record.order_id, None)

    def see_fill(self, record: OrderFilled) -> None:
        mine = self.open.get(record.order_id)
        if mine is None:
            return
        sign = 1 if record.fill.side is Side.BUY else -1
        self.position += sign * record.fill.quantity
        mine.left = record.left
        if not record.left:
            del self.open[record.order_id]

    def see_desk_back(self) -> None:
        for order in list(self.unseen.values()):
            self.ask(order)

    # -- what it does ----------------------------------------------------------------------------------------------

    def decide(self, quoted: Quoted) -> None:
        if self.quiet or quoted.symbol != self.symbol or not quoted.valid or self.chance.random() > self.pace:
            return
        self.tidy(quoted)
        STYLES[self.style](self, quoted)

    def tidy(self, quoted: Quoted) -> None:
        """Takes old orders back, changes some."""
        for mine in [mine for mine in self.open.values() if mine.order.role is Role.PLAIN]:
            old = quoted.received - mine.since > 4 * SECOND
            if old and self.chance.random() < 0.3:
                self.ask(CancelOrder(order_id=mine.order_id, why="old"))
            elif mine.order.kind is OrderKind.LIMIT and self.chance.random() < 0.15:
                self.ask(
                    AmendOrder(order_id=mine.order_id, quantity=self.size(), limit=self.price(quoted, mine.order.side))
                )
        if self.chance.random() < 0.02:
            self.ask(CancelAll(strategy=self.name, why="over"))

    def size(self, units: int = 0) -> Decimal:
        return UNIT[self.symbol] * (units or self.chance.randint(1, 5))

    def price(self, quoted: Quoted, side: Side, points: int | None = None) -> Decimal:
        """A price some basis points on the passive side of the middle (negative: through it)."""
        away = self.chance.randint(-3, 12) if points is None else points
        tick = LISTINGS[self.symbol].tick
        price = quoted.last * (10_000 - (away if side is Side.BUY else -away)) / 10_000
        return (price // tick) * tick

    def submit(self, quoted: Quoted, side: Side, quantity: Decimal, **fields: Any) -> None:
        self.count += 1
        order = SubmitOrder(
            strategy=self.name,
            key=str(self.count),
            symbol=self.symbol,
            side=side,
            quantity=quantity,
            decided=quoted.ts,
            why=self.style,
            **fields,
        )
        self.unseen[order.key] = order
        self.ask(order)

    def way(self) -> Side:
        """Buys while it holds little, sells when it holds much."""
        return Side.BUY if self.position < self.size(self.chance.randint(1, 8)) else Side.SELL

    def exit_size(self) -> Decimal:
        lot = LISTINGS[self.symbol].lot
        return max(lot, (self.position / self.chance.choice((1, 1, 2)) // lot) * lot)


def take(caller: Caller, quoted: Quoted) -> None:
    side = caller.way()
    size = caller.size() if side is Side.BUY else min(caller.size(), caller.exit_size())
    tif = caller.chance.choice((TimeInForce.GTC, TimeInForce.IOC))
    if caller.chance.random() < 0.5:
        caller.submit(quoted, side, size, kind=OrderKind.MARKET)
    else:
        caller.submit(quoted, side, size, kind=OrderKind.LIMIT, limit=caller.price(quoted, side, -4), tif=tif)


def make(caller: Caller, quoted: Quoted) -> None:
    caller.submit(quoted, Side.BUY, caller.size(), kind=OrderKind.LIMIT, limit=caller.price(quoted, Side.BUY))
    if caller.position > 0:
        limit = caller.price(quoted, Side.SELL)
        post = caller.chance.random() < 0.3
        caller.submit(quoted, Side.SELL, caller.exit_size(), kind=OrderKind.LIMIT, limit=limit, post_only=post)


def protect(caller: Caller, quoted: Quoted) -> None:
    if caller.position > caller.size(6):
        return
    stop, far = caller.price(quoted, Side.BUY, caller.chance.randint(5, 30)), caller.chance.randint(5, 30)
    target = caller.price(quoted, Side.SELL, far) if caller.chance.random() < 0.7 else None
    if caller.chance.random() < 0.5:
        caller.submit(quoted, Side.BUY, caller.size(), kind=OrderKind.MARKET, stop=stop, take=target)
    else:
        limit = caller.price(quoted, Side.BUY, -2)
        caller.submit(quoted, Side.BUY, caller.size(), kind=OrderKind.LIMIT, limit=limit, stop=stop, take=target)


def race(caller: Caller, quoted: Quoted) -> None:
    """Several exits at once for one position, all reduce-only."""
    if caller.position <= 0:
        caller.submit(quoted, Side.BUY, caller.size(), kind=OrderKind.MARKET)
        return
    for _ in range(caller.chance.randint(1, 3)):
        size = caller.exit_size()
        if caller.chance.random() < 0.5:
            caller.submit(quoted, Side.SELL, size, kind=OrderKind.MARKET, reduce_only=True)
        else:
            trigger = caller.price(quoted, Side.BUY, caller.chance.randint(1, 10))
            caller.submit(quoted, Side.SELL, size, kind=OrderKind.STOP, trigger=trigger, reduce_only=True)


def hold(caller: Caller, quoted: Quoted) -> None:
    """Orders that wait: stops, touches, trailing, one-cancels-other."""
    if caller.position <= 0:
        trigger = caller.price(quoted, Side.SELL, caller.chance.randint(1, 6))
        caller.submit(quoted, Side.BUY, caller.size(), kind=OrderKind.STOP, trigger=trigger)
        return
    size, pick = caller.exit_size(), caller.chance.randint(0, 2)
    if pick == 0:
        caller.submit(quoted, Side.SELL, size, kind=OrderKind.TRAILING, trail=Decimal("0.1"), trail_percent=True)
    elif pick == 1:
        trigger = caller.price(quoted, Side.SELL, caller.chance.randint(1, 8))
        caller.submit(quoted, Side.SELL, size, kind=OrderKind.TOUCH, trigger=trigger)
    else:
        group = f"{caller.name}-{caller.count}"
        limit, trigger = caller.price(quoted, Side.SELL, 6), caller.price(quoted, Side.BUY, 6)
        caller.submit(quoted, Side.SELL, size, kind=OrderKind.LIMIT, limit=limit, group=group)
        caller.submit(quoted, Side.SELL, size, kind=OrderKind.STOP, trigger=trigger, group=group)


def slice_up(caller: Caller, quoted: Quoted) -> None:
    """Parents of child orders."""
    if any(mine.order.slices or mine.order.display or mine.order.participation for mine in caller.open.values()):
        return
    side = caller.way()
    size = caller.size(8) if side is Side.BUY else caller.exit_size()
    pick = caller.chance.randint(0, 3)
    span = caller.chance.randint(3, 8) * SECOND
    if pick == 0:
        caller.submit(quoted, side, size, kind=OrderKind.TWAP, duration=span, slices=4)
    elif pick == 1:
        caller.submit(quoted, side, size, kind=OrderKind.VWAP, duration=span, slices=4)
    elif pick == 2:
        caller.submit(quoted, side, size, kind=OrderKind.POV, participation=Decimal("0.2"), duration=span)
    else:
        shown = UNIT[caller.symbol]
        limit = caller.price(quoted, side, 1)
        caller.submit(quoted, side, size, kind=OrderKind.ICEBERG, limit=limit, display=shown)


STYLES: dict[str, Callable[[Caller, Quoted], None]] = {
    "take": take,
    "make": make,
    "protect": protect,
    "race": race,
    "hold": hold,
    "slice": slice_up,
}
