"""Indicators: what goes in, what comes out, and that streaming, whole columns and one pass over many agree."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parrot.indicators as ind
from parrot.kernel.errors import DataError, InputError, ParameterError

DAY = 86_400_000_000_000
ONE_SERIES: dict[str, Callable[[np.ndarray, int], Any]] = {
    "sma": ind.sma,
    "ema": ind.ema,
    "wma": ind.wma,
    "dema": ind.dema,
    "tema": ind.tema,
    "rsi": ind.rsi,
    "roc": ind.roc,
    "stddev": ind.stddev,
    "bbands": ind.bbands,
    "percent_b": ind.percent_b,
    "linreg": ind.linreg,
    "highest": ind.highest,
    "lowest": ind.lowest,
    "zscore": ind.zscore,
    "percent_rank": ind.percent_rank,
}
RECURSIVE = {"ema", "dema", "tema", "rsi"}
REQUESTS: dict[str, tuple[Any, ...]] = {
    "sma": ("sma", 7),
    "ema": ("ema", 7),
    "wma": ("wma", 7),
    "dema": ("dema", 7),
    "tema": ("tema", 7),
    "rsi": ("rsi", 7),
    "macd": ("macd", 5, 9, 4),
    "roc": ("roc", 7),
    "true_range": ("true_range",),
    "atr": ("atr", 7),
    "adx": ("adx", 7),
    "bbands": ("bbands", 7, 2.5),
    "percent_b": ("percent_b", 7, 2.5),
    "keltner": ("keltner", 7, 1.5, 5),
    "donchian": ("donchian", 7),
    "stoch": ("stoch", 7, 3, 2),
    "cci": ("cci", 7),
    "willr": ("willr", 7),
    "obv": ("obv",),
    "mfi": ("mfi", 7),
    "vwap": ("vwap",),
    "session_vwap": ("session_vwap",),
    "psar": ("psar", 0.03, 0.3),
    "supertrend": ("supertrend", 7, 2.0),
    "stddev": ("stddev", 7),
    "linreg": ("linreg", 7),
    "highest": ("highest", 7),
    "lowest": ("lowest", 7),
    "ichimoku": ("ichimoku", 3, 5, 8),
    "zscore": ("zscore", 7),
    "percent_rank": ("percent_rank", 7),
}
READS = {
    "true_range": "high low close",
    "atr": "high low close",
    "adx": "high low close",
    "keltner": "high low close",
    "donchian": "high low",
    "stoch": "high low close",
    "cci": "high low close",
    "willr": "high low close",
    "obv": "close volume",
    "mfi": "high low close volume",
    "vwap": "high low close volume",
    "session_vwap": "high low close volume ts",
    "psar": "high low",
    "supertrend": "high low close",
    "ichimoku": "high low",
}


def market(rows: int, seed: int = 1) -> dict[str, np.ndarray]:
    """A random walk of bars, four hours apart."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, rows)))
    opened = np.concatenate([[100.0], close[:-1]])[:rows]
    return {
        "high": np.maximum(opened, close) * (1 + np.abs(rng.normal(0, 0.004, rows))),
        "low": np.minimum(opened, close) * (1 - np.abs(rng.normal(0, 0.004, rows))),
        "close": close,
        "volume": rng.lognormal(5, 1, rows),
        "ts": 1_600_000_000_000_000_000 + 14_400_000_000_000 * np.arange(rows, dtype=np.int64),
    }


