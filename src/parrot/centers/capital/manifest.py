"""The way into the capital center."""

from __future__ import annotations

from collections.abc import Iterable

from parrot.centers.capital.lots import tax_lots
from parrot.centers.capital.performance import performance
from parrot.centers.capital.service import Capital
from parrot.centers.capital.settings import Settings
from parrot.centers.capital.statement import COLUMNS, Line, Statement, statement
from parrot.contracts import commands, records, venue
from parrot.contracts.listing import Listing

__all__ = [
    "COLUMNS",
    "CONSUMES",
    "NAME",
    "PRODUCES",
    "Capital",
    "Line",
    "Settings",
    "Statement",
    "build",
    "performance",
    "statement",
    "tax_lots",
]

NAME = "capital"
CONSUMES = (
    commands.Deposit,
    commands.ReversePosting,
    commands.AdoptVenue,
    commands.Quoted,
    commands.Beat,
    venue.VenueState,
    records.OrderFilled,
)
PRODUCES = (
    records.LedgerPosted,
    records.BalancesCompared,
    records.EquityMarked,
    records.ReduceOnlySet,
    records.CommandRefused,
)


def build(listings: Iterable[Listing], settings: Settings | None = None) -> Capital:
    """The center, ready to be a part of a desk."""
    return Capital(listings, settings or Settings())
