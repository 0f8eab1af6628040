"""What the routes of markets need of the house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class MarketsDoor(Protocol):
    """Thread-safe; rows are plain values, amounts as decimal text, times ns UTC. Raises MissingError, InputError."""

    def markets(self) -> list[dict[str, Any]]:
        """Each symbol with its terms, its quote and its last 24 hours."""

    def candles(self, symbol: str, timeframe: str, *, begin: int | None, end: int | None, limit: int) -> dict[str, Any]:
        """The newest `limit` candles that open in [begin, end), oldest first: items, next, missing."""

    def indicators(self, symbol: str, timeframe: str, wanted: Sequence[str], *, end: int | None, limit: int) -> Any:
        """Indicators such as "ema:20" over those candles: ts and lines."""

    def known_indicators(self) -> list[dict[str, Any]]:
        """What `indicators` can be asked for."""

    def depth(self, symbol: str, levels: int) -> dict[str, Any]:
        """The book, best level first."""

    def tape(self, symbol: str, limit: int) -> list[dict[str, Any]]:
        """The newest trades of the market, newest first."""
