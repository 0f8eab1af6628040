"""vectorbt and its Rust engine: averages, crosses, portfolio, value and orders of the whole column at once."""

import sys

import numpy as np
import pandas as pd
import vectorbt as vbt
from clock import answer, seconds
from market import CASH, FAST, FEE, SLOW, crosses

vbt.settings["engine"] = "rust"


def own_crosses(close):
    fast, slow = (vbt.MA.run(close, n, engine="rust") for n in (FAST, SLOW))
    return fast.ma_crossed_above(slow), fast.ma_crossed_below(slow)


def exact_crosses(close):
    """Decided on integers, as NumPy does it."""
    rows, up = crosses(close.to_numpy())
    entries, exits = np.zeros((2, len(close)), dtype=bool)
    entries[rows[up]] = True
    exits[rows[~up]] = True
    return pd.Series(entries, close.index), pd.Series(exits, close.index)


def main(path, repeats, exact):
    raw = np.load(path)
    index = pd.to_datetime(raw["ts"])
    close, opens = pd.Series(raw["close"], index), pd.Series(raw["open"], index)
    cross = exact_crosses if exact else own_crosses

    def work():
        signals = [signal.shift(1, fill_value=False) for signal in cross(close)]
        terms = {"price": opens, "size": 1, "fees": FEE, "init_cash": CASH, "freq": "1min", "engine": "rust"}
        portfolio = vbt.Portfolio.from_signals(close, *signals, **terms)
        return int(portfolio.orders.count()), float(portfolio.value().iloc[-1])

    time, (fills, equity) = seconds(work, repeats)
    answer(seconds=time, fills=fills, equity=equity, version=vbt.__version__)


main(sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["exact"])
