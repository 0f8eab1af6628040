"""The way into the strategies center."""

from __future__ import annotations

from collections.abc import Iterable

from parrot.centers.strategies.book import Book, Order
from parrot.centers.strategies.explain import Reasons, why
from parrot.centers.strategies.gap import PARTS, Deal, Decision, Gap, Prices, curve, explain
from parrot.centers.strategies.service import Strategies, Version
from parrot.contracts.listing import Listing

__all__ = [
    "NAME",
    "PARTS",
    "Book",
    "Deal",
    "Decision",
    "Gap",
    "Order",
    "Prices",
    "Reasons",
    "Strategies",
    "Version",
    "build",
    "curve",
    "explain",
    "why",
]

NAME = "strategies"


def build(listings: Iterable[Listing] = ()) -> Strategies:
    """The center for strategies on what a venue lists; it knows of none yet."""
    return Strategies(listings)
