"""read_trades, read_quotes and read_books: columns, sides and flags as they come, refusals and repairs."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import polars as pl
import pytest

from parrot.adapters.importers import read_books, read_quotes, read_trades
from parrot.kernel.errors import DataError

START = 1_577_836_800_000_000_000


def trades(**columns):
    return {
        "ts": START + np.arange(3),
        "price": [1.5, 1.25, 1.75],
        "size": [1.0, 2.0, 3.0],
        "side": [1, -1, 0],
    } | columns


def quotes(**columns):
    return {
        "ts": START + np.arange(2),
        "bid": [1.0, 2.0],
        "ask": [1.5, 2.5],
        "bid_size": [1, 2],
        "ask_size": [3, 4],
    } | columns


def rows(**columns):
    made = {"ts": [START, START], "side": [1, -1], "price": [1.0, 2.0], "size": [1.0, 0.0], "flags": [1, 0]}
    return made | {"last_id": [7, 7]} | columns


def test_trades_come_from_mappings_frames_and_files(tmp_path):
    made = read_trades(trades(), symbol="X")
    assert (made.symbol, made.side.tolist()) == ("X", [1, -1, 0])
    pl.DataFrame(trades()).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame(trades()).write_csv(tmp_path / "a.csv")
    sources = (pl.DataFrame(trades()), pl.DataFrame(trades()).to_pandas(), tmp_path / "a.parquet", tmp_path / "a.csv")
    assert {read_trades(source).content_hash() for source in sources} == {made.content_hash()}
    assert read_trades(made) is made


@pytest.mark.parametrize(
    "sides", [["buy", "SELL", ""], ["b", "s", None], ["bid", "ask", "unknown"], ["1", "-1", "0"], [1.0, -1.0, 0.0]]
)
def test_sides_are_understood_in_every_usual_spelling(sides):
    assert read_trades(trades(side=sides)).side.tolist() == [1, -1, 0]


def test_a_side_that_nobody_understands_is_refused_with_its_row():
    for sides in (["buy", "hold", "sell"], [1, 7, -1], [1, np.nan, -1]):
        with pytest.raises(DataError, match=r"unknown side \[row 1"):
            read_trades(trades(side=sides))
        assert len(read_trades(trades(side=sides), repair=True)) == 2


def test_trades_without_sides_are_unknown_and_noted():
    source = trades()
    del source["side"]
    made = read_trades(source)
    assert made.side.tolist() == [0, 0, 0]
    assert made.notes == ("no side column: sides are unknown",)


@pytest.mark.parametrize("header", ["", "id,price,qty,quote_qty,time,is_buyer_maker\n"])
def test_binance_trades_tell_the_side_by_the_maker(tmp_path, header):
    text = header + "1,10.5,0.1,1.05,1577836800000,true\n2,10.6,0.2,2.12,1577836800000,false\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("t.csv", text)
    path = tmp_path / "BTCUSDT-trades-2020-01.zip"
    path.write_bytes(packed.getvalue())
    made = read_trades(path)
    assert (made.symbol, made.side.tolist(), made.ts.tolist()) == ("BTCUSDT", [-1, 1], [START, START])
    assert made.size_lots.tolist() == [10_000_000, 20_000_000]


def test_trades_of_three_columns_without_header(tmp_path):
    (tmp_path / "a.csv").write_text("1577836800,10.5,0.1\n1577836801,10.6,0.2\n")
    assert read_trades(tmp_path / "a.csv").price_ticks.tolist() == [1_050_000_000, 1_060_000_000]


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"price": [1, -1, 1]}, "zero or negative prices"),
        ({"size": [1, -1, 1]}, "negative or infinite sizes"),
        ({"ts": [START + 2, START, START + 3]}, "time running backward"),
        ({"price": ["1", "x", "1"]}, "no numbers"),
    ],
)
def test_bad_trades_are_refused_or_repaired_with_a_note(columns, named):
    with pytest.raises(DataError, match=named):
        read_trades(trades(**columns))
    made = read_trades(trades(**columns), repair=True)
    assert any(named in note for note in made.notes)


def test_equal_times_keep_their_order():
    made = read_trades(trades(ts=[START, START, START]))
    assert made.price_ticks.tolist() == [150_000_000, 125_000_000, 175_000_000]


def test_equal_local_times_in_the_hour_that_happens_twice_stay_equal():
    local = ["2021-11-07 01:30:00", "2021-11-07 01:30:00", "2021-11-07 01:10:00"]
    made = read_trades(trades(ts=local), timezone="America/New_York")
    assert np.diff(made.ts).tolist() == [0, 40 * 60 * 10**9]


def test_quotes_count_crossings_and_unknown_sizes():
    made = read_quotes(quotes(bid=[1.6, 2.0], bid_size=[None, 1.0]))
    assert made.notes == ("1 of 2 quotes are crossed (bid above ask)", "sizes unknown in 1 of 2 rows")
    assert made.bid_lots.tolist() == [-1, 100_000_000]


def test_quotes_without_size_columns_are_of_unknown_size():
    made = read_quotes({name: quotes()[name] for name in ("ts", "bid", "ask")})
    assert made.ask_lots.tolist() == [-1, -1]
    with pytest.raises(DataError, match="no column for ask"):
        read_quotes({name: quotes()[name] for name in ("ts", "bid")})


def test_book_rows_are_read_with_their_ids():
    made = read_books(rows())
    assert (made.side.tolist(), made.flags.tolist(), made.size_lots.tolist()) == ([1, -1], [1, 0], [100_000_000, 0])
    assert made.last_id is not None
    assert made.last_id.tolist() == [7, 7]
    assert read_books(rows(side=["bid", "ask"], flags=[True, False])).content_hash() == made.content_hash()


def test_book_rows_without_flags_are_deltas():
    source = rows()
    del source["flags"], source["last_id"]
    made = read_books(source)
    assert made.flags.tolist() == [0, 0]
    assert made.notes == ("no flags column: all rows are deltas",)
    assert made.last_id is None


@pytest.mark.parametrize("columns", [{"side": [0, 1]}, {"flags": [5, 0]}, {"size": [-1, 0]}, {"price": [0, 1]}])
def test_bad_book_rows_are_refused_or_dropped(columns):
    with pytest.raises(DataError, match="row 0"):
        read_books(rows(**columns))
    assert len(read_books(rows(**columns), repair=True)) == 1


def test_an_update_id_that_is_no_whole_number_is_refused():
    with pytest.raises(DataError, match="row 1 has no whole number in column 'last_id'"):
        read_books(rows(last_id=["7", "x"]))


def test_one_of_several_symbols_is_chosen():
    source = trades(symbol=["A", "B", "A"])
    with pytest.raises(DataError, match=r"read_trades\(source, symbol=s\)"):
        read_trades(source)
    assert read_trades(source, symbol="A").price_ticks.tolist() == [150_000_000, 175_000_000]
