"""What is kept of a back-test: everything that tells it from another, and everything needed to run it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


class RunStatus(StrEnum):
    """How a run ended: to the end of its data, by an error of the strategy, or by its user."""

    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run without its frames; all values are plain JSON.

    `data` says of each series its source, kind, rows, span (ns UTC), timeframe (ns) and hash; `terms` are the market,
    cash and what else was asked for; `hash` is that of the result. A store gives `run_id` and `made_ns` (ns UTC).
    """

    strategy: str
    status: RunStatus
    code_hash: str
    code_path: str
    parameters: Mapping[str, Any]
    data: Mapping[str, Mapping[str, Any]]
    terms: Mapping[str, Any]
    version: str
    hash: str
    stats: Mapping[str, Any]
    bounds: Mapping[str, float] | None = None
    failure: str = ""
    run_id: str = ""
    made_ns: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SavedRun:
    """A run as it is kept: its record, its frames by name, and the text of the strategy's file ("" when unknown)."""

    record: RunRecord
    frames: Mapping[str, pl.DataFrame]
    source: str
