"""What a report is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

Stats = Mapping[str, float | int | str | None]


class Candles(Protocol):
    """Columns of one symbol's bars; `parrot.engine.bars.Bars` is one.

    Times are int64 ns UTC, prices and volume float64, all of one length; `timeframe` is in ns.
    """

    @property
    def ts(self) -> NDArray[np.int64]:
        """Open times."""

    @property
    def close_ts(self) -> NDArray[np.int64]:
        """Close times."""

    @property
    def open(self) -> NDArray[np.float64]:
        """First prices."""

    @property
    def high(self) -> NDArray[np.float64]:
        """Highest prices."""

    @property
    def low(self) -> NDArray[np.float64]:
        """Lowest prices."""

    @property
    def close(self) -> NDArray[np.float64]:
        """Last prices."""

    @property
    def volume(self) -> NDArray[np.float64]:
        """Traded quantities."""

    @property
    def timeframe(self) -> int:
        """The usual step between open times."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Explained repairs."""

    @property
    def source(self) -> str:
        """Where the bars came from."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Trades, quotes or books that a run saw besides bars; times are ns UTC, None where there were no rows."""

    kind: str
    symbol: str
    source: str
    rows: int
    first_ns: int | None = None
    last_ns: int | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What has to be equal for a run to give the same hash again; empty text where it is not known.

    `command` runs it once more, `made_ns` is when the run was made (ns UTC).
    """

    run_id: str = ""
    version: str = ""
    code_hash: str = ""
    data_hash: str = ""
    result_hash: str = ""
    seed: int | None = None
    command: str = ""
    made_ns: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ReportData:
    """A finished back-test, as the report shows it.

    `equity`, `fills`, `orders` and `trades` are the frames of a result (`ts` int64 ns UTC, money float64 in
    `currency`); `bars` are the candles by symbol, `cash` is the starting equity. `stats` win over computed ones.
    `terms` say how the market was modelled (account, fees, slippage), `bounds` hold the stats, or only the final
    equity, of the "optimistic" and "pessimistic" run. `benchmark` is buy-and-hold equity beside each row of `equity`;
    without it the report holds every symbol in equal parts from its first open, without fees. `failure` is what ended a
    run early, `feeds` the data finer than bars, `source` the strategy's code.
    """

    strategy: str
    stats: Stats
    equity: pl.DataFrame
    fills: pl.DataFrame
    orders: pl.DataFrame
    trades: pl.DataFrame
    bars: Mapping[str, Candles]
    cash: float
    currency: str = ""
    description: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    terms: Mapping[str, object] = field(default_factory=dict)
    reproduction: Reproduction = field(default_factory=Reproduction)
    bounds: Mapping[str, Stats | float] | None = None
    benchmark: NDArray[np.float64] | None = None
    periods_per_year: float = 365.0
    failure: str = ""
    notes: Sequence[str] = ()
    feeds: Sequence[Feed] = ()
    source: str = ""
