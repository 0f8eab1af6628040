"""What `parrot up` shows: every example strategy back-tested on the demo market, one report each, and their index."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from parrot.app.demo import RECIPE, demo_market
from parrot.app.face import prepare
from parrot.app.strategies import load
from parrot.app.wiring import backtests
from parrot.contracts.market import AccountKind, Market
from parrot.kernel.errors import MissingError, StorageError

if TYPE_CHECKING:
    from parrot.centers.backtest.report import IndexEntry
    from parrot.centers.backtest.result import Result

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


def exhibit(folder: Path, tell: Callable[[str], None]) -> Path:
    """Back-tests the examples and writes their reports and the index into `folder`; returns the index."""
    from parrot.centers.backtest.report import index_page
    from parrot.centers.backtest.reporting import write_page

    _make(folder)
    entries = [_one(example, folder, tell) for example in EXAMPLES]
    note = (
        f"Example strategies on the demo market: {RECIPE.bars:,} hourly bars made by chance from seed {RECIPE.seed}. "
        "They show how things work; what they earn says nothing about real markets."
    )
    return write_page(folder / "index.html", index_page(entries, title="Parrot", note=note))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StorageError(
            f"{folder} cannot be made: {fault.strerror}", fix="set PARROT_HOME to a folder that is yours to write"
        ) from fault


def _one(example: Example, folder: Path, tell: Callable[[str], None]) -> IndexEntry:
    from parrot.centers.backtest.reporting import index_entry

    strategy = load(str(examples_folder() / example.file))
    bars = {symbol: demo_market()[symbol] for symbol in example.symbols}
    market = Market(account=example.account, currency="USD")
    job = prepare(strategy, bars, cash=CASH, fees=example.fees, slippage=example.slippage, market=market, bounds=True)
    result = backtests().run(job)
    page = result.report(folder / f"{Path(example.file).stem}.html")
    tell(f"{result.provenance.strategy}: {_told(result)}")
    return index_entry(result, page.name)


def _told(result: Result) -> str:
    growth = result.stats["total_return"]
    return f"{result.stats['trades']:,} trades, {'–' if growth is None else f'{growth:+.2%}'}"


if __name__ == "__main__":
    exhibit(Path(sys.argv[1]), lambda told: None)
