"""The way into the execution center."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from parrot.centers.execution.groups.service import Groups
from parrot.centers.execution.service import Execution
from parrot.centers.execution.settings import Settings
from parrot.contracts.listing import Listing, VenueTerms

__all__ = ["NAME", "Execution", "Groups", "Settings", "build", "build_groups"]

NAME: Final = "execution"


def build(
    listings: Sequence[Listing], terms: VenueTerms, *, account: str = "main", settings: Settings | None = None
) -> Execution:
    """The center, ready to work for one account at one venue."""
    return Execution(listings, terms, account, settings)


def build_groups(execution: Execution) -> Groups:
    """Groups of orders of the same account, a part of the desk behind `execution`."""
    return Groups(execution.floor, execution.account)
