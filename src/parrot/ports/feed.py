"""The feed port: live market data of one venue, asked for in turns, so that it works on real and on virtual time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from parrot.contracts.listing import Listing
from parrot.contracts.ticks import BarClosed, Tick

Raw = Mapping[str, Any]
"""A message as a wire gave it, not yet normalised; what it may hold is said by centers.market_data.live.normalise."""

Incoming = Tick | BarClosed | Raw


class Feed(Protocol):
    """Ticks of one venue in order of arrival, their numbers plain Python integers.

    It never raises for what the network or the venue does.
    """

    def listings(self) -> Sequence[Listing]:
        """The symbols that it brings, with the units of their integers."""

    def poll(self, now: int) -> Sequence[Incoming]:
        """What arrived up to `now` (ns UTC) and was not given yet; empty when nothing did. It never waits."""

    def ask_snapshot(self, symbol: str, now: int) -> None:
        """Asks for a fresh BookSnapshot, which comes by a later `poll`; a feed without books does nothing."""

    def due(self) -> int | None:
        """When the next datum comes, ns UTC, as far as that is known: what virtual time may jump to; else None."""

    def close(self) -> None:
        """Ends the connection."""
