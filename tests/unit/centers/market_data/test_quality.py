"""Each kind of flaw is found where it was planted, and the recorded files show what their provenance says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from parrot.centers.market_data.quality import Flaw, Limits, QualityReport, inspect
from parrot.engine.bars import Bars
from parrot.engine.defects import RawRows
from parrot.kernel.errors import DataError

HOUR = 3_600_000_000_000
DAY = 24 * HOUR
START = 1_704_067_200_000_000_000  # 2024-01-01, a Monday
COLUMNS = ("ts", "open", "high", "low", "close", "volume")


def clean(rows: int = 400, step: int = HOUR, seed: int = 1) -> dict[str, Any]:
    """A quiet market without any flaw."""
    rng = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(rng.uniform(-0.004, 0.004, rows)))
    before = np.append(100.0, close[:-1])
    return {
        "ts": START + step * np.arange(rows),
        "open": before,
        "high": np.maximum(before, close) * 1.001,
        "low": np.minimum(before, close) * 0.999,
        "close": close,
        "volume": rng.uniform(50.0, 150.0, rows),
    }


def without(bars: dict[str, Any], rows: Any) -> dict[str, Any]:
    return {name: np.delete(column, rows) for name, column in bars.items()}


def daily_sessions(name: str, start: str, end: str) -> np.ndarray:
    from parrot.engine.calendar import calendar

    first, last = (int(np.datetime64(text, "ns").astype(np.int64)) for text in (start, end))
    return calendar(name).sessions(first, last).day


def recorded(shared: Path, name: str) -> dict[str, Any]:
    frame = pl.read_parquet(shared / "data" / f"{name}.parquet")
    return {column: frame[column].to_numpy() for column in COLUMNS}


def only(report: QualityReport, flaw: Flaw) -> list[tuple[int, int]]:
    """Rows and times of the places of the one finding that the report must consist of."""
    assert [finding.flaw for finding in report.findings] == [flaw], report.findings
    return [(place.row, place.ts) for place in report.findings[0].places]


def test_a_clean_series_has_no_findings_and_tells_its_span() -> None:
    bars = clean()
    report = inspect(bars)
    assert report.findings == ()
    assert report.usable
    assert (report.rows, report.first_ts, report.last_ts, report.timeframe) == (400, START, START + 399 * HOUR, HOUR)


def test_a_gap_is_placed_at_the_bar_before_it_with_the_number_of_missing_bars() -> None:
    report = inspect(without(clean(), [100, 101, 102, 300]))
    assert only(report, Flaw.GAP) == [(99, START + 99 * HOUR), (296, START + 299 * HOUR)]
    assert report.count(Flaw.GAP) == 2
    assert "4 bar(s) missing" in report.findings[0].summary
    assert report.usable


def test_weekends_and_holidays_are_gaps_only_without_a_calendar() -> None:
    days = daily_sessions("XNYS", "2023-01-01", "2024-01-01")
    bars = {**clean(len(days), DAY), "ts": days}
    assert inspect(bars, calendar="XNYS").findings == ()
    assert inspect(bars).count(Flaw.GAP) > 50
    missing = without(bars, [30])
    assert inspect(missing, calendar="XNYS").count(Flaw.GAP) == 1


def test_nights_and_lunch_breaks_are_no_gaps_with_a_calendar() -> None:
    from parrot.engine.calendar import calendar

    moments = START + HOUR // 2 * np.arange(24 * 2 * 60)
    open_bars = moments[calendar("XTKS").is_open(moments)]
    bars = {**clean(len(open_bars), HOUR // 2), "ts": open_bars}
    assert inspect(bars, calendar="XTKS").findings == ()
    assert inspect(without(bars, [50]), calendar="XTKS").count(Flaw.GAP) == 1


def test_duplicates_and_backward_times_are_told_apart() -> None:
    bars = clean()
    order = np.concatenate([np.arange(50), [10], np.arange(50, 400)])
    report = inspect({name: column[order] for name, column in bars.items()})
    assert {finding.flaw: finding.count for finding in report.findings} == {Flaw.BACKWARD: 1, Flaw.DUPLICATE: 1}
    duplicate = report.finding(Flaw.DUPLICATE)
    assert duplicate is not None
    assert duplicate.places[0].text == "as row 10, same prices"
    assert not report.usable


def test_an_exact_repeat_in_order_is_a_duplicate_only() -> None:
    bars = clean()
    order = np.concatenate([np.arange(50), [49], np.arange(50, 400)])
    report = inspect({name: column[order] for name, column in bars.items()})
    assert only(report, Flaw.DUPLICATE) == [(50, START + 49 * HOUR)]


@pytest.mark.parametrize(
    ("column", "value", "flaw"),
    [
        ("close", np.nan, Flaw.NOT_FINITE),
        ("open", np.inf, Flaw.NOT_FINITE),
        ("low", 0.0, Flaw.NOT_POSITIVE),
        ("low", -3.0, Flaw.NOT_POSITIVE),
        ("high", 1.0, Flaw.BAD_OHLC),
        ("volume", -1.0, Flaw.BAD_VOLUME),
        ("volume", np.inf, Flaw.BAD_VOLUME),
        ("volume", np.nan, Flaw.NO_VOLUME),
        ("volume", 0.0, Flaw.ZERO_VOLUME),
        ("ts", np.iinfo(np.int64).min, Flaw.NO_TIME),
    ],
)
def test_a_broken_value_is_found_at_its_row(column: str, value: float, flaw: Flaw) -> None:
    bars = clean()
    bars[column][77] = value
    found = inspect(bars).finding(flaw)
    assert found is not None
    assert (found.count, found.places[0].row) == (1, 77)
    assert inspect(bars).usable == (flaw in (Flaw.NO_VOLUME, Flaw.ZERO_VOLUME))


def test_a_bad_tick_is_a_spike_on_the_way_there_and_back() -> None:
    bars = clean()
    bars["close"][200] *= 1.5
    bars["high"][200] *= 1.5
    assert [row for row, _ in only(inspect(bars), Flaw.SPIKE)] == [200, 201]


def test_a_bad_wick_is_a_spike() -> None:
    bars = clean()
    bars["low"][200] *= 0.5
    assert [row for row, _ in only(inspect(bars), Flaw.SPIKE)] == [200]


def test_a_verdict_on_a_spike_does_not_change_when_more_bars_arrive() -> None:
    bars = clean(600)
    for row in (150, 320, 500):
        bars["high"][row] *= 1.4
    rows = [row for row, _ in only(inspect(bars), Flaw.SPIKE)]
    for size in range(140, 600, 37):
        cut = inspect({name: column[:size] for name, column in bars.items()}).finding(Flaw.SPIKE)
        assert ([place.row for place in cut.places] if cut else []) == [row for row in rows if row < size]


def test_a_stuck_feed_is_one_stale_run_with_its_length() -> None:
    bars = clean()
    for name in ("open", "high", "low", "close"):
        bars[name][100:112] = bars["close"][99]
    report = inspect(bars)
    assert only(report, Flaw.STALE) == [(99, START + 99 * HOUR)]
    assert "13 bars in a row" in report.findings[0].places[0].text


def split(bars: dict[str, Any], row: int, ratio: float, volume: float) -> dict[str, Any]:
    for name in ("open", "high", "low", "close"):
        bars[name][row:] *= ratio
    bars["volume"][row:] *= volume
    return bars


def test_a_split_that_looks_like_a_crash_is_named_by_its_ratio() -> None:
    report = inspect(split(clean(), 200, 1 / 4, 4))
    assert only(report, Flaw.SPLIT) == [(200, START + 200 * HOUR)]
    assert "split of 4:1" in report.findings[0].places[0].text


def test_a_small_split_needs_volume_to_match() -> None:
    assert "split of 3:2" in inspect(split(clean(), 200, 2 / 3, 1.5)).findings[0].places[0].text
    crash = inspect(split(clean(), 200, 2 / 3, 4))
    assert [finding.flaw for finding in crash.findings] == [Flaw.SPIKE]


def test_a_reverse_split_in_recorded_prices_is_found_on_its_day(shared: Path) -> None:
    found = inspect(recorded(shared, "us_wiki/AIG/ohlcv_1d"), calendar="XNYS").finding(Flaw.SPLIT)
    assert found is not None
    assert [place.ts for place in found.places] == [1_246_406_400_000_000_000]  # 2009-07-01
    assert "reverse split" in found.places[0].text
    assert "1:20" in found.places[0].text


def test_dates_that_are_a_day_early_are_found_against_a_reference(shared: Path) -> None:
    early, right = recorded(shared, "flawed_si_binance/BTCUSDT/ohlcv_1d"), recorded(shared, "binance/BTCUSDT/ohlcv_1d")
    found = inspect(early, reference=right).finding(Flaw.TIME_SHIFT)
    assert found is not None
    assert found.count > 1_200
    assert [place.text[:28] for place in found.places] == ["from here on 1d too early: f"]
    assert inspect(right, reference=right).finding(Flaw.TIME_SHIFT) is None


def test_a_local_clock_is_found_against_a_reference_month_by_month() -> None:
    right = clean(24 * 90)
    ts = right["ts"].copy()
    ts[24 * 31 :] += HOUR  # from February on
    moved = without({**right, "ts": ts}, [])
    found = inspect(moved, reference=right).finding(Flaw.TIME_SHIFT)
    assert found is not None
    assert [(place.row, place.text[:26]) for place in found.places] == [(24 * 31, "from here on 1h too late: ")]


def test_local_time_is_found_against_the_exchange_calendar() -> None:
    from parrot.engine.calendar import calendar

    moments = START + HOUR // 2 * np.arange(48 * 120)
    utc = moments[calendar("XNYS").is_open(moments)]
    wall = utc - np.where(utc < 1_710_054_000_000_000_000, 5, 4) * HOUR  # New York's clock; summer time from 2024-03-10
    bars = clean(len(utc), HOUR // 2)
    assert inspect({**bars, "ts": utc}, calendar="XNYS").finding(Flaw.TIME_SHIFT) is None
    found = inspect({**bars, "ts": wall}, calendar="XNYS").finding(Flaw.TIME_SHIFT)
    assert found is not None
    assert found.count == len(utc)
    assert found.places[0].text.startswith("from here on 5h too early")
    assert found.places[-1].text.startswith("from here on 4h too early")


def test_dates_of_the_evening_before_are_found_against_the_exchange_calendar() -> None:
    days = daily_sessions("XNYS", "2023-01-01", "2023-07-01")
    bars = clean(len(days), DAY)
    found = inspect({**bars, "ts": days - DAY}, calendar="XNYS").finding(Flaw.TIME_SHIFT)
    assert found is not None
    assert found.places[0].text.startswith("from here on 1d too early")


def test_a_day_boundary_that_moves_with_summer_time_is_found() -> None:
    bars = clean(300, DAY)
    bars["ts"] = bars["ts"] - HOUR * ((np.arange(300) >= 90) & (np.arange(300) < 210))
    report = inspect(bars)
    found = report.finding(Flaw.TIME_SHIFT)
    assert found is not None
    assert found.count == 120
    assert [place.row for place in found.places] == [90]


RECORDED = {
    "flawed_gct_binance/BTCUSDT/ohlcv_1d": {Flaw.BAD_OHLC: 176},
    "flawed_si/MISMATCH/ohlcv_1d": {Flaw.BACKWARD: 4, Flaw.GAP: 112},
    "flawed_si/ZEROS/ohlcv_1d": {Flaw.NOT_POSITIVE: 200, Flaw.ZERO_VOLUME: 200, Flaw.GAP: 42},
    "binance/BTCUSDT/ohlcv_1d": {},
    "us_wiki/AAPL/ohlcv_1d": {Flaw.GAP: 108},
    "bitstamp/BTCUSD/ohlcv_1m": {Flaw.ZERO_VOLUME: 45},
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_files_show_exactly_what_their_provenance_says(name: str, shared: Path) -> None:
    report = inspect(recorded(shared, name))
    assert {finding.flaw: finding.count for finding in report.findings} == RECORDED[name]


def test_the_real_hole_of_march_2023_is_found(shared: Path) -> None:
    report = inspect(recorded(shared, "binance/BTCUSDT/ohlcv_1h"))
    gap, zero = report.finding(Flaw.GAP), report.finding(Flaw.ZERO_VOLUME)
    assert gap is not None
    assert zero is not None
    assert (gap.count, gap.places[0].ts) == (1, 1_679_659_200_000_000_000)  # 12:00 on 2023-03-24, then nothing at 13:00
    assert [place.ts for place in zero.places] == [1_679_659_200_000_000_000]


def test_a_badly_damaged_file_is_described_to_the_end(shared: Path) -> None:
    report = inspect(recorded(shared, "flawed_si/BAD/ohlcv_1d"), calendar="XNYS")
    counts = {finding.flaw: finding.count for finding in report.findings}
    assert {flaw: counts[flaw] for flaw in (Flaw.NOT_FINITE, Flaw.BAD_OHLC, Flaw.ZERO_VOLUME)} == {
        Flaw.NOT_FINITE: 51,
        Flaw.BAD_OHLC: 12,
        Flaw.ZERO_VOLUME: 51,
    }
    assert counts[Flaw.NO_TIME] == 50
    assert not report.usable


def test_places_are_capped_and_counts_are_not() -> None:
    bars = clean()
    bars["volume"][:] = 0.0
    report = inspect(bars, limits=Limits(places=3))
    assert report.count(Flaw.ZERO_VOLUME) == 400
    assert len(report.findings[0].places) == 3


def test_validated_bars_are_accepted_and_no_rows_are_not_usable() -> None:
    bars = clean()
    ticks = {f"{name}_ticks": np.rint(bars[name] * 1e8).astype(np.int64) for name in COLUMNS[1:5]}
    lots = np.rint(bars["volume"] * 1e8).astype(np.int64)
    value = Bars(
        "X",
        bars["ts"],
        bars["ts"] + HOUR,
        **ticks,
        volume_lots=lots,
        price_decimals=8,
        volume_decimals=8,
        timeframe=HOUR,
    )
    assert inspect(value).findings == ()
    rows = RawRows(bars["ts"], {name: bars[name] for name in COLUMNS[1:]}, np.arange(400))
    assert inspect(rows).as_dict() == inspect(bars).as_dict()
    empty = inspect({name: np.array([]) for name in COLUMNS})
    assert empty.rows == 0
    assert not empty.usable


def test_missing_columns_are_named() -> None:
    bars = clean()
    del bars["close"]
    with pytest.raises(DataError, match="close"):
        inspect(bars)
    with pytest.raises(DataError, match="unequal length"):
        inspect({**clean(), "high": np.ones(3)})


def test_the_report_as_plain_values_has_text_times_and_advice() -> None:
    bars = clean()
    bars["high"][5] = 1.0
    plain = inspect(bars).as_dict()
    assert plain["usable"] is False
    assert plain["findings"][0]["flaw"] == "bad OHLC"
    assert plain["findings"][0]["places"][0]["time"] == "2024-01-01T05:00:00Z"
    assert "repair=True" in plain["findings"][0]["advice"]
