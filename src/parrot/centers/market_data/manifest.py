"""The way into the market-data center."""

from __future__ import annotations

from collections.abc import Iterable

from parrot.centers.market_data.live import LiveMarket, LiveSettings
from parrot.centers.market_data.service import MarketData, Ports, Settings
from parrot.contracts.listing import Listing

__all__ = ["NAME", "LiveMarket", "LiveSettings", "MarketData", "Ports", "Settings", "build", "build_live"]

NAME = "market_data"


def build(ports: Ports, settings: Settings | None = None) -> MarketData:
    """The center, ready to work."""
    return MarketData(ports, settings or Settings())


def build_live(listings: Iterable[Listing], settings: LiveSettings | None = None) -> LiveMarket:
    """The live part of the center: takes what a feed of these listings brings (ports/feed), gives what passed."""
    return LiveMarket(listings, settings)
