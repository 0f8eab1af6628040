"""A NautilusTrader live node, unmodified: data and execution clients, one entry and one exit."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from checks import Place, done, equal, place, true
from nautilus_trader.adapters.binance import (
    BINANCE,
    BinanceAccountType,
    BinanceDataClientConfig,
    BinanceExecClientConfig,
    BinanceLiveDataClientFactory,
    BinanceLiveExecClientFactory,
)
from nautilus_trader.config import InstrumentProviderConfig, LoggingConfig, StrategyConfig, TradingNodeConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import InstrumentId, TraderId
from nautilus_trader.trading.strategy import Strategy

INSTRUMENT = "BTCUSDT.BINANCE"
_LATEST_S = 90


class RoundConfig(StrategyConfig, frozen=True):
    """Which instrument."""

    instrument_id: InstrumentId


class Round(Strategy):
    """Buys with the first quote, sells what it bought."""

    def __init__(self, config: RoundConfig) -> None:
        super().__init__(config)
        self.fills: list = []
        self.sent = False
        self.finished = asyncio.Event()

    def on_start(self) -> None:
        self.instrument = self.cache.instrument(self.config.instrument_id)
        self.subscribe_quote_ticks(self.config.instrument_id)

    def on_quote_tick(self, tick) -> None:
        if not self.sent:
            self.sent = True
            self._order(OrderSide.BUY)

    def _order(self, side: OrderSide) -> None:
        quantity = self.instrument.make_qty(Decimal("0.01"))
        self.submit_order(self.order_factory.market(self.config.instrument_id, side, quantity))

    def on_order_filled(self, event) -> None:
        self.fills.append(event)
        bought = sum(f.last_qty.as_decimal() for f in self.fills if f.order_side is OrderSide.BUY)
        sold = sum(f.last_qty.as_decimal() for f in self.fills if f.order_side is OrderSide.SELL)
        if bought == Decimal("0.01") and event.order_side is OrderSide.BUY:
            self._order(OrderSide.SELL)
        if sold == Decimal("0.01"):
            self.finished.set()


def node(at: Place, strategy: Round) -> TradingNode:
    """As its documentation writes it, with the addresses of the exchange."""
    shared = {
        "api_key": at.key,
        "api_secret": at.secret,
        "account_type": BinanceAccountType.SPOT,
        "base_url_http": at.rest,
        "base_url_ws": at.socket,
        "instrument_provider": InstrumentProviderConfig(load_ids=frozenset({INSTRUMENT})),
    }
    made = TradingNode(
        config=TradingNodeConfig(
            trader_id=TraderId("TESTER-001"),
            logging=LoggingConfig(log_level="WARNING"),
            data_clients={BINANCE: BinanceDataClientConfig(**shared)},
            exec_clients={BINANCE: BinanceExecClientConfig(**shared)},
            timeout_connection=30.0,
        )
    )
    made.trader.add_strategy(strategy)
    made.add_data_client_factory(BINANCE, BinanceLiveDataClientFactory)
    made.add_exec_client_factory(BINANCE, BinanceLiveExecClientFactory)
    made.build()
    return made


async def main() -> None:
    strategy = Round(RoundConfig(instrument_id=InstrumentId.from_str(INSTRUMENT)))
    running = node(place(), strategy)
    task = asyncio.create_task(running.run_async())
    try:
        await asyncio.wait_for(strategy.finished.wait(), _LATEST_S)
    finally:
        await running.stop_async()
        await asyncio.wait_for(task, 30)
    true("fills", strategy.fills)
    total = {side: sum(f.last_qty.as_decimal() for f in strategy.fills if f.order_side is side) for side in OrderSide}
    equal("an entry and an exit", (total[OrderSide.BUY], total[OrderSide.SELL]), (Decimal("0.01"), Decimal("0.01")))
    done()


asyncio.run(main())
