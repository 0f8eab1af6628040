"""Candles of trades: rows of exact integers that can be joined and made coarser without losing a trade.

A row is (open time ns UTC, open, high, low, close, volume, trades), prices and sizes as in contracts.ticks. Rows of
parts of one span add up to the rows of the whole, whatever the cut: that is what lets history and the live market meet.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from parrot.contracts.ticks import TradeTick
from parrot.engine.columns import MINUTE, SECOND, Integers
from parrot.engine.ticks import Trades

WIDTH: Final = 7
TS, OPEN, HIGH, LOW, CLOSE, VOLUME, TRADES = range(WIDTH)
NONE: Final = np.empty((0, WIDTH), np.int64)
_FINE_KEPT: Final = 7_200  # seconds
_COARSE_KEPT: Final = 2_880  # minutes


def of_trades(trades: Trades, step: int) -> Integers:
    """Candles of `step` ns of trades in order of time; a span without a trade has none."""
    price = trades.price_ticks
    ones = np.ones(len(price), np.int64)
    return _gathered(np.column_stack((trades.ts, price, price, price, price, trades.size_lots, ones)), step)


def coarser(rows: Integers, step: int) -> Integers:
    """Rows in order of time as candles of `step` ns, which is a multiple of theirs; rows of one candle become one."""
    return _gathered(rows, step)


def _gathered(rows: Integers, step: int) -> Integers:
    if not len(rows):
        return NONE
    opens = rows[:, TS] // step * step
    starts = np.flatnonzero(np.diff(opens, prepend=opens[0] - 1))
    ends = np.append(starts[1:], len(rows)) - 1
    return np.column_stack(
        (
            opens[starts],
            rows[starts, OPEN],
            np.maximum.reduceat(rows[:, HIGH], starts),
            np.minimum.reduceat(rows[:, LOW], starts),
            rows[ends, CLOSE],
            np.add.reduceat(rows[:, VOLUME], starts),
            np.add.reduceat(rows[:, TRADES], starts),
        )
    )


class Ring:
    """The newest candles of one step, from trades as they come; a trade that comes late still counts in its own."""

    __slots__ = ("_kept", "_last", "_rows", "_step", "since")

    def __init__(self, step: int, kept: int) -> None:
        self._step = step
        self._kept = kept
        self._rows: dict[int, list[int]] = {}  # in order of time
        self._last = 0
        self.since = 0  # every trade from here on (ns UTC) is in the rows; 0 before the first

    def add(self, trade: TradeTick) -> None:
        """Counts one trade."""
        self.since = self.since or trade.ts
        if trade.ts < self.since:
            return  # history has it
        price, begin = trade.price, trade.ts // self._step * self._step
        row = self._rows.get(begin)
        if row is not None:
            row[HIGH - 1], row[LOW - 1] = max(row[HIGH - 1], price), min(row[LOW - 1], price)
            row[CLOSE - 1] = price
            row[VOLUME - 1] += trade.size
            row[TRADES - 1] += 1
        else:
            self._rows[begin] = [price, price, price, price, trade.size, 1]
            if begin < self._last:
                self._rows = dict(sorted(self._rows.items()))
            self._last = max(self._last, begin)
            if len(self._rows) > self._kept * 3 // 2:
                self._shorten()

    def seed(self, rows: Integers) -> None:
        """Takes older rows of this step, all of them of trades before `since`."""
        for begin, *row in rows.tolist():
            own = self._rows.get(begin)
            self._rows[begin] = row if own is None else _joined(row, own)
        if len(rows):
            self.since = min(self.since or int(rows[0, TS]), int(rows[0, TS]))
        self._rows = dict(sorted(self._rows.items()))
        self._last = next(reversed(self._rows), 0)

    def rows(self, begin: int = 0) -> Integers:
        """Rows that open at or after `begin` (ns UTC), oldest first."""
        found = []
        for ts in reversed(self._rows):
            if ts < begin:
                break
            found.append((ts, *self._rows[ts]))
        return np.array(found[::-1], np.int64).reshape(-1, WIDTH)

    def newest(self) -> tuple[int, ...] | None:
        """The last row, None where there is none."""
        ts = next(reversed(self._rows), None)
        return None if ts is None else (ts, *self._rows[ts])

    def _shorten(self) -> None:
        kept = list(self._rows)[-self._kept :]
        self._rows = {ts: self._rows[ts] for ts in kept}
        self.since = max(self.since, kept[0])


class LiveCandles:
    """One symbol's seconds of the last hours and minutes of the last two days."""

    __slots__ = ("coarse", "fine")

    def __init__(self) -> None:
        self.fine = Ring(SECOND, _FINE_KEPT)
        self.coarse = Ring(MINUTE, _COARSE_KEPT)

    def add(self, trade: TradeTick) -> None:
        """Counts one trade."""
        self.fine.add(trade)
        self.coarse.add(trade)

    def of(self, step: int) -> Ring:
        """The ring that candles of `step` ns can be made of."""
        return self.coarse if step % MINUTE == 0 else self.fine


def _joined(older: list[int], newer: list[int]) -> list[int]:
    return [
        older[OPEN - 1],
        max(older[HIGH - 1], newer[HIGH - 1]),
        min(older[LOW - 1], newer[LOW - 1]),
        newer[CLOSE - 1],
        older[VOLUME - 1] + newer[VOLUME - 1],
        older[TRADES - 1] + newer[TRADES - 1],
    ]
