"""Technical indicators: `parrot.indicators.rsi(close, 14)`, NumPy in, NumPy out."""

from parrot.engine.indicators import *  # noqa: F403
from parrot.engine.indicators import __all__ as __all__
