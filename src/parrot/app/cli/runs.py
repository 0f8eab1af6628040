"""`parrot runs`: what was kept of back-tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from parrot.app.cli import options, screen

app = typer.Typer(no_args_is_help=True, help="Saved runs: list, show, compare, run again, report.")
RunId = Annotated[str, typer.Argument(metavar="ID", help='Id of a run, a beginning of it, or "last".')]


@app.command("ls")
def ls(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
    as_json: options.AsJson = False,
) -> None:
    """List runs, newest first."""
    from parrot.app.wiring import backtests, home
    from parrot.centers.backtest.listing import as_row

    rows = [as_row(record) for record in backtests().records()[:limit]]

    def draw() -> None:
        if not rows:
            screen.say(f"There are no runs in {home() / 'runs'} yet: parrot backtest ... keeps one.")
            return
        heads = ("run", "made", "strategy", "data", "status", "return", "Sharpe", "drawdown", "trades")
        screen.table("", heads, [_line(row) for row in rows], texts=5)

    screen.answer(rows, draw, as_json=as_json)


def _line(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["run_id"],
        screen.moment(row["ts"]),
        row["strategy"],
        row["symbols"],
        row["status"],
        screen.percent(row["total_return"], signed=True),
        screen.number(row["sharpe"]),
        screen.percent(row["max_drawdown"]),
        screen.number(row["trades"]),
    )


@app.command("show")
def show(run: RunId, as_json: options.AsJson = False) -> None:
    """Show one run."""
    from parrot.app.cli.backtest import as_value, draw
    from parrot.app.wiring import backtests

    record = backtests().find([run])[0]

    def shown() -> None:
        draw(record)
        if record.failure:
            screen.say(f"\n{record.failure}")

    screen.answer(as_value(record), shown, as_json=as_json)


@app.command("report")
def report(
    run: RunId,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Where to write it.")] = Path("report.html"),
    as_json: options.AsJson = False,
) -> None:
    """Write the report of a run as one HTML page."""
    from parrot.app.rerun import kept_bars
    from parrot.app.wiring import backtests
    from parrot.centers.backtest.reporting import write_saved_report

    kept = backtests().load(run)
    bars, missing = kept_bars(kept.record)
    written = write_saved_report(kept, bars, path)
    for text in missing:
        screen.note(f"without candles: {text}")
    screen.answer({"report": str(written), "notes": missing}, lambda: screen.say(str(written)), as_json=as_json)
