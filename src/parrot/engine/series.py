"""What the core shows a strategy: bars, lines and conditions."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from parrot._core import Bar, Condition, Engine, Quote, Series, Trade

__all__ = ["Bar", "Columns", "Condition", "Engine", "Quote", "Series", "Trade"]

Columns = Callable[[str, int], Mapping[str, NDArray[np.float64]] | None]
"""Whole columns of a symbol's bars by name, for a symbol and a timeframe in ns (0: the bars given)."""
