"""A small house: a desk that fills at once, the strategies center, and real processes."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from parrot.adapters.children import ChildLimits, ProcessChildren
from parrot.adapters.journal.files import FileJournal
from parrot.app.desk import Desk, decode
from parrot.app.hosting.hosted import Limits
from parrot.app.hosting.hosts import Desklog, Hosts
from parrot.app.strategies import code_hash, read_text
from parrot.centers.strategies.manifest import build
from parrot.contracts.commands import (
    AmendOrder,
    CancelOrder,
    OrderKind,
    RegisterStrategy,
    StartStrategy,
    SubmitOrder,
)
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderCanceled, OrderFilled, OrderReceived
from parrot.contracts.ticks import BarClosed
from parrot.contracts.venue import Filled

SECOND = 1_000_000_000
START = 1_704_067_200_000_000_000  # 2024-01-01T00:00Z
LISTING = Listing(
    symbol="BTC/USDT",
    base="BTC",
    quote="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.00001"),
    price_decimals=2,
    quantity_decimals=5,
    taker_fee=Decimal("0.001"),
)


class Street:
    """Execution and venue in one: takes every order once, fills market orders at the last price, keeps the others."""

    name = "street"

    def __init__(self) -> None:
        self.price = Decimal(100)
        self.orders: list[SubmitOrder] = []
        self.again: list[str] = []
        self._keys: set[tuple[str, str]] = set()
        self._open: set[int] = set()

    @property
    def receives(self) -> dict[type, Any]:
        return {SubmitOrder: self._submit, CancelOrder: self._cancel, AmendOrder: lambda amend, now: []}

    @property
    def answers(self) -> dict[type, Any]:
        return {OrderReceived: self._fill}

    @property
    def follows(self) -> dict[type, Any]:
        return {OrderReceived: self._received}

    def state(self) -> dict[str, Any]:
        return {}

    def load(self, state: Any) -> None:
        pass

    def _submit(self, order: SubmitOrder, now: int) -> list[Any]:
        if (order.strategy, order.key) in self._keys:
            self.again.append(order.key)
            return []
        self.orders.append(order)
        return [OrderReceived(order=order)]

    def _received(self, entry: Entry) -> None:
        self._keys.add((entry.record.order.strategy, entry.record.order.key))
        self._open.add(entry.seq)

    def _fill(self, entry: Entry, now: int) -> list[Any]:
        order = entry.record.order
        if order.kind is not OrderKind.MARKET:
            return []
        self._open.discard(entry.seq)
        buys = order.side.value == "buy"
        fill = Filled(
            client_id=f"c{entry.seq}",
            venue_id="v",
            symbol=order.symbol,
            trade_id=str(entry.seq),
            number=entry.seq,
            side=order.side,
            quantity=order.quantity,
            price=self.price,
            fee=order.quantity * Decimal("0.001") * (1 if buys else self.price),
            fee_currency="BTC" if buys else "USDT",
            maker=False,
            ts=now,
        )
        return [OrderFilled(order_id=entry.seq, fill=fill, filled=order.quantity, left=Decimal(0))]

    def _cancel(self, asked: CancelOrder, now: int) -> list[Any]:
        if asked.order_id not in self._open:
            return []
        self._open.discard(asked.order_id)
        return [OrderCanceled(order_id=asked.order_id, by="user", reason="asked for")]


class House:
    """Opens the desk in `folder` and goes on where it was."""

    def __init__(self, folder: Path, *, memory_mb: int = 200, patience: float = 3.0) -> None:
        self.folder = folder
        self.street, self.center = Street(), build()
        self.journal = FileJournal(folder / "desk.journal", sync=False)
        self.desk = Desk([self.street, self.center], self.journal, lambda request: None)
        self.desk.recover()
        children = ProcessChildren(["-m", "parrot.app.hosting.child"], ChildLimits(memory=memory_mb << 20))
        log = Desklog(lambda after: (decode(body) for _, body in self.journal.read(after)), lambda: self.desk.seq)
        limits = Limits(patience=int(patience * SECOND))
        self.hosts = Hosts(self.center, [LISTING], folder / "strategies", children, log, limits)
        self.desk.watchers.append(self.hosts.heard)
        self.row = 0
        self.hosts.resume(time.time_ns())

    def run(self, name: str, text: str, **more: Any) -> None:
        """Registers and starts a strategy with this text."""
        path = self.folder / f"{name}.py"
        path.write_text(text)
        command = RegisterStrategy(
            strategy=name,
            name=name,
            path=str(path),
            code_hash=code_hash(read_text(str(path))),
            parameters=more.pop("parameters", {}),
            symbols=["BTC/USDT"],
            timeframe=more.pop("timeframe", "1s"),
            cash=Decimal(10_000),
            by="tester",
            **more,
        )
        self.desk.take(command, time.time_ns())
        self.desk.take(StartStrategy(strategy=name, by="tester"), time.time_ns())
        self.desk.commit()

    def turn(self) -> None:
        now = time.time_ns()
        self.hosts.beat(now)
        self.hosts.collect(self.desk.take, now)
        self.desk.commit()
        numbers = self.hosts.filenos()
        select.select(numbers, [], [], 0.01)

    def until(self, done: Callable[[], bool], seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"not within {seconds} s: {self.center.rows()}"
            self.turn()

    def bars(self, *prices: float) -> None:
        """Closes a bar a second at each price, and waits until everybody has answered."""
        for price in prices:
            ts, units = START + self.row * SECOND, round(price * 100)
            self.row += 1
            self.street.price = Decimal(units) / 100
            bar = {"open": units, "high": units, "low": units, "close": units, "volume": 10**8, "trades": 1}
            self.hosts.offer(
                [BarClosed(symbol="BTC/USDT", kind="time", step=SECOND, ts=ts, close_ts=ts + SECOND, **bar)],
                time.time_ns(),
            )
            self.until(lambda: not self.hosts.busy())

    def state_of(self, name: str) -> dict[str, Any]:
        return next(row for row in self.center.rows() if row["strategy"] == name)

    def close(self) -> None:
        self.hosts.close()
        self.journal.close()
