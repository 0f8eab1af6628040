"""The lake port on a bucket.

    <venue>/<symbol>/<kind>/series.json                        the manifest: what the series consists of now
    <venue>/<symbol>/<kind>/date=YYYY-MM-DD/bars-<name>.parquet  (without the date where it is not cut)

New objects are written under names of their own; then the manifest is exchanged if it is still the one that was read.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

import msgspec

from parrot.adapters.lake.parquet.merging import content_with, pieces
from parrot.adapters.lake.parquet.names import content, date, is_fine, step
from parrot.adapters.lake.parquet.tables import Blob, decode
from parrot.adapters.lake.parquet.ticks import decode_ticks
from parrot.adapters.lake.s3.bucket import Bucket, Changed
from parrot.adapters.lake.s3.manifest import Manifest, Part, read
from parrot.engine.bars import Bars
from parrot.kernel.errors import MissingError, StorageError
from parrot.ports.lake import LakeEntry, SeriesKey, Ticks, bar_timeframe, check_kind, tick_kind

_MANIFEST: Final = "series.json"
_TRIES: Final = 50


class S3Lake:
    """A lake in a bucket, for as many readers and writers as like. Files that others put there do not belong to it."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def entries(self) -> list[LakeEntry]:
        """Every series, in order of venue, symbol and kind."""
        return [_entry(key, manifest) for key in self._keys() if (manifest := self._manifest(key)[0]).parts]

    def span(self, key: SeriesKey) -> tuple[int, int] | None:
        """First and last open time of a series, ns UTC; None when there is nothing."""
        parts = self._manifest(key)[0].parts
        return (parts[0].first_ts, parts[-1].last_ts) if parts else None

    def read(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Bars:
        """Bars that open in [start, end), ns UTC. Raises MissingError when there are none."""
        bars = decode(self._blobs(key, start, end), bar_timeframe(key.kind), key.symbol).between(start, end)
        if not len(bars):
            raise _nothing_then(key)
        return replace(bars, source=self._place(key))

    def read_ticks(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Ticks:
        """Trades, quotes or books (kind "l2") of [start, end), ns UTC. Raises MissingError when there are none."""
        kind = tick_kind(key.kind)
        ticks = decode_ticks(self._blobs(key, start, end), kind, key.symbol).between(start, end)
        if not len(ticks):
            raise _nothing_then(key)
        return replace(ticks, source=self._place(key))

    def write(self, key: SeriesKey, data: Bars | Ticks) -> None:
        """Add to a series, all or nothing; bars replace equal open times, ticks the span that they fill on a day."""
        check_kind(key, data)
        if not len(data):
            return
        for _ in range(_TRIES):
            try:
                self._exchange(key, data)
            except Changed:
                continue  # somebody else wrote: merge with what is there now
            return
        raise StorageError(f"{self._place(key)}: others write all the time", fix="let fewer write one series at once")

    def _exchange(self, key: SeriesKey, data: Bars | Ticks) -> None:
        old, tag = self._manifest(key)
        known = {part.day: part for part in old.parts}
        new = [self._put(key, day, part, known.get(day)) for day, part in pieces(data, by_day=old.by_day).items()]
        manifest = old.with_parts(new)
        used = {part.path for part in manifest.parts}
        try:
            self._bucket.put_if(_folder(key) + _MANIFEST, msgspec.json.encode(manifest), tag)
        except Changed:
            self._bucket.delete([part.path for part in new])
            raise
        self._bucket.delete([part.path for part in old.parts if part.path not in used])

    def _put(self, key: SeriesKey, day: int | None, part: Bars | Ticks, old: Part | None) -> Part:
        whole, rows = content_with(key, part, None if old is None else self._blob(old))
        name = f"{content(key)}-{os.urandom(8).hex()}.parquet"  # never one that a slower writer may still delete
        path = _folder(key) + (name if day is None else f"{date(day)}/{name}")
        self._bucket.put(path, whole)
        return Part(day, path, len(rows), int(rows.ts[0]), int(rows.ts[-1]), len(whole))

    def _blobs(self, key: SeriesKey, start: int | None, end: int | None) -> list[Blob]:
        """The objects that hold rows of [start, end), all of one manifest."""
        for _ in range(_TRIES):
            manifest, _tag = self._manifest(key)
            if not manifest.parts:
                raise self._missing(key)
            parts = manifest.between(start, end)
            if not parts:
                raise _nothing_then(key)
            try:
                return [self._blob(part) for part in parts]
            except Changed:
                continue  # a writer took it away: it is in the manifest under another name now
        raise StorageError(
            f"{self._place(key)}: objects of its manifest are missing", fix="bring them back from a copy"
        )

    def _blob(self, part: Part) -> Blob:
        found = self._bucket.get(part.path)
        if found is None:
            raise Changed
        return Blob(f"{self._bucket.place}/{part.path}", found[0])

    def _manifest(self, key: SeriesKey) -> tuple[Manifest, str]:
        """The manifest and its tag; an empty one with no tag when there is none."""
        found = self._bucket.get(_folder(key) + _MANIFEST)
        if found is None:
            return Manifest(is_fine(key)), ""
        return read(found[0], f"{self._place(key)}/{_MANIFEST}"), found[1]

    def _keys(self) -> list[SeriesKey]:
        steps = [path.split("/") for path in self._bucket.paths() if path.endswith(f"/{_MANIFEST}")]
        return sorted(SeriesKey(*map(unquote, names[:3])) for names in steps if len(names) == 4)

    def _place(self, key: SeriesKey) -> str:
        return f"{self._bucket.place}/{_folder(key)}".rstrip("/")

    def _missing(self, key: SeriesKey) -> MissingError:
        known = [str(k) for k in self._keys() if key.symbol == k.symbol or key.venue == k.venue]
        return MissingError(
            f"the lake has no {key}",
            expected=f"one of {', '.join(known[:8])}" if known else f"something under {self._bucket.place}",
            fix="download or import it first",
        )


def _folder(key: SeriesKey) -> str:
    return f"{step(key.venue)}/{step(key.symbol)}/{step(key.kind)}/"


def _entry(key: SeriesKey, manifest: Manifest) -> LakeEntry:
    parts = manifest.parts
    return LakeEntry(
        key,
        rows=sum(part.rows for part in parts),
        first_ts=parts[0].first_ts,
        last_ts=parts[-1].last_ts,
        files=len(parts),
        size_bytes=sum(part.size_bytes for part in parts),
    )


def _nothing_then(key: SeriesKey) -> MissingError:
    return MissingError(f"the lake has no {key} in that time", fix="see `parrot data ls` for what is there")
