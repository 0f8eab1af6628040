"""At every moment the journal alone leads to the venue that was told of, whatever was done before."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from parrot.centers.matching.floor import Floor
from parrot.centers.matching.keeping import Keeper
from parrot.centers.matching.manifest import Faults, Latency, PaperVenue, Settings, build
from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.venue import (
    Accepted,
    AskState,
    CancelPlaced,
    Filled,
    PlaceOrder,
    ReplacePlaced,
    Report,
    Withdrawn,
)
from parrot.kernel.errors import StorageError
from parrot.ports.journal import Head
from tests.unit.centers.matching.sample import SECOND, START


class Memory:
    """A row of journals in memory; `fails` counts down the batches that still fit."""

    def __init__(self, rows: dict[int, list[bytes]] | None = None) -> None:
        self.rows: dict[int, list[bytes]] = {} if rows is None else rows
        self.fails = 1 << 30

    def numbers(self) -> Sequence[int]:
        return sorted(self.rows)

    def open(self, number: int) -> Row:
        return Row(self, self.rows.setdefault(number, []))

    def drop(self, number: int) -> None:
        del self.rows[number]

    def copy(self) -> Memory:
        return Memory({number: list(bodies) for number, bodies in self.rows.items()})


class Row:
    def __init__(self, memory: Memory, bodies: list[bytes]) -> None:
        self._memory, self._bodies = memory, bodies

    def head(self) -> Head:
        return Head(len(self._bodies), b"")

    def append(self, bodies: Sequence[bytes]) -> Head:
        self._memory.fails -= 1
        if self._memory.fails < 0:
            raise StorageError("no space left")
        self._bodies += bodies
        return self.head()

    def read(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        yield from [(seq, body) for seq, body in enumerate(self._bodies, 1) if seq > after]

    def verify(self) -> list[str]:
        return []

    def close(self) -> None:
        pass


class Trader:
    """Does something at random, and keeps what it was told."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.count = 0
        self.accepted: set[str] = set()
        self.trades: set[tuple[str, str]] = set()
        self.ended: set[str] = set()

    def hear(self, report: Report) -> None:
        if isinstance(report, Accepted):
            self.accepted.add(report.client_id)
        if isinstance(report, Filled):
            self.trades.add((report.client_id, report.trade_id))
        if isinstance(report, Withdrawn):
            self.ended.add(report.client_id)

    def request(self, now: int) -> Any:
        self.count += 1
        chosen = self.rng.random()
        if chosen < 0.7 or not self.accepted:
            return self._order(now)
        client_id = self.rng.choice(sorted(self.accepted))
        if chosen < 0.85:
            return CancelPlaced(client_id=client_id, symbol="ETH/USDT", ts=now)
        quantity = Decimal(self.rng.randint(1, 30)) / 10
        limit = Decimal(self.rng.randint(2950, 3050))
        return ReplacePlaced(client_id=client_id, symbol="ETH/USDT", quantity=quantity, limit=limit, ts=now)

    def _order(self, now: int) -> PlaceOrder:
        kind = self.rng.choice([OrderKind.MARKET, OrderKind.LIMIT, OrderKind.LIMIT, OrderKind.STOP, OrderKind.TRAILING])
        price = Decimal(self.rng.randint(295_000, 305_000)).scaleb(-2)
        return PlaceOrder(
            client_id=f"o{self.count}",
            symbol="ETH/USDT",
            side=self.rng.choice(list(Side)),
            kind=kind,
            quantity=Decimal(self.rng.randint(1, 30)) / 10,
            limit=price if kind is OrderKind.LIMIT else None,
            trigger=price if kind is OrderKind.STOP else None,
            trail=Decimal(self.rng.randint(1, 20)) if kind is OrderKind.TRAILING else None,
            tif=self.rng.choice([TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTD]),
            until=now + self.rng.randint(1, 20) * SECOND,
            reduce_only=self.rng.random() < 0.1,
            ts=now,
        )


def lived(venue: PaperVenue, trader: Trader, now: int, steps: int) -> Iterator[int]:
    venue.connect(trader.hear)
    for _ in range(steps):
        now += trader.rng.randint(1, SECOND)
        venue.poll(now)
        venue.send(trader.request(now))
        yield now


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("segment_bytes", [1 << 13, 1 << 24])
def test_the_journal_leads_to_the_floor_that_stands(seed: int, segment_bytes: int) -> None:
    memory, trader = Memory(), Trader(seed)
    settings = Settings(seed=seed, segment_bytes=segment_bytes)
    venue = build(settings, memory, now=START)
    for now in lived(venue, trader, START, 40):
        venue.send(AskState(ts=now))
        if venue._floor.done:
            continue
        again = Floor(settings)
        Keeper(memory.copy(), segment_bytes).recover(again)
        assert again.exchange.hash() == venue.hash()
        assert again.account.keep() == venue._floor.account.keep()
        assert (again.session, again.now) == (venue._floor.session, venue._floor.now)


@pytest.mark.parametrize("seed", range(20))
def test_after_a_journal_that_failed_anywhere_everything_that_was_told_is_there(seed: int) -> None:
    memory, trader = Memory(), Trader(seed)
    latency = Latency(fixed=5_000_000, jitter=10_000_000)
    settings = Settings(
        seed=seed, segment_bytes=1 << 13, requests=latency, replies=latency, faults=Faults(repeated=0.1)
    )
    now = START
    for _ in range(3):
        memory.fails = 3 + trader.rng.randint(0, 12)
        try:
            venue = build(settings, memory, now=now)
        except StorageError:
            memory.fails = 1 << 30
            venue = build(settings, memory, now=now)
        *_, now = lived(venue, trader, now, 25)
        memory.fails = 1 << 30
        now += SECOND
        again = build(settings, memory.copy(), now=now)
        state = again._floor.account.state(0, {}, now)
        assert {(trade.client_id, trade.trade_id) for trade in state.trades} >= trader.trades
        still_open = {order.client_id for order in state.orders}
        assert not still_open & trader.ended
        for client_id in trader.accepted:
            assert again._floor.account.found(client_id, now).__class__.__name__ == "Found"
    assert trader.accepted
    assert trader.trades