def by_function(name: str, bars: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    function = getattr(ind, name.removeprefix("session_"))
    result = function(*(bars[read] for read in READS.get(name, "close").split()), *REQUESTS[name][1:])
    return result if isinstance(result, tuple) else (result,)


def outputs(result: Any) -> tuple[np.ndarray, ...]:
    return result if isinstance(result, tuple) else (result,)


def same(one: Iterable[np.ndarray], other: Iterable[np.ndarray]) -> bool:
    """Equal to the last bit."""
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", REQUESTS)
def test_bar_by_bar_equals_whole_columns_to_the_last_bit(name: str) -> None:
    bars = market(300)
    stream = ind.Stream(*REQUESTS[name])
    columns = [bars[read].tolist() for read in READS.get(name, "close").split()]
    rows = [outputs(stream.update(*row)) for row in zip(*columns, strict=True)]
    assert same(np.array(rows).T.copy(), by_function(name, bars))


@pytest.mark.parametrize("name", REQUESTS)
def test_bar_by_bar_equals_whole_columns_where_values_are_missing(name: str) -> None:
    bars = market(200)
    for column, holes in (("high", [0, 1, 50]), ("close", [0, 60]), ("volume", [2, 120])):
        bars[column][holes] = np.nan
    stream = ind.Stream(*REQUESTS[name])
    columns = [bars[read].tolist() for read in READS.get(name, "close").split()]
    rows = [outputs(stream.update(*row)) for row in zip(*columns, strict=True)]
    np.testing.assert_array_equal(np.array(rows).T, np.array(by_function(name, bars)))


def test_one_pass_over_many_equals_each_alone_to_the_last_bit() -> None:
    bars = market(10_000)
    results = ind.many(bars, REQUESTS)
    assert list(results) == list(REQUESTS)
    for name, result in results.items():
        assert same(outputs(result), by_function(name, bars)), name


@pytest.mark.parametrize("name", REQUESTS)
def test_all_outputs_have_values_from_the_stated_row_on(name: str) -> None:
    values = np.array(by_function(name, market(200)))
    first = ind.lookback(*REQUESTS[name])
    assert not np.isnan(values[:, first:]).any()
    assert first == 0 or np.isnan(values[:, first - 1]).any()
    assert ind.Stream(*REQUESTS[name]).lookback == first


@pytest.mark.parametrize("name", REQUESTS)
def test_later_bars_do_not_change_earlier_values(name: str) -> None:
    bars = market(150)
    whole = by_function(name, bars)
    for rows in (0, 1, 7, 40, 149):
        cut = by_function(name, {column: values[:rows] for column, values in bars.items()})
        assert same(cut, [column[:rows] for column in whole])


def test_every_public_indicator_is_tested_here() -> None:
    assert set(REQUESTS) - {"session_vwap"} == set(ind.__all__) - {"Stream", "lookback", "many"}


def test_moving_averages_of_a_few_numbers() -> None:
    assert ind.sma([1, 2, 3, 4], 2).tolist()[1:] == [1.5, 2.5, 3.5]
    assert ind.wma([1, 2, 3], 3)[2] == (1 + 2 * 2 + 3 * 3) / 6
    assert ind.ema([1, 2, 3, 5], 3).tolist()[2:] == [2.0, 3.5]
    assert ind.highest([3, 1, 2], 2).tolist()[1:] == [3, 2]
    assert ind.lowest([3, 1, 2], 2).tolist()[1:] == [1, 1]
    assert ind.percent_rank([1, 3, 2, 2], 2).tolist()[2:] == [50, 50]
    assert ind.obv([1, 2, 2, 1], [10, 20, 30, 40]).tolist() == [10, 30, 30, -10]
    assert ind.zscore([1, 3], 2)[1] == 1
    assert ind.percent_b([1, 3], 2, 1.0)[1] == 1
    line = ind.linreg([1, 3, 5, 7], 4)
    assert (line.value[3], line.slope[3], line.intercept[3]) == (7, 2, 1)


def test_true_range_reaches_to_the_close_before() -> None:
    assert ind.true_range([10, 15, 9], [8, 13, 7], [9, 14, 8]).tolist()[1:] == [6, 7]


@pytest.mark.parametrize("price", [0.1, 1 / 3, 123.456, 1e-7, 65_432.1])
def test_a_flat_market_has_flat_averages_and_no_width(price: float) -> None:
    flat = np.full(500, price)
    for average in (ind.sma, ind.ema, ind.wma, ind.highest, ind.lowest):
        assert set(average(flat, 14)[13:].tolist()) == {price}
    assert not ind.stddev(flat, 14)[13:].any()
    assert not ind.zscore(flat, 14)[13:].any()
    assert not ind.cci(flat, flat, flat, 14)[13:].any()
    assert not ind.rsi(flat, 14)[14:].any()
    assert not ind.linreg(flat, 14).slope[13:].any()
    assert set(ind.percent_b(flat, 14)[13:].tolist()) == {0.5}
    assert set(ind.bbands(flat, 14).upper[13:].tolist()) == {price}


def test_an_average_of_one_bar_is_the_bar() -> None:
    close = market(50)["close"]
    for average in (ind.sma, ind.ema, ind.wma, ind.dema, ind.highest, ind.lowest):
        assert average(close, 1).tobytes() == close.tobytes()


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=120), st.integers(1, 30))
def test_windows_agree_with_exact_fractions(ticks: list[int], n: int) -> None:
    mean, deviation = ind.sma(ticks, n), ind.stddev(ticks, n)
    for end in range(n, len(ticks) + 1):
        window = [Fraction(tick) for tick in ticks[end - n : end]]
        exact = sum(window) / n
        variance = sum((tick - exact) ** 2 for tick in window) / n
        assert math.isclose(mean[end - 1], exact, rel_tol=1e-14)
        assert math.isclose(deviation[end - 1], math.sqrt(variance), rel_tol=1e-12)


