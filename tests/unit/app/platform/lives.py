"""Entries of a desk as a journal holds them: lives of orders that were made from a seed, and all beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from random import Random
from typing import Any

from parrot.app.desk import encode
from parrot.contracts import records
from parrot.contracts.commands import Side, SubmitOrder
from parrot.contracts.ledger import AccountKind, EquityMarked, LedgerPosted, Posting
from parrot.contracts.message import Entry
from parrot.contracts.venue import Filled

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
STRATEGIES = ("momentum", "reversion", "manual")


class Log:
    """A journal in memory."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.reads = 0

    def add(self, *made: Any, step: int = 1_000) -> list[Entry]:
        added = [Entry(len(self.entries) + n, (len(self.entries) + n) * step, 0, one) for n, one in enumerate(made, 1)]
        self.entries += added
        return added

    def read(self, after: int) -> Iterator[tuple[int, bytes]]:
        self.reads += 1
        return ((entry.seq, encode(entry)) for entry in self.entries[after:])

    @property
    def seq(self) -> int:
        return len(self.entries)


def received(number: int, rng: Random, **given: Any) -> records.OrderReceived:
    fields = {
        "strategy": rng.choice(STRATEGIES),
        "key": f"key-{number}",
        "symbol": rng.choice(SYMBOLS),
        "side": rng.choice(list(Side)),
        "quantity": Decimal(rng.randint(1, 500)) / 100,
        "limit": Decimal(rng.randint(1, 9_000)) / 10,
        "user": rng.choice(("", "ann", "bob")),
        "why": rng.choice(("it crossed", "")),
    }
    return records.OrderReceived(order=SubmitOrder(**fields | given))


def fill(order_id: int, asked: SubmitOrder, quantity: Decimal, filled: Decimal, number: int) -> records.OrderFilled:
    return records.OrderFilled(
        order_id=order_id,
        fill=Filled(
            client_id=f"c{order_id}",
            venue_id=f"v{order_id}",
            symbol=asked.symbol,
            trade_id=f"t{number}",
            number=number,
            side=asked.side,
            quantity=quantity,
            price=asked.limit,
            fee=Decimal("0.001"),
            fee_currency="USDT",
            maker=number % 2 == 0,
            ts=number,
        ),
        filled=filled,
        left=asked.quantity - filled,
    )


def life(log: Log, rng: Random, number: int, **given: Any) -> None:
    """One order from its beginning to one of its ends, or to where it is now."""
    order = received(number, rng, **given)
    asked, order_id = order.order, log.add(order)[0].seq
    end = rng.choice(("refused", "rejected", "filled", "canceled", "open", "partial", "unknown"))
    if end == "refused":
        log.add(
            records.OrderRefused(order_id=order_id, rule="max", scope="firm", limit="1", actual="2", text="too much")
        )
        return
    gates = (("max", "firm", "10", "2"),)
    approved = {"price": asked.limit, "reserved": Decimal(9), "currency": "USDT", "gates": gates}
    log.add(records.OrderApproved(order_id=order_id, quantity=asked.quantity, **approved))
    log.add(records.OrderSent(order_id=order_id, client_id=f"c{order_id}", attempt=1, quantity=asked.quantity))
    if end == "unknown":
        log.add(
            records.OrderUnknown(order_id=order_id, client_id=f"c{order_id}", request="place", reason="503", fence=9)
        )
        return
    if end == "rejected":
        log.add(records.OrderRejected(order_id=order_id, client_id=f"c{order_id}", reason="no", venue_ts=1))
        return
    log.add(records.OrderAccepted(order_id=order_id, client_id=f"c{order_id}", venue_id=f"v{order_id}", venue_ts=1))
    if end == "canceled":
        log.add(records.OrderCanceled(order_id=order_id, by="user", reason="asked to"))
        log.add(measured(order_id))
    elif end in ("filled", "partial"):
        half = asked.quantity / 2
        log.add(fill(order_id, asked, half, half, number))
        log.add(_posted(order_id, asked))
        if end == "filled":
            log.add(fill(order_id, asked, asked.quantity - half, asked.quantity, number + 1))
            log.add(measured(order_id))


def measured(order_id: int) -> records.CostMeasured:
    """What comes behind the end of an order."""
    one, zero = Decimal(1), Decimal(0)
    cost = {"shortfall": zero, "fees": zero, "slippage_bps": Decimal("-1.5"), "delay": 1, "ack": 1}
    return records.CostMeasured(order_id=order_id, arrival=one, average=one, filled=one, **cost)


def _posted(order_id: int, asked: SubmitOrder) -> LedgerPosted:
    legs = [
        Posting("main", AccountKind.CASH, "USDT", Decimal(-5)),
        Posting("main", AccountKind.TRADING, "USDT", Decimal(5)),
    ]
    return LedgerPosted(
        what="trade", ref=f"r{order_id}", order_id=order_id, strategy=asked.strategy, symbol=asked.symbol, legs=legs
    )


def marked(equity: int) -> EquityMarked:
    zero = Decimal(0)
    amounts = {"deposits": Decimal(100), "realised": zero, "unrealised": zero, "fees": zero}
    return EquityMarked(account="main", currency="USDT", equity=Decimal(equity), marks={}, strategies={}, **amounts)


def beside() -> Iterable[Any]:
    """What is no order."""
    yield records.DeskOpened(account="main", epoch=1, build="b", schema="s", config="c", clean=True)
    yield records.StrategyStarted(strategy="momentum", by="ann")
    yield records.KillEngaged(scope="all", by="ann", source="cli", reason="enough")
    yield records.KillRearmed(scope="all", by="ann", reason="looked at it")
    noted = {"strategy": "momentum", "symbol": "BTC/USDT", "gate": "size", "decided": 5}
    yield records.DecisionNoted(order_id=0, passed=False, text="too small", **noted)


def lives(seed: int, count: int) -> Log:
    """A journal of `count` orders and what is beside them."""
    log, rng = Log(), Random(seed)
    log.add(*beside())
    for number in range(1, count + 1):
        life(log, rng, number)
        if number % 10 == 0:
            log.add(marked(rng.randint(90, 110)))
    return log
