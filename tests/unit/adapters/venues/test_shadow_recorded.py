"""Paper on recorded books and trades: the fills are the back-test's, and no better than the market was."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

import numpy as np
import pytest

from parrot.adapters.feeds import Recording, ReplayFeed
from parrot.adapters.importers import read_books, read_trades
from parrot.adapters.venues.shadow import ShadowSettings, ShadowVenue
from parrot.centers.market_data.live import LiveMarket
from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.contracts.market import AccountKind, FillModel, Instrument, Market
from parrot.contracts.venue import AskState, CancelPlaced, Filled, PlaceOrder, Rejected
from parrot.engine.book import ASK, BID, L2Book
from parrot.engine.run import Inputs, run
from parrot.sdk import Strategy

pytestmark = pytest.mark.shared
SYMBOL = "BTC/USDT"
SECOND = 10**9


@dataclass
class Script:
    """What was sent: (ts, name, terms) of orders and (ts, name, None) of cancels."""

    sent: list[tuple[int, str, dict[str, Any] | None]] = field(default_factory=list)
    numbers: dict[int, str] = field(default_factory=dict)


class Chancer(Strategy):
    """Sends all kinds of orders around the touch, once a second, and withdraws some of them later."""

    script: Script
    seed: int

    def init(self) -> None:
        self.rng = random.Random(self.seed)
        self.own: list[tuple[int, int]] = []
        self.every("1s")

    def on_timer(self, name: object) -> None:
        quote = self.quote()
        if quote is None:
            return
        for placed, number in [own for own in self.own if own[0] <= self.now - 8 * SECOND]:
            self.own.remove((placed, number))
            if number in self.working():
                self.cancel(number)
                self.script.sent.append((self.now, self.script.numbers[number], None))
        for _ in range(3):
            self._one(quote)

    def _one(self, quote: Any) -> None:
        rng, buys = self.rng, self.rng.random() < 0.5
        bid, ask = Decimal(str(quote.bid)), Decimal(str(quote.ask))
        near, far, sign = (bid, ask, 1) if buys else (ask, bid, -1)
        step = Decimal("0.01") * rng.randrange(0, 300)
        terms: dict[str, Any] = rng.choice(
            [
                {"limit": near},
                {"limit": near - sign * step},
                {"limit": near, "post_only": True},
                {"limit": far + sign * step, "tif": "IOC"},
                {"limit": far, "tif": "FOK"},
                {"limit": far},
                {"trigger": far + sign * step, "limit": far + sign * (step + 5)},
                {"touch": near - sign * step, "limit": near - sign * step + sign * 5},
                {"limit": near, "tif": "GTD", "until": self.now + 5 * SECOND},
            ]
        )
        quantity = Decimal(rng.choice(["0.00100", "0.05000", "0.50000", "3.00000"]))
        number = (self.buy if buys else self.sell)(quantity, **terms)
        name = f"o{len(self.script.numbers)}"
        self.script.numbers[number] = name
        self.script.sent.append((self.now, name, {"buys": buys, "quantity": quantity, **terms}))
        if rng.random() < 0.7:
            self.own.append((self.now, number))


def placed(ts: int, name: str, terms: dict[str, Any]) -> PlaceOrder:
    limit, kind = terms.get("limit"), OrderKind.LIMIT
    kind = OrderKind.STOP_LIMIT if "trigger" in terms else OrderKind.TOUCH_LIMIT if "touch" in terms else kind
    return PlaceOrder(
        client_id=name,
        symbol=SYMBOL,
        side=Side.BUY if terms["buys"] else Side.SELL,
        kind=kind,
        quantity=terms["quantity"],
        limit=limit,
        trigger=terms.get("trigger", terms.get("touch")),
        tif=TimeInForce(terms.get("tif", "GTC").lower()),
        until=terms.get("until", 0),
        post_only=terms.get("post_only", False),
        ts=ts,
    )


@pytest.fixture(scope="module")
def recorded(shared):
    folder = shared / "data/binance/BTCUSDT"
    books, trades = (read(folder / f"{name}.parquet", symbol=SYMBOL) for read, name in READ)
    return books, trades


READ = ((read_books, "l2"), (read_trades, "trades"))


def live(recorded, script: Script, latency: int, queue: str) -> tuple[list[Filled], ShadowVenue, list[Any]]:
    """The script on the recording as a live feed, behind the gates."""
    books, trades = recorded
    feed = ReplayFeed([Recording(SYMBOL, trades=trades, books=books, base="BTC", quote="USDT")])
    listings = feed.listings()
    market = LiveMarket(listings)
    settings = ShadowSettings(
        deposits={"USDT": Decimal(10**8), "BTC": Decimal(1000)}, latency=latency, proportional_queue=queue != "trades"
    )
    start, end = feed.span
    venue = ShadowVenue(listings, settings, now=start - 1)
    reports: list[Any] = []
    venue.connect(reports.append)

    def reach(now: int) -> None:
        flow = market.take(feed.poll(now), now)
        for symbol in flow.asks:
            feed.ask_snapshot(symbol, now)
        venue.heard(flow.messages, now)

    now = start
    # A back-test's cancel acts at once: to arrive then, it has to be sent before.
    timed = sorted(
        (ts - latency if terms is None else ts, at, name, terms) for at, (ts, name, terms) in enumerate(script.sent)
    )
    for ts, sent in groupby(timed, lambda one: one[0]):
        while now + SECOND // 20 < ts:
            now += SECOND // 20
            reach(now)
        now = ts
        reach(now)
        for _, _, name, terms in sent:
            request = CancelPlaced(client_id=name, symbol=SYMBOL, ts=ts) if terms is None else placed(ts, name, terms)
            venue.send(request)
    while now <= end + 2 * latency:
        now += SECOND // 20
        reach(now)
    return [report for report in reports if isinstance(report, Filled)], venue, reports


@pytest.mark.parametrize(
    ("latency", "queue", "seed"), [(0, "proportional", 1), (0, "trades", 2), (37_000_000, "proportional", 3)]
)
def test_the_fills_are_those_of_a_back_test_and_the_money_adds_up(recorded, latency, queue, seed):
    books, trades = recorded
    script = Script()
    strategy = Chancer()
    strategy.script, strategy.seed = script, seed
    terms = Market(
        instrument=Instrument(tick=Decimal("0.01")),
        account=AccountKind.MARGIN,
        fill=FillModel(queue=queue, order_latency=latency),
    )
    outcome = run(strategy, Inputs({}, trades={SYMBOL: trades}, books={SYMBOL: books}), terms, 10**12)
    columns = outcome.fills.select("order_id", "ts", "quantity", "price", "liquidity").rows()
    expected = [(script.numbers[number], ts, size, price, kind == "maker") for number, ts, size, price, kind in columns]
    fills, venue, reports = live(recorded, script, latency, queue)
    assert not [report for report in reports if isinstance(report, Rejected) and "post-only" not in report.reason]
    assert [
        (fill.client_id, fill.ts, float(fill.quantity), float(fill.price), fill.maker) for fill in fills
    ] == expected
    assert {fill.maker for fill in fills} == {True, False}
    assert len(fills) > 1000
    _money_adds_up(fills, venue)
    _no_better_than_the_market(fills, script, books, trades)


def _money_adds_up(fills: list[Filled], venue: ShadowVenue) -> None:
    total = dict(venue.settings.deposits)
    for fill in fills:
        sign = 1 if fill.side is Side.BUY else -1
        total["BTC"] += sign * fill.quantity
        total["USDT"] -= sign * fill.quantity * fill.price
        total[fill.fee_currency] -= fill.fee
    states: list[Any] = []
    venue.connect(states.append)
    venue.send(AskState(ts=venue.now))
    venue.heard([], venue.now + SECOND)
    assert states[0].balances == total
    assert states[0].trades == fills
    assert [fill.number for fill in fills] == list(range(1, len(fills) + 1))


def _no_better_than_the_market(fills: list[Filled], script: Script, books: Any, trades: Any) -> None:
    """By the recording alone: takers pay what the book asked, makers get no more than was traded at their price."""
    scale, lots = 10**books.price_decimals, 10**8
    book, row = L2Book.on_grid_of(books), 0
    given: Counter[tuple[int, int]] = Counter()
    for fill in fills:
        price, sign = int(fill.price * scale), 1 if fill.side is Side.BUY else -1
        asked = next(terms for _, name, terms in script.sent if name == fill.client_id and terms is not None)
        assert sign * (fill.price - asked["limit"]) <= 0
        if not fill.maker:
            row = _played(book, books, row, fill.ts)
            best = book.levels(ASK if sign > 0 else BID, 1)[0][0]
            assert sign * (price - int(best)) >= 0
            continue
        at = np.flatnonzero(trades.ts == fill.ts)
        reached = [int(n) for n in at if sign * (int(trades.price_ticks[n]) - price) <= 0]
        room = sum(int(trades.size_lots[n]) * lots // 10**trades.size_decimals for n in reached)
        given[fill.ts, sign] += int(fill.quantity * lots)
        assert 0 < given[fill.ts, sign] <= room


def _played(book: L2Book, books: Any, row: int, ts: int) -> int:
    end = int(np.searchsorted(books.ts, ts, side="right"))
    if end > row:
        names = ("ts", "side", "price_ticks", "size_lots", "flags", "last_id")
        part = replace(books, **{name: getattr(books, name)[row:end] for name in names})
        book.apply(part, part.last_id)
    return max(row, end)
