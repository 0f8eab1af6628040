"""The series port in memory: a window on the stream, in front of the lake where there is one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final

import numpy as np

from parrot.engine.bars import Bars
from parrot.kernel.errors import MissingError
from parrot.ports.lake import Lake, SeriesKey, Ticks, check_kind, tick_kind
from parrot.ports.series import check_follows, shape

_PIECES: Final = 64


class MemorySeries:
    """Rows as they came. What is forgotten goes into `lake` first; without one it is gone."""

    def __init__(self, lake: Lake | None = None) -> None:
        self._lake = lake
        self._pieces: dict[SeriesKey, list[Any]] = {}

    def append(self, key: SeriesKey, data: Bars | Ticks) -> None:
        """Adds rows behind those that are there."""
        check_kind(key, data)
        if not len(data):
            return
        pieces = self._pieces.setdefault(key, [])
        if pieces:
            last = pieces[-1]
            check_follows(key, shape(last), int(last.ts[-1]) if len(last) else None, data)
            if isinstance(data, Bars) and len(last) and last.ts[-1] == data.ts[0]:
                pieces[-1] = last.between(None, int(data.ts[0]))
        pieces.append(data)
        if len(pieces) > _PIECES:
            pieces[:] = [_joined(pieces)]

    def bars(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Bars:
        """Bars that open in [start, end), ns UTC. Raises MissingError when there are none."""
        found: Bars = self._between(key, start, end)
        return found

    def ticks(self, key: SeriesKey, start: int | None = None, end: int | None = None) -> Ticks:
        """Ticks of [start, end), ns UTC. Raises MissingError when there are none."""
        tick_kind(key.kind)
        found: Ticks = self._between(key, start, end)
        return found

    def span(self, key: SeriesKey) -> tuple[int, int] | None:
        """First and last time of a series, ns UTC; None when there is nothing."""
        pieces = [piece for piece in self._pieces.get(key, []) if len(piece)]
        return (int(pieces[0].ts[0]), int(pieces[-1].ts[-1])) if pieces else None

    def forget(self, before: int) -> None:
        """Lets go of rows whose time is before `before`, ns UTC."""
        for key, pieces in self._pieces.items():
            if pieces:
                whole = _joined(pieces)
                if self._lake is not None and len(old := whole.between(None, before)):
                    self._lake.write(key, old)
                pieces[:] = [whole.between(before, None)]

    def _between(self, key: SeriesKey, start: int | None, end: int | None) -> Any:
        parts = [part for piece in self._pieces.get(key, []) if len(part := piece.between(start, end))]
        if not parts:
            raise MissingError(f"the window holds no {key} in that time", fix="look into the lake")
        return replace(_joined(parts), symbol=key.symbol, source="memory")


def _joined(pieces: list[Any]) -> Any:
    """Pieces of one series, which have one kind and one scale, as one."""
    if len(pieces) == 1:
        return pieces[0]
    first = pieces[0]
    names = [field.name for field in fields(first) if isinstance(getattr(first, field.name), np.ndarray)]
    return replace(first, **{name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in names})
