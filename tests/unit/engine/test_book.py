"""Level-2 books from columns, small cases worked by hand and random ones against plain dictionaries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from parrot.engine.book import ASK, BID, Depth, L2Book, grid_step
from parrot.kernel.errors import DataError, ParameterError

Row = tuple[int, int, int, int, int]  # ts, side, price, size, flags


@dataclass(frozen=True)
class Rows:
    ts: NDArray[np.int64]
    side: NDArray[np.int8]
    price_ticks: NDArray[np.int64]
    size_lots: NDArray[np.int64]
    flags: NDArray[np.uint8]


def rows_of(*rows: Row) -> Rows:
    types = (np.int64, np.int8, np.int64, np.int64, np.uint8)
    columns = zip(*rows, strict=True) if rows else [()] * 5
    return Rows(*(np.array(column, dtype=kind) for column, kind in zip(columns, types, strict=True)))


def test_best_bid_and_ask_after_every_message() -> None:
    rows = rows_of((1, BID, 100, 2, 1), (1, ASK, 110, 3, 1), (2, BID, 105, 4, 0), (3, ASK, 110, 0, 0))
    touches = L2Book.on_grid_of(rows).apply(rows)
    assert len(touches) == 3
    assert touches.ts.tolist() == [1, 2, 3]
    assert touches.bid.tolist() == [100, 105, 105]
    assert touches.bid_size.tolist() == [2, 4, 4]
    assert touches.ask.tolist() == [110, 110, 0]
    assert touches.ask_size.tolist() == [3, 3, 0]
    assert touches.applied.all()
    assert touches.synced.all()


def test_levels_sizes_and_the_cost_of_depth() -> None:
    rows = rows_of((1, ASK, 110, 3, 1), (1, ASK, 105, 1, 1), (1, BID, 95, 2, 1))
    book = L2Book(5)
    book.apply(rows)
    prices, sizes = book.levels(ASK, 9)
    assert (prices.tolist(), sizes.tolist()) == ([105, 110], [1, 3])
    assert book.levels(ASK, 1)[0].tolist() == [105]
    assert (book.size_at(BID, 95), book.size_at(BID, 96)) == (2, 0)
    assert book.depth_to(ASK, 2) == Depth(quantity=2, notional=215, worst=110)
    assert book.depth_to(BID, 5) == Depth(quantity=2, notional=190, worst=95)
    book.clear()
    assert not book.synced
    assert len(book.levels(BID, 9)[0]) == 0


def test_a_notional_beyond_64_bits_is_exact() -> None:
    price = 9 * 10**15
    book = L2Book(price)
    book.apply(rows_of((1, ASK, price, 9 * 10**15, 0)))
    assert book.depth_to(ASK, 9 * 10**15).notional == 81 * 10**30


def test_a_late_snapshot_gets_the_deltas_that_came_after_it() -> None:
    rows = rows_of((1, BID, 10, 1, 0), (2, BID, 11, 1, 0), (3, BID, 9, 4, 1), (4, BID, 9, 9, 0), (5, BID, 9, 5, 0))
    book = L2Book(1)
    touches = book.apply(rows, last_id=np.array([5, 7, 6, 6, 8]))
    prices, sizes = book.levels(BID, 9)
    assert (prices.tolist(), sizes.tolist()) == ([11, 9], [1, 5])
    assert touches.applied.tolist() == [True, True, True, False, True]
    assert touches.synced.tolist() == [False, False, True, True, True]
    assert touches.last_id.tolist() == [5, 7, 7, 7, 8]


def test_without_ids_every_delta_counts() -> None:
    rows = rows_of((1, BID, 10, 1, 0), (2, BID, 9, 4, 1), (3, BID, 9, 9, 0))
    touches = L2Book(1).apply(rows)
    assert touches.bid.tolist() == [10, 9, 9]
    assert touches.bid_size.tolist() == [1, 4, 9]
    assert touches.last_id.tolist() == [0, 0, 0]


def test_the_book_goes_on_where_the_last_call_left_it() -> None:
    book = L2Book(1)
    book.apply(rows_of((1, BID, 10, 1, 1)))
    touches = book.apply(rows_of((2, BID, 9, 4, 0)))
    assert (touches.bid.tolist(), touches.synced.tolist()) == ([10], [True])
    assert len(book.apply(rows_of())) == 0


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ((0, BID, 10, 1, 0), "row 1: time goes backward"),
        ((1, 0, 10, 1, 0), "row 1: side is neither"),
        ((1, BID, 10, -1, 0), "row 1: size is negative"),
        ((1, BID, 11, 1, 0), "row 1: price is not a multiple"),
        ((1, BID, 2**62, 1, 0), "row 1: price is not a multiple"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_applied(bad: Row, problem: str) -> None:
    book = L2Book(5)
    with pytest.raises(DataError, match=problem):
        book.apply(rows_of((1, BID, 10, 1, 0), bad))
    assert book.size_at(BID, 10) == 0


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="different lengths"):
        L2Book(5).apply(rows_of((1, BID, 10, 1, 0)), last_id=np.array([1, 2]))


def test_wrong_arguments_are_clear_errors() -> None:
    with pytest.raises(ParameterError, match="price step 0"):
        L2Book(0)
    with pytest.raises(ParameterError, match="side 2"):
        L2Book(1).levels(2, 1)


def test_the_grid_step_is_the_greatest_common_divisor() -> None:
    assert grid_step(np.array([6_180_020_000_000, 6_180_030_000_000])) == 10_000_000
    assert grid_step(np.array([], dtype=np.int64)) == 1


@given(
    st.lists(st.tuples(st.sampled_from([BID, ASK]), st.integers(-3000, 3000), st.integers(0, 3)), max_size=60),
    st.integers(1, 10**9),
)
def test_a_book_is_two_dictionaries(steps: list[tuple[int, int, int]], grid: int) -> None:
    rows = [(number, side, level * grid, size, 0) for number, (side, level, size) in enumerate(steps)]
    book, plain = L2Book(grid), {BID: dict[int, int](), ASK: dict[int, int]()}
    touches = book.apply(rows_of(*rows))
    for number, (_, side, price, size, _flags) in enumerate(rows):
        plain[side].pop(price, None)
        if size:
            plain[side][price] = size
        best = max(plain[BID].items(), default=(0, 0))
        assert (touches.bid[number], touches.bid_size[number]) == best
        best = min(plain[ASK].items(), default=(0, 0))
        assert (touches.ask[number], touches.ask_size[number]) == best
    for side, sign in ((BID, -1), (ASK, 1)):
        expected = sorted(plain[side].items(), key=lambda level: sign * level[0])
        assert list(zip(*(column.tolist() for column in book.levels(side, 100)), strict=True)) == expected
