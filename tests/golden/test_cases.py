"""Every hand-worked case, by the plain-Python reference and by the engine."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.golden.case import Case, engine, expected_fill, in_words, order_words, page_words, reference, seen_fill
from tests.reference.exact import units

THEMES = sorted(path.stem for path in Path(__file__).parent.glob("*_cases.py") if path.stem != "test_cases")
CASES: dict[str, Case] = {
    f"{theme.removesuffix('_cases')}: {case.name}": case
    for theme in THEMES
    for case in importlib.import_module(f"tests.golden.{theme}").CASES
}
ENGINES = {"reference": reference, "parrot": engine}


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_case(case: Case, name: str) -> None:
    outcome = ENGINES[name](case)
    expected = [expected_fill(text, case.table) for text in case.fills]
    assert [seen_fill(fill) for fill in outcome.fills] == expected, in_words(outcome.fills)
    if case.orders:
        assert list(map(page_words, order_words(outcome))) == list(map(page_words, case.orders))
    if case.orders and name == "reference":
        assert order_words(outcome) == list(case.orders)
    assert outcome.equity[-1][1] == units(case.equity), outcome.equity[-1][1] / 1e8
    if case.path:
        assert [value for _, value in outcome.equity] == [units(value) for value in case.path]


def test_there_are_many_cases_and_each_is_small() -> None:
    assert len(CASES) >= 60
    assert all(2 <= len(row) <= 6 for case in CASES.values() for row in case.table.values())
