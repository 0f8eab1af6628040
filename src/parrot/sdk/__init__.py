"""All that a user's strategy may import."""

from typing import Annotated

from parrot.contracts.market import (
    AccountKind,
    Dividend,
    Fees,
    FillModel,
    Funding,
    Instrument,
    InstrumentKind,
    Market,
    Slippage,
    Split,
)
from parrot.engine.series import Bar, Condition, Series
from parrot.sdk.levels import distance, pct, trailing
from parrot.sdk.parameters import Choice, Range
from parrot.sdk.strategy import Strategy, above, below, crossed_above, crossed_below

__all__ = [
    "AccountKind",
    "Annotated",
    "Bar",
    "Choice",
    "Condition",
    "Dividend",
    "Fees",
    "FillModel",
    "Funding",
    "Instrument",
    "InstrumentKind",
    "Market",
    "Range",
    "Series",
    "Slippage",
    "Split",
    "Strategy",
    "above",
    "below",
    "crossed_above",
    "crossed_below",
    "distance",
    "pct",
    "trailing",
]
