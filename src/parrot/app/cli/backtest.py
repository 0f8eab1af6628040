"""`parrot backtest`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from parrot.app.cli import options, screen
from parrot.kernel.errors import Interrupted, ParrotError, StorageError, StrategyError

if TYPE_CHECKING:
    from parrot.app.sources import Reading
    from parrot.centers.backtest.result import Result
    from parrot.centers.backtest.service import Job
    from parrot.contracts.runs import RunRecord

INTERRUPTED: Final = 130
_FIGURES: Final = (
    ("final equity", "final_equity", screen.number),
    ("total return", "total_return", lambda value: screen.percent(value, signed=True)),
    ("growth a year", "cagr", lambda value: screen.percent(value, signed=True)),
    ("Sharpe", "sharpe", screen.number),
    ("Sortino", "sortino", screen.number),
    ("deepest drawdown", "max_drawdown", screen.percent),
    ("trades", "trades", screen.number),
    ("won", "win_rate", screen.percent),
    ("profit factor", "profit_factor", screen.number),
    ("fills", "fills", screen.number),
    ("fees", "fees", screen.number),
    ("exposure", "exposure", screen.percent),
    ("turnover", "turnover", screen.number),
    ("hash", "hash", str),
)


def backtest(
    file: options.StrategyFile,
    data: options.DataArguments = None,
    trades: options.Trades = None,
    quotes: options.Quotes = None,
    books: options.Books = None,
    settings: options.Settings = None,
    cash: options.Cash = "1000000",
    fees: options.FeesRate = "0",
    slippage: options.SlippageRate = "0",
    account: options.Account = "cash",
    calendar: options.Calendar = None,
    start: options.From = None,
    end: options.To = None,
    report: options.OutputPath = None,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Keep the run for `parrot runs`.")] = True,
    bounds: Annotated[bool, typer.Option("--bounds", help="Add what the bars would at best and worst allow.")] = False,
    timezone: options.Timezone = "UTC",
    timeframe: options.Timeframe = None,
    column: options.Columns = None,
    adjusted: options.Adjusted = "none",
    repair: options.Repair = False,
    as_json: options.AsJson = False,
) -> None:
    """Back-test a strategy and show what came of it."""
    from parrot.app.sources import Reading, pairs

    reading = Reading(timezone, timeframe, pairs(column or [], "--column"), adjusted, repair)
    ticks = {"trades": trades, "quotes": quotes, "books": books}
    market = {**ticks, "cash": cash, "fees": fees, "slippage": slippage, "account": account, "calendar": calendar}
    job = make_job(file, data or [], settings or [], reading, {**market, "start": start, "end": end, "bounds": bounds})
    screen.show_strategy_log()
    _deliver(job, report, save=save, as_json=as_json)


def make_job(file: str, data: list[str], settings: list[str], reading: Reading, asked: Mapping[str, Any]) -> Job:
    """The job that the arguments of `backtest` and `check` describe."""
    from dataclasses import replace

    from parrot.app.face import prepare
    from parrot.app.sources import named, pairs, read_all
    from parrot.app.strategies import configured, load
    from parrot.contracts.market import Market
    from parrot.kernel.errors import InputError

    ticks: dict[str, Any] = {kind: named(asked[kind]) for kind in ("trades", "quotes", "books") if asked[kind]}
    if not data and not ticks:
        raise InputError("there are no data", expected="--data PATH", fix="--data demo tries it on the demo market")
    strategy = configured(load(file), pairs(settings, "--set"))
    market = Market(account=asked["account"], calendar=asked["calendar"])
    terms = {name: asked[name] for name in ("cash", "fees", "slippage", "start", "end", "bounds") if name in asked}
    job = prepare(strategy, read_all(data, reading), market=market, **ticks, **terms)
    set_values = reading.set_values()
    return replace(job, extra={**job.extra, "reading": set_values}) if set_values else job


def run_job(job: Job, *, as_json: bool) -> tuple[Result, ParrotError | None, int]:
    """The result of a job, whole or partial; the strategy's error; the exit code."""
    from parrot.app.wiring import backtests
    from parrot.centers.backtest.result import Result

    first, last = _span(job)
    try:
        with screen.progress("back-test", last - first, as_json=as_json) as tell:
            result = backtests().run(job, None if tell is None else lambda now: tell(now - first))
    except StrategyError as fault:
        if not isinstance(fault.result, Result):
            raise
        return fault.result, fault, fault.exit_code
    except Interrupted as stop:
        if not isinstance(stop.result, Result):
            raise
        return stop.result, None, INTERRUPTED
    return result, None, 0


def _span(job: Job) -> tuple[int, int]:
    """First and last moment of the data, ns UTC."""
    inputs = job.inputs
    held = [data for kind in (inputs.bars, inputs.trades, inputs.quotes, inputs.books) for data in kind.values()]
    ends = [(int(data.ts[0]), int(data.ts[-1])) for data in held if len(data)]
    return min((first for first, _ in ends), default=0), max((last for _, last in ends), default=0)


def run_whole(job: Job, *, as_json: bool) -> Result:
    """The result of a job, also of one that fails; Ctrl-C passes through, for half a result proves nothing."""
    result, _, code = run_job(job, as_json=as_json)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return result


def _deliver(job: Job, report: Path | None, *, save: bool, as_json: bool) -> None:
    from parrot.app.wiring import backtests
    from parrot.centers.backtest.records import record_of

    result, fault, code = run_job(job, as_json=as_json)
    written: Path | None = None
    try:
        if save:
            result.save()
        if report is not None:
            written = result.report(report)
    except StorageError as storage:
        fault, code = storage, storage.exit_code
    record = backtests().find([result.run_id])[0] if result.run_id else record_of(result)
    value = {**as_value(record), "report": None if written is None else str(written)}
    if fault is not None:
        value["error"] = fault.as_dict()
    screen.answer(value, lambda: draw(record, written), as_json=as_json)
    if fault is not None and not as_json:
        screen.complain(fault)
    raise typer.Exit(code)


def as_value(record: RunRecord) -> dict[str, Any]:
    """A record for `--json`."""
    from dataclasses import asdict

    return asdict(record)


def draw(record: RunRecord, report: Path | None = None) -> None:
    """A run for people."""
    parameters = ", ".join(f"{name}={value}" for name, value in record.parameters.items())
    marked = "" if record.status == "finished" else f" - {record.status.value.upper()}, figures up to there"
    screen.say(f"{record.strategy}({parameters}){marked}")
    for name, series in record.data.items():
        span = f"{screen.moment(series.get('from'))} .. {screen.moment(series.get('to'))}"
        screen.say(f"{name}: {series['rows']:,} {series['kind']}, {span}, {series['source']}")
        for told in series["notes"]:
            screen.say(f"  note: {told}")
    screen.say("")
    rows: list[tuple[str, Any]] = [(title, show(record.stats.get(key))) for title, key, show in _FIGURES]
    if record.bounds:
        rows += [(f"final equity, {name}", screen.number(equity)) for name, equity in record.bounds.items()]
    rows += [("run", record.run_id)] if record.run_id else []
    rows += [("report", str(report))] if report is not None else []
    screen.values(rows)
