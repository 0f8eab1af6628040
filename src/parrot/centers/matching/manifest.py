"""The way into the matching center."""

from __future__ import annotations

from dataclasses import replace

from parrot.centers.matching.exchange import SimulatedExchange
from parrot.centers.matching.house import House
from parrot.centers.matching.listed import public_settings
from parrot.centers.matching.settings import Faults, Latency, Outage, OutageKind, Pair, Settings
from parrot.centers.matching.venue import PaperVenue
from parrot.ports.journal import Segments

__all__ = [
    "NAME",
    "Faults",
    "Latency",
    "Outage",
    "OutageKind",
    "Pair",
    "PaperVenue",
    "Settings",
    "SimulatedExchange",
    "build",
    "build_both",
    "build_exchange",
    "public_settings",
]

NAME = "matching"


def build(settings: Settings | None = None, segments: Segments | None = None, *, now: int) -> PaperVenue:
    """The paper venue, its book alive as of `now` (ns UTC); with `segments` it goes on where it ended.

    Raises DataError when the segments are damaged or of other symbols, StorageError.
    """
    house = House(settings or Settings(), segments, now=now)
    venue = PaperVenue(house, now=now)
    house.open(now)
    return venue


def build_exchange(
    settings: Settings | None = None, segments: Segments | None = None, *, now: int
) -> SimulatedExchange:
    """The public exchange, its books alive as of `now` (ns UTC); with `segments` it goes on where it ended.

    `public_settings` makes settings from names of symbols. Raises as `build`.
    """
    house = House(replace(settings or public_settings(), public=True), segments, now=now)
    exchange = SimulatedExchange(house, now=now)
    house.open(now)
    return exchange


def build_both(
    settings: Settings, segments: Segments | None = None, *, now: int
) -> tuple[PaperVenue, SimulatedExchange]:
    """The paper venue and the public exchange on one floor: its accounts and ours trade with one another."""
    house = House(replace(settings, public=True), segments, now=now)
    venue, exchange = PaperVenue(house, now=now), SimulatedExchange(house, now=now)
    house.open(now)
    return venue, exchange
