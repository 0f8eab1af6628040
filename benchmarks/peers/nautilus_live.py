"""nautilus_trader: trade ticks through its data engine, three kinds of bars of them, and a strategy that gets both.

The ticks go straight into the data engine that its live node and its back-test share, so no exchange is simulated.
"""

import sys

import nautilus_trader
import numpy as np
import pandas as pd
from clock import answer, seconds
from nautilus_bars import VENUE, instrument
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, OmsType
from nautilus_trader.model.objects import Money
from nautilus_trader.persistence.wranglers import TradeTickDataWrangler
from nautilus_trader.trading.strategy import Strategy


class Average(Strategy):
    def __init__(self, pair, kinds):
        super().__init__()
        self.pair, self.kinds = pair, kinds
        self.average, self.decisions, self.bars, self.closes = 0.0, 0, 0, 0.0

    def on_start(self):
        self.subscribe_trade_ticks(self.pair)
        for kind in self.kinds:
            self.subscribe_bars(kind)

    def on_trade_tick(self, tick):
        price = tick.price.as_double()
        self.average += 0.01 * (price - self.average)
        self.decisions += price > self.average

    def on_bar(self, bar):
        if bar.bar_type == self.kinds[0]:
            self.bars += 1
            self.closes += bar.close.as_double()


def prepared(pair, kinds, first):
    made = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    made.add_venue(
        VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=None,
        starting_balances=[Money(1_000_000, USDT)],
    )
    made.add_instrument(pair)
    strategy = Average(pair.id, kinds)
    made.add_strategy(strategy)
    made.add_data([first])
    made.run(streaming=True)  # starts everything with the first tick and leaves it running
    return made.kernel.data_engine, strategy


def main(path, repeats, trades, volume, value):
    raw = np.load(path)
    pair = instrument(size_precision=3)
    frame = pd.DataFrame(
        {
            "price": raw["price"],
            "quantity": raw["size"],
            "buyer_maker": raw["side"] < 0,
            "trade_id": np.arange(len(raw["ts"])).astype(str),
        },
        index=pd.to_datetime(raw["ts"], utc=True),
    )
    ticks = TradeTickDataWrangler(pair).process(frame)
    steps = (f"{trades}-TICK", f"{volume}-VOLUME", f"{value}-VALUE")
    kinds = [BarType.from_str(f"{pair.id}-{step}-LAST-INTERNAL") for step in steps]
    waiting = [prepared(pair, kinds, ticks[0]) for _ in range(repeats + 1)]

    def work():
        engine, strategy = waiting.pop()
        for tick in ticks[1:]:
            engine.process(tick)
        return strategy.bars, strategy.closes

    time, (bars, closes) = seconds(work, repeats)
    answer(seconds=time, bars=bars, closes=closes, version=nautilus_trader.__version__)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
