"""Indicators over ten million rows beside TA-Lib: each, and five in one pass beside the sum of TA-Lib's five."""

from collections.abc import Callable
from typing import Any

import market
import numpy as np
from bench import Bench
from clock import seconds
from table import EQUAL, Row

from parrot import indicators

TITLE = "Indicators: 10 million rows beside TA-Lib"
COUNT = 10_000_000
RATIO_MAX = 1.2
TOLERANCE = 1e-9


def measure(bench: Bench) -> list[Row]:
    """All rows of the section."""
    try:
        import talib
    except ImportError:
        return [Row("indicators", None, checked="missing: TA-Lib (make build installs it)")]
    raw = market.bars(bench.size(COUNT), volatility=5e-5)
    market.bars.cache_clear()
    high, low, close = raw["high"], raw["low"], raw["close"]
    pairs: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "SMA(20)": (lambda: indicators.sma(close, 20), lambda: talib.SMA(close, 20)),
        "EMA(20)": (lambda: indicators.ema(close, 20), lambda: talib.EMA(close, 20)),
        "RSI(14)": (lambda: indicators.rsi(close, 14), lambda: talib.RSI(close, 14)),
        "ATR(14)": (lambda: indicators.atr(high, low, close, 14), lambda: talib.ATR(high, low, close, 14)),
        "Bollinger(20, 2)": (lambda: indicators.bbands(close, 20, 2), lambda: talib.BBANDS(close, 20, 2, 2)),
    }
    rows, their_sum = [], 0.0
    for name, (ours, theirs) in pairs.items():
        row = _pair(name, ours, theirs, len(close), bench)
        rows.append(row)
        their_sum += row.theirs or 0.0
    return [*rows, _together(raw, rows, their_sum, bench)]


def _pair(name: str, ours: Callable[[], Any], theirs: Callable[[], Any], count: int, bench: Bench) -> Row:
    mine, found = seconds(ours, bench.repeats(3))
    other, expected = seconds(theirs, bench.repeats(3))
    same, worst = _same(found, expected)
    checked = f"{EQUAL} to {worst:.0e}" if same else f"differs by {worst:.1e}"
    unit = 1e9 / count
    return Row(name, mine * unit, "ns/row", RATIO_MAX * other * unit, "TA-Lib", other * unit, checked, same)


def _same(found: Any, expected: Any) -> tuple[bool, float]:
    """Whether all lines agree within 1e-9 of the larger of 1 and the value, and the largest difference."""
    worst = 0.0
    for line, other in zip(np.atleast_2d(found), np.atleast_2d(expected), strict=True):
        if (np.isnan(line) != np.isnan(other)).any():
            return False, float("nan")
        worst = max(worst, float(np.nanmax(np.abs(line - other) / np.maximum(1.0, np.abs(other)))))
    return worst <= TOLERANCE, worst


def _together(raw: Any, rows: list[Row], their_sum: float, bench: Bench) -> Row:
    """All five in one call, which gives what the five calls give."""
    wanted: dict[str, tuple[Any, ...]] = {
        "sma": ("sma", 20),
        "ema": ("ema", 20),
        "rsi": ("rsi", 14),
        "atr": ("atr", 14),
        "bbands": ("bbands", 20, 2.0),
    }
    time, found = seconds(lambda: indicators.many(raw, wanted), bench.repeats(3))
    single = {"sma": indicators.sma(raw["close"], 20), "rsi": indicators.rsi(raw["close"], 14)}
    same = all(row.same for row in rows) and all(_same(found[name], single[name]) == (True, 0.0) for name in single)
    ours = time / len(raw["close"]) * 1e9
    checked = EQUAL if same else "differs from one by one"
    return Row("the five in one pass", ours, "ns/row", their_sum, "TA-Lib, sum of five", their_sum, checked, same)
