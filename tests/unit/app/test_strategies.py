"""Strategy files are found and executed, or refused with the place of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from parrot.app.strategies import configured, load, load_text
from parrot.centers.backtest.service import instance
from parrot.kernel.errors import InputError, MissingError, ParameterError, StrategyError
from parrot.sdk.rules import Rules

ONE = """from parrot.sdk import Strategy


class One(Strategy):
    fast: int = 3
    level: float = 0.5
    loud: bool = False
"""


def write(folder: Path, text: str, name: str = "idea.py") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def named(path: str) -> str:
    return type(instance(load(path))).__name__


def test_the_only_strategy_of_a_file_is_taken(tmp_path: Path) -> None:
    assert named(write(tmp_path, ONE)) == "One"


def test_imported_and_private_strategies_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, ONE, "base_idea.py")
    text = "from base_idea import One\n\nclass _Draft(One): ...\n\nclass Two(One): ...\n"
    assert named(write(tmp_path, text)) == "Two"
    assert named(write(tmp_path, text) + ":_Draft") == "_Draft"


def test_one_of_several_has_to_be_chosen(tmp_path: Path) -> None:
    path = write(tmp_path, ONE + "\n\nclass Two(One): ...\n")
    with pytest.raises(InputError) as refused:
        load(path)
    assert "holds 2 strategies" in refused.value.problem
    assert refused.value.fix == f"{path}:One"
    assert named(f"{path}:Two") == "Two"


def test_a_file_without_strategies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no strategy"):
        load(write(tmp_path, "x = 1\n"))


def test_a_class_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(MissingError) as refused:
        load(write(tmp_path, ONE) + ":Two")
    assert refused.value.expected == "one of One"


def test_a_missing_file_is_told_with_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path, ONE)
    with pytest.raises(MissingError) as refused:
        load(str(tmp_path / "idee.py"))
    assert "idea.py" in refused.value.fix


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("x = 1\nclass A(:\n    pass\n", 2, "invalid syntax"),
        ("import parrot\nimport no_such_library\n", 2, "ModuleNotFoundError"),
        ("x = 1\n\n1 / 0\n", 3, "ZeroDivisionError"),
        (ONE + "    slow: int = 'a'\n", 4, "slow='a' is not int"),
        ("\tx = 1\n y = 2\n", 1, "unexpected indent"),
        ("import sys\nsys.exit(0)\n", 2, "SystemExit"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(text: str, line: int, told: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(StrategyError) as refused:
        load(path)
    assert told in refused.value.problem
    assert refused.value.location == f"{path}:{line}"


def test_flags_become_parameters(tmp_path: Path) -> None:
    cls = load(write(tmp_path, ONE))
    made = configured(cls, {"fast": "7", "level": "0.25", "loud": "yes"})
    assert instance(made).parameter_values == {"fast": 7, "level": 0.25, "loud": True}
    with pytest.raises(ParameterError, match="not int"):
        configured(cls, {"fast": "seven"})
    with pytest.raises(ParameterError) as refused:
        configured(cls, {"fasst": "7"})
    assert refused.value.fix == "did you mean 'fast'?"


def test_rules_count_as_strategies(tmp_path: Path) -> None:
    text = "from parrot.rules import Range, Rules, close, sma\n\n"
    text += "trend = Rules(enter=close > sma('n'), exit=close < sma(5), hold=1, params={'n': Range(2, 50)})\n"
    rules = load(write(tmp_path, text))
    made = configured(rules, {"n": "9"})
    assert isinstance(made, Rules)
    assert made.values == {"n": 9}
    written = tmp_path / "trend.json"
    written.write_text(made.to_json())
    assert load(str(written)) == made
    with pytest.raises(ParameterError, match="Rules has no parameter"):
        configured(rules, {"m": "9"})


def test_a_kept_copy_runs_without_its_file(tmp_path: Path) -> None:
    assert type(instance(load_text(ONE, str(tmp_path / "gone.py"), "One"))).__name__ == "One"
