"""Level-2 books rebuilt from recorded rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from parrot import _core
from parrot.kernel.errors import DataError, ParameterError

BID, ASK = 1, -1


class BookColumns(Protocol):
    """Rows of L2 data in integers; `engine.ticks.Books` is one."""

    @property
    def ts(self) -> NDArray[np.int64]:
        """Receive time, ns UTC, non-decreasing."""

    @property
    def side(self) -> NDArray[np.int8]:
        """1 bid, -1 ask."""

    @property
    def price_ticks(self) -> NDArray[np.int64]:
        """Price in units of 10**-price_decimals."""

    @property
    def size_lots(self) -> NDArray[np.int64]:
        """Size at the price from now on, in units of 10**-size_decimals; 0 deletes the level."""

    @property
    def flags(self) -> NDArray[np.uint8]:
        """0 delta row, 1 snapshot row, 2 row of a state carried over (a snapshot too)."""


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Best bid and ask after every message; one element a message.

    `ts` is int64 ns UTC, prices and sizes int64 in the units of the rows; a side without levels has price 0 and size 0.
    `last_id` is the venue's id of the last update that the book contains, 0 where the rows have none.
    `applied` is False for deltas that the last snapshot already contained.
    `synced` is False before the first snapshot, when the book holds only the levels that happened to change.
    """

    ts: NDArray[np.int64]
    last_id: NDArray[np.int64]
    bid: NDArray[np.int64]
    bid_size: NDArray[np.int64]
    ask: NDArray[np.int64]
    ask_size: NDArray[np.int64]
    applied: NDArray[np.bool_]
    synced: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ts)


@dataclass(frozen=True, slots=True)
class Depth:
    """What taking a quantity from one side meets: `quantity` lots there are, at most those asked for.

    `notional` is the exact sum of price x quantity, `worst` the price of the last level touched (0 when none was).
    """

    quantity: int
    notional: int
    worst: int


def grid_step(prices: NDArray[np.int64]) -> int:
    """The coarsest price step that holds all prices: their greatest common divisor (int64 in, at least 1)."""
    return _core.grid_step(np.ascontiguousarray(prices, dtype=np.int64))


class L2Book:
    """A level-2 book that whole columns of rows are applied to.

    Prices and sizes are int64 in the units of the rows. `step` is the price grid: every price is a multiple of it.
    Raises ParameterError for a step below 1.
    """

    __slots__ = ("_core", "step")

    def __init__(self, step: int) -> None:
        if step < 1:
            raise ParameterError(f"price step {step}", expected="a positive integer", fix="use grid_step(prices)")
        self.step = step
        self._core = _core.L2Book(step)

    @classmethod
    def on_grid_of(cls, rows: BookColumns) -> Self:
        """An empty book whose price grid is the coarsest that holds the prices of `rows`."""
        return cls(grid_step(rows.price_ticks))

    @property
    def synced(self) -> bool:
        """Has a snapshot been applied?"""
        return self._core.synced

    def apply(self, rows: BookColumns, last_id: NDArray[np.int64] | None = None) -> Touches:
        """Apply all rows, message by message; returns best bid and ask after each message.

        Rows that share time, kind and `last_id` (int64, the venue's id of the last update in the row's message) are one
        message. A snapshot replaces the book. With ids, deltas of this call that are newer than a snapshot received
        after them are applied again on top of it, and deltas that it already contains are dropped.
        The book goes on where the last call left it. Raises DataError for a row that cannot be used; nothing of the
        call is applied then.
        """
        ids = None if last_id is None else np.ascontiguousarray(last_id, dtype=np.int64)
        try:
            columns = self._core.apply(
                np.ascontiguousarray(rows.ts, dtype=np.int64),
                np.ascontiguousarray(rows.side, dtype=np.int8),
                np.ascontiguousarray(rows.price_ticks, dtype=np.int64),
                np.ascontiguousarray(rows.size_lots, dtype=np.int64),
                np.ascontiguousarray(rows.flags, dtype=np.uint8),
                ids,
            )
        except ValueError as problem:
            raise DataError(f"book data, {problem}", expected=f"prices on a grid of {self.step}") from None
        return Touches(*columns)

    def levels(self, side: int, depth: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Prices and sizes (int64) of up to `depth` levels of a side (1 bid, -1 ask), best first."""
        return self._core.levels(_checked(side), max(depth, 0))

    def size_at(self, side: int, price: int) -> int:
        """The size at a price of a side (1 bid, -1 ask); 0 where there is no level."""
        return self._core.size_at(_checked(side), price)

    def depth_to(self, side: int, quantity: int) -> Depth:
        """What taking `quantity` lots from a side (1 bid, -1 ask) meets, level by level from the best."""
        return Depth(*self._core.depth_to(_checked(side), quantity))

    def clear(self) -> None:
        """Forget everything, the last snapshot's id too."""
        self._core.clear()


def _checked(side: int) -> int:
    if side not in (BID, ASK):
        raise ParameterError(f"side {side}", expected="1 (bid) or -1 (ask)")
    return side
