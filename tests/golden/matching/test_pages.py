"""The page and the cases: every rule, every reason and every event is met in one; the words are the engine's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from parrot.engine import matching
from tests.golden.matching import words

HERE = Path(__file__).resolve().parent
TESTS = HERE.parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "matching.md"
RULES = re.findall(r"^- \*\*(M\d+)\*\*", PAGE.read_text("utf-8"), re.MULTILINE)
NAMED = re.compile(r"\bM\d+\b")
CASES = sorted(path for path in HERE.glob("test_*.py") if path.name != Path(__file__).name)


def cases() -> list[tuple[str, str, str]]:
    """(file, name, rules) of every case."""
    found = []
    for path in CASES:
        tree = ast.parse(path.read_text("utf-8"))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
        found += [(path.name, node.name, ast.get_docstring(node) or "") for node in functions]
    return found


def test_the_rules_of_the_page_are_numbered_in_order() -> None:
    assert [int(rule[1:]) for rule in RULES] == list(range(1, len(RULES) + 1))
    assert len(RULES) >= 47


def test_every_rule_is_named_by_a_case() -> None:
    named = {rule for _, _, rules in cases() for rule in NAMED.findall(rules)}
    missing = [rule for rule in RULES if rule not in named]
    assert not missing, f"no case names {', '.join(missing)}"


def test_every_case_names_its_rules_first() -> None:
    nameless = [f"{file} {name}" for file, name, rules in cases() if not re.match(r"M\d+", rules)]
    assert not nameless, nameless


def test_tests_name_only_rules_that_exist() -> None:
    named = {rule for _, _, rules in cases() for rule in NAMED.findall(rules)}
    files = [path for path in TESTS.rglob("*.py") if "matching" in path.as_posix() or "exchange" in path.as_posix()]
    named |= {rule for path in files for rule in NAMED.findall(path.read_text("utf-8"))}
    assert named <= set(RULES), named - set(RULES)


def test_the_table_of_tests_is_true() -> None:
    """Each rule has a row of the page's last table; each case named there exists and names that rule."""
    known = {(file, name): NAMED.findall(rules) for file, name, rules in cases()}
    rows = re.findall(r"^\| (M\d+) \| (.+) \|$", PAGE.read_text("utf-8").partition("\n## Tests\n")[2], re.MULTILINE)
    assert [rule for rule, _ in rows] == RULES
    for rule, row in rows:
        for part in row.split("; "):
            file, *names = re.findall(r"`(\w+(?:\.py)?)`", part)
            assert names, part
            wrong = [name for name in names if rule not in known.get((file, name), [])]
            assert not wrong, f"{rule}: {file} {wrong}"


def test_every_event_is_spelled_out() -> None:
    spelled = (HERE / "test_events.py").read_text("utf-8")
    missing = [kind.name for kind in words.EventKind if f"EventKind.{kind.name}" not in spelled]
    assert not missing


def test_every_reason_is_met_in_a_case() -> None:
    written = "\n".join(path.read_text("utf-8") for path in CASES)
    missing = [reason.name for reason in words.Reason if f"Reason.{reason.name}" not in written]
    assert not missing


WORDS = ["OrderType", "TimeInForce", "SelfTrade", "ListKind", "Phase", "Limit", "EventKind", "Reason"]


@pytest.mark.parametrize("name", WORDS)
def test_the_words_of_the_cases_are_the_engines(name: str) -> None:
    ours, theirs = getattr(words, name), getattr(matching, name)
    assert {word.name: int(word) for word in ours} == {word.name: int(word) for word in theirs}


def test_the_commands_of_the_cases_are_the_engines() -> None:
    ours = {word.name: int(word) for word in [*words.CommandKind, *words.Setting]}
    assert ours == {word.name: int(word) for word in matching.CommandKind}


def test_the_flags_and_marks_of_the_cases_are_the_engines() -> None:
    ours = {**vars(words), "FEE_CURRENCY": words.PAYS_IN_FEE_CURRENCY, "AUCTION": words.IN_AUCTION}
    for theirs in (matching.Flag, matching.Mark):
        assert {word.name: ours[word.name] for word in theirs} == {word.name: int(word) for word in theirs}
