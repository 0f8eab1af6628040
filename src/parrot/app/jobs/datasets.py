"""Market data that can be named from outside: the demo market, series of the lakes, files of one folder; no paths."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from parrot.adapters.lake.files import FileLake
from parrot.app.demo import RECIPE, demo_bars
from parrot.app.sources import DEMO, LAKE, read_one, symbol_from
from parrot.engine.bars import Bars
from parrot.engine.columns import timeframe_text
from parrot.kernel.errors import MissingError, ParrotError
from parrot.ports.lake import LakeEntry, bar_timeframe

RECORDED: Final = "recorded"
FILE: Final = "file"
_ENDINGS: Final = (".csv", ".parquet", ".json", ".jsonl", ".gz", ".zip", ".feather")
_DEMO_TIMEFRAME: Final = "1h"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One series: `source` names it, `kind` is demo, lake, recorded or file; times ns UTC, 0 where not known yet."""

    source: str
    kind: str
    symbol: str
    timeframe: str
    rows: int = 0
    first: int = 0
    last: int = 0


class Datasets:
    """What can be back-tested on. `lake` is the command line's, `recorded` what the platform recorded itself."""

    def __init__(self, lake: Path, recorded: Path, files: Path) -> None:
        self._lakes = {LAKE: lake, RECORDED: recorded}
        self._files = files

    def all(self) -> list[Dataset]:
        """Everything; what cannot be read is left out."""
        demo = [
            Dataset(source=f"{DEMO}:{symbol}", kind=DEMO, symbol=symbol, timeframe=_DEMO_TIMEFRAME, rows=RECIPE.bars)
            for symbol in RECIPE.symbols
        ]
        lakes = [found for kind in self._lakes for found in self._of_lake(kind)]
        return [*demo, *lakes, *self._of_files()]

    def require(self, source: str) -> None:
        """Raises MissingError for a source that is none of `all`."""
        if source not in {one.source for one in self.all()}:
            raise MissingError(f"there are no data {source}", expected="one of those that are listed")

    def read(self, source: str) -> Bars:
        """The bars of a source. Raises MissingError, DataError, StorageError."""
        self.require(source)
        kind, _, name = source.partition(":")
        if kind == DEMO:
            return replace(demo_bars(name), source=source)
        if kind == FILE:
            return read_one(str(self._files / name))
        found = next(entry for entry in FileLake(self._lakes[kind]).entries() if str(entry.key) == name)
        bars = FileLake(self._lakes[kind]).read(found.key)
        return replace(bars, symbol=bars.symbol or found.key.symbol, source=source)

    def _of_lake(self, kind: str) -> list[Dataset]:
        try:
            entries = FileLake(self._lakes[kind]).entries()
        except ParrotError:
            return []
        return [made for entry in entries if (made := _dataset(kind, entry)) is not None]

    def _of_files(self) -> list[Dataset]:
        try:
            found = sorted(path for path in self._files.iterdir() if path.is_file() and path.suffix in _ENDINGS)
        except OSError:
            return []
        return [
            Dataset(source=f"{FILE}:{path.name}", kind=FILE, symbol=symbol_from(path), timeframe="") for path in found
        ]


def _dataset(kind: str, entry: LakeEntry) -> Dataset | None:
    length = bar_timeframe(entry.key.kind)
    if length is None:
        return None
    return Dataset(
        source=f"{kind}:{entry.key}",
        kind=kind,
        symbol=entry.key.symbol,
        timeframe=timeframe_text(length),
        rows=entry.rows,
        first=entry.first_ts,
        last=entry.last_ts,
    )
