"""The page on risk lists every rule, and names a test for each that exists."""

from __future__ import annotations

import re
from pathlib import Path

from parrot.centers.risk.limits import LIVE_NEEDS, RULES
from parrot.centers.risk.wording import SAYS

HERE = Path(__file__).parent
PAGE = (HERE.parents[3] / "docs/reference/risk.md").read_text("utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def named(text: str) -> set[str]:
    return {name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


def test_the_page_lists_every_limit_and_every_gate() -> None:
    assert named(section("Limits")) == set(RULES)
    assert named(section("Gates that need no limit")) == set(SAYS) - set(RULES) | {"instruments", "reduce_only"}


def test_the_page_shows_every_refusal_as_it_is() -> None:
    for rule, words in SAYS.items():
        assert f"| `{rule}` | {words.format(limit='LIMIT', actual='ACTUAL')} |" in section("Refusals")


def test_every_rule_has_a_test_that_exists() -> None:
    table = section("Where each is tested")
    assert named(table) == set(SAYS)
    written = "\n".join(path.read_text("utf-8") for path in HERE.glob("test_*.py"))
    missing = [test for test in re.findall(r"`(test_\w+)`", table) if f"def {test}(" not in written]
    assert not missing


def test_the_page_names_the_five_limits_of_a_live_strategy() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| `live_limits` | orders"))
    assert all(rule in row for rules in LIVE_NEEDS.values() for rule in rules)
