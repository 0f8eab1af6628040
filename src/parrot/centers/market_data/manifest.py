"""The way into the market-data center."""

from __future__ import annotations

from parrot.centers.market_data.service import MarketData, Ports, Settings

__all__ = ["NAME", "MarketData", "Ports", "Settings", "build"]

NAME = "market_data"


def build(ports: Ports, settings: Settings | None = None) -> MarketData:
    """The center, ready to work."""
    return MarketData(ports, settings or Settings())
