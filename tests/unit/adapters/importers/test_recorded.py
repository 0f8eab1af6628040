"""The recorded data: every file reads, and the flawed ones say what is wrong with them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from parrot.adapters.importers import read_bars, read_books, read_quotes, read_trades
from parrot.engine.columns import DAY
from parrot.kernel.errors import DataError

pytestmark = pytest.mark.shared


def refused(path) -> str:
    with pytest.raises(DataError) as refusal:
        read_bars(path)
    return str(refusal.value)


def test_every_sound_file_of_bars_reads_exactly(shared):
    flawed = {"us_yahoo/SPY"}
    paths = [path for path in sorted((shared / "data").rglob("ohlcv_*.parquet")) if "flawed" not in str(path)]
    assert len(paths) > 50
    for path in paths:
        if path.parent.relative_to(shared / "data").as_posix() in flawed:
            continue
        made, source = read_bars(path), pl.read_parquet(path)
        assert made.ts.tolist() == source["ts"].to_list()
        rounded = any("prices rounded" in note for note in made.notes)
        for name in ("open", "high", "low", "close"):
            away = np.abs(getattr(made, name) - source[name].to_numpy()).max()
            assert away == 0.0 or (rounded and away < 1e-12), path


def test_every_file_of_ticks_reads(shared):
    for kind, read in (("trades", read_trades), ("quotes", read_quotes), ("l2", read_books)):
        for path in sorted((shared / "data").rglob(f"{kind}.parquet")):
            assert len(read(path)) == pl.scan_parquet(path).select(pl.len()).collect().item()


def test_high_that_equals_close_is_refused_and_widened(shared):
    path = shared / "data/flawed_gct_binance/BTCUSDT/ohlcv_1d.parquet"
    assert "176 rows with prices outside high and low [row 2 (2019-01-03T00:00:00Z)" in refused(path)
    made = read_bars(path, repair=True)
    assert len(made) == 365
    assert (made.high >= made.open).all()
    assert "high and low are widened" in made.notes[0]


def test_a_deliberately_damaged_file_names_all_its_damage(shared):
    path = shared / "data/flawed_si/BAD/ohlcv_1d.parquet"
    problem = refused(path)
    for kind in (
        "50 rows with no usable time [row 200",
        "51 rows with NaN prices [row 449",
        "54 rows with zero or negative prices [row 354",
        "9 rows with prices outside high and low [row 250",
        "1 row with negative or infinite volume [row 358",
    ):
        assert kind in problem
    made = read_bars(path, repair=True)
    assert len(made) == 502 - 50 - 51 - 54
    assert sum(note.startswith("repaired: ") for note in made.notes) == 5


def test_rows_out_of_order_are_refused_and_sorted(shared):
    path = shared / "data/flawed_si/MISMATCH/ohlcv_1d.parquet"
    assert "4 rows with time running backward [row 19 (2016-01-18T00:00:00Z)" in refused(path)
    made = read_bars(path, repair=True)
    assert len(made) == 502
    assert (np.diff(made.ts) > 0).all()


def test_constant_zero_prices_are_beyond_repair(shared):
    path = shared / "data/flawed_si/ZEROS/ohlcv_1d.parquet"
    assert "200 rows with zero or negative prices [row 0" in refused(path)
    with pytest.raises(DataError, match="no usable row is left"):
        read_bars(path, repair=True)


def test_dates_a_day_early_cannot_be_told_from_one_file_alone(shared):
    early = read_bars(shared / "data/flawed_si_binance/BTCUSDT/ohlcv_1d.parquet")
    right = read_bars(shared / "data/binance/BTCUSDT/ohlcv_1d.parquet")
    assert early.notes == ()  # a market that never closes shows no weekends to miss
    shifted = right.between(early.ts[0] + DAY, early.ts[-1] + 2 * DAY)
    assert np.array_equal(early.close_ticks, shifted.close_ticks)
    assert set((shifted.ts - early.ts).tolist()) == {DAY}


def test_a_known_price_below_low_is_refused_and_widened(shared):
    path = shared / "data/us_yahoo/SPY/ohlcv_1d.parquet"
    assert "2 rows with prices outside high and low [row 1806 (2015-03-05T00:00:00Z)" in refused(path)
    made = read_bars(path, repair=True)
    assert made.low[1806] == 209.419998


def test_prices_without_volume_are_read_with_a_note(shared):
    made = read_bars(shared / "data/us_dj30/AAPL/ohlcv_1d.parquet")
    assert made.notes == (
        "volume missing in 505 of 505 rows: 0 used",
        "prices rounded to 12 decimals, by at most 5.1e-13",
    )


def test_crossed_quotes_are_counted(shared):
    made = read_quotes(shared / "data/fxcm/EURUSD/quotes.parquet")
    assert made.notes[0] == "16,052 of 147,459 quotes are crossed (bid above ask)"


def test_bid_and_ask_bars_are_read_by_mapping(shared):
    path = shared / "data/oanda/EURUSD/quotebars_1m.parquet"
    assert "columns={'open': 'bid_open'" in refused(path)
    made = read_bars(path, columns={name: f"bid_{name}" for name in ("open", "high", "low", "close")})
    assert len(made) == 15_366


def test_prices_of_many_symbols_side_by_side_are_read_one_by_one(shared):
    path = shared / "data/us_panel/SP500_20/close_1d.parquet"
    assert "no column for open, high, low, close" in refused(path)
    made = read_bars(path, columns=dict.fromkeys(("open", "high", "low", "close"), "MSFT"), symbol="MSFT")
    assert (len(made), made.symbol) == (8313, "MSFT")


def test_the_benchmark_s_file_reads_exactly(shared, tmp_path):
    scope: dict[str, object] = {"__name__": "bars"}
    exec((shared / "bench/bars.py").read_text("utf-8"), scope)
    columns = scope["make"](20_000)
    np.savez(tmp_path / "bars.npz", **columns)
    made = read_bars(tmp_path / "bars.npz")
    assert made.notes == ()
    assert all(np.array_equal(getattr(made, name), column) for name, column in columns.items())
