"""Kept runs as the screen reads them: rows, figures, curves in few points, lists; read anew only after changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from math import isfinite
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from parrot.contracts.runs import RunRecord, SavedRun
from parrot.engine.columns import timeframe_text
from parrot.kernel.decimals import plain
from parrot.kernel.errors import MissingError
from parrot.ports.runs import RunStore

if TYPE_CHECKING:
    from parrot.centers.backtest.report import Analysis

CURVE_POINTS: Final = 60
COMPARED_POINTS: Final = 400
BUCKETS: Final = 300
_KEPT: Final = 8
_CURVES_KEPT: Final = 2_000
_FIGURES: Final = ("total_return", "cagr", "sharpe", "max_drawdown", "win_rate", "profit_factor")
_DAY: Final = 86_400 * 10**9
_ROOMY: Final = Context(prec=400)  # the largest float has 309 digits before the point


def text_of(value: Any, decimals: int = 10) -> str | None:
    """A figure as decimal text; None for what is undefined or without end."""
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, float):
        return plain(Decimal(value))
    return plain(_ROOMY.quantize(Decimal(repr(value)), Decimal(1).scaleb(-decimals))) if isfinite(value) else None


class KeptRuns:
    """Runs of the store in `root`; `id_of` gives the catalogue's id of a strategy file's path. Thread-safe."""

    def __init__(self, store: RunStore, root: Path, id_of: Callable[[str], str]) -> None:
        self._store = store
        self._root = root
        self._id_of = id_of
        self._lock = Lock()
        self._seen = -1
        self._records: dict[str, RunRecord] = {}
        self._loaded: OrderedDict[str, tuple[SavedRun, Analysis]] = OrderedDict()
        self._curves: OrderedDict[str, list[float]] = OrderedDict()

    def rows(self) -> list[dict[str, Any]]:
        """Every run, newest first, without its curve."""
        return [self._row(record) for record in self.records().values()]

    def records(self) -> dict[str, RunRecord]:
        """Every record by id, newest first; read again when the folder has changed."""
        with self._lock:
            try:
                changed = self._root.stat().st_mtime_ns
            except OSError:
                changed = 0
            if changed != self._seen:
                self._records = {record.run_id: record for record in self._store.records()}
                self._seen = changed
            return self._records

    def record(self, run_id: str) -> RunRecord:
        """One record. Raises MissingError."""
        found = self.records().get(run_id)
        if found is None:
            raise MissingError(f"there is no run {run_id}")
        return found

    def with_curves(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The same rows, each with its equity in few points over its cash."""
        return [{**row, "curve": self._curve(str(row["id"]))} for row in rows]

    def row(self, run_id: str) -> dict[str, Any]:
        """One row with its curve. Raises MissingError."""
        return self.with_curves([self._row(self.record(run_id))])[0]

    def figures(self, run_id: str) -> list[dict[str, Any]]:
        """Every figure with its group and meaning."""
        from parrot.centers.backtest.report import GROUPS

        stats = self._analysed(run_id)[1].stats
        return [
            {
                "key": figure.key,
                "group": group,
                "name": figure.name,
                "kind": figure.kind,
                "hint": figure.hint,
                "value": text_of(stats.get(figure.key)),
            }
            for group, figures in GROUPS
            for figure in figures
            if figure.key in stats and not (figure.key == "benchmark_return" and stats[figure.key] is None)
        ]

    def source(self, run_id: str) -> str:
        """The text of the strategy's file as it was."""
        return self._analysed(run_id)[0].source

    def charts(self, run_id: str) -> dict[str, dict[str, Any]]:
        """Curves and months, small enough to draw."""
        from parrot.centers.backtest.report import sampled_rows

        run, found = self._analysed(run_id)
        rows = sampled_rows(found.equity, found.drawdown, BUCKETS)
        ts, drawdown = found.ts[rows].tolist(), found.drawdown[rows].tolist()
        closed = run.frames["trades"].filter(~run.frames["trades"]["open"])["return"]
        days = ["", *found.closes.days.astype(str).tolist()]
        first = days[1] if len(days) > 1 else ""
        equity = found.equity[rows].tolist()
        return {
            "equity": {
                "currency": str(run.record.terms.get("currency") or ""),
                "cash": found.cash,
                "ts": ts,
                "equity": equity,
                "drawdown": drawdown,
                "rows": len(found.ts),
            },
            "drawdown": {
                "ts": ts,
                "drawdown": drawdown,
                "deepest": [
                    {
                        "start": days[fall.start] or first,
                        "trough": days[fall.trough],
                        "end": "" if fall.end is None else days[fall.end],
                        "depth": fall.depth,
                        "days": fall.days,
                    }
                    for fall in found.drawdowns
                ],
            },
            "monthly": _monthly(found),
            "distribution": {
                "edges": found.bin_edges.tolist(),
                "counts": found.bin_counts.tolist(),
                "mean": closed.mean(),
                "median": closed.median(),
            },
        }

    def trades(self, run_id: str) -> list[dict[str, Any]]:
        """Every round trip."""
        frame = self._analysed(run_id)[0].frames["trades"]
        return [_trade(number, row) for number, row in enumerate(frame.iter_rows(named=True), 1)]

    def orders(self, run_id: str) -> list[dict[str, Any]]:
        """Every order."""
        frame = self._analysed(run_id)[0].frames["orders"]
        return [_order(row) for row in frame.iter_rows(named=True)]

    def compare(self, run_ids: Sequence[str]) -> dict[str, Any]:
        """Runs side by side, differences against the first."""
        from parrot.centers.backtest.comparison import changes
        from parrot.centers.backtest.report import GROUPS, sampled_rows

        records = [self.record(run_id) for run_id in run_ids]
        analysed = [self._analysed(run_id)[1] for run_id in run_ids]
        differences: dict[str, list[str]] = {}
        for at, other in enumerate(records):
            for change in changes(records[0], other):
                values = differences.setdefault(change.what, [_said(change.before)] * len(records))
                values[at] = _said(change.after)
        curves = []
        for run_id, found in zip(run_ids, analysed, strict=True):
            rows = sampled_rows(found.equity, found.drawdown, COMPARED_POINTS // 4)
            growth = (found.equity[rows] / found.cash - 1).tolist()
            curves.append({"id": run_id, "ts": found.ts[rows].tolist(), "growth": growth})
        figures = [
            {
                "key": figure.key,
                "name": figure.name,
                "kind": figure.kind,
                "hint": figure.hint,
                "values": [text_of(found.stats.get(figure.key)) for found in analysed],
            }
            for _, group in GROUPS
            for figure in group
            if any(found.stats.get(figure.key) is not None for found in analysed)
        ]
        rows_of = [self.row(run_id) for run_id in run_ids]
        told = [{"what": what, "values": values} for what, values in differences.items()]
        return {"runs": rows_of, "differences": told, "figures": figures, "curves": curves}

    def forget(self, run_id: str) -> None:
        """Lets go of what is kept in memory of a run."""
        with self._lock:
            self._seen = -1
            self._loaded.pop(run_id, None)
            self._curves.pop(run_id, None)

    def _analysed(self, run_id: str) -> tuple[SavedRun, Analysis]:
        from parrot.centers.backtest.report import analyse
        from parrot.centers.backtest.reporting import data_of

        self.record(run_id)
        with self._lock:
            found = self._loaded.get(run_id)
            if found is None:
                run = self._store.load(run_id)
                found = run, analyse(data_of(run, {}))
                self._loaded[run_id] = found
                while len(self._loaded) > _KEPT:
                    self._loaded.popitem(last=False)
            self._loaded.move_to_end(run_id)
            return found

    def _curve(self, run_id: str) -> list[float]:
        with self._lock:
            if run_id not in self._curves:
                self._curves[run_id] = self._thinned(run_id)
                while len(self._curves) > _CURVES_KEPT:
                    self._curves.popitem(last=False)
            return self._curves[run_id]

    def _thinned(self, run_id: str) -> list[float]:
        frames = self._store.load(run_id).frames
        equity = frames["equity"]["equity"]
        if not len(equity):
            return []
        cash = float(self._records[run_id].terms["cash"])
        step = max(1, len(equity) // CURVE_POINTS)
        points = [*equity.gather_every(step).to_list(), equity[-1]]
        return [round(point / cash, 6) for point in points]

    def _row(self, record: RunRecord) -> dict[str, Any]:
        stats = record.stats
        series = list(record.data.values())
        return {
            "id": record.run_id,
            "made_ns": record.made_ns,
            "strategy": record.strategy,
            "status": record.status.value,
            "file": self._id_of(record.code_path),
            "symbols": list(dict.fromkeys(str(one["symbol"]) for one in series)),
            "from_ns": min((int(one.get("from", 0)) for one in series), default=0),
            "to_ns": max((int(one.get("to", 0)) for one in series), default=0),
            "parameters": {name: str(value) for name, value in record.parameters.items()},
            "cash": plain(Decimal(str(record.terms["cash"]))),
            "currency": str(record.terms.get("currency") or ""),
            "final_equity": text_of(stats.get("final_equity"), 8),
            **{name: text_of(stats.get(name)) for name in _FIGURES},
            "trades": int(stats.get("trades") or 0),
            "fills": int(stats.get("fills") or 0),
            "fees": text_of(stats.get("fees"), 8),
            "failure": record.failure,
        }


def detail_of(record: RunRecord) -> dict[str, Any]:
    """What a run was made from, as people read it."""
    from parrot.centers.backtest.reporting import terms_in_words

    return {
        "terms": {name.replace("_", " "): said for name, said in terms_in_words(record.terms).items()},
        "data": [_series(name, about) for name, about in record.data.items()],
        "bounds": None if not record.bounds else {name: text_of(value) for name, value in record.bounds.items()},
        "code_hash": record.code_hash,
        "hash": record.hash,
        "version": record.version,
    }


def _series(name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    source = str(about["source"])
    length = int(about.get("timeframe") or 0)
    return {
        "name": name,
        "kind": str(about["kind"]),
        "source": Path(source).name if source.startswith("/") else source,
        "rows": int(about["rows"]),
        "from_ns": int(about.get("from", 0)),
        "to_ns": int(about.get("to", 0)),
        "timeframe": timeframe_text(length) if length else "",
        "hash": str(about["hash"]),
        "notes": [str(note) for note in about["notes"]],
    }


def _monthly(found: Analysis) -> dict[str, Any]:
    months = [
        {
            "year": one.year,
            "month": one.month,
            "growth": one.value,
            "trades": one.trades,
            "fees": text_of(one.fees, 8),
        }
        for one in found.months
    ]
    return {"months": months, "years": [{"year": year, "growth": growth} for year, growth in found.years]}


def _trade(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": number,
        "symbol": row["symbol"],
        "side": row["side"],
        "entry_ns": row["entry_ts"],
        "exit_ns": row["exit_ts"],
        "quantity": text_of(row["quantity"]),
        "entry_price": text_of(row["entry_price"]),
        "exit_price": text_of(row["exit_price"]),
        "pnl": text_of(row["pnl"], 8),
        "fees": text_of(row["fees"], 8),
        "growth": row["return"],
        "bars": row["bars"],
        "why_entry": row["why_entry"] or "",
        "why_exit": row["why_exit"] or "",
        "open": row["open"],
    }


def _order(row: Mapping[str, Any]) -> dict[str, Any]:
    amounts = ("quantity", "filled", "limit", "trigger", "average_price")
    return {
        "number": row["order_id"],
        "ts": row["ts"],
        "symbol": row["symbol"],
        "side": row["side"],
        "kind": row["type"],
        "role": row["role"],
        **{name: text_of(row[name]) for name in amounts},
        "status": row["status"],
        "reason": row["reason"] or "",
        "why": row["why"] or "",
    }


def _said(value: Any) -> str:
    return "" if value is None else str(value)
