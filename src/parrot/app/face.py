"""The public functions: read data, back-test, list saved runs. Wiring of the pieces that know nothing of each other."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, SupportsIndex

from parrot.adapters.importers import read_bars, read_books, read_quotes, read_trades
from parrot.app.wiring import backtests
from parrot.centers.backtest.service import Job, actions_of, describe
from parrot.contracts.market import Action, Fees, Market, Number, Slippage
from parrot.contracts.universe import Universe
from parrot.engine.run import Inputs
from parrot.kernel.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from parrot.centers.backtest.result import Result
    from parrot.sdk import Strategy
    from parrot.sdk.rules import Rules

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMN_NAMES = {"ts", "time", "timestamp", "date", "datetime", "open", "high", "low", "close", "price", "bid"}


def backtest(
    strategy: Strategy | type[Strategy] | Rules,
    bars: Any = None,
    *,
    cash: Number = 1_000_000,
    fees: Fees | Number | None = None,
    slippage: Slippage | Number | None = None,
    market: Market | None = None,
    trades: Any = None,
    quotes: Any = None,
    books: Any = None,
    actions: Sequence[Action] | None = None,
    fx: Mapping[str, Any] | None = None,
    universe: Universe | None = None,
    start: str | int | date | None = None,
    end: str | int | date | None = None,
    bounds: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Back-tests `strategy` on `bars` and returns the result.

    `bars` is anything that `read_bars` accepts, or {symbol: that}; `trades`, `quotes`, `books` likewise. `fees` and
    `slippage` are rates ("10bp") or `Fees` and `Slippage`; `market` holds all other terms. `fx` maps a currency to bars
    of its rate in the account's currency. `start` and `end` (ISO 8601, UTC, end excluded) cut the data; `bounds=True`
    adds the pessimistic and optimistic readings of the bars; `progress` is called with the time reached (ns UTC).
    Raises InputError (fix the input) and StrategyError (the strategy raised; its `result` is the partial one).
    """
    job = prepare(
        strategy,
        bars,
        cash=cash,
        fees=fees,
        slippage=slippage,
        market=market,
        trades=trades,
        quotes=quotes,
        books=books,
        actions=actions,
        fx=fx,
        universe=universe,
        start=start,
        end=end,
        bounds=bounds,
    )
    if progress is not None and not callable(progress):
        raise ParameterError(f"progress is {progress!r}", expected="a function of the time reached, ns UTC")
    return backtests().run(job, progress)


def prepare(
    strategy: Strategy | type[Strategy] | Rules,
    bars: Any = None,
    *,
    cash: Number = 1_000_000,
    fees: Fees | Number | None = None,
    slippage: Slippage | Number | None = None,
    market: Market | None = None,
    trades: Any = None,
    quotes: Any = None,
    books: Any = None,
    actions: Sequence[Action] | None = None,
    fx: Mapping[str, Any] | None = None,
    universe: Universe | None = None,
    start: str | int | date | None = None,
    end: str | int | date | None = None,
    bounds: bool = False,
) -> Job:
    """What `backtest` runs with the same arguments: data read, cut and put in order."""
    _require_kinds(market, universe, fx)
    terms = market or Market()
    if fees is not None:
        terms = replace(terms, fees=Fees.of(fees))
    if slippage is not None:
        terms = replace(terms, slippage=Slippage.of(slippage))
    between = window(start, end)
    fx_bars = {currency: read_bars(source) for currency, source in (fx or {}).items()}
    read = {
        "bars": _by_symbol(bars, read_bars),
        "trades": _by_symbol(trades, read_trades),
        "quotes": _by_symbol(quotes, read_quotes),
        "books": _by_symbol(books, read_books),
    }
    series = {kind: _cut(data, between) for kind, data in _named(read).items()}
    inputs = Inputs(**series, actions=actions_of(actions), fx=fx_bars)
    if universe is not None:
        inputs = replace(inputs, masks=_masks(universe, inputs))
    extra = {"fx": {currency: describe(data, "bars") for currency, data in fx_bars.items()}, "universe": universe}
    return Job(strategy, inputs, terms, cash, bounds=bounds, extra={name: held for name, held in extra.items() if held})


def _require_kinds(market: Any, universe: Any, fx: Any) -> None:
    if market is not None and not isinstance(market, Market):
        raise ParameterError(f"market is {market!r}", expected='a Market, such as Market(account="margin")')
    if universe is not None and not isinstance(universe, Universe):
        raise ParameterError(f"universe is {universe!r}", expected="a Universe, such as Universe(top=10)")
    if fx is not None and not isinstance(fx, Mapping):
        raise ParameterError(f"fx is {fx!r}", expected="{currency: bars of its rate}")


def runs() -> pl.DataFrame:
    """Saved runs, newest first: run_id, ts (int64 ns UTC), strategy, status, figures, hash, parameters as JSON."""
    from parrot.centers.backtest.listing import as_frame

    return as_frame(backtests().records())


def _by_symbol(source: Any, read: Callable[..., Any]) -> dict[str, Any]:
    """Series by symbol; one that does not say its symbol stands under no name."""
    if source is None:
        return {}
    if isinstance(source, Mapping) and not _COLUMN_NAMES & {str(name).lower() for name in source}:
        made = {str(symbol): read(data) for symbol, data in source.items()}
        return {symbol: data if data.symbol else replace(data, symbol=symbol) for symbol, data in made.items()}
    data = read(source)
    return {data.symbol: data}


def _named(read: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same with a name for everything: what has none belongs to the only symbol there is, else to "asset"."""
    names = sorted({symbol for known in read.values() for symbol in known if symbol})
    nameless = [kind for kind, known in read.items() if "" in known]
    if nameless and len(names) > 1:
        raise ParameterError(
            f"{' and '.join(nameless)} do not say their symbol, and there are several: {', '.join(names)}",
            fix=f"pass {nameless[0]}={{symbol: data}}",
        )
    only = names[0] if names else "asset"
    return {kind: {symbol or only: data for symbol, data in known.items()} for kind, known in read.items()}


def _cut(data: Mapping[str, Any], window: tuple[int | None, int | None]) -> dict[str, Any]:
    return {symbol: series.between(*window) for symbol, series in data.items()}


def _masks(universe: Universe, inputs: Inputs) -> dict[str, Any]:
    from parrot.centers.market_data.universe import membership

    return membership(universe, inputs.bars, quotes=inputs.quotes or None)


def window(start: str | int | date | None, end: str | int | date | None) -> tuple[int | None, int | None]:
    """Start and end in ns UTC. Raises ParameterError when they cannot be read or are in the wrong order."""
    first, last = _moment(start, "start"), _moment(end, "end")
    if first is not None and last is not None and first >= last:
        raise ParameterError(f"start {start!r} is not before end {end!r}", expected="start < end")
    return first, last


def _nanoseconds(value: int, name: str) -> int:
    """`value`, unless it is what a clock of this century shows in seconds: as ns it would mean 1970, unnoticed."""
    if 10**9 <= value < 4 * 10**9:
        problem = f"{name} is {value!r}, which looks like seconds"
        raise ParameterError(problem, expected='ns UTC, or ISO 8601 such as "2024-01-31"')
    return value


def _moment(value: str | int | date | None, name: str) -> int | None:
    """A moment in ns UTC from ISO text, a date or an int of ns."""
    if value is None:
        return None
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        return _nanoseconds(operator.index(value), name)
    try:
        text = value.isoformat() if isinstance(value, date) else str(value)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ParameterError(
            f"{name} is {value!r}", expected='ISO 8601 such as "2024-01-31" or "2024-01-31T12:00Z"'
        ) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1) * 1_000
