"""The lake port: recorded market data, kept by venue, symbol and kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from parrot.engine.bars import Bars
from parrot.engine.columns import timeframe_ns, timeframe_text
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.kernel.errors import DataError, ParameterError

Ticks = Trades | Quotes | Books
TICK_KINDS: Final[dict[type[Ticks], str]] = {Trades: "trades", Quotes: "quotes", Books: "l2"}


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """Names one series: `kind` is "ohlcv_1m", "ohlcv_1h", "trades", "quotes", ..."""

    venue: str
    symbol: str
    kind: str

    def __str__(self) -> str:
        return f"{self.venue}/{self.symbol}/{self.kind}"


def tick_kind(kind: str) -> type[Ticks]:
    """The class of a kind of ticks. Raises ParameterError for a kind that is none."""
    for made, name in TICK_KINDS.items():
        if name == kind:
            return made
    raise ParameterError(f"{kind} is no kind of ticks", expected=", ".join(TICK_KINDS.values()))


def check_kind(key: SeriesKey, data: Bars | Ticks) -> None:
    """Raises DataError when data do not belong into a series."""
    if isinstance(data, Bars):
        kind = f"ohlcv_{timeframe_text(data.timeframe)}"
        right = bar_timeframe(key.kind) == data.timeframe
    else:
        kind = TICK_KINDS[type(data)]
        right = key.kind == kind
    if not right:
        raise DataError(f"{type(data).__name__.lower()} of {kind} do not belong into {key}", expected=f"kind {kind}")


def bar_timeframe(kind: str) -> int | None:
    """The timeframe in ns that a kind of bars names ("ohlcv_1h"); None for other kinds."""
    name, _, length = kind.partition("_")
    return timeframe_ns(length) if name == "ohlcv" and length else None


@dataclass(frozen=True, slots=True)
class LakeEntry:
    """What the lake holds of a series: rows, first and last open time (ns UTC), files and their bytes."""

    key: SeriesKey
    rows: int
    first_ts: int
    last_ts: int
    files: int
    size_bytes: int


class Lake(Protocol):
    """Reads and writes series. Every method raises StorageError when files cannot be read or written."""

    def entries(self) -> list[LakeEntry]:
        """Every series, in order of venue, symbol and kind."""

    def span(self, key: SeriesKey) -> tuple[int, int] | None:
        """First and last open time of a series, ns UTC; None when there is nothing."""

    def read(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Bars:
        """Bars that open in [start, end), ns UTC. Raises MissingError when there are none."""

    def read_ticks(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Ticks:
        """Trades, quotes or books (kind "l2") of [start, end), ns UTC. Raises MissingError when there are none."""

    def write(self, key: SeriesKey, data: Bars | Ticks) -> None:
        """Add to a series, all or nothing.

        A bar whose open time is there already replaces the old one. Ticks replace, on each UTC day, everything that the
        series has from their first to their last time of that day.
        """
