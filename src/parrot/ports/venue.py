"""The venue port: history that an exchange gives to anybody."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Protocol


class Kline(NamedTuple):
    """One bar as a venue sends it: open time in ns UTC, exact prices, volume in base units."""

    ts: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class Venue(Protocol):
    """Historical bars of one venue. Methods raise VenueError; its `temporary` says whether trying again may help."""

    @property
    def name(self) -> str:
        """Name of the venue, as used in the lake."""

    def resolve(self, symbol: str) -> str:
        """The venue's own id of a symbol however written. Raises MissingError for an unknown one."""

    def page_rows(self, symbol: str) -> int:
        """The most bars that one call of `klines` gives."""

    def klines(self, symbol: str, timeframe: int, since: int, limit: int) -> list[Kline]:
        """Up to `limit` bars of `timeframe` ns that open at or after `since` (ns UTC), oldest first.

        The last may still be open. Raises ParameterError for a timeframe that the venue does not have.
        """
