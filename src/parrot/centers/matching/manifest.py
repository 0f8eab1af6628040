"""The way into the matching center."""

from __future__ import annotations

from parrot.centers.matching.settings import Faults, Latency, Outage, OutageKind, Pair, Settings
from parrot.centers.matching.venue import PaperVenue
from parrot.ports.journal import Segments

__all__ = ["NAME", "Faults", "Latency", "Outage", "OutageKind", "Pair", "PaperVenue", "Settings", "build"]

NAME = "matching"


def build(settings: Settings | None = None, segments: Segments | None = None, *, now: int) -> PaperVenue:
    """The paper venue, its book alive as of `now` (ns UTC); with `segments` it goes on where it ended.

    Raises DataError when the segments are damaged or of other symbols, StorageError.
    """
    return PaperVenue(settings or Settings(), segments, now=now)
