"""Both sides of the comparison are read exactly: fills of the back-test give its equity, reports give live fills."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from parrot.app.hosting.life import market_of
from parrot.app.hosting.parity import Recorded
from parrot.app.workers.parity import back_deals, live_deals, prices_of
from parrot.centers.backtest.records import saved
from parrot.centers.backtest.service import Job, backtest
from parrot.centers.strategies.manifest import Prices, explain
from parrot.contracts.commands import OrderKind, Side, SubmitOrder
from parrot.contracts.hosting import InputBatch, LifeBegun, OrderReport
from parrot.contracts.listing import Listing
from parrot.contracts.ticks import BarClosed, QuoteTick
from parrot.engine.bars import Bars
from parrot.engine.run import Inputs
from parrot.sdk import Strategy, pct

SECOND = 10**9
COUNT = 400
LISTING = Listing(
    symbol="BTC/USDT",
    base="BTC",
    quote="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.00001"),
    price_decimals=2,
    quantity_decimals=5,
    taker_fee=Decimal("0.001"),
    maker_fee=Decimal("0.001"),
)
LIFE = LifeBegun(
    strategy="turns",
    version=1,
    name="Turn",
    path="turn.py",
    source="",
    code_hash="0",
    parameters={},
    listings=[LISTING],
    timeframe=SECOND,
    feeds=["bars"],
    cash=Decimal(10_000),
    first_key=100,
)


class Turn(Strategy):
    def init(self):
        self.bars = 0

    def on_bar(self, bar):
        self.bars += 1
        if self.bars % 7 == 0:
            self.target(0 if self.position else 0.5, stop=pct(1), why="its turn")


def bars() -> Bars:
    ts = np.arange(COUNT, dtype=np.int64) * SECOND
    close = (1_000_000 + 30_000 * np.sin(np.arange(COUNT) / 9)).astype(np.int64)
    volume = np.full(COUNT, 10**9, np.int64)
    return Bars("BTC/USDT", ts, ts + SECOND, close, close + 50, close - 50, close, volume, 2, 8, SECOND)


def test_the_fills_of_a_back_test_give_its_equity_to_the_last_digit():
    result = backtest(Job(Turn(), Inputs({"BTC/USDT": bars()}), market_of([LISTING]), LIFE.cash), lambda _: "")
    frames = saved(result).frames
    deals = back_deals(frames, LIFE)
    last = Decimal(int(bars().close_ticks[-1])).scaleb(-2)
    found = explain(deals, [], {"BTC/USDT": Prices([0], [last])}, LIFE.cash)
    assert len(deals) == result.stats["fills"] > 20
    assert {deal.role for deal in deals} == {"plain", "stop"}
    assert found.live == result.final_equity


def batch(number: int, **more: object) -> InputBatch:
    return InputBatch(number=number, upto=number * SECOND, **more)


def report(order: int, *, kind: str = "filled", protection: str = "", fee_currency: str = "USDT") -> OrderReport:
    amounts = {"quantity": Decimal("0.5"), "price": Decimal("100"), "fee": Decimal("0.01")}
    terms = {"symbol": "BTC/USDT", "side": 1, "ts": 9, "protection": protection, "fee_currency": fee_currency}
    return OrderReport(kind=kind, order=order, order_id=order, seq=order, **amounts, **terms)


def test_reports_are_fills_with_the_moment_of_their_decision_and_fees_where_they_were_paid():
    order = SubmitOrder(
        strategy="turns",
        key="101",
        symbol="BTC/USDT",
        side=Side.BUY,
        quantity=Decimal(1),
        kind=OrderKind.MARKET,
        decided=5,
    )
    reports = [
        report(1),
        report(1, protection="stop"),
        report(2, kind="foreign", fee_currency="BTC"),
        report(3, kind="canceled"),
    ]
    plain, stop, foreign = live_deals(Recorded(LIFE, [batch(1, reports=reports)], {"101": order}))
    assert (plain.decided, plain.role, plain.fee, plain.fee_base) == (5, "plain", Decimal("0.01"), 0)
    assert (stop.decided, stop.role) == (9, "stop")
    assert (foreign.decided, foreign.fee, foreign.fee_base) == (9, 0, Decimal("0.01"))


def test_prices_are_what_the_strategy_was_told_in_order_of_time():
    bar = BarClosed(
        symbol="BTC/USDT",
        kind="time",
        trades=1,
        ts=0,
        close_ts=SECOND,
        open=1,
        high=1,
        low=1,
        close=10_050,
        volume=1,
        step=SECOND,
    )
    quote = QuoteTick(
        symbol="BTC/USDT", seq=1, ts=SECOND // 2, received=0, bid=10_000, ask=10_010, bid_size=1, ask_size=1
    )
    found = prices_of(Recorded(LIFE, [batch(1, bars=[bar]), batch(2, quotes=[quote])]))["BTC/USDT"]
    assert (list(found.ts), list(found.price)) == ([SECOND // 2, SECOND], [Decimal("100.05"), Decimal("100.50")])
