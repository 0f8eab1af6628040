"""Running back-tests: inputs put in order, one run or three (bounds), a failed run kept."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from importlib.metadata import version
from typing import Any

from parrot.centers.backtest.result import Provenance, Result
from parrot.contracts.market import Action, Bounds, Market, Number
from parrot.engine.bars import Bars
from parrot.engine.outcome import Outcome
from parrot.engine.run import Inputs, Progress, run
from parrot.kernel.errors import DataError, InputError, ParameterError, StrategyError
from parrot.sdk import Strategy


@dataclass(frozen=True, slots=True)
class Job:
    """One back-test: a strategy (class or instance), its data and its terms."""

    strategy: Strategy | type[Strategy]
    inputs: Inputs
    market: Market
    cash: Number
    bounds: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


def backtest(job: Job, keep: Callable[[Result], str], progress: Progress | None = None) -> Result:
    """Runs `job` on a fresh instance of its strategy.

    Raises InputError for unusable input, StrategyError when the strategy raises; the error then holds the partial
    result, marked failed.
    """
    strategy = instance(job.strategy)
    _require_data(job.inputs)
    try:
        outcome = run(strategy.fresh(), job.inputs, job.market, job.cash, progress=progress)
    except StrategyError as fault:
        if isinstance(fault.result, Outcome):
            fault.result = _result(job, strategy, fault.result, keep, None, "failed")
        raise
    bounds = _bounds(job, strategy) if job.bounds else None
    return _result(job, strategy, outcome, keep, bounds, "finished")


def instance(strategy: Strategy | type[Strategy]) -> Strategy:
    """A strategy instance; raises ParameterError for anything else."""
    made = strategy() if isinstance(strategy, type) and issubclass(strategy, Strategy) else strategy
    if not isinstance(made, Strategy):
        raise ParameterError(
            f"{strategy!r} is not a strategy",
            expected="a subclass of parrot.sdk.Strategy, or an instance of one",
            fix="class MyIdea(Strategy): ...",
        )
    return made


def _require_data(inputs: Inputs) -> None:
    if not inputs.symbols:
        raise InputError("there are no data", expected="bars, trades=, quotes= or books=")
    for symbol, bars in inputs.bars.items():
        if len(bars) == 0:
            raise DataError(f"{symbol} has no bars in the chosen time", expected="at least one bar")


def _bounds(job: Job, strategy: Strategy) -> dict[str, float]:
    """Final equity of the pessimistic and optimistic readings of the bars (rule B13)."""
    found = {}
    for bound in (Bounds.PESSIMISTIC, Bounds.OPTIMISTIC):
        market = replace(job.market, fill=replace(job.market.fill, bounds=bound))
        found[bound.value] = float(run(strategy.fresh(), job.inputs, market, job.cash).final_equity)
    return found


def _result(
    job: Job,
    strategy: Strategy,
    outcome: Outcome,
    keep: Callable[[Result], str],
    bounds: Mapping[str, float] | None,
    status: str,
) -> Result:
    def provenance(result: Result) -> Provenance:
        code, path = source_of(type(strategy))
        return Provenance(
            strategy=type(strategy).__name__,
            code_hash=hashlib.sha256(code.encode()).hexdigest()[:16],
            code_path=path,
            parameters=strategy.parameter_values,
            data={symbol: _describe(bars) for symbol, bars in job.inputs.bars.items()},
            terms={"cash": str(job.cash), "bounds": job.bounds, **plain(job.market), **plain(dict(job.extra))},
            version=version("parrot"),
            hash=str(result.stats["hash"]),
        )

    return Result(outcome, provenance, job.inputs.bars, keep, bounds=bounds, status=status)


def source_of(cls: type) -> tuple[str, str]:
    """Source text and file of a class; the name alone where there is no file (an interactive session)."""
    try:
        return inspect.getsource(cls), inspect.getsourcefile(cls) or ""
    except (OSError, TypeError):
        return f"{cls.__module__}.{cls.__qualname__}", ""


def _describe(bars: Bars) -> dict[str, Any]:
    return {
        "source": bars.source,
        "rows": len(bars),
        "from": int(bars.ts[0]),
        "to": int(bars.close_ts[-1]),
        "timeframe": bars.timeframe,
        "hash": bars.content_hash()[:16],
    }


def plain(value: Any) -> Any:
    """Terms as plain JSON values."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(item) for name, item in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def actions_of(actions: Sequence[Action] | None) -> tuple[Action, ...]:
    """Events in order of time."""
    return tuple(sorted(actions or (), key=lambda action: action.ts))
