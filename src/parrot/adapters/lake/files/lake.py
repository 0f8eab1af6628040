"""The lake port on Parquet files below one folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from parrot.adapters.lake.files.layout import Layout
from parrot.adapters.lake.files.writing import only_writer, write_all
from parrot.adapters.lake.parquet.merging import content_with, pieces
from parrot.adapters.lake.parquet.tables import decode
from parrot.adapters.lake.parquet.ticks import decode_ticks
from parrot.engine.bars import Bars
from parrot.kernel.errors import MissingError, StorageError
from parrot.ports.lake import LakeEntry, SeriesKey, Ticks, bar_timeframe, check_kind, tick_kind


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
        files = self._files(key, start, end)
        bars = decode(files, bar_timeframe(key.kind), key.symbol).between(start, end)
        return replace(bars, source=self._source(key, files, len(bars)))

    def read_ticks(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Ticks:
        """Trades, quotes or books (kind "l2") of [start, end), ns UTC. Raises MissingError when there are none."""
        kind = tick_kind(key.kind)
        files = self._files(key, start, end)
        ticks = decode_ticks(files, kind, key.symbol).between(start, end)
        return replace(ticks, source=self._source(key, files, len(ticks)))

    def write(self, key: SeriesKey, data: Bars | Ticks) -> None:
        """Add to a series, all or nothing; bars replace equal open times, ticks the span that they fill on a day."""
        check_kind(key, data)
        if not len(data):
            return
        with only_writer(self.layout.lock(key)):
            write_all(self._changed(key, data))

    def _changed(self, key: SeriesKey, data: Bars | Ticks) -> dict[Path, bytes]:
        """The files that change, with what they shall hold."""
        changed = {}
        for day, part in pieces(data, by_day=self.layout.cut_by_day(key)).items():
            path = self.layout.whole(key) if day is None else self.layout.day(key, day)
            changed[path], _ = content_with(key, part, path if path.exists() else None)
        return changed

    def _files(self, key: SeriesKey, start: int | None, end: int | None) -> list[Path]:
        files = self.layout.files(key, start, end)
        if not files and not self.layout.files(key):
            raise self._missing(key)
        if not files:
            raise self._nothing_then(key)
        return files

    def _source(self, key: SeriesKey, files: list[Path], rows: int) -> str:
        if not rows:
            raise self._nothing_then(key)
        return str(self.layout.by_date(key) if len(files) > 1 else files[0])

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

    def _nothing_then(self, key: SeriesKey) -> MissingError:
        return MissingError(f"the lake has no {key} in that time", fix="see `parrot data ls` for what is there")

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
