"""Where a series lives: `<venue>/<symbol>/<kind>.parquet`, or `<venue>/<symbol>/<kind>/date=YYYY-MM-DD/*.parquet`.

Ticks and fine bars are cut by UTC day, so that adding a day rewrites a day; the others are small and stay in one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from parrot.engine.columns import DAY
from parrot.kernel.errors import ParameterError, StorageError
from parrot.ports.lake import SeriesKey, bar_timeframe

_FINE_BELOW_NS: Final = 15 * 60_000_000_000
_DATE = re.compile(r"date=\d{4}-\d{2}-\d{2}")


class Layout:
    """Paths of a lake below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def whole(self, key: SeriesKey) -> Path:
        """The file of a series that is kept in one."""
        return self._symbol(key) / f"{_part(key.kind)}.parquet"

    def by_date(self, key: SeriesKey) -> Path:
        """The folder of a series that is cut by day."""
        return self._symbol(key) / _part(key.kind)

    def day(self, key: SeriesKey, day: int) -> Path:
        """The file of one day, counted from 1970-01-01."""
        import numpy as np

        name = "bars" if bar_timeframe(key.kind) else _part(key.kind)
        return self.by_date(key) / f"date={np.datetime64(day, 'D')}" / f"{name}.parquet"

    def lock(self, key: SeriesKey) -> Path:
        """The file that a writer of the series holds."""
        return self._symbol(key) / f".{_part(key.kind)}.lock"

    def cut_by_day(self, key: SeriesKey) -> bool:
        """How a series is kept: as it already is, else by its timeframe."""
        whole, dated = self.whole(key).exists(), self.by_date(key).is_dir()
        if whole and dated:
            raise StorageError(
                f"{key} is there twice: {self.whole(key)} and {self.by_date(key)}",
                fix="move one of them away",
            )
        fine = (bar_timeframe(key.kind) or 0) < _FINE_BELOW_NS
        return dated or (not whole and fine)

    def files(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> list[Path]:
        """Files that may hold rows of [start, end), oldest first."""
        if not self.cut_by_day(key):
            return [path for path in (self.whole(key),) if path.exists()]
        first = "" if start is None else _date(start)
        last = "date=9999" if end is None else _date(end)
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
        return self.root / _part(key.venue) / _part(key.symbol)


def _part(name: str) -> str:
    """One step of a path: whatever a venue calls its symbols ("BTC/USDT:USDT"), without leaving the folder."""
    if not name or name.startswith("."):
        raise ParameterError(
            f"{name!r} cannot name a venue, symbol or kind", expected="a name that starts with a letter or digit"
        )
    return quote(name, safe="")


def _date(ts: int) -> str:
    import numpy as np

    return f"date={np.datetime64(ts // DAY, 'D')}"
