"""nautilus_trader: a live node with its sandbox venue, from a quote to the venue's word on the order it caused.

One quote at a time: it goes into the node's data engine, a strategy sends a market order at each, and the time ends in
the strategy's on_order_filled: the sandbox does not say that it accepted a market order. Everything is in memory; no
database is configured, so nothing is durable. Processor time of the one thread in which all of it runs.
"""

import asyncio
import sys
import time
from decimal import Decimal

import nautilus_trader
from clock import answer
from nautilus_trader.adapters.sandbox.config import SandboxExecutionClientConfig
from nautilus_trader.adapters.sandbox.factory import SandboxLiveExecClientFactory
from nautilus_trader.config import LoggingConfig, TradingNodeConfig
from nautilus_trader.live.config import LiveRiskEngineConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import OrderSide, TimeInForce
from nautilus_trader.model.identifiers import InstrumentId, Symbol, TraderId, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Price, Quantity
from nautilus_trader.trading.strategy import Strategy

WARM_UP = 200
PATIENCE_S = 5.0


def instrument():
    return CurrencyPair(
        instrument_id=InstrumentId(Symbol("BTCUSDT"), Venue("PAPER")),
        raw_symbol=Symbol("BTCUSDT"),
        base_currency=BTC,
        quote_currency=USDT,
        price_precision=2,
        size_precision=5,
        price_increment=Price(0.01, 2),
        size_increment=Quantity(0.00001, 5),
        ts_event=0,
        ts_init=0,
        maker_fee=Decimal("0.001"),
        taker_fee=Decimal("0.001"),
    )


class Taker(Strategy):
    """Buys and sells in turn, one order a quote."""

    def __init__(self, pair, told):
        super().__init__()
        self.pair, self.told = pair, told
        self.count = self.fills = 0

    def on_start(self):
        self.subscribe_quote_ticks(self.pair.id)

    def on_quote_tick(self, quote):
        self.count += 1
        side = OrderSide.BUY if self.count % 2 else OrderSide.SELL
        order = self.order_factory.market(self.pair.id, side, Quantity(0.001, 5), time_in_force=TimeInForce.IOC)
        self.submit_order(order)

    def on_order_filled(self, event):
        self.told.append(time.thread_time_ns())
        self.fills += 1


def node():
    made = TradingNode(
        config=TradingNodeConfig(
            trader_id=TraderId("BENCH-001"),
            timeout_post_stop=0.1,
            logging=LoggingConfig(log_level="ERROR"),
            risk_engine=LiveRiskEngineConfig(max_order_submit_rate="1000000/00:00:01"),
            exec_clients={
                "PAPER": SandboxExecutionClientConfig(
                    venue="PAPER", starting_balances=["1_000_000 USDT", "2 BTC"], account_type="CASH"
                )
            },
        )
    )
    made.add_exec_client_factory("PAPER", SandboxLiveExecClientFactory)
    return made


async def quotes(made, taker, pair, count):
    told, spent = taker.told, []
    while not taker.is_running:
        await asyncio.sleep(0.05)
    for number in range(count + WARM_UP):
        middle = 60_000 + (number % 40) / 100
        now = time.time_ns()
        bid, ask = Price(middle - 3, 2), Price(middle + 3, 2)
        quote = QuoteTick(pair.id, bid, ask, Quantity(5, 5), Quantity(5, 5), now, now)
        before, begin, asked = len(told), time.thread_time_ns(), time.monotonic()
        made.kernel.data_engine.process(quote)
        while len(told) == before:
            await asyncio.sleep(0)
            if time.monotonic() - asked > PATIENCE_S:
                raise SystemExit("the node does not answer")
        spent.append(told[before] - begin)
    return spent[WARM_UP:]


def main(count):
    made, pair = node(), instrument()
    made.build()
    made.kernel.cache.add_instrument(pair)
    taker = Taker(pair, [])
    made.trader.add_strategy(taker)

    async def run():
        running = asyncio.ensure_future(made.run_async())
        try:
            return await quotes(made, taker, pair, count)
        finally:
            await made.stop_async()
            running.cancel()

    spent = sorted(made.get_event_loop().run_until_complete(run()))
    answer(
        version=nautilus_trader.__version__,
        orders=taker.count - WARM_UP,
        fills=taker.fills - WARM_UP,
        p50_us=spent[len(spent) // 2] / 1e3,
        p99_us=spent[len(spent) * 99 // 100] / 1e3,
    )


main(int(sys.argv[1]))
