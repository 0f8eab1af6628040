"""The whole order path under faults: every invariant holds on every seed, and a seed is a run."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.simulation.faults import RATES
from tests.simulation.runner import cores, run_all, run_seed

SEEDS = int(os.environ.get("PARROT_SEEDS", "1000"))
FAULTS_A_SEED = 10


@pytest.mark.timeout(400)  # half a minute on two free cores
def test_no_seed_breaks_an_invariant(record_property: Callable[[str, object], None]) -> None:
    tally = run_all(range(SEEDS), processes=min(2, cores()))
    record_property("summary", f"simulation: {tally}")
    told = [f"seed {failure.seed}: {failure.violation}" for failure in tally.failures]
    assert not told, "again: python -m tests.simulation --seed N\n" + "\n".join(told)
    assert tally.done == SEEDS
    assert tally.faults >= FAULTS_A_SEED * tally.done
    assert not set(RATES) - set(tally.kinds), "a class of faults never happened"
    assert tally.crashes > tally.done
    assert tally.fills > tally.done


def test_the_same_seed_gives_the_same_trace_and_another_one_another() -> None:
    first = [run_seed(seed) for seed in range(10)]
    again = [run_seed(seed) for seed in range(10)]
    assert [one.trace for one in first] == [one.trace for one in again]
    assert len({one.trace for one in first}) == len(first)
