"""What the core shows a strategy: bars, lines and conditions."""

from parrot._core import Bar, Condition, Engine, Series

__all__ = ["Bar", "Condition", "Engine", "Series"]
