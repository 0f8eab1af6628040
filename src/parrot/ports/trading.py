"""The trading port: a venue that takes orders. Nothing is answered in the call; reports come when they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.venue import Report, Request


class TradingVenue(Protocol):
    """One account at one venue."""

    @property
    def terms(self) -> VenueTerms:
        """How the venue treats orders."""

    def listings(self) -> Sequence[Listing]:
        """What may be traded."""

    def connect(self, inbox: Callable[[Report], None]) -> None:
        """Says where reports go; they may come from within `send`, and at any later time, in the caller's thread."""

    def send(self, request: Request) -> None:
        """Lets a request leave. Never raises for what the network or the venue does: that is a report."""

    def close(self) -> None:
        """Ends the connection."""
