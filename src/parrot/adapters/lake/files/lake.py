"""The lake port on Parquet files below one folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from parrot.adapters.lake.files.layout import Layout, bar_timeframe
from parrot.adapters.lake.files.tables import decode, encode, merged
from parrot.adapters.lake.files.writing import only_writer, write_all
from parrot.engine.bars import Bars
from parrot.engine.columns import DAY, timeframe_text
from parrot.kernel.errors import DataError, MissingError, StorageError
from parrot.ports.lake import LakeEntry, SeriesKey


class FileLake:
    """A lake in the folder `root`, which is made when something is first written."""

    def __init__(self, root: Path | str) -> None:
        self.layout = Layout(Path(root))

    def entries(self) -> list[LakeEntry]:
        """Every series, in order of venue, symbol and kind."""
        return [self._entry(key) for key in self.layout.keys()]  # noqa: SIM118 - no dict

    def span(self, key: SeriesKey) -> tuple[int, int] | None:
        """First and last open time of a series, ns UTC; None when there is nothing."""
        files = self.layout.files(key)
        return (_ends(files[0])[1], _ends(files[-1])[2]) if files else None

    def read(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Bars:
        """Bars that open in [start, end), ns UTC. Raises MissingError when there are none."""
        files = self.layout.files(key, start, end)
        if not files:
            raise self._missing(key)
        bars = decode(files, bar_timeframe(key.kind), key.symbol).between(start, end)
        if not len(bars):
            raise MissingError(
                f"the lake has no bars of {key} in that time", fix="see `parrot data ls` for what is there"
            )
        return replace(bars, source=str(self.layout.by_date(key) if len(files) > 1 else files[0]))

    def write(self, key: SeriesKey, bars: Bars) -> None:
        """Add bars to a series; a bar whose open time is there already replaces the old one. All or nothing."""
        named = bar_timeframe(key.kind)
        if named != bars.timeframe:
            raise DataError(
                f"bars of {timeframe_text(bars.timeframe)} do not belong into {key}",
                expected=f"kind ohlcv_{timeframe_text(bars.timeframe)}",
            )
        if not len(bars):
            return
        with only_writer(self.layout.lock(key)):
            parts = self._by_file(key, bars)
            write_all({path: encode(self._with_stored(key, path, part)) for path, part in parts.items()})

    def _by_file(self, key: SeriesKey, bars: Bars) -> dict[Path, Bars]:
        if not self.layout.cut_by_day(key):
            return {self.layout.whole(key): bars}
        days = np.unique(bars.ts // DAY).tolist()
        return {self.layout.day(key, day): bars.between(day * DAY, (day + 1) * DAY) for day in days}

    def _with_stored(self, key: SeriesKey, path: Path, part: Bars) -> Bars:
        if not path.exists():
            return part
        return merged(decode([path], bar_timeframe(key.kind), key.symbol), part)

    def _entry(self, key: SeriesKey) -> LakeEntry:
        files = self.layout.files(key)
        counted = [_ends(path) for path in files]
        return LakeEntry(
            key,
            rows=sum(rows for rows, _, _ in counted),
            first_ts=min((first for rows, first, _ in counted if rows), default=0),
            last_ts=max((last for rows, _, last in counted if rows), default=0),
            files=len(files),
            size_bytes=sum(path.stat().st_size for path in files),
        )

    def _missing(self, key: SeriesKey) -> MissingError:
        known = [str(k) for k in self.layout.keys() if key.symbol == k.symbol or key.venue == k.venue]  # noqa: SIM118
        return MissingError(
            f"the lake has no {key}",
            expected=f"one of {', '.join(known[:8])}" if known else f"something under {self.layout.root}",
            fix="download or import it first",
        )


def _ends(path: Path) -> tuple[int, int, int]:
    """Rows, first and last ts, from the file's statistics where they are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_metadata(path)
        place = about.schema.names.index("ts")
        ranges = [about.row_group(k).column(place).statistics for k in range(about.num_row_groups)]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StorageError(f"{path} cannot be read: {error}", fix="delete the file and get it again") from error
    known = [r for r in ranges if r is not None and r.has_min_max]
    return about.num_rows, min((r.min for r in known), default=0), max((r.max for r in known), default=0)
