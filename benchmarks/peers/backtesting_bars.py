"""backtesting.py: the SmaCross class, one unit, filled at the next open."""

import sys

import backtesting
import numpy as np
import pandas as pd
from clock import answer, seconds
from market import CASH, FAST, FEE, SLOW, means

backtesting.backtesting._tqdm = lambda rows, **_: rows  # no progress bar


class SmaCross(backtesting.Strategy):
    def init(self):
        self.fast, self.slow = self.I(means, self.data.Close, FAST), self.I(means, self.data.Close, SLOW)

    def next(self):
        if self.fast[-2] <= self.slow[-2] and self.fast[-1] > self.slow[-1]:
            if not self.position:
                self.buy(size=1)
        elif self.fast[-2] >= self.slow[-2] and self.fast[-1] < self.slow[-1]:
            self.position.close()


def main(path, repeats):
    raw = np.load(path)
    frame = pd.DataFrame(
        {name.title(): raw[name] for name in ("open", "high", "low", "close", "volume")},
        index=pd.to_datetime(raw["ts"]),
    )

    def work():
        return backtesting.Backtest(frame, SmaCross, cash=CASH, commission=FEE).run()

    time, stats = seconds(work, repeats)
    still_open = len(stats["_strategy"].trades)
    fills = 2 * len(stats["_trades"]) + still_open
    answer(seconds=time, fills=fills, equity=float(stats["Equity Final [$]"]), version=backtesting.__version__)


main(sys.argv[1], int(sys.argv[2]))
