"""The plain model of docs/reference/matching.md keeps what the page promises, whatever comes."""

from __future__ import annotations

import pytest

from tests.reference.exchange.auctions import candidates, indicative
from tests.reference.exchange.commands import aim, sequence
from tests.reference.exchange.invariants import Watch
from tests.reference.exchange.model import Model


@pytest.mark.parametrize("seed", range(20))
def test_the_rules_keep_their_promises(seed: int) -> None:
    model = Model()
    watch = Watch(model)
    for rows in sequence(seed, 250):
        aimed = [aim(row, model.world) for row in rows]
        watch.look(aimed, model.execute(aimed))


@pytest.mark.parametrize("seed", range(6))
def test_no_tick_is_a_better_auction_price(seed: int) -> None:
    """M43, tried at every tick, where the model looks only beside prices that matter."""
    model = Model()
    for rows in sequence(seed, 120):
        model.execute([aim(row, model.world) for row in rows])
        for symbol in model.world.symbols:
            every = indicative(symbol)
            assert indicative(symbol, candidates(symbol, ticks_max=0)) == every
