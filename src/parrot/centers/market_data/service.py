"""What the market-data center does for others: import, list, show, inspect, download, and the demo market."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from parrot.centers.market_data.download import Cancelled, Downloaded, Downloader, OnProgress, Order, Patience
from parrot.centers.market_data.generator import Recipe, generate
from parrot.centers.market_data.quality import Limits, QualityReport, inspect
from parrot.engine.bars import Bars
from parrot.engine.columns import timeframe_text
from parrot.engine.defects import RawRows
from parrot.engine.ticks import Books, Quotes, Trades
from parrot.kernel.errors import MissingError, ParameterError
from parrot.ports.clock import Clock
from parrot.ports.lake import Lake, LakeEntry, SeriesKey, Ticks
from parrot.ports.venue import Venue

ReadFile = Callable[[Path], Bars | Ticks]


@dataclass(frozen=True, slots=True)
class Ports:
    """What the center needs of the outside: a lake, venues by name, a clock."""

    lake: Lake
    venue: Callable[[str], Venue]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Settings:
    """How patient downloads are, and when something counts as a flaw."""

    patience: Patience = field(default_factory=Patience)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Imported:
    """One file that went into the lake: rows, first and last open time (ns UTC), and notes on what was repaired."""

    path: Path
    key: SeriesKey
    rows: int
    first_ts: int
    last_ts: int
    notes: tuple[str, ...]


class MarketData:
    """The center's service; raises the errors of parrot.kernel.errors only."""

    def __init__(self, ports: Ports, settings: Settings) -> None:
        self._ports = ports
        self._settings = settings

    def entries(self) -> list[LakeEntry]:
        """Every series of the lake."""
        return self._ports.lake.entries()

    def find(self, name: str) -> SeriesKey:
        """The series that `name` names: "venue/symbol/kind", or less where that is enough ("BTCUSDT", "BTCUSDT/1h").

        Raises MissingError when no series fits, ParameterError when several do.
        """
        keys = [entry.key for entry in self.entries()]
        wanted = name.strip("/").split("/")
        fitting = [key for key in keys if str(key) == name] or [key for key in keys if _fits(wanted, key)]
        if not fitting:
            known = ", ".join(str(key) for key in keys[:8])
            raise MissingError(
                f"the lake has no {name}",
                expected=f"one of {known}" if known else "something in the lake",
                fix="download or import it first",
            )
        if len(fitting) > 1:
            raise ParameterError(f"{name} names {len(fitting)} series", expected=", ".join(map(str, fitting[:8])))
        return fitting[0]

    def show(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Bars:
        """Bars of the lake that open in [start, end), ns UTC. Raises MissingError when there are none."""
        return self._ports.lake.read(key, start, end)

    def show_ticks(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Ticks:
        """Trades, quotes or books of the lake in [start, end), ns UTC. Raises MissingError when there are none."""
        return self._ports.lake.read_ticks(key, start, end)

    def import_files(
        self,
        paths: Sequence[Path],
        venue: str,
        symbol: str = "",
        *,
        read: ReadFile,
        on_file: Callable[[Imported], None] | None = None,
    ) -> list[Imported]:
        """Put files into the lake, one after the other; a later bar replaces an earlier one of the same time.

        `read` turns a path into Bars, Trades, Quotes or Books. `symbol` names them; without it each file must say its
        own. `on_file` is called after each. What was imported before a file that cannot be read stays.
        """
        done = []
        for path in paths:
            data = read(path)
            named = symbol or data.symbol
            if not named:
                raise ParameterError(f"{path} does not say its symbol", expected="a symbol", fix="give symbol=")
            key = SeriesKey(venue, named, kind_of(data))
            self._ports.lake.write(key, replace(data, symbol=named))
            done.append(Imported(path, key, len(data), int(data.ts[0]), int(data.ts[-1]), data.notes))
            if on_file:
                on_file(done[-1])
        return done

    def download(
        self, venue: str, order: Order, on_progress: OnProgress | None = None, cancelled: Cancelled | None = None
    ) -> Downloaded:
        """Fetch what the lake does not have yet from a venue; see Downloader.run."""
        loader = Downloader(self._ports.venue(venue), self._ports.lake, self._ports.clock, self._settings.patience)
        return loader.run(order, on_progress, cancelled)

    def quality(self, source: Any, *, calendar: str = "24/7", reference: Any = None) -> QualityReport:
        """Inspect a series: its key in the lake, Bars, or raw columns as broken as they are; see quality.inspect."""
        return inspect(
            self._columns(source),
            calendar=calendar,
            reference=None if reference is None else self._columns(reference),
            limits=self._settings.limits,
        )

    def demo(self, recipe: Recipe) -> dict[str, Bars]:
        """The demo market of a recipe as exact bars, by symbol."""
        made = generate(recipe)
        return {symbol: _exact(columns, symbol, recipe) for symbol, columns in made.items()}

    def _columns(self, source: Any) -> Any:
        return self._ports.lake.read(source) if isinstance(source, SeriesKey) else source


def kind_of(data: Bars | Ticks) -> str:
    """The kind under which the lake keeps such data: "ohlcv_1h", "trades", "quotes", "l2"."""
    if isinstance(data, Bars):
        return f"ohlcv_{timeframe_text(data.timeframe)}"
    return {Trades: "trades", Quotes: "quotes", Books: "l2"}[type(data)]


def _fits(wanted: list[str], key: SeriesKey) -> bool:
    """Whether every word is the series' venue, symbol or kind (a timeframe will do), in that order."""
    names = iter([(key.venue,), (key.symbol,), (key.kind, key.kind.removeprefix("ohlcv_"))])
    return all(any(word in options for options in names) for word in wanted)


def _exact(columns: dict[str, np.ndarray[Any, Any]], symbol: str, recipe: Recipe) -> Bars:
    values = {name: column for name, column in columns.items() if name != "ts"}
    rows = RawRows(columns["ts"], values, np.arange(recipe.bars))
    about = f"demo market, seed {recipe.seed}"
    return Bars.from_floats(rows, symbol=symbol, timeframe=recipe.timeframe, source=about)
