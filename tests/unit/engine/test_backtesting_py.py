"""backtesting.py's own example, SmaCross on its own GOOG data, against Parrot.

What differs, and why:
- Size: backtesting.py sizes at the fill (whole shares for the liquidity that it knows then); Parrot's `target` sizes at
  the decision's close. So this test plays their sizes with `hold`, and everything else must be equal.
- Cross: theirs is strict on both sides (a[-2] < b[-2]), ours takes a tie before it (a[t-1] <= b[t-1]). GOOG has no tie.
- End: with `finalize_trades=True` they close the open trade in the last bar and charge for it; Parrot values an open
  position at the last close without exit fee (T2), as they do with `finalize_trades=False`. The size of that last trade
  is only in the list of the first kind of run.
- Commission: a rate of price x size on both sides, as ours (A5); they use floats, so money is compared to 1e-6.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import parrot
from parrot.sdk import Market, Strategy

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from backtesting import Backtest
    from backtesting import Strategy as TheirStrategy
    from backtesting.lib import crossover
    from backtesting.test import GOOG, SMA


class TheirCross(TheirStrategy):
    n1, n2 = 10, 20

    def init(self):
        self.sma1, self.sma2 = self.I(SMA, self.data.Close, self.n1), self.I(SMA, self.data.Close, self.n2)

    def next(self):
        if crossover(self.sma1, self.sma2):
            self.buy()
        elif crossover(self.sma2, self.sma1):
            self.sell()


class OurCross(Strategy):
    """Long above, short below, with the sizes that the other library chose."""

    def init(self):
        self.fast, self.slow = self.sma(10), self.sma(20)
        self.left = list(SIZES)

    def on_bar(self, bar):
        crossed = self.fast.crossed_above(self.slow) or self.fast.crossed_below(self.slow)
        if crossed and self.left:
            self.hold(self.left.pop(0))


SIZES: list[int] = []


def their_run(*, finalize: bool):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test = Backtest(
            GOOG, TheirCross, cash=10_000, commission=0.002, exclusive_orders=True, finalize_trades=finalize
        )
        return test.run()


@pytest.fixture(scope="module")
def finalized():
    return their_run(finalize=True)


@pytest.fixture(scope="module")
def ours(finalized):
    SIZES[:] = finalized._trades["Size"].tolist()
    names = {"Open": "open", "High": "high", "Low": "low", "Close": "close", "Volume": "volume"}
    bars = {"ts": GOOG.index.to_numpy().astype("datetime64[ns]").astype(np.int64)}
    bars |= {ours: GOOG[their].to_numpy(dtype=float) for their, ours in names.items()}
    market = Market(account="margin", initial_margin="100%", maintenance_margin="1%", fees="20bp")
    return parrot.backtest(OurCross(), bars, cash=10_000, market=market)


def test_every_trade_is_the_same(finalized, ours) -> None:
    expected = finalized._trades
    trades = ours.trades
    assert len(trades) == len(expected) == 94
    opens = GOOG["Open"].to_numpy()
    assert trades["quantity"].to_list() == expected["Size"].abs().tolist()
    assert trades["side"].to_list() == ["long" if size > 0 else "short" for size in expected["Size"]]
    assert trades["entry_price"].to_list() == pytest.approx(opens[expected["EntryBar"]], rel=1e-12)
    assert trades["exit_price"].to_list()[:-1] == pytest.approx(opens[expected["ExitBar"][:-1]], rel=1e-12)
    ns = GOOG.index.to_numpy().astype("datetime64[ns]").astype(np.int64)
    assert trades["entry_ts"].to_list() == [ns[bar] for bar in expected["EntryBar"]]
    assert trades["exit_ts"].to_list()[:-1] == [ns[bar] for bar in expected["ExitBar"][:-1]]


def test_money_is_the_same(ours) -> None:
    theirs = their_run(finalize=False)
    assert ours.trades["pnl"].to_list()[:-1] == pytest.approx(theirs._trades["PnL"].tolist(), abs=1e-6)
    assert ours.equity["equity"].to_list() == pytest.approx(theirs._equity_curve["Equity"].tolist(), abs=1e-6)
    assert ours.trades["open"].to_list() == [False] * 93 + [True]
