"""The way into the strategies center."""

from __future__ import annotations

from collections.abc import Iterable

from parrot.centers.strategies.book import Book, Order
from parrot.centers.strategies.explain import Reasons, why
from parrot.centers.strategies.service import Strategies, Version
from parrot.contracts.listing import Listing

__all__ = ["NAME", "Book", "Order", "Reasons", "Strategies", "Version", "build", "why"]

NAME = "strategies"


def build(listings: Iterable[Listing] = ()) -> Strategies:
    """The center for strategies on what a venue lists; it knows of none yet."""
    return Strategies(listings)
