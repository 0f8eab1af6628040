"""`parrot data`: the lake and what flows into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parrot.app.cli import options, screen
from parrot.kernel.errors import InputError

if TYPE_CHECKING:
    from parrot.centers.market_data.download import Downloaded, Progress
    from parrot.centers.market_data.quality import QualityReport
    from parrot.engine.bars import Bars

app = typer.Typer(no_args_is_help=True, help="Market data: import, list, inspect, download, show.")
Source = Annotated[str, typer.Argument(metavar="SOURCE", help="A file, lake:NAME or demo:SYMBOL.")]
_PLACES_MAX = 3


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files of one symbol or several.")],
    venue: Annotated[str, typer.Option(help="Where the data are from; a name of your choice.")] = "files",
    symbol: Annotated[str, typer.Option(help="Symbol, where the files do not say it.")] = "",
    timezone: options.Timezone = "UTC",
    timeframe: options.Timeframe = None,
    column: options.Columns = None,
    adjusted: options.Adjusted = "none",
    repair: options.Repair = False,
    as_json: options.AsJson = False,
) -> None:
    """Put bars from files into the lake."""
    from parrot.app.sources import Reading, pairs, read_one
    from parrot.app.wiring import market_data

    reading = Reading(timezone, timeframe, pairs(column or [], "--column"), adjusted, repair)
    with screen.progress("import", len(paths), as_json=as_json) as tell:
        count = iter(range(1, len(paths) + 1))
        done = market_data().import_files(
            paths,
            venue,
            symbol,
            read=lambda path: read_one(str(path), symbol, reading),
            on_file=lambda imported: None if tell is None else tell(next(count)),
        )

    def draw() -> None:
        for one in done:
            screen.say(f"{one.path}: {one.rows:,} bars of {one.key}, {_span(one.first_ts, one.last_ts)}")
            for note in one.notes:
                screen.say(f"  note: {note}")

    rows = [
        {
            "path": str(one.path),
            "series": str(one.key),
            "rows": one.rows,
            "from": one.first_ts,
            "to": one.last_ts,
            "notes": list(one.notes),
        }
        for one in done
    ]
    screen.answer(rows, draw, as_json=as_json)


@app.command("ls")
def ls(as_json: options.AsJson = False) -> None:
    """List what the lake holds."""
    from parrot.app.wiring import home, market_data

    found = market_data().entries()

    def draw() -> None:
        if not found:
            screen.say(f"The lake in {home() / 'lake'} is empty: parrot data import or parrot data download fills it.")
            return
        rows = [
            (e.key.venue, e.key.symbol, e.key.kind, f"{e.rows:,}", screen.moment(e.first_ts), screen.moment(e.last_ts))
            for e in found
        ]
        screen.table("", ("venue", "symbol", "kind", "rows", "from", "to"), rows, texts=3)

    rows = [
        {"series": str(e.key), "rows": e.rows, "from": e.first_ts, "to": e.last_ts, "bytes": e.size_bytes}
        for e in found
    ]
    screen.answer(rows, draw, as_json=as_json)


@app.command("show")
def show(
    source: Source,
    rows: Annotated[int, typer.Option(min=1, help="Rows from the beginning and from the end.")] = 5,
    start: options.From = None,
    end: options.To = None,
    timezone: options.Timezone = "UTC",
    timeframe: options.Timeframe = None,
    column: options.Columns = None,
    repair: options.Repair = False,
    as_json: options.AsJson = False,
) -> None:
    """Show the first and last bars of a series."""
    from parrot.app.face import window
    from parrot.app.sources import Reading, pairs, read_one

    reading = Reading(timezone, timeframe, pairs(column or [], "--column"), "none", repair)
    bars = read_one(source, "", reading).between(*window(start, end))
    places = sorted({*range(min(rows, len(bars))), *range(max(0, len(bars) - rows), len(bars))})
    shown = [_row(bars, place) for place in places]

    def draw() -> None:
        screen.say(f"{bars.symbol}: {len(bars):,} bars, {bars.source}")
        for note in bars.notes:
            screen.say(f"  note: {note}")
        cells = [(screen.moment(row["ts"]), *(f"{row[name]:,.10g}" for name in _NAMES)) for row in shown]
        if len(places) < len(bars):
            cells.insert(rows, ("...", *[""] * len(_NAMES)))
        screen.table("", ("open time", *_NAMES), cells)

    value = {
        "symbol": bars.symbol,
        "rows": len(bars),
        "timeframe": bars.timeframe,
        "notes": list(bars.notes),
        "hash": bars.content_hash(),
        "bars": shown,
    }
    screen.answer(value, draw, as_json=as_json)


_NAMES = ("open", "high", "low", "close", "volume")


def _row(bars: Bars, place: int) -> dict[str, Any]:
    return {"ts": int(bars.ts[place]), **{name: float(getattr(bars, name)[place]) for name in _NAMES}}


@app.command("quality")
def quality(
    source: Source,
    calendar: Annotated[str, typer.Option(help="When the market is open: 24/7, XNYS ...")] = "24/7",
    reference: Annotated[str | None, typer.Option(help="Another source of the same market, to compare with.")] = None,
    timezone: options.Timezone = "UTC",
    column: options.Columns = None,
    as_json: options.AsJson = False,
) -> None:
    """Report gaps, duplicates, bad rows, spikes and more; exit code 1 when a back-test would refuse the data."""
    from parrot.app.sources import pairs
    from parrot.app.wiring import market_data

    columns = pairs(column or [], "--column")
    other = None if reference is None else _raw(reference, timezone, columns)
    report = market_data().quality(_raw(source, timezone, columns), calendar=calendar, reference=other)
    screen.answer(report.as_dict(), lambda: _draw_quality(source, report), as_json=as_json)
    raise typer.Exit(0 if report.usable else 1)


def _raw(source: str, timezone: str, columns: dict[str, str]) -> Any:
    """A series as it lies there, flaws and all; named ones are sound already."""
    from parrot.app.sources import DEMO, LAKE, canonical, read_one, split_argument

    if canonical(source).partition(":")[0] in (DEMO, LAKE):
        return read_one(source)
    from parrot.adapters.importers.bars import read_raw_bars

    symbol, path = split_argument(source)
    return read_raw_bars(path, symbol=symbol, columns=columns or None, timezone=timezone)


def _draw_quality(source: str, report: QualityReport) -> None:
    screen.say(f"{source}: {report.rows:,} rows, {_span(report.first_ts, report.last_ts)}, calendar {report.calendar}")
    for finding in report.findings:
        mark = "refused by a back-test" if finding.breaking else "to know"
        screen.say(f"\n{finding.flaw.value}: {finding.count:,} ({mark})")
        screen.say(f"  {finding.summary}")
        for place in finding.places[:_PLACES_MAX]:
            screen.say(f"    row {place.row:,}: {place.text}")
        screen.say(f"  {finding.advice}")
    screen.say("\nA back-test takes these data." if report.usable else "\nA back-test refuses these data as they are.")


@app.command("download")
def download(
    venue: Annotated[str, typer.Argument(help="An exchange that ccxt knows: binance, kraken, coinbase ...")],
    symbol: Annotated[str, typer.Argument(help="BTC/USDT, or the venue's own spelling.")],
    timeframe: Annotated[str, typer.Option(help="Length of a bar: 1m, 1h, 1d ...")] = "1h",
    start: Annotated[str, typer.Option("--from", metavar="TIME", help="First moment, ISO 8601, UTC.")] = "",
    end: options.To = None,
    as_json: options.AsJson = False,
) -> None:
    """Fetch history into the lake; what is there already is not fetched again. Ctrl-C keeps what came."""
    from parrot.app.face import window
    from parrot.app.interrupts import stopping
    from parrot.app.wiring import market_data
    from parrot.centers.market_data.download import Order
    from parrot.engine.columns import timeframe_ns

    first, last = window(start or None, end)
    if first is None:
        raise InputError("--from is missing", expected="where history shall begin", fix="--from 2024-01-01")
    order = Order(symbol, timeframe_ns(timeframe), first, last)
    with stopping() as cancelled, screen.progress("download", 1000, as_json=as_json) as tell:

        def on_progress(done: Progress) -> None:
            if done.note:
                screen.note(done.note)
            if tell is not None:
                tell(1000 * done.done // max(done.total, 1))

        found = market_data().download(venue, order, on_progress, cancelled)
    _draw_download(found, as_json=as_json)
    raise typer.Exit(130 if found.cancelled else 0)


def _draw_download(found: Downloaded, *, as_json: bool) -> None:
    value = {
        "series": str(found.key),
        "new_bars": found.bars,
        "requests": found.pages,
        "from": found.first_ts,
        "to": found.last_ts,
        "cancelled": found.cancelled,
    }
    stopped = " Stopped; the same command goes on from here." if found.cancelled else ""
    told = f"{found.key}: {found.bars:,} new bars; the lake holds {_span(found.first_ts, found.last_ts)}.{stopped}"
    screen.answer(value, lambda: screen.say(told), as_json=as_json)


def _span(first: int | None, last: int | None) -> str:
    return f"{screen.moment(first)} .. {screen.moment(last)}"


@app.command("poll")
def poll(
    sources: Annotated[Path, typer.Argument(metavar="SOURCES.toml", help="Sources over HTTP, a table [[http]] each.")],
    duration: Annotated[
        str, typer.Option("--for", metavar="TIME", help='How long: "10m", "1d"; 0 asks each once.')
    ] = "0",
    allow: Annotated[
        list[str] | None, typer.Option(metavar="HOST:PORT", help="A place on this machine that is meant.")
    ] = None,
    as_json: options.AsJson = False,
) -> int:
    """Ask JSON, CSV and tables of pages over HTTP, politely, and keep what they say in the lake.

    The exit code is 7 when a source failed.
    """
    from parrot.app import polling
    from parrot.app.wiring import home
    from parrot.engine.columns import timeframe_ns
    from parrot.kernel.errors import VenueError

    span = 0 if duration in ("0", "0s") else timeframe_ns(duration)
    polled = polling.poll(sources, home() / "lake", duration=span, allow=allow or [])
    answer = {"messages": dict(polled.messages), "kept_back": polled.kept_back, "failures": polled.failures}

    def draw() -> None:
        for symbol, count in sorted(polled.messages.items()):
            screen.say(f"{symbol}: {count:,} in the lake as {polling.VENUE}")
        for text in polled.kept_back[:_PLACES_MAX]:
            screen.say(f"kept back: {text}")
        if len(polled.kept_back) > _PLACES_MAX:
            screen.say(f"  and {len(polled.kept_back) - _PLACES_MAX:,} more")
        for name, text in sorted(polled.failures.items()):
            screen.say(f"{name} failed: {text}")

    screen.answer(answer, draw, as_json=as_json)
    return VenueError.exit_code if polled.failures else 0
