"""Indicators see point-in-time adjusted prices; fills happen on raw ones (rule A8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl
import pytest

import parrot
from parrot.kernel.errors import InputError
from parrot.sdk import Dividend, Split, Strategy

DAY = 86_400_000_000_000


def bars(closes: list[float], volume: float = 100.0) -> dict[str, Any]:
    close = np.array(closes)
    return {
        "ts": np.arange(len(closes), dtype=np.int64) * DAY,
        "open": close,
        "high": close,
        "low": close,
        "close": close,
        "volume": np.full(len(closes), volume),
    }


class Watch(Strategy):
    """Writes down what its lines show."""

    last: ClassVar[Any]

    def init(self) -> None:
        self.seen: list[tuple[float, ...]] = []
        self.lines = (self.sma(2), self.highest(2), self.roc(1), self.sma(2, source="volume"))
        type(self).last = self

    def on_bar(self, bar: Any) -> None:
        """One row a bar."""
        self.seen.append((bar.close, *(float(line) for line in self.lines)))


def seen(data: dict[str, Any], actions: list[Any]) -> list[tuple[float, ...]]:
    parrot.backtest(Watch, data, actions=actions)
    rows: list[tuple[float, ...]] = Watch.last.seen
    return rows


def test_a8_a_split_is_no_crash_for_indicators() -> None:
    rows = seen(bars([100, 100, 100, 100, 50, 50, 50]), [Split("asset", 4 * DAY, 2)])
    # Handlers from bar 2 on (T5). Two for one before bar 4: in each bar's own terms price and average are the same,
    # the rate of change is nil; 100 old shares a day are 200 new ones, of which 100 are traded now: (200 + 100) / 2.
    assert [row[:4] for row in rows] == [(100, 100, 100, 0)] * 2 + [(50, 50, 50, 0)] * 3
    assert [row[4] for row in rows] == [100, 100, 150, 100, 100]


def test_a8_a_dividend_is_no_fall_for_indicators() -> None:
    rows = seen(bars([100, 100, 100, 100, 98, 98, 98]), [Dividend("asset", 4 * DAY, 2)])
    for close, average, highest, change, _ in rows:
        assert [average, highest, change] == pytest.approx([close, close, 0], abs=1e-9)


def test_a8_what_prices_contain_is_not_counted_twice() -> None:
    data = parrot.read_bars(bars([100, 100, 98]), adjusted="dividends")
    with pytest.raises(InputError, match="twice"):
        parrot.backtest(Watch, data, actions=[Dividend("asset", 2 * DAY, 2)])


def test_a8_a_real_reverse_split_keeps_equity(shared: Path) -> None:
    """AIG, one for twenty on 2009-07-01: the raw price jumps by 1,459 % and a holder is as rich as before."""
    source = shared / "data" / "us_wiki" / "AIG" / "ohlcv_1d.parquet"
    when = pl.read_parquet(source).filter(pl.col("split_ratio") != 1)["ts"][0]
    data = parrot.read_bars(source).between(when - 20 * DAY, when + 20 * DAY)

    class Holder(Strategy):
        def on_bar(self, bar: Any) -> None:
            if self.position == 0:
                self.target(0.9, why="hold")

    result = parrot.backtest(Holder, data, cash=100_000, actions=[Split("asset", int(when), "0.05")])
    equity = result.equity["equity"]
    moves = (equity / equity.shift(1) - 1).abs().drop_nulls()
    raw = np.abs(data.close[1:] / data.close[:-1] - 1)
    assert raw.max() > 14
    assert moves.max() < 0.35
    assert float(result.final_equity) == pytest.approx(equity[-1])
