"""The desk's components as the platform builds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parrot.centers.capital import manifest as capital
from parrot.centers.execution import manifest as execution
from parrot.centers.risk import manifest as risk
from parrot.contracts.listing import Listing, VenueTerms


def real_parts(listings: Mapping[str, Listing], terms: VenueTerms) -> Sequence[Any]:
    """Risk, execution and capital, in the desk's order."""
    listed = list(listings.values())
    return risk.build(listed), execution.build(listed, terms), capital.build(listed)
