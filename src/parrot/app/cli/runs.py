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


@app.command("compare")
def compare(first: RunId, second: RunId, as_json: options.AsJson = False) -> None:
    """Compare two runs: what they were made from, and every figure with the difference."""
    from dataclasses import asdict

    from parrot.app.wiring import backtests
    from parrot.centers.backtest.comparison import changes, figures

    before, after = backtests().find([first, second])
    found, rows = changes(before, after), figures(before, after)

    def draw() -> None:
        heads = ("", before.run_id, after.run_id)
        screen.table(
            "Made from", heads, [(c.what, c.before, c.after) for c in found] or [("all the same", "", "")], texts=3
        )
        shown = [(name, _figure(a), _figure(b), "" if d is None else f"{d:+,.6g}") for name, a, b, d in rows]
        screen.table("Figures", ("", before.run_id, after.run_id, "difference"), shown)

    value = {
        "first": before.run_id,
        "second": after.run_id,
        "same_hash": before.hash == after.hash,
        "changes": [asdict(change) for change in found],
        "figures": [dict(zip(("name", "first", "second", "difference"), row, strict=True)) for row in rows],
    }
    screen.answer(value, draw, as_json=as_json)


def _figure(value: Any) -> str:
    return screen.DASH if value is None else f"{value:,.6g}" if isinstance(value, float) else str(value)


@app.command("rerun")
def rerun(
    run: RunId,
    saved_code: Annotated[
        bool, typer.Option("--saved-code", help="Use the kept copy of the code, not the file.")
    ] = False,
    data: options.DataArguments = None,
    as_json: options.AsJson = False,
) -> None:
    """Run it again from its sources: the same hash (exit code 0), or what changed (exit code 1)."""
    from parrot.app.cli.backtest import run_whole
    from parrot.app.rerun import again
    from parrot.app.sources import pairs
    from parrot.app.wiring import backtests

    screen.show_strategy_log()
    kept = backtests().load(run)
    found = again(
        kept,
        lambda job: run_whole(job, as_json=as_json),
        saved_code=saved_code,
        sources=pairs(data or [], "--data"),
    )
    screen.answer(found.as_dict(), lambda: _draw_again(found), as_json=as_json)
    raise typer.Exit(0 if found.same else 1)


def _draw_again(found: Any) -> None:
    screen.say(f"run {found.run_id}, code from {found.code}")
    if found.same:
        screen.say(f"same hash: {found.after}")
    else:
        screen.say(f"the hash changed: {found.before} was, {found.after} is")
    if found.changes:
        heads = ("what changed", "then", "now")
        screen.table("", heads, [(c.what, c.before, c.after) for c in found.changes], texts=3)
    if found.verdict:
        screen.say(found.verdict)
