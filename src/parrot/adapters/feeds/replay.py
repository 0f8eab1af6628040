"""A feed of recorded data: everything in order of time, at whatever pace its caller's time has."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from parrot.adapters.feeds.recording import BookStream, Recording
from parrot.contracts.listing import Listing
from parrot.kernel.errors import DataError

_CHUNK: Final = 4_096  # messages that are made at a time


class ReplayFeed:
    """Plays recordings as one feed; `shift` (ns) moves all their times.

    It knows no pace: `poll(now)` gives what was recorded up to `now - shift`. A caller that goes from `due()` to
    `due()` plays as fast as the machine can; Pace makes a wall clock into any speed. Equal times come in the order
    books, quotes, trades, bars, and in the order of `recordings`.
    """

    def __init__(self, recordings: Sequence[Recording], *, shift: int = 0) -> None:
        self._recordings = list(recordings)
        self._shift = shift
        self._streams = [stream for recording in recordings for stream in recording.streams()]
        if not self._streams:
            raise DataError("there is nothing to replay", expected="recordings with at least one row")
        due = np.concatenate([stream.due for stream in self._streams])
        which = np.repeat(np.arange(len(self._streams)), [len(stream.due) for stream in self._streams])
        order = np.argsort(due, kind="stable")
        self._due = due[order]
        self._which = which[order]
        self._next = 0
        self._made = [0] * len(self._streams)
        self._given = [0] * len(self._streams)
        self._times: list[int] = []
        self._ticks: list[Any] = []
        self._sources: list[int] = []
        self._place = 0
        self._asked: list[str] = []

    def __len__(self) -> int:
        return len(self._due)

    @property
    def span(self) -> tuple[int, int]:
        """Times of the first and the last message, ns UTC, as they are given."""
        return int(self._due[0]) + self._shift, int(self._due[-1]) + self._shift

    def listings(self) -> Sequence[Listing]:
        """The symbols of the recordings."""
        return [recording.listing for recording in self._recordings]

    def poll(self, now: int) -> Sequence[Any]:
        """What was recorded up to `now`, and snapshots that were asked for."""
        found: list[Any] = []
        while self._place < len(self._times) or self._load():
            stop = bisect_right(self._times, now, self._place)
            found += self._ticks[self._place : stop]
            for source in self._sources[self._place : stop]:
                self._given[source] += 1
            self._place = stop
            if stop < len(self._times):
                break
        if self._asked:
            found += self._snapshots(now)
        return found

    def ask_snapshot(self, symbol: str, now: int) -> None:
        """The next poll gives the book as far as it was given."""
        if symbol not in self._asked:
            self._asked.append(symbol)

    def due(self) -> int | None:
        """The time of the next message, None at the end."""
        if self._asked and self._place:
            return self._times[self._place - 1]
        if self._place < len(self._times) or self._load():
            return self._times[self._place]
        return None

    def close(self) -> None:
        """Gives nothing any more."""
        self._next = len(self._due)
        self._times, self._ticks, self._sources, self._place = [], [], [], 0

    def _load(self) -> bool:
        """Makes the next messages; False at the end."""
        first, last = self._next, min(self._next + _CHUNK, len(self._due))
        if first == last:
            return False
        which = self._which[first:last]
        made = []
        for number, stream in enumerate(self._streams):
            start = self._made[number]
            self._made[number] = start + int(np.count_nonzero(which == number))
            made.append(iter(stream.make(start, self._made[number], self._shift)))
        self._sources = which.tolist()
        self._ticks = [next(made[number]) for number in self._sources]
        self._times = (self._due[first:last] + self._shift).tolist()
        self._next, self._place = last, 0
        return True

    def _snapshots(self, now: int) -> list[Any]:
        found = []
        for number, stream in enumerate(self._streams):
            if isinstance(stream, BookStream) and stream.symbol in self._asked:
                made = stream.snapshot(self._given[number], now)
                found += [made] if made else []
        self._asked.clear()
        return found
