"""What the routes of the portfolio ask."""

from __future__ import annotations

from typing import Any, Protocol

from parrot.contracts.lots import LotMethod


class PortfolioDoor(Protocol):
    """Answers are plain values: amounts as decimal text, times ns UTC."""

    def summary(self) -> dict[str, Any]:
        """What the account is worth, what today brought, positions and balances."""

    def curve(self, *, since: int, until: int, points: int) -> dict[str, Any]:
        """Equity and how far it is below its peak, oldest first."""

    def attribution(self) -> dict[str, Any]:
        """Where profit comes from."""

    def lots(self, method: LotMethod, *, symbol: str) -> dict[str, Any]:
        """Open lots and gains by year."""

    def closed_lots(
        self, method: LotMethod, *, symbol: str, after: int, limit: int
    ) -> tuple[list[dict[str, Any]], int]:
        """Closed lots, newest first, those numbered below `after` where it is given; where the next page begins."""

    def lots_csv(self, method: LotMethod, *, closed: bool, symbol: str) -> str:
        """Open or closed lots as CSV; no cell begins a formula."""
