"""nautilus_trader: every trade tick through on_trade_tick."""

import sys

import nautilus_trader
import numpy as np
import pandas as pd
from clock import answer, seconds
from nautilus_bars import VENUE, instrument
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.enums import AccountType, OmsType
from nautilus_trader.model.objects import Money
from nautilus_trader.persistence.wranglers import TradeTickDataWrangler
from nautilus_trader.trading.strategy import Strategy


class Tape(Strategy):
    def __init__(self, pair):
        super().__init__()
        self.pair, self.calls, self.total = pair, 0, 0.0

    def on_start(self):
        self.subscribe_trade_ticks(self.pair)

    def on_trade_tick(self, tick):
        self.calls += 1
        self.total += tick.price.as_double()


def engine(pair, ticks):
    made = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    made.add_venue(
        VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=None,
        starting_balances=[Money(1_000_000, USDT)],
    )
    made.add_instrument(pair)
    made.add_data(ticks)
    strategy = Tape(pair.id)
    made.add_strategy(strategy)
    return made, strategy


def main(path, repeats):
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
    waiting = [engine(pair, ticks) for _ in range(repeats + 1)]

    def work():
        made, strategy = waiting.pop()
        made.run()
        return strategy.calls, strategy.total

    time, (calls, total) = seconds(work, repeats)
    answer(seconds=time, calls=calls, total=total, version=nautilus_trader.__version__)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
