"""What an empty data directory begins with: money, limits, and strategies that trade."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from parrot.app.exhibits import examples_folder
from parrot.app.platform.settings import PlatformSettings, StrategySettings
from parrot.app.strategies import code_hash, read_text
from parrot.centers.risk.manifest import build as build_risk
from parrot.centers.risk.manifest import paper_limits
from parrot.contracts.commands import AdoptVenue, Deposit, RegisterStrategy, SetLimits, StartStrategy
from parrot.contracts.ledger import BalancesCompared
from parrot.contracts.message import Entry
from parrot.contracts.records import CommandRefused
from parrot.kernel.errors import InputError

BY: Final = "parrot up"
# Both trade seldom, because fees of many trades add up; the first one begins at once and in small parts, because people
# want to see something happen.
_EXAMPLES: Final[tuple[tuple[str, str, str, str, dict[str, str]], ...]] = (
    ("reversion", "quick_reversion.py", "BTC/USDT", "1s", {}),
    ("momentum", "quick_momentum.py", "ETH/USDT", "", {"share": "0.02"}),
)
_EXAMPLE_CASH: Final = Decimal(20_000)


def first_commands(settings: PlatformSettings, *, by_venue: bool = False) -> Iterator[Any]:
    """Limits and deposits of a new account; none of these where the venue says what it has."""
    yield from paper_limits(BY)
    if settings.limits:
        yield SetLimits(scope="account:main", limits=settings.limits, approver=BY)
    for currency, amount in {} if by_venue else settings.venue.deposit.items():
        yield Deposit(key=f"opening:{currency}", currency=currency, amount=amount, by="opening")


class Opening:
    """A new ledger takes over what the venue says that the account has, the first time that both are compared."""

    def __init__(self, ask: Callable[[Any], object]) -> None:
        self._ask = ask
        self._done = False

    def heard(self, entries: Sequence[Entry]) -> None:
        """Adopts the first differences."""
        for entry in entries:
            if isinstance(entry.record, BalancesCompared) and not self._done:
                self._done = True
                self._ask(AdoptVenue(by=BY, reason="opening balances"))


def require_limits(settings: PlatformSettings) -> None:
    """Raises InputError for limits that risk would refuse: half a set of limits must never be in force."""
    wanted = {"account:main": settings.limits} | {f"strategy:{one.id}": one.limits for one in settings.strategies or ()}
    risk = build_risk(())
    for scope, limits in wanted.items():
        for answer in risk.receives[SetLimits](SetLimits(scope=scope, limits=limits, approver=BY), 0):
            if isinstance(answer, CommandRefused):
                raise InputError(f"limits of {scope}: {answer.text}", expected="limits of docs/reference/risk.md")


def strategies_of(settings: PlatformSettings, known: Sequence[str]) -> Iterator[Any]:
    """Registers the strategies of the settings, and starts those that are new; two examples on the simulated venue.

    One that is known already is left as it is: what a person started or stopped since stays so.
    Raises MissingError, InputError or StorageError for a file that cannot be read.
    """
    examples = _examples() if settings.venue.kind == "paper" else ()
    for chosen in examples if settings.strategies is None else settings.strategies:
        if chosen.id in known:
            continue
        yield registration(chosen, BY)
        if chosen.limits:
            yield SetLimits(scope=f"strategy:{chosen.id}", limits=chosen.limits, approver=BY)
        if chosen.start:
            yield StartStrategy(strategy=chosen.id, by=BY)


def registration(chosen: StrategySettings, by: str) -> RegisterStrategy:
    """The command that registers a strategy as it stands in its file now."""
    file, _, name = chosen.file.partition(".py:")
    path = Path(f"{file}.py" if name else file).expanduser().absolute()
    place = f"{path}:{name}" if name else str(path)
    return RegisterStrategy(
        strategy=chosen.id,
        name=name or path.stem,
        path=place,
        code_hash=code_hash(read_text(place)),
        parameters=dict(chosen.parameters),
        symbols=list(chosen.symbols),
        timeframe=chosen.timeframe,
        cash=chosen.cash,
        by=by,
    )


def _examples() -> Iterator[StrategySettings]:
    folder = examples_folder()
    for name, file, symbol, timeframe, parameters in _EXAMPLES:
        place = str(folder / file)
        yield StrategySettings(
            id=name,
            file=place,
            symbols=[symbol],
            timeframe=timeframe,
            cash=_EXAMPLE_CASH,
            parameters=parameters,
        )
