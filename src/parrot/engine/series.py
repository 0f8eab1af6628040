"""What the core shows a strategy: bars, lines and conditions."""

from parrot._core import Bar, Condition, Engine, Quote, Series, Trade

__all__ = ["Bar", "Condition", "Engine", "Quote", "Series", "Trade"]
