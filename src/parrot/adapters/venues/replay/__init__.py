"""A venue on recorded data: orders are filled by the core, as a back-test on that recording would fill them."""

from parrot.adapters.venues.replay.venue import Moment, ReplayVenue

__all__ = ["Moment", "ReplayVenue"]
