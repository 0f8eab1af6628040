"""Paper on a real market: live data in, orders filled by the back-test's own core."""

from __future__ import annotations

from parrot.adapters.venues.shadow.settings import ShadowSettings
from parrot.adapters.venues.shadow.venue import ShadowVenue

__all__ = ["ShadowSettings", "ShadowVenue"]
