"""A strategy run live on a recording makes the orders of its back-test: on bars, trades and quotes, with protection."""

from __future__ import annotations

import pytest

import parrot
from parrot.adapters.importers import read_quotes, read_trades
from parrot.app.hosting.rehearsal import Rehearsal, backtested
from parrot.contracts.market import Fees, Instrument, Market
from parrot.engine.bars import Bars
from parrot.engine.run import Inputs
from parrot.sdk import Strategy, crossed_above, crossed_below, distance, pct, trailing
from tests.unit.sdk.markets import walk

MARKET = Market(fees="10bp", slippage="2bp")
HOUR = 3_600_000_000_000
SIX_HOURS = 6 * HOUR


class Crosses(Strategy):
    """Subscriptions, exact averages, a share of equity and a stop in per cent."""

    def init(self):
        fast, slow = self.sma(5), self.sma(20)
        self.when(crossed_above(fast, slow), self.up)
        self.when(crossed_below(fast, slow), self.down)

    def up(self, bar):
        self.target(0.9, stop=pct(0.5), take=pct(1.5), why="up")

    def down(self, bar):
        self.target(0, why="down")


class Busy(Strategy):
    """Everything at once: longer bars, timers, joined orders, entries that are stopped inside their own bar."""

    timeframes = ("4h",)

    def init(self):
        self.slow, self.fast = self.ema(5, timeframe="4h"), self.ema(9)
        self.own = self.compute(lambda close: close * 2, "close")
        self.every("6h", self.tick)

    def tick(self):
        if self.flat and self.last_price():
            limit = self.last_price() * 0.999
            self.buy(0.01, limit=limit, stop=pct(0.4), take=pct(0.6), tif="DAY", why="timer")

    def on_bar(self, bar):
        if bar.timeframe > HOUR:
            self.cancel_all()
        elif self.flat and self.own[0] > 0:
            self.buy(0.02, trigger=bar.close * 1.003, stop=trailing(pct(0.7)), take=pct(1), oco="entry")
            self.buy(0.03, limit=bar.close * 0.995, stop=pct(0.3), take=pct(0.3), oco="entry")

    def on_fill(self, fill):
        if fill.side == "sell" and self.flat:
            self.buy(0.01, trigger=fill.price * 1.001, stop=pct(1), why="again")

    def on_order(self, order):
        if order.status == "filled" and order.role == "stop":
            self.buy(0.005, why="after a stop")


class OnTrades(Strategy):
    count = 0

    def on_trade(self, trade):
        self.count += 1
        if self.count % 7 == 0 and self.flat:
            self.buy(0.05, stop=pct(0.05), take=pct(0.1), why="seventh")
        elif self.count % 21 == 0:
            self.close(why="twenty-first")
        if self.count % 11 == 0 and self.flat:
            self.buy(0.01, limit=trade.price * 0.9995, tif="IOC")
            self.buy(0.02, trigger=trade.price * 1.0003, stop=trailing(pct(0.05)))


class OnQuotes(Strategy):
    count = 0

    def init(self):
        self.every("10s", self.cancel_all)

    def on_quote(self, quote):
        self.count += 1
        if self.count % 5 == 0 and self.flat:
            self.buy(100, stop=pct(0.01), take=pct(0.01), why="fifth")
        if self.count % 17 == 0 and self.flat:
            self.buy(100, limit=quote.bid, stop=distance(0.0003))
        if self.count % 40 == 0 and not self.flat:
            self.sell(self.position, limit=quote.ask, post_only=True)

    def on_fill(self, fill):
        if fill.side == "sell" and self.flat:
            self.buy(50, stop=pct(0.005), why="again")


def agree(strategy: Strategy, inputs: Inputs, *timers: int, market: Market = MARKET, cash: int = 100_000) -> int:
    live = Rehearsal(strategy, inputs, market, cash, timers=timers).play()
    assert live == backtested(strategy, inputs, market, cash)
    return live.moves


def hours(path, symbol: str, rows: int) -> Bars:
    bars = parrot.read_bars(path, symbol=symbol)
    return bars.between(None, int(bars.ts[rows]))


@pytest.mark.parametrize("seed", range(6))
def test_on_a_random_walk_the_orders_are_those_of_the_back_test(seed):
    bars = walk(600, seed, step=HOUR, symbol="A/B")
    assert agree(Crosses(), Inputs({"A/B": bars})) > 5
    assert agree(Busy(), Inputs({"A/B": bars}), SIX_HOURS) > 5


@pytest.mark.shared
def test_on_recorded_bars_with_stops_inside_a_bar_the_orders_are_those_of_the_back_test(shared):
    bars = hours(shared / "data/binance/BTCUSDT/ohlcv_1h.parquet", "BTC/USDT", 1500)
    assert agree(Busy(), Inputs({"BTC/USDT": bars}), SIX_HOURS) > 1000
    assert agree(Crosses(), Inputs({"BTC/USDT": bars})) > 50


@pytest.mark.shared
def test_several_symbols_and_fees_in_base_make_the_orders_of_the_back_test(shared):
    folder = shared / "data/binance"
    inputs = Inputs({name: hours(folder / name / "ohlcv_1h.parquet", name, 800) for name in ("BTCUSDT", "ADAUSDT")})

    class Both(Strategy):
        def init(self):
            self.top = self.highest(6, source="high")

        def on_bar(self, bar):
            if self.flat and bar.close > self.top[-1]:
                self.target(0.4, symbol=bar.symbol, stop=trailing(pct(0.5)), why="new high")

    market = Market(
        fees=Fees(maker="2bp", taker="10bp", currency="base"),
        instruments={name: Instrument(lot="0.00001", base=name[:3], currency="USDT") for name in inputs.symbols},
    )
    assert agree(Both(), inputs, market=market) > 20


@pytest.mark.shared
def test_on_recorded_trades_the_orders_are_those_of_the_back_test(shared):
    trades = read_trades(shared / "data/bitstamp/BTCUSD/trades.parquet", symbol="BTC/USD")
    assert agree(OnTrades(), Inputs({}, trades={"BTC/USD": trades.between(None, int(trades.ts[3000]))})) > 500


@pytest.mark.shared
def test_on_recorded_quotes_with_timers_the_orders_are_those_of_the_back_test(shared):
    quotes = read_quotes(shared / "data/oanda/EURUSD/quotes.parquet", symbol="EUR/USD")
    part = quotes.between(None, int(quotes.ts[3000]))
    assert agree(OnQuotes(), Inputs({}, quotes={"EUR/USD": part}), 10_000_000_000) > 500


def test_a_different_strategy_has_another_order_stream():
    bars = walk(300, 1, step=HOUR, symbol="A/B")

    class Other(Crosses):
        def up(self, bar):
            self.target(0.9, stop=pct(0.5), take=pct(1.5), why="another reason")

    inputs = Inputs({"A/B": bars})
    assert backtested(Crosses(), inputs, MARKET, 10_000) != backtested(Other(), inputs, MARKET, 10_000)
