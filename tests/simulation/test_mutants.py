"""Each fault that is put into the code is seen, within a few seeds; else the simulation proves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from parrot.adapters.journal.files import FileJournal, verify, verify_journal
from tests.simulation.mutants import MUTANTS, mutated
from tests.simulation.runner import run_seed

BOUND = 60


def first_violation() -> str:
    for seed in range(BOUND):
        outcome = run_seed(seed)
        if outcome.violation:
            return outcome.violation
    return ""


@pytest.mark.parametrize("name", MUTANTS)
def test_the_simulation_sees(name: str) -> None:
    with mutated(name):
        assert first_violation(), f"{BOUND} seeds did not see: {name}"


def test_without_a_mutant_nothing_is_seen() -> None:
    assert not first_violation()


def cut_journal(folder: Path) -> Path:
    """A journal whose last batch was cut off with care, between two batches."""
    path = folder / "desk.journal"
    kept = FileJournal(path)
    kept.append([b"first"])
    size = path.stat().st_size
    kept.append([b"second"])
    kept.close()
    with path.open("r+b") as file:
        file.truncate(size)
    return path


def test_a_tail_that_was_cut_off_is_seen_and_only_the_head_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cut_journal(tmp_path)
    assert verify_journal(path).problems
    monkeypatch.setattr(verify, "_compare", lambda *_: None)
    assert not verify_journal(path).problems


def test_at_least_fifteen_mutants_are_kept() -> None:
    assert len(MUTANTS) >= 15
