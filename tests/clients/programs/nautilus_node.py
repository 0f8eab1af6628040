"""A NautilusTrader live node, unmodified: data and execution clients, one entry and one exit."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from checks import Place, done, equal, place, shown, true
from nautilus_trader.config import StrategyConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import InstrumentId
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
    """The one that the documentation shows."""
    names: dict = {}
    exec(shown("nautilus-trader.md", "python", at), names)
    names["node"].trader.add_strategy(strategy)
    return names["node"]


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
