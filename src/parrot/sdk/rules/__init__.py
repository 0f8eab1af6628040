"""Rules: a strategy as data, made of expressions that print, compare and become JSON."""

from parrot.sdk.rules.expressions import Expression, Test
from parrot.sdk.rules.player import RulesStrategy
from parrot.sdk.rules.rules import Rules
from parrot.sdk.rules.words import (
    atr,
    close,
    crossed_above,
    crossed_below,
    ema,
    high,
    highest,
    indicator,
    low,
    lowest,
    open_,
    param,
    roc,
    rsi,
    sma,
    stddev,
    volume,
    wma,
)

__all__ = [
    "Expression",
    "Rules",
    "RulesStrategy",
    "Test",
    "atr",
    "close",
    "crossed_above",
    "crossed_below",
    "ema",
    "high",
    "highest",
    "indicator",
    "low",
    "lowest",
    "open_",
    "param",
    "roc",
    "rsi",
    "sma",
    "stddev",
    "volume",
    "wma",
]