def test_windows_do_not_drift_over_a_million_rows() -> None:
    rows, n = 1_000_000, 20
    ticks = 10_000_000 + np.cumsum(np.random.default_rng(3).integers(-50, 51, rows))
    totals = np.concatenate([[0], np.cumsum(ticks)])
    exact = (totals[n:] - totals[:-n]) / n
    assert np.max(np.abs(ind.sma(ticks, n)[n - 1 :] / exact - 1)) < 1e-15
    windows = np.lib.stride_tricks.sliding_window_view(ticks[-5_000:], n)
    late = np.sqrt(n * (windows * windows).sum(axis=1) - windows.sum(axis=1) ** 2) / n
    np.testing.assert_allclose(ind.stddev(ticks, n)[-len(late) :], late, rtol=1e-12)


def test_a_spike_leaves_no_trace_once_it_left_the_window() -> None:
    close = market(400)["close"]
    spiked = close.copy()
    spiked[100] = 1e15
    for function in (ind.sma, ind.wma, ind.stddev, ind.zscore):
        np.testing.assert_allclose(function(spiked, 14)[140:], function(close, 14)[140:], rtol=1e-12)


@pytest.mark.parametrize("name", ONE_SERIES)
def test_nan_shows_in_the_windows_that_contain_it(name: str) -> None:
    close, n = market(200)["close"], 10
    holed = close.copy()
    holed[80] = np.nan
    clean, result = np.array(outputs(ONE_SERIES[name](close, n))), np.array(outputs(ONE_SERIES[name](holed, n)))
    assert np.array_equal(result[:, :80], clean[:, :80], equal_nan=True)
    if name in RECURSIVE:
        assert np.isnan(result[:, 80:]).all()
        return
    reach = n if name in {"percent_rank", "roc"} else n - 1
    contained = {"roc": [80, 80 + n]}.get(name, list(range(80, 80 + reach + 1)))
    missing = np.isnan(result[:, 80:]).any(axis=0)
    assert (np.flatnonzero(missing) + 80).tolist() == contained
    np.testing.assert_allclose(result[:, 80 + reach + 1 :], clean[:, 80 + reach + 1 :], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("name", "hole"), [(name, hole) for name in READS for hole in READS[name].split()[:4]])
def test_nan_in_any_column_shows(name: str, hole: str) -> None:
    bars = market(120)
    bars[hole][60] = np.nan
    missing = np.isnan(np.sum(by_function(name, bars), axis=0)).tolist()
    next_bar_first = hole == "close" and name in {"true_range", "atr", "adx"}  # these read the close of the bar before
    assert missing[60] or (next_bar_first and missing[61]), f"{name} hides NaN in {hole}"


@pytest.mark.parametrize("name", ["mfi", "cci", "willr", "stoch", "donchian", "session_vwap"])
def test_windows_recover_after_nan(name: str) -> None:
    bars = market(120)
    bars["high"][60] = np.nan
    assert not np.isnan(by_function(name, bars)[0][80:]).any()


def test_leading_nan_are_skipped_so_that_indicators_can_be_chained() -> None:
    strength = ind.rsi(market(200)["close"], 14)
    smooth = ind.sma(strength, 5)
    assert np.isnan(smooth[:18]).all()
    assert smooth[18:].tobytes() == ind.sma(strength[14:], 5)[4:].tobytes()
    assert np.isnan(ind.ema(np.full(5, np.nan), 2)).all()


