"""The engine does what the plain model of docs/reference/matching.md does, and the model keeps its promises."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.reference.exchange.auctions import candidates, indicative
from tests.reference.exchange.commands import aim, sequence
from tests.reference.exchange.drive import Groups, one_by_one, shrink, streams
from tests.reference.exchange.invariants import Watch
from tests.reference.exchange.model import Model
from tests.reference.exchange.strategy import sequences

PARTS = 10  # streams of commands, each over many exchanges
COMMANDS = 11_000  # a stream


@pytest.mark.parametrize("part", range(PARTS))
def test_engine_and_model_agree_on_random_streams(part: int) -> None:
    found, commands = streams(first=part * 100_000, commands=COMMANDS)
    assert found is None, f"\n{shrink(found)}"
    assert commands >= COMMANDS


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(sequences())
def test_engine_and_model_agree_on_small_sequences(groups: Groups) -> None:
    found = one_by_one(groups)
    assert found is None, f"\n{found}"


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
