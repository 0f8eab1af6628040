"""Bars of one symbol: minutes from a month before its first trade on, and the newest seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from parrot.centers.matching.market.history import COLUMNS, MINUTE, Rows
from parrot.centers.matching.settings import SECOND
from parrot.contracts.exchange import SCALE

_SECONDS_KEPT: Final = 4_000
_ROWS_MAX: Final = 90_000
_ROWS_LEFT: Final = 50_000
_WAITING_MAX: Final = 2_000
_KEPT: Final = 7 * 24 * 60  # minutes that a snapshot holds
_AVERAGED: Final = 5  # minutes

Row = list[int]
Past = Callable[[int, int], Rows]


class KeptBars(msgspec.Struct, array_like=True):
    """Bars as a snapshot holds them: the price before the first minute, minutes, the one that goes on, seconds."""

    anchor: int
    rows: bytes
    current: Row
    seconds: list[Row]


class Bars:
    """A bar is a row of COLUMNS numbers, ids -1 without trades; minutes have no gaps, seconds without trades no row."""

    def __init__(self, price: int, past: Past) -> None:
        """`past(end, price)` makes the minutes before the first."""
        self.price = price
        self._anchor = price  # at which the past ends
        self.current: Row = []
        self.seconds: deque[Row] = deque(maxlen=_SECONDS_KEPT)
        self._past = past
        self._waiting: list[Row] = []
        self._rows: Rows | None = None
        self._count = 0
        self._own = 0  # rows that are not of the past that never was
        self._recent: deque[tuple[int, int]] = deque(maxlen=_AVERAGED - 1)
        self._before = (0, 0)  # amount and volume of those

    def begin(self, now: int) -> None:
        """Time is `now`: minutes without trades are added up to it."""
        minute = now - now % MINUTE
        if not self.current:
            self.current = _flat(minute, self.price)
        while self.current[0] < minute:
            self._close(minute)

    def _close(self, minute: int) -> None:
        """The minute that went on is over; a pause of more than the snapshot's length is left out."""
        current = self.current
        self._waiting.append(current)
        self._remember([current])
        following = current[0] + MINUTE
        if minute - following > _KEPT * MINUTE:
            self._waiting.clear()
            self._recent.clear()
            self._before = (0, 0)
            self._rows, self._own, following = None, 0, minute
            self._anchor = current[4]
        elif len(self._waiting) > _WAITING_MAX:
            self._sync()
        self.current = _flat(following, self.price)

    def add(self, number: int, price: int, quantity: int, amount: int, ts: int, *, bought: bool) -> None:
        """A trade; `bought` when the taker bought."""
        if not self.current or ts >= self.current[0] + MINUTE:
            self.begin(ts)
        self.price = price
        _enter(self.current, number, price, quantity, amount, bought=bought)
        second = ts - ts % SECOND
        if not self.seconds or self.seconds[-1][0] != second:
            self.seconds.append(_flat(second, price))
        _enter(self.seconds[-1], number, price, quantity, amount, bought=bought)

    def average(self) -> int:
        """The volume-weighted price of the last minutes, the last price without trades."""
        amount, volume = self._before
        if self.current:
            amount, volume = amount + self.current[6], volume + self.current[5]
        return amount * SCALE // volume if volume else self.price

    def _remember(self, rows: list[Row]) -> None:
        """Minutes that the average counts."""
        self._recent.extend((row[6], row[5]) for row in rows)
        self._before = (sum(amount for amount, _ in self._recent), sum(volume for _, volume in self._recent))

    def _sync(self) -> None:
        """Brings what waits into the array."""
        if self._rows is None:
            first = self._waiting[0] if self._waiting else self.current
            past = self._past(first[0], self._anchor)
            self._rows, self._count = np.empty((len(past) + _WAITING_MAX, COLUMNS), np.int64), len(past)
            self._rows[: self._count] = past
        self._make_room(len(self._waiting) + 1)
        if self._waiting:
            self._rows[self._count : self._count + len(self._waiting)] = self._waiting
            self._count += len(self._waiting)
            self._own += len(self._waiting)
            self._waiting.clear()

    def _make_room(self, more: int) -> None:
        assert self._rows is not None
        if self._count + more <= len(self._rows):
            return
        keep = min(self._count, _ROWS_LEFT) if self._count + more > _ROWS_MAX else self._count
        larger = np.empty((keep + more + 10 * _WAITING_MAX, COLUMNS), np.int64)
        larger[:keep] = self._rows[self._count - keep : self._count]
        self._rows, self._count, self._own = larger, keep, min(self._own, keep)

    def rows(self, now: int) -> Rows:
        """All minutes, the one that goes on last; not to be kept."""
        self.begin(now)
        self._sync()
        assert self._rows is not None
        self._rows[self._count] = self.current
        return self._rows[: self._count + 1]

    def keep(self) -> KeptBars:
        """The bars for a snapshot."""
        parts = [] if self._rows is None else [self._rows[self._count - self._own : self._count]]
        if self._waiting:
            parts.append(np.array(self._waiting, np.int64))
        own = np.concatenate(parts) if parts else np.empty((0, COLUMNS), np.int64)
        anchor = int(own[-_KEPT - 1, 4]) if len(own) > _KEPT else self._anchor
        return KeptBars(anchor, own[-_KEPT:].tobytes(), self.current, list(self.seconds)[-_SECONDS_KEPT // 4 :])

    def load(self, kept: KeptBars) -> None:
        """Goes on from what `keep` gave."""
        own = np.frombuffer(kept.rows, np.int64).reshape(-1, COLUMNS)
        self._waiting = own.tolist()
        self.current, self._anchor = kept.current, kept.anchor
        self.seconds.extend(kept.seconds)
        self._remember(self._waiting[1 - _AVERAGED :])
        if kept.current:
            self.price = kept.current[4]


def _flat(ts: int, price: int) -> Row:
    return [ts, price, price, price, price, 0, 0, 0, 0, 0, -1, -1]


def _enter(row: Row, number: int, price: int, quantity: int, amount: int, *, bought: bool) -> None:
    if not row[7]:
        row[1] = row[2] = row[3] = price
        row[10] = number
    elif price > row[2]:
        row[2] = price
    elif price < row[3]:
        row[3] = price
    row[4], row[11] = price, number
    row[5] += quantity
    row[6] += amount
    row[7] += 1
    if bought:
        row[8] += quantity
        row[9] += amount
