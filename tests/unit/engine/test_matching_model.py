"""The plain model of the matching engine's rules keeps what docs/reference/matching.md promises, whatever comes."""

from __future__ import annotations

import pytest

from tests.reference.exchange.commands import aim, sequence
from tests.reference.exchange.invariants import Watch
from tests.reference.exchange.model import Model


@pytest.mark.parametrize("seed", range(12))
def test_the_rules_keep_their_promises(seed: int) -> None:
    model = Model()
    watch = Watch(model)
    for rows in sequence(seed, 300):
        aimed = [aim(row, model.world) for row in rows]
        watch.look(aimed, model.execute(aimed))