def test_session_average_starts_anew_with_each_utc_day() -> None:
    bars = market(30)
    per_day = by_function("session_vwap", bars)[0]
    for day in np.unique(bars["ts"] // DAY):
        rows = bars["ts"] // DAY == day
        assert per_day[rows].tolist() == ind.vwap(*(bars[c][rows] for c in ("high", "low", "close", "volume"))).tolist()
    edge = np.array([DAY - 1, DAY, DAY + 1])
    assert ind.vwap([1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 1, 1], edge).tolist() == [1, 2, 2.5]
    assert ind.vwap([1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 1, 1], edge.astype("datetime64[ns]")).tolist() == [1, 2, 2.5]


def test_an_average_without_volume_is_the_typical_price() -> None:
    assert ind.vwap([3, 6], [3, 6], [3, 6], [0, 0]).tolist() == [3, 6]


def test_columns_are_converted() -> None:
    close = market(60)["close"]
    expected = ind.ema(np.round(close), 5).tobytes()
    whole = np.round(close)
    holders = [
        whole.astype(np.int64),
        whole.astype(np.int32),
        whole.astype(np.float32),
        whole.astype(">f8"),
        np.repeat(whole, 2)[::2],
        whole.tolist(),
        [int(value) for value in whole],
        [Decimal(int(value)) for value in whole],
        pl.Series(whole),
        pd.Series(whole),
    ]
    for held in holders:
        assert ind.ema(held, 5).tobytes() == expected
    assert math.isnan(ind.sma(pl.Series([1.0, None, 3.0]), 1)[1])
    assert math.isnan(ind.sma(np.ma.masked_equal([1, 2, 3], 2), 1)[1])


def test_inputs_are_left_alone_and_outputs_are_new() -> None:
    close = market(60)["close"]
    before = close.copy()
    close.flags.writeable = False
    result = ind.sma(close, 5)
    assert result.flags.writeable
    assert result.dtype == np.float64
    assert np.array_equal(close, before)


def test_empty_and_short_columns_give_columns_of_their_length() -> None:
    assert ind.sma([], 5).tolist() == []
    assert np.isnan(ind.sma([1.0, 2.0], 5)).all()
    assert len(ind.adx([1.0], [1.0], [1.0], 14).adx) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda x: ind.sma(x, 0),
        lambda x: ind.sma(x, -1),
        lambda x: ind.sma(x, 2.5),
        lambda x: ind.sma(x, math.nan),
        lambda x: ind.sma(x, 10**9),
        lambda x: ind.sma(x, 10**400),
        lambda x: ind.sma(x, "20"),
        lambda x: ind.sma(x, True),
        lambda x: ind.sma(x, None),
        lambda x: ind.linreg(x, 1),
        lambda x: ind.bbands(x, 5, -1.0),
        lambda x: ind.bbands(x, 5, math.inf),
        lambda x: ind.macd(x, 26, 12, 9),
        lambda x: ind.psar(x, x, -0.1, 0.2),
        lambda x: ind.Stream("nothing", 5),
        lambda x: ind.Stream("rsi", 5, 6),
        lambda x: ind.Stream("rsi", 5).update(1.0, 2.0),
        lambda x: ind.Stream("rsi", 5).update("1"),
        lambda x: ind.lookback("rsi", 0),
        lambda x: ind.many({"close": x}, {"a": "rsi"}),  # type: ignore[dict-item]
        lambda x: ind.many({"close": x}, {"a": ()}),
        lambda x: ind.many({"close": x}, {"a": ("nothing", 3)}),
        lambda x: ind.many({"close": x}, {"a": ("atr", 14, "close")}),
    ],
)
def test_a_wrong_parameter_is_refused_with_what_is_expected(call: Callable[[np.ndarray], object]) -> None:
    with pytest.raises(ParameterError) as refused:
        call(np.arange(30.0))
    assert refused.value.expected
    assert refused.value.fix


@pytest.mark.parametrize(
    "call",
    [
        lambda x: ind.sma(x.reshape(5, 6), 3),
        lambda x: ind.sma(5.0, 3),
        lambda x: ind.sma(None, 3),
        lambda x: ind.sma(["1", "2"], 1),
        lambda x: ind.sma(np.array([1.0, "x", object()], dtype=object), 1),
        lambda x: ind.sma([[1.0], [1.0, 2.0]], 1),
        lambda x: ind.sma(x > 3, 3),
        lambda x: ind.sma(x + 1j, 3),
        lambda x: ind.sma(x.astype("datetime64[ns]"), 3),
        lambda x: ind.atr(x, x[1:], x, 3),
        lambda x: ind.vwap(x, x, x, x, x),
        lambda x: ind.many({"close": x}, {"a": ("atr", 14)}),
        lambda x: ind.many({"close": x, "high": x[1:]}, {"a": ("sma", 3), "b": ("sma", 3, "high")}),
    ],
)
def test_a_wrong_column_is_refused_with_what_is_expected(call: Callable[[np.ndarray], object]) -> None:
    with pytest.raises(DataError) as refused:
        call(np.arange(30.0))
    assert refused.value.expected
    assert refused.value.fix


def test_errors_are_input_errors_and_value_errors() -> None:
    with pytest.raises(InputError):
        ind.sma([1.0], 0)
    with pytest.raises(ValueError, match="n is 0"):
        ind.sma([1.0], 0)


def test_many_reads_frames_and_named_columns() -> None:
    bars = market(100)
    frame = pl.DataFrame(bars)
    wanted: dict[str, tuple[Any, ...]] = {"price": ("sma", 5), "volume": ("sma", 5, "volume"), "day": ("session_vwap",)}
    for columns in (bars, frame, frame.to_pandas()):
        results = ind.many(columns, wanted)
        assert results["price"].tobytes() == ind.sma(bars["close"], 5).tobytes()
        assert results["volume"].tobytes() == ind.sma(bars["volume"], 5).tobytes()
        assert results["day"].tobytes() == by_function("session_vwap", bars)[0].tobytes()
    assert ind.many(bars, {}) == {}
