"""Live market data: raw messages in; checked ticks, bars and quotes out, the same for the same input and times."""

from __future__ import annotations

from parrot.centers.market_data.live.cleaning import Cleaning
from parrot.centers.market_data.live.denoise import Denoise
from parrot.centers.market_data.live.fanout import Lost, Subscription
from parrot.centers.market_data.live.service import Flow, LiveMarket
from parrot.centers.market_data.live.settings import BarRule, Gates, LiveSettings

__all__ = ["BarRule", "Cleaning", "Denoise", "Flow", "Gates", "LiveMarket", "LiveSettings", "Lost", "Subscription"]
