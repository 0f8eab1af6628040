"""Running back-tests: inputs put in order, one run or three (bounds), a failed run kept."""

from __future__ import annotations

import hashlib
import inspect
import linecache
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from numbers import Integral
from pathlib import Path
from typing import Any, Final

from parrot.centers.backtest.records import action_terms, plain
from parrot.centers.backtest.result import Provenance, Result
from parrot.contracts.market import Action, Bounds, Dividend, Funding, Market, Number, Split
from parrot.engine.outcome import Outcome
from parrot.engine.run import Inputs, Progress, run
from parrot.kernel.errors import DataError, InputError, Interrupted, ParameterError, StrategyError
from parrot.sdk import Strategy
from parrot.sdk.rules import Rules, RulesStrategy

# It parses the file, which some releases of Python 3.11 cannot do in two threads at once: a SystemError now and then.
_PARSING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Job:
    """One back-test: a strategy (class or instance), its data and its terms."""

    strategy: Strategy | type[Strategy] | Rules
    inputs: Inputs
    market: Market
    cash: Number
    bounds: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


def backtest(job: Job, keep: Callable[[Result], str], progress: Progress | None = None) -> Result:
    """Runs `job` on a fresh instance of its strategy.

    Raises InputError for unusable input, StrategyError when the strategy raises; the error then holds the partial
    result, marked failed; Interrupted (with the partial result) on Ctrl-C.
    """
    strategy = instance(job.strategy)
    require_data(job.inputs)
    code = code_of(strategy)
    try:
        outcome = run(strategy.fresh(), job.inputs, job.market, job.cash, progress=progress)
        bounds = _bounds(job, strategy) if job.bounds else None
    except StrategyError as fault:
        if isinstance(fault.result, Outcome):
            fault.result = _result(job, code, fault.result, keep, status="failed", failure=str(fault))
        raise
    except Interrupted as fault:
        if isinstance(fault.result, Outcome):
            fault.result = _result(job, code, fault.result, keep, status="interrupted", failure="stopped by its user")
        raise
    return _result(job, code, outcome, keep, bounds=bounds)


def instance(strategy: Strategy | type[Strategy] | Rules) -> Strategy:
    """A strategy instance; raises ParameterError for anything else."""
    if isinstance(strategy, Rules):
        return RulesStrategy(strategy)
    made = _made(strategy) if isinstance(strategy, type) and issubclass(strategy, Strategy) else strategy
    if not isinstance(made, Strategy):
        raise ParameterError(
            f"{strategy!r} is not a strategy",
            expected="a subclass of parrot.sdk.Strategy, an instance of one, or Rules",
            fix="class MyIdea(Strategy): ...",
        )
    return made


def _made(cls: type[Strategy]) -> Strategy:
    try:
        return cls()
    except TypeError as fault:
        fix = f"back-test an instance, {cls.__name__}(...), or give every argument of __init__ a default"
        raise ParameterError(f"{cls.__name__} cannot be made without arguments: {fault}", fix=fix) from None


def require_data(inputs: Inputs) -> None:
    """Raises InputError when there is nothing to run on."""
    if not inputs.symbols:
        raise InputError("there are no data", expected="bars, trades=, quotes= or books=")
    kinds = {"bars": inputs.bars, "trades": inputs.trades, "quotes": inputs.quotes, "books": inputs.books}
    for kind, known in kinds.items():
        for symbol, data in known.items():
            if len(data) == 0:
                raise DataError(f"{symbol} has no {kind} in the chosen time", expected="at least one row")


def _bounds(job: Job, strategy: Strategy) -> dict[str, float]:
    """Final equity of the pessimistic and optimistic readings of the bars (rule B13)."""
    found = {}
    for bound in (Bounds.PESSIMISTIC, Bounds.OPTIMISTIC):
        market = replace(job.market, fill=replace(job.market.fill, bounds=bound))
        found[bound.value] = float(run(strategy.fresh(), job.inputs, market, job.cash).final_equity)
    return found


