"""nautilus_trader: the SmaCross class on one-minute bars, one unit.

Its simulated exchange fills a market order against the bar that has just closed, so the truth it is held to is that of
fills at the close of the decision.
"""

import sys
from decimal import Decimal

import nautilus_trader
import numpy as np
import pandas as pd
from clock import answer, seconds
from market import CASH, FAST, FEE, MINUTE, SLOW, means
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("SIM")


def instrument(size_precision=2):
    return CurrencyPair(
        instrument_id=InstrumentId(Symbol("BTCUSDT"), VENUE),
        raw_symbol=Symbol("BTCUSDT"),
        base_currency=BTC,
        quote_currency=USDT,
        price_precision=4,
        size_precision=size_precision,
        price_increment=Price(0.0001, 4),
        size_increment=Quantity(10**-size_precision, size_precision),
        ts_event=0,
        ts_init=0,
        maker_fee=Decimal(str(FEE)),
        taker_fee=Decimal(str(FEE)),
    )


class SmaCrossConfig(StrategyConfig, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType


class SmaCross(Strategy):
    def __init__(self, config, fast, slow):
        super().__init__(config)
        self.fast, self.slow, self.row, self.held = fast, slow, -1, False
        self.unit = Quantity(1, 2)

    def on_start(self):
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar):
        self.row = row = self.row + 1
        fast, slow = self.fast, self.slow
        if row < SLOW:
            return
        if fast[row - 1] <= slow[row - 1] and fast[row] > slow[row]:
            if not self.held:
                self.send(OrderSide.BUY)
        elif fast[row - 1] >= slow[row - 1] and fast[row] < slow[row] and self.held:
            self.send(OrderSide.SELL)

    def send(self, side):
        self.held = side == OrderSide.BUY
        self.submit_order(self.order_factory.market(self.config.instrument_id, side, self.unit))


def main(path, repeats):
    raw = np.load(path)
    pair = instrument()
    bar_type = BarType.from_str(f"{pair.id}-1-MINUTE-LAST-EXTERNAL")
    frame = pd.DataFrame(
        {name: raw[name] for name in ("open", "high", "low", "close", "volume")},
        index=pd.to_datetime(raw["ts"] + MINUTE, utc=True),
    )
    frame["volume"] = 1e6  # it splits a bar's volume in four, and an order larger than a quarter would slip
    bars = BarDataWrangler(bar_type, pair).process(frame)
    fast, slow = means(raw["close"], FAST), means(raw["close"], SLOW)

    def engine():
        made = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
        made.add_venue(
            VENUE,
            oms_type=OmsType.NETTING,
            account_type=AccountType.CASH,
            base_currency=None,
            starting_balances=[Money(CASH, USDT), Money(0, BTC)],
        )
        made.add_instrument(pair)
        made.add_data(bars)
        config = SmaCrossConfig(instrument_id=pair.id, bar_type=bar_type)
        made.add_strategy(SmaCross(config, fast, slow))
        return made

    waiting = [engine() for _ in range(repeats + 1)]
    finished = []

    def work():
        made = waiting.pop()
        made.run()
        finished[:] = [made]

    time, _ = seconds(work, repeats)
    done = finished[0]
    account = done.portfolio.account(VENUE)
    units = float(account.balance_total(BTC))
    cash = float(account.balance_total(USDT))
    fills = sum(1 for order in done.cache.orders() if order.is_closed)
    answer(
        seconds=time, fills=fills, equity=cash + units * float(raw["close"][-1]), version=nautilus_trader.__version__
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
