"""A strategy is tried in a child before it is registered, and what is wrong with it is named."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from parrot.app.hosting.trial import try_out
from parrot.app.strategies import code_hash
from parrot.contracts.commands import RegisterStrategy
from parrot.kernel.errors import InputError, MissingError, ParameterError, StrategyError

IMPORT = "from parrot.sdk import Annotated, Range, Strategy\n"
WHOLE = IMPORT + (
    "class Whole(Strategy):\n"
    "    n: Annotated[int, Range(2, 9)] = 3\n"
    "    def init(self):\n"
    "        self.average = self.sma(self.n)\n"
    "    def on_bar(self, bar):\n"
    "        self.target(0.5)\n"
)


def version(folder, text, timeframe="5s", **parameters):
    path = folder / "idea.py"
    path.write_text(text)
    place = {"name": "idea", "path": str(path), "code_hash": code_hash(text), "parameters": parameters}
    terms = {"symbols": ["BTC/USDT"], "timeframe": timeframe, "cash": Decimal(100), "by": "ann"}
    return RegisterStrategy(strategy="idea", **place, **terms)


def test_a_whole_one_passes(tmp_path):
    try_out(version(tmp_path, WHOLE, n="5"))


@pytest.mark.parametrize("text", ["import time\ntime.sleep(60)\n", WHOLE.replace("self.average =", "while 1: ")])
def test_one_that_does_not_get_ready_is_ended_and_named(text, tmp_path):
    begun = time.monotonic()
    with pytest.raises(StrategyError, match=r"idea.py was not ready after 2 s; fix: do no work"):
        try_out(version(tmp_path, text), patience_s=2)
    assert time.monotonic() - begun < 6


def test_one_that_ends_its_process_is_named(tmp_path):
    with pytest.raises(StrategyError, match=r"cannot be loaded: its process ended with code 3"):
        try_out(version(tmp_path, "import os\nos._exit(3)\n"))


def test_bars_that_are_handled_and_would_not_come_are_refused(tmp_path):
    with pytest.raises(InputError, match="Whole has on_bar, and would be given no bars") as refused:
        try_out(version(tmp_path, WHOLE, timeframe=""))
    assert refused.value.fix == "give --timeframe 1m"


def test_one_that_takes_quotes_needs_no_bars(tmp_path):
    try_out(
        version(tmp_path, IMPORT + "class Q(Strategy):\n    def on_quote(self, quote):\n        pass\n", timeframe="")
    )


def test_errors_are_those_of_the_tree(tmp_path):
    with pytest.raises(ParameterError, match="speed"):
        try_out(version(tmp_path, WHOLE, speed="1"))
    with pytest.raises(StrategyError, match=r"idea.py:2: invalid syntax") as raised:
        try_out(version(tmp_path, IMPORT + "def no(:\n"))
    assert raised.value.location.endswith("idea.py:2")
    with pytest.raises(MissingError, match="there is no file"):
        try_out(RegisterStrategy(**{**_fields(version(tmp_path, WHOLE)), "path": str(tmp_path / "none.py")}))


def _fields(made):
    return {name: getattr(made, name) for name in made.__struct_fields__}