def _result(
    job: Job,
    code: tuple[str, str],
    outcome: Outcome,
    keep: Callable[[Result], str],
    *,
    bounds: Mapping[str, float] | None = None,
    status: str = "finished",
    failure: str = "",
) -> Result:
    strategy = instance(job.strategy)

    def provenance(result: Result) -> Provenance:
        return Provenance(
            strategy=type(strategy).__name__,
            code_hash=code_hash(code[0]),
            code_path=code[1],
            parameters=strategy.parameter_values,
            data=described(job.inputs),
            terms=terms_of(job),
            version=version("parrot"),
            hash=str(result.stats["hash"]),
            source=code[0],
        )

    return Result(outcome, provenance, job.inputs.bars, keep, _write, bounds=bounds, status=status, failure=failure)


def _write(result: Result, path: Path) -> Path:
    from parrot.centers.backtest.reporting import write_report

    return write_report(result, path)


def terms_of(job: Job) -> dict[str, Any]:
    """What was asked for beside the data, as plain values."""
    events = [action_terms(action) for action in job.inputs.actions]
    asked = {"cash": str(job.cash), "bounds": job.bounds, "actions": events}
    return {**asked, **plain(job.market), **plain(dict(job.extra))}


def code_hash(source: str) -> str:
    """The hash by which two versions of a strategy's file are told apart."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def code_of(strategy: Strategy) -> tuple[str, str]:
    """What a strategy is made of, and the path of its file: rules are their own JSON, in no file."""
    if isinstance(strategy, RulesStrategy):
        return strategy.rules.to_json(), ""
    return source_of(type(strategy))


def source_of(cls: type) -> tuple[str, str]:
    """Text and path of the file of a class, helpers beside it included; its name where there is no file."""
    try:
        path = inspect.getsourcefile(cls) or ""
        with _PARSING:
            inspect.getsource(cls)  # fills the cache of lines, or raises
    except (OSError, TypeError):
        return f"{cls.__module__}.{cls.__qualname__}", ""
    return "".join(linecache.getlines(path)), path


def described(inputs: Inputs) -> dict[str, dict[str, Any]]:
    """Each series: where it came from, what it spans, and its hash."""
    found = {symbol: describe(bars, "bars") for symbol, bars in inputs.bars.items()}
    for kind, held in (("trades", inputs.trades), ("quotes", inputs.quotes), ("books", inputs.books)):
        found |= {f"{symbol} {kind}": describe(data, kind) for symbol, data in held.items()}
    return found


def describe(data: Any, kind: str) -> dict[str, Any]:
    """One series as plain values; `from` and `to` are ns UTC."""
    source = str(Path(data.source).absolute()) if Path(data.source).is_file() else data.source
    about = {"kind": kind, "symbol": data.symbol, "source": source, "rows": len(data)}
    if kind == "bars":
        about |= {"timeframe": data.timeframe, "adjusted": data.adjusted}
    ends = data.close_ts if kind == "bars" else data.ts
    about |= {"from": int(data.ts[0]), "to": int(ends[-1])} if len(data) else {}
    return {**about, "notes": list(data.notes), "hash": data.content_hash()[:16]}


def actions_of(actions: Any) -> tuple[Action, ...]:
    """Events in order of time. Raises ParameterError for anything that is no event with a time."""
    held: Any = (actions,) if isinstance(actions, Split | Dividend | Funding) else actions or ()
    if not isinstance(held, Iterable) or not all(isinstance(action, Split | Dividend | Funding) for action in held):
        raise ParameterError(f"actions is {actions!r}", expected="a list of Split, Dividend and Funding")
    for action in held:
        if isinstance(action.ts, bool) or not isinstance(action.ts, Integral):
            raise ParameterError(f"{action} has no time", expected="ts as an integer, ns UTC")
    return tuple(sorted(held, key=lambda action: action.ts))
