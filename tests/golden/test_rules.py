"""Every rule of docs/reference/backtest.md is named by a test."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
PAGE = TESTS.parent / "docs" / "reference" / "backtest.md"
NAME = re.compile(r"\b[NTBOAKR]\d+\b")


def named_in_tests() -> set[str]:
    return {name for path in TESTS.rglob("*.py") for name in NAME.findall(path.read_text("utf-8"))}


def test_every_rule_is_named_by_a_test() -> None:
    rules = re.findall(r"^- \*\*([A-Z]\d+)\*\*", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rules) >= 50
    missing = [rule for rule in rules if rule not in named_in_tests()]
    assert not missing, f"no test names {', '.join(missing)}"


def test_cases_name_only_rules_that_exist() -> None:
    rules = set(re.findall(r"^- \*\*([A-Z]\d+)\*\*", PAGE.read_text("utf-8"), re.MULTILINE))
    cases = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*_cases.py"))
    named = set(re.findall(r"\b[NTBOAKR]\d+\b", " ".join(re.findall(r'^        "((?:[A-Z]\d+ ?)+)",$', cases, re.M))))
    assert named <= rules, named - rules
