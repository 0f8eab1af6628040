"""`python -m tests.simulation.crash.program`: a small desk on a file journal that works a list of orders to its end.

Killed at any point and started again it goes on where the journal says. It prints "ready" once its next order was
taken by the venue, "done" when every order of the list has ended or rests.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from parrot.adapters.journal.files import FileJournal
from parrot.app.desk import Desk
from parrot.contracts import records
from parrot.contracts.commands import Beat, Deposit, OpenDesk, OrderKind, Quoted, Side, SubmitOrder
from parrot.contracts.listing import VenueTerms
from parrot.contracts.message import Entry
from parrot.kernel.errors import ParrotError
from tests.simulation.crash.wire import REPORTS, Wire
from tests.simulation.market import SYMBOLS
from tests.simulation.parts import real_parts

MILLISECOND = 1_000_000
TERMS = VenueTerms(
    venue="referee",
    receive_window=400 * MILLISECOND,
    query_lag=50 * MILLISECOND,
    clock_allowance=50 * MILLISECOND,
    request_timeout=250 * MILLISECOND,
)
OPENING = {"USDT": Decimal(1_000_000), "BTC": Decimal(10)}
PRICE = Decimal("30000.0")
ENDS = (records.OrderRefused, records.OrderRejected, records.OrderCanceled, records.OrderExpired)


class List:
    """What is to be ordered: buys at the market, and with `resting` limits far below it that stay."""

    def __init__(self, orders: int, resting: int) -> None:
        self.wanted = [self.market_order(number) for number in range(orders)]
        self.wanted += [self.resting_order(number) for number in range(resting)]
        self.received: dict[str, int] = {}
        self.working: set[int] = set()
        self.resting: set[int] = set()
        self.live: set[int] = set()
        self.accepted_now = False

    def market_order(self, number: int) -> SubmitOrder:
        quantity = Decimal("0.0100") + number * Decimal("0.0001")
        key = f"market-{number}"
        return SubmitOrder(
            strategy="list", key=key, symbol="BTCUSDT", side=Side.BUY, quantity=quantity, kind=OrderKind.MARKET
        )

    def resting_order(self, number: int) -> SubmitOrder:
        limit = Decimal("29900.0") - number % 900 * Decimal("0.1")
        quantity = Decimal("0.0010") + number // 900 * Decimal("0.0001")
        return SubmitOrder(
            strategy="list",
            key=f"rest-{number}",
            symbol="BTCUSDT",
            side=Side.BUY,
            quantity=quantity,
            kind=OrderKind.LIMIT,
            limit=limit,
        )

    def see(self, entry: Entry, *, live: bool) -> None:
        record = entry.record
        if isinstance(record, records.OrderReceived):
            self.received[record.order.key] = entry.seq
            self.working.add(entry.seq)
            if record.order.limit is not None:
                self.resting.add(entry.seq)
        elif isinstance(record, records.OrderAccepted):
            self.accepted_now = self.accepted_now or live
            self.live.add(record.order_id)
        elif isinstance(record, records.OrderFilled):
            self.accepted_now = self.accepted_now or live
            if not record.left:
                self.working.discard(record.order_id)
        elif isinstance(record, ENDS):
            self.working.discard(record.order_id)

    def next(self, most: int) -> list[SubmitOrder]:
        waiting = (order for order in self.wanted if order.key not in self.received)
        room = most - sum(order_id not in self.live for order_id in self.working)
        return [order for _, order in zip(range(max(0, room)), waiting, strict=False)]

    @property
    def over(self) -> bool:
        return len(self.received) == len(self.wanted) and self.working <= (self.live & self.resting)


class Program:
    """One process: a desk, its journal, its connection."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.list = List(options.orders, options.resting)
        self.journal = FileJournal(Path(options.data) / "desk.journal")
        end = socket.socket(socket.AF_UNIX)
        end.connect(options.venue)
        self.wire = Wire(end, REPORTS)
        listings = {listing.symbol: listing for listing in SYMBOLS}
        self.desk = Desk(real_parts(listings, TERMS), self.journal, self.wire.send)
        self.desk.watchers.append(lambda entries: [self.list.see(entry, live=True) for entry in entries])

    def open(self) -> None:
        from parrot.app.desk import decode

        for _, body in self.journal.read():
            self.list.see(decode(body), live=False)
        self.desk.recover()
        self.take(OpenDesk(account="main", build="b", schema="s", config="c"))
        self.desk.commit()
        for currency, amount in OPENING.items():
            self.take(Deposit(key=f"opening:{currency}", currency=currency, amount=amount, by="opening"))
        self.desk.commit()

    def take(self, message: Any) -> None:
        self.desk.take(message, time.time_ns())

    def run(self) -> int:
        began, said, over = time.monotonic(), False, False
        self.open()
        while time.monotonic() - began < self.options.seconds:
            self.turn()
            if self.list.accepted_now and not said:
                said = True
                print(f"ready {time.monotonic() - began:.3f}", flush=True)
            if self.list.over and not over:
                over = True
                print("done", flush=True)
            if over and not self.options.hold:
                return 0
        return 3

    def turn(self) -> None:
        now = time.time_ns()
        half = Decimal("0.5")
        self.take(Quoted(symbol="BTCUSDT", ts=now, received=now, bid=PRICE - half, ask=PRICE + half, last=PRICE))
        self.take(Beat(ts=now))
        for order in self.list.next(self.options.most):
            self.take(order)
        self.desk.commit()
        if select.select([self.wire.end], [], [], 0.01)[0]:
            reports = self.wire.take()
            if reports is None:
                raise SystemExit(4)
            for report in reports:
                self.take(report)
            self.desk.commit()


def arm(point: str) -> None:
    """Kills this process at the k-th call of one of the module os or of a socket, where strace is not at hand."""
    name, _, count = point.partition(":")
    left = int(count)

    def doomed(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments)

        return counted

    if name == "sendto":
        Wire.send = doomed(Wire.send)
    else:
        name = {"pwrite64": "pwrite"}.get(name, name)
        setattr(os, name, doomed(getattr(os, name)))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("venue")
    parser.add_argument("--orders", type=int, default=3)
    parser.add_argument("--resting", type=int, default=0)
    parser.add_argument("--most", type=int, default=1, help="orders on their way at once")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--hold", action="store_true", help="stay when the list is over")
    options = parser.parse_args()
    if point := os.environ.get("DESK_DIES_AT"):
        arm(point)
    try:
        return Program(options).run()
    except ParrotError as fault:
        print(f"{fault.code}: {fault}", file=sys.stderr, flush=True)
        return fault.exit_code


if __name__ == "__main__":
    sys.exit(main())
