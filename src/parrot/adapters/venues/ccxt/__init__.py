"""Every exchange that the ccxt library knows."""

from parrot.adapters.venues.ccxt.venue import CcxtVenue

__all__ = ["CcxtVenue"]
