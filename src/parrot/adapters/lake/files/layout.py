"""Where a series lives: `<venue>/<symbol>/<kind>.parquet`, or `<venue>/<symbol>/<kind>/date=YYYY-MM-DD/*.parquet`.

Ticks and fine bars are cut by UTC day, so that adding a day rewrites a day; the others are small and stay in one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from parrot.adapters.lake.parquet.names import content, date, is_fine, step
from parrot.engine.columns import DAY
from parrot.kernel.errors import StorageError
from parrot.ports.lake import SeriesKey

_DATE = re.compile(r"date=\d{4}-\d{2}-\d{2}")


class Layout:
    """Paths of a lake below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def whole(self, key: SeriesKey) -> Path:
        """The file of a series that is kept in one."""
        return self._symbol(key) / f"{step(key.kind)}.parquet"

    def by_date(self, key: SeriesKey) -> Path:
        """The folder of a series that is cut by day."""
        return self._symbol(key) / step(key.kind)

    def day(self, key: SeriesKey, day: int) -> Path:
        """The file of one day, counted from 1970-01-01."""
        return self.by_date(key) / date(day) / f"{content(key)}.parquet"

    def lock(self, key: SeriesKey) -> Path:
        """The file that a writer of the series holds."""
        return self._symbol(key) / f".{step(key.kind)}.lock"

    def cut_by_day(self, key: SeriesKey) -> bool:
        """How a series is kept: as it already is, else by its timeframe."""
        whole, dated = self.whole(key).exists(), self.by_date(key).is_dir()
        if whole and dated:
            raise StorageError(
                f"{key} is there twice: {self.whole(key)} and {self.by_date(key)}",
                fix="move one of them away",
            )
        return dated or (not whole and is_fine(key))

    def files(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> list[Path]:
        """Files that may hold rows of [start, end), oldest first."""
        if not self.cut_by_day(key):
            return [path for path in (self.whole(key),) if path.exists()]
        first = "" if start is None else date(start // DAY)
        last = "date=9999" if end is None else date(end // DAY)
        days = sorted(p.name for p in self.by_date(key).glob("date=*") if _DATE.fullmatch(p.name))
        return [
            path
            for name in days
            if first <= name <= last
            for path in sorted((self.by_date(key) / name).glob("*.parquet"))
            if not path.name.startswith(".")
        ]

    def keys(self) -> Iterator[SeriesKey]:
        """Every series, in order."""
        for symbol in sorted(self.root.glob("*/*")):
            if not symbol.is_dir() or symbol.name.startswith(".") or symbol.parent.name.startswith("."):
                continue
            kinds = {path.stem for path in symbol.glob("*.parquet") if not path.name.startswith(".")}
            kinds |= {path.parent.name for path in symbol.glob("*/date=*") if _DATE.fullmatch(path.name)}
            for kind in sorted(kinds):
                yield SeriesKey(unquote(symbol.parent.name), unquote(symbol.name), unquote(kind))

    def _symbol(self, key: SeriesKey) -> Path:
        return self.root / step(key.venue) / step(key.symbol)
