"""`parrot check`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from parrot.app.cli import options, screen

_COLOURS = {"passed": "green", "failed": "bold red", "unknown": "yellow"}
_PLACES_MAX = 3


def check(
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
    margin: Annotated[
        int, typer.Option(min=0, help="Bars after which the beginning of the data must not matter.")
    ] = 500,
    timezone: options.Timezone = "UTC",
    timeframe: options.Timeframe = None,
    column: options.Columns = None,
    adjusted: options.Adjusted = "none",
    repair: options.Repair = False,
    as_json: options.AsJson = False,
) -> None:
    """Look for look-ahead, unstable warm-up and unused parameters; exit code 1 when something is found."""
    from parrot.app.cli.backtest import make_job
    from parrot.app.sources import Reading, pairs
    from parrot.centers.backtest.check import CheckReport, check

    reading = Reading(timezone, timeframe, pairs(column or [], "--column"), adjusted, repair)
    ticks = {"trades": trades, "quotes": quotes, "books": books}
    market = {**ticks, "cash": cash, "fees": fees, "slippage": slippage, "account": account, "calendar": calendar}
    job = make_job(file, data or [], settings or [], reading, {**market, "start": start, "end": end})
    with screen.progress("check", 100, as_json=as_json) as drawn:
        report: CheckReport = check(
            job, margin_bars=margin, tell=None if drawn is None else lambda done, total: drawn(100 * done // total)
        )
    screen.answer({"passed": report.passed, **asdict(report)}, lambda: _draw(report), as_json=as_json)
    raise typer.Exit(0 if report.passed else 1)


def _draw(report: object) -> None:
    from rich.text import Text

    from parrot.centers.backtest.check import CheckReport

    assert isinstance(report, CheckReport)  # the annotation is loose to keep start-up fast
    screen.say(f"{report.strategy}: {report.decisions:,} decisions, {report.runs} runs")
    for finding in report.findings:
        style = _COLOURS[finding.verdict.value]
        line = Text.assemble((f"{finding.verdict.value:<8}", style), f"{finding.name}: {finding.summary}")
        screen.out().print(line)
        for place in finding.places[:_PLACES_MAX]:
            screen.say(f"          {place}")
        if len(finding.places) > _PLACES_MAX:
            screen.say(f"          and {len(finding.places) - _PLACES_MAX} more (--json lists all)")
    screen.say("No fault found." if report.passed else "Do not trust its back-tests before this is mended.")
