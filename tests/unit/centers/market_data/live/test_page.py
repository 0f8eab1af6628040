"""docs/reference/market-data.md: every rule names its tests, and they exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
FOLDERS = ("tests/unit/centers/market_data/live", "tests/unit/adapters/feeds", "tests/unit/app")
RULE = re.compile(r"^(?:- \*\*(D\d+)\*\*|\| (D\d+) \|)(.*)$", re.MULTILINE)


def known_tests() -> set[str]:
    files = [file for folder in FOLDERS for file in (ROOT / folder).glob("test_*.py")]
    return {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)}


def test_every_rule_names_tests_that_exist() -> None:
    page = (ROOT / "docs/reference/market-data.md").read_text("utf-8")
    rules = {bullet or row: re.findall(r"`(test_\w+)`", text) for bullet, row, text in RULE.findall(page)}
    assert list(rules) == [f"D{number}" for number in range(1, len(rules) + 1)]
    assert not [rule for rule, tests in rules.items() if not tests]
    assert not {test for tests in rules.values() for test in tests} - known_tests()
