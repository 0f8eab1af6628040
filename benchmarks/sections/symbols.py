"""Many symbols on one clock: what a bar costs when there are a hundred, beside what it costs when there is one."""

from typing import Any

import market
from bench import Bench, close
from clock import seconds
from measured_strategies import EverySymbol
from table import EQUAL, Row

import parrot

TITLE = "Many symbols: SmaCross on 100 x 100,000 bars"
SYMBOLS, COUNT = 100, 100_000
RATIO_MAX = 1.2


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    count = bench.size(COUNT)
    raws = [market.bars(count, market.SEED + number) for number in range(SYMBOLS)]
    bars = {f"S{number}": parrot.read_bars(raw, symbol=f"S{number}") for number, raw in enumerate(raws)}
    market.bars.cache_clear()
    first = {"S0": bars["S0"]}
    alone, _ = seconds(lambda: _result(first), 1 + bench.repeats(4))
    together, stats = seconds(lambda: _result(bars), bench.repeats(3))
    one, many = alone / count * 1e9, together / (count * SYMBOLS) * 1e9
    truths = [market.truth(raw) for raw in raws]
    fills, equity = sum(truth[0] for truth in truths), sum(truth[1] - market.CASH for truth in truths) + market.CASH
    sound = stats["fills"] == fills and close(stats["final_equity"], equity)
    checked = f"{EQUAL}: {fills:,} fills" if sound else f"differs: {stats['fills']:,} fills, not {fills:,}"
    return [
        Row("one symbol", one),
        Row("a hundred symbols", many, checked=checked),
        Row("time per bar, hundred : one", many / one, "times", RATIO_MAX, checked=checked),
    ]


def _result(bars: Any) -> dict[str, Any]:
    """Runs all symbols on one account; prices are low and cash is ample, so that no symbol is short of money."""
    return dict(parrot.backtest(EverySymbol, bars, cash=market.CASH, fees="10bp").stats)
