"""The result of a back-test: figures, frames, report, and everything needed to run it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parrot.engine.bars import Bars
from parrot.engine.outcome import Outcome

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a run was made from: names, hashes, parameters and terms, all plain JSON values; `source` is the code."""

    strategy: str
    code_hash: str
    code_path: str
    parameters: Mapping[str, Any]
    data: Mapping[str, Mapping[str, Any]]
    terms: Mapping[str, Any]
    version: str
    hash: str
    source: str


class Result:
    """Figures and frames of one back-test; frames are polars, made when asked for.

    `stats` is a dict (docs/reference/statistics.md); `equity`, `fills`, `orders`, `trades` are frames with int64 ns UTC
    times; `bounds` holds the final equity of the pessimistic and optimistic readings of the bars where asked for.
    """

    def __init__(
        self,
        outcome: Outcome,
        provenance: Callable[[Result], Provenance],
        bars: Mapping[str, Bars],
        keep: Callable[[Result], str],
        write: Callable[[Result, Path], Path],
        *,
        bounds: Mapping[str, float] | None = None,
        status: str = "finished",
        failure: str = "",
    ) -> None:
        self._outcome = outcome
        self._provenance = provenance
        self._made_from: Provenance | None = None
        self._keep = keep
        self._write = write
        self.bars = bars
        self.bounds = bounds
        self.status = status
        self.failure = failure
        self.run_id = ""

    @property
    def stats(self) -> dict[str, Any]:
        """All figures by name."""
        return self._outcome.stats

    @property
    def equity(self) -> pl.DataFrame:
        """The equity curve, one row a bar."""
        return self._outcome.equity

    @property
    def fills(self) -> pl.DataFrame:
        """All fills with their evidence."""
        return self._outcome.fills

    @property
    def orders(self) -> pl.DataFrame:
        """All orders, refused ones with their reason."""
        return self._outcome.orders

    @property
    def trades(self) -> pl.DataFrame:
        """All round trips."""
        return self._outcome.trades

    @property
    def provenance(self) -> Provenance:
        """What the run was made from."""
        if self._made_from is None:
            self._made_from = self._provenance(self)
        return self._made_from

    @property
    def final_equity(self) -> Any:
        """Equity after the last bar as an exact Decimal."""
        return self._outcome.final_equity

    def save(self) -> str:
        """Keeps the run where `parrot.runs()` finds it; returns its id."""
        if not self.run_id:
            self.run_id = self._keep(self)
        return self.run_id

    def report(self, path: str | Path = "report.html") -> Path:
        """Writes the report as one self-contained HTML page; returns its path."""
        return self._write(self, Path(path))

    def __repr__(self) -> str:
        stats = self.stats
        growth = stats["total_return"]
        shown = "" if growth is None else f", {growth:+.2%}"
        return f"<Result {self.status}: {stats['fills']} fills, final equity {stats['final_equity']:,.2f}{shown}>"
