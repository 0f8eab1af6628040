"""raptorbt: the SmaCross class, one unit, filled at the next open."""

import sys

import numpy as np
import raptorbt
from clock import answer, seconds
from market import CASH, FAST, FEE, SLOW, means


class SmaCross(raptorbt.Strategy):
    def on_start(self, ctx):
        self.held = False  # ctx.position shows a fill one bar late
        self.fast, self.slow = means(ctx.close, FAST), means(ctx.close, SLOW)

    def on_bar(self, ctx):
        row = ctx.idx
        if row < SLOW:
            return
        fast, slow = self.fast, self.slow
        if fast[row - 1] <= slow[row - 1] and fast[row] > slow[row]:
            if not self.held:
                self.held = True
                self.enter(size_frac=1.5 * ctx.close[row] / CASH)  # lots of one unit: one and a half is one
        elif fast[row - 1] >= slow[row - 1] and fast[row] < slow[row] and self.held:
            self.held = False
            self.close_position()


def main(path, repeats):
    raw = np.load(path)
    columns = [raw[name] for name in ("ts", "open", "high", "low", "close", "volume")]
    terms = raptorbt.BacktestConfig(initial_capital=CASH, fees=FEE, fill_timing="next_bar_open")
    lots = raptorbt.InstrumentConfig(lot_size=1.0)

    def work():
        return raptorbt.run_strategy_backtest(SmaCross, *columns, config=terms, instrument_config=lots)

    time, result = seconds(work, repeats)
    trades = result.trades()
    still_open = sum(trade.exit_reason != "Signal" for trade in trades)
    answer(
        seconds=time,
        fills=2 * len(trades) - still_open,
        equity=float(result.equity_curve()[-1]),
        version=raptorbt.__version__,
    )


main(sys.argv[1], int(sys.argv[2]))
