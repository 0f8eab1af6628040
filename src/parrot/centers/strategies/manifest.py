"""The way into the strategies center."""

from __future__ import annotations

from parrot.centers.strategies.book import Book, Order
from parrot.centers.strategies.explain import why
from parrot.centers.strategies.service import Strategies, Version

__all__ = ["NAME", "Book", "Order", "Strategies", "Version", "build", "why"]

NAME = "strategies"


def build() -> Strategies:
    """The center, knowing nothing yet."""
    return Strategies()
