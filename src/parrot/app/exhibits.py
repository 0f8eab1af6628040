"""Example strategies that `parrot up` back-tests on the demo market, so that a first visit finds some."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parrot.app.demo import RECIPE
from parrot.contracts.market import AccountKind
from parrot.kernel.errors import MissingError

CASH: Final = 100_000


@dataclass(frozen=True, slots=True)
class Example:
    """An example strategy: its file and class, the demo symbols that it trades, and on which terms."""

    file: str
    name: str
    symbols: tuple[str, ...]
    fees: str = "5bp"
    slippage: str = "1bp"
    account: AccountKind = AccountKind.CASH


EXAMPLES: Final = (
    Example("sma_cross.py", "SmaCross", ("ALDER",)),
    Example("rsi_reversion.py", "RsiReversion", ("ALDER",)),
    Example("donchian_breakout.py", "DonchianBreakout", RECIPE.symbols),
    Example("resting_quotes.py", "RestingQuotes", ("CEDAR",), fees="1bp"),
)


def examples_folder() -> Path:
    """The folder of example strategies: beside this checkout's sources, else in the current folder."""
    folders = [Path(__file__).parents[3] / "strategies", Path.cwd() / "strategies"]
    for folder in folders:
        if folder.is_dir():
            return folder
    raise MissingError(
        "the example strategies are not here", expected=f"the folder {folders[-1]}", fix="run it in a checkout"
    )
