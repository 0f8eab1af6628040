"""Every case runs on the compiled engine and on the plain model of the rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.golden.matching.machines import MACHINES
from tests.golden.matching.venue import Venue


@pytest.fixture(params=MACHINES)
def bare(request: pytest.FixtureRequest) -> Iterator[Venue]:
    """A venue without anything; when the case is over its journal is replayed (M47)."""
    venue = Venue(MACHINES[request.param]())
    yield venue
    venue.check_replay()


@pytest.fixture
def fresh(bare: Venue) -> Venue:
    """A venue that a case opens by itself, with units of its own."""
    return bare


@pytest.fixture
def venue(bare: Venue) -> Venue:
    """COIN for CASH in continuous trading, all units 1; Ann, Bob, Cat and Dan own 1000 coins and 1,000,000 of cash."""
    return bare.opened()
