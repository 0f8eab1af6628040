"""Saved runs as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from parrot.contracts.runs import RunRecord

if TYPE_CHECKING:
    import polars as pl

COUNTS = ("fills", "trades")
FIGURES = ("final_equity", "total_return", "cagr", "sharpe", "max_drawdown", "win_rate", "profit_factor", "fees")


def as_frame(records: Sequence[RunRecord]) -> pl.DataFrame:
    """One row a run, in the order given; `ts` is when it was made (int64 ns UTC), undefined figures are null."""
    import polars as pl

    texts = ("strategy", "status", "symbols", "hash", "parameters", "version", "failure")
    schema = {
        "run_id": pl.String,
        "ts": pl.Int64,
        **dict.fromkeys(texts[:3], pl.String),
        **dict.fromkeys(COUNTS, pl.Int64),
        **dict.fromkeys(FIGURES, pl.Float64),
        **dict.fromkeys(texts[3:], pl.String),
    }
    return pl.DataFrame([as_row(record) for record in records], schema=schema)


def as_row(record: RunRecord) -> dict[str, Any]:
    """One run as a flat row."""
    return {
        "run_id": record.run_id,
        "ts": record.made_ns,
        "strategy": record.strategy,
        "status": record.status.value,
        "symbols": " ".join(record.data),
        **{name: record.stats.get(name) for name in (*COUNTS, *FIGURES)},
        "hash": record.hash,
        "parameters": json.dumps(dict(record.parameters)),
        "version": record.version,
        "failure": record.failure,
    }
