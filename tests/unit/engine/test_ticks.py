from __future__ import annotations

import numpy as np
import pytest

from parrot.engine.defects import RawRows, mend
from parrot.engine.ticks import BOOK_CHECKS, QUOTE_CHECKS, TRADE_CHECKS, Books, Quotes, Trades
from parrot.kernel.errors import DataError

START = 1_577_836_800_000_000_000


def raw(**columns):
    values = {name: np.asarray(column) for name, column in columns.items()}
    ts = values.pop("ts", START + np.arange(len(next(iter(values.values())))))
    values = {name: v if name in ("side", "flags", "last_id") else v.astype(np.float64) for name, v in values.items()}
    return RawRows(np.asarray(ts, np.int64), values, np.arange(len(ts)))


def trades(**columns):
    return raw(**{"price": [1.5, 1.25, 1.75], "size": [1, 2, 3], "side": [1, -1, 0]} | columns)


def quotes(**columns):
    return raw(**{"bid": [1.0, 2.0], "ask": [1.5, 2.5], "bid_size": [1, 2], "ask_size": [3, 4]} | columns)


def rows(**columns):
    return raw(**{"side": [1, -1], "price": [1.0, 2.0], "size": [1, 0], "flags": [1, 0]} | columns)


def test_trades_are_integers_and_keep_equal_times_in_order():
    made = Trades.from_rows(trades(ts=[START, START, START + 1]), symbol="X")
    assert made.price_ticks.tolist() == [150_000_000, 125_000_000, 175_000_000]
    assert made.size_lots.tolist() == [100_000_000, 200_000_000, 300_000_000]
    assert made.side.tolist() == [1, -1, 0]
    assert made.side.dtype == np.int8
    assert not made.side.flags.writeable
    assert repr(made) == "Trades(X, 3 rows, 2020-01-01T00:00:00Z .. 2020-01-01T00:00:00.000000001Z)"


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"price": [1, np.nan, 1]}, "NaN prices [row 1"),
        ({"price": [1, 0, 1]}, "zero or negative prices [row 1"),
        ({"size": [1, -2, 1]}, "negative or infinite sizes [row 1"),
        ({"size": [1, np.nan, 1]}, "NaN sizes [row 1"),
        ({"side": [1, 99, 1]}, "unknown side [row 1"),
        ({"ts": [START + 1, START, START + 2]}, "time running backward [row 1"),
    ],
)
def test_bad_trades_are_refused_with_their_row_and_can_be_repaired(columns, named):
    with pytest.raises(DataError) as refusal:
        Trades.from_rows(trades(**columns))
    assert named in refusal.value.problem
    mended, notes = mend(trades(**columns), "here", TRADE_CHECKS)
    assert len(notes) == 1
    assert len(Trades.from_rows(mended)) == (3 if "ts" in columns else 2)


def test_quotes_without_sizes_are_unknown_not_zero():
    made = Quotes.from_rows(quotes(bid_size=[np.nan, 2], ask_size=[np.nan, np.nan]))
    assert made.bid_lots.tolist() == [-1, 200_000_000]
    assert made.ask_lots.tolist() == [-1, -1]
    assert made.notes == ("sizes unknown in 2 of 2 rows",)


def test_crossed_and_locked_quotes_are_kept_and_counted():
    made = Quotes.from_rows(quotes(bid=[1.6, 2.5]))
    assert made.notes == (
        "1 of 2 quotes are crossed (bid above ask)",
        "1 of 2 quotes are locked (bid equals ask)",
    )


def test_bad_quotes_are_refused():
    for columns in ({"bid": [-1, 1]}, {"ask": [1, np.inf]}, {"bid_size": [-1, 1]}):
        with pytest.raises(DataError, match="row"):
            Quotes.from_rows(quotes(**columns))
        mended, notes = mend(quotes(**columns), "here", QUOTE_CHECKS)
        assert len(mended) == len(notes) == 1


def test_book_rows_hold_sides_flags_and_ids():
    made = Books.from_rows(rows(last_id=np.array([7, 8])))
    assert made.side.tolist() == [1, -1]
    assert made.flags.dtype == np.uint8
    assert made.flags.tolist() == [1, 0]
    assert made.last_id is not None
    assert made.last_id.tolist() == [7, 8]
    assert made.size_lots.tolist() == [100_000_000, 0]
    assert Books.from_rows(rows()).last_id is None


def test_bad_book_rows_are_refused():
    for columns in ({"side": [0, 1]}, {"flags": [3, 0]}, {"size": [-1, 0]}):
        with pytest.raises(DataError, match="row 0"):
            Books.from_rows(rows(**columns))
        mended, _ = mend(rows(**columns), "here", BOOK_CHECKS)
        assert mended.row.tolist() == [1]


def test_between_cuts_every_column():
    made = Books.from_rows(rows(last_id=np.array([7, 8]))).between(START + 1)
    assert made.last_id is not None
    assert (len(made), made.last_id.tolist(), made.side.tolist()) == (1, [8], [-1])


def test_the_content_hash_depends_on_columns_only():
    one, other = Trades.from_rows(trades()), Trades.from_rows(trades(), symbol="X", source="there")
    assert one.content_hash() == other.content_hash()
    assert one.content_hash() != Trades.from_rows(trades(side=[1, 1, 1])).content_hash()


def test_no_rows_are_refused():
    with pytest.raises(DataError, match="no rows"):
        Trades.from_rows(trades().take(np.array([], np.int64)))
