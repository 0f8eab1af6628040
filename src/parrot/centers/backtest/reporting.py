"""From a result to its report: the terms in words, the command that runs it again, the file."""

from __future__ import annotations

import ast
import hashlib
import os
import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parrot.centers.backtest.records import saved
from parrot.centers.backtest.report import Feed, ReportData, Reproduction, render
from parrot.centers.backtest.report.wording import span
from parrot.engine.calendar import ALWAYS, calendar
from parrot.kernel.errors import StorageError

if TYPE_CHECKING:
    from parrot.centers.backtest.result import Result
    from parrot.contracts.runs import RunRecord, SavedRun
    from parrot.engine.bars import Bars


def write_report(result: Result, path: Path) -> Path:
    """Writes the report of `result` as one HTML page and returns its path.

    Raises StorageError when the file cannot be written.
    """
    return write_page(path, render(report_data(result)))


def write_saved_report(run: SavedRun, bars: Mapping[str, Bars], path: Path) -> Path:
    """Writes the report of a kept run, with the candles of `bars` where there are any."""
    return write_page(path, render(data_of(run, bars)))


def write_page(path: Path, page: str) -> Path:
    """Writes a page so that its file is whole, or as it was before. Raises StorageError."""
    half = path.with_name(f".{path.name}.half")
    try:
        with half.open("w", encoding="utf-8") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as fault:
        with suppress(OSError):  # the fault to tell of is the first
            half.unlink(missing_ok=True)
        raise StorageError(
            f"the report cannot be written to {path}: {fault.strerror or fault}",
            fix="check that the folder exists, is yours to write, and has free space",
        ) from fault
    return path


def report_data(result: Result) -> ReportData:
    """What the report shows of a result."""
    return data_of(saved(result), result.bars)


def data_of(run: SavedRun, bars: Mapping[str, Bars]) -> ReportData:
    """What the report shows of a run, with the candles of `bars`."""
    record, frames = run.record, run.frames
    known = calendar(record.terms.get("calendar") or ALWAYS)
    return ReportData(
        strategy=record.strategy,
        stats=record.stats,
        equity=frames["equity"],
        fills=frames["fills"],
        orders=frames["orders"],
        trades=frames["trades"],
        bars=bars,
        cash=float(record.terms["cash"]),
        currency=str(record.terms.get("currency") or ""),
        parameters=record.parameters,
        terms=terms_in_words(record.terms),
        reproduction=reproduction(record),
        bounds=record.bounds,
        periods_per_year=float(known.periods_per_year),
        failure=record.failure,
        feeds=[feed(series) for name, series in record.data.items() if name not in bars],
        description=described_in(run.source, record.strategy),
        source=run.source,
    )


def feed(series: Mapping[str, Any]) -> Feed:
    """A series that the report has no candles of: trades, quotes, books, or bars that are not at hand any more."""
    return Feed(
        kind=str(series["kind"]),
        symbol=str(series["symbol"]),
        source=str(series["source"]),
        rows=int(series["rows"]),
        first_ns=series.get("from"),
        last_ns=series.get("to"),
        notes=series["notes"],
    )


def described_in(source: str, name: str) -> str:
    """The docstring of the class in its source; empty where there is none."""
    try:
        parts = ast.parse(source).body
    except (SyntaxError, ValueError):
        return ""
    return next(
        (ast.get_docstring(part) or "" for part in parts if isinstance(part, ast.ClassDef) and part.name == name), ""
    )


def reproduction(record: RunRecord) -> Reproduction:
    """Hashes, and the command that runs the same again."""
    return Reproduction(
        run_id=record.run_id,
        version=record.version,
        code_hash=record.code_hash,
        data_hash=_data_hash(record.data),
        result_hash=record.hash,
        command=command(record),
        made_ns=record.made_ns or None,
    )


def command(made: RunRecord) -> str:
    """How to run it again: by its id where it was saved, else by file, data and parameters where these are files."""
    if made.run_id:
        return f"parrot runs rerun {shlex.quote(made.run_id)}"
    if not made.code_path or not made.data or not all(map(_leads_back, made.data.values())):
        return ""
    parts = ["parrot", "backtest", f"{made.code_path}:{made.strategy}"]
    for symbol, facts in made.data.items():
        parts += ["--data", f"{symbol}={facts['source']}"]
    for name, value in made.parameters.items():
        parts += ["--set", f"{name}={value}"]
    parts += ["--cash", str(made.terms["cash"])]
    fees, slippage = made.terms.get("fees", {}).get("taker"), made.terms.get("slippage", {}).get("rate")
    parts += ["--fees", str(fees)] if fees else []
    parts += ["--slippage", str(slippage)] if slippage else []
    parts += ["--account", "margin"] if made.terms.get("account") == "margin" else []
    return shlex.join(parts)


def _leads_back(facts: Mapping[str, Any]) -> bool:
    """Whether the command line finds a series where it came from."""
    source = str(facts["source"])
    return facts["kind"] == "bars" and (source.startswith(("demo:", "lake:")) or Path(source).is_file())


def terms_in_words(terms: Mapping[str, Any]) -> dict[str, str]:
    """How the market was modelled, as a person would say it."""
    said = {"account": str(terms.get("account", "cash"))}
    if said["account"] == "margin":
        said["margin"] = f"initial {terms.get('initial_margin')}, maintenance {terms.get('maintenance_margin')}"
    said["fees"] = _fees(terms.get("fees", {}))
    said["slippage"] = _slippage(terms.get("slippage", {}))
    said["limits_fill"] = "on touch" if terms.get("fill", {}).get("touch") else "when traded through"
    if share := terms.get("fill", {}).get("participation"):
        said["share_of_volume_at_most"] = str(share)
    if latency := terms.get("fill", {}).get("order_latency"):
        said["order_latency"] = span(int(latency))
    said["calendar"] = str(terms.get("calendar") or "every UTC day")
    said["instrument"] = _instrument(terms.get("instrument", {}))
    return said


def _fees(fees: Mapping[str, Any]) -> str:
    maker, taker = fees.get("maker", 0), fees.get("taker", 0)
    if not any(fees.get(name) for name in ("maker", "taker", "per_unit", "minimum", "tiers")):
        return "none"
    said = str(taker) if maker == taker else f"maker {maker}, taker {taker}"
    said += f", {fees['per_unit']} a unit" if fees.get("per_unit") else ""
    said += f", at least {fees['minimum']}" if fees.get("minimum") else ""
    return said + (f", {len(fees['tiers'])} tiers" if fees.get("tiers") else "")


def _slippage(slippage: Mapping[str, Any]) -> str:
    units = {"ticks": "ticks", "rate": "of price", "spread": "of the spread", "impact": "x square root of volume share"}
    used = [
        f"{slippage[name]} {unit}" for name, unit in units.items() if slippage.get(name) not in (None, 0, "0", "0bp")
    ]
    return ", ".join(used) or "none"


def _instrument(instrument: Mapping[str, Any]) -> str:
    said = [str(instrument.get("kind", "spot"))]
    said += [f"{name} {instrument[name]}" for name in ("tick", "lot") if instrument.get(name) is not None]
    return ", ".join(said)


def _data_hash(data: Mapping[str, Mapping[str, Any]]) -> str:
    """The hash of one symbol's data, or one over the hashes of several."""
    hashes = [f"{symbol}:{facts['hash']}" for symbol, facts in data.items()]
    if len(hashes) == 1:
        return hashes[0].rpartition(":")[2]
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()[:16] if hashes else ""
