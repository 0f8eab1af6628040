"""The desk's components as the platform builds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parrot.centers.capital import manifest as capital
from parrot.centers.execution import manifest as execution
from parrot.centers.risk import manifest as risk
from parrot.contracts.listing import Listing, VenueTerms


def real_parts(listings: Mapping[str, Listing], terms: VenueTerms) -> Sequence[Any]:
    """Risk, execution, groups and capital, in the desk's order."""
    listed = list(listings.values())
    orders = execution.build(listed, terms)
    return risk.build(listed), orders, execution.build_groups(orders), capital.build(listed)
