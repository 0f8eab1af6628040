"""Statistics agree with two independent libraries, and say None where a definition leaves them undefined."""

from __future__ import annotations

import json
import math
import warnings

import empyrical
import numpy as np
import pandas as pd
import pytest
import quantstats
from hypothesis import given
from hypothesis import strategies as st

from parrot.engine import metrics
from parrot.kernel.errors import DataError, ParameterError

YEAR = 252


def close(value: float | None, expected: float) -> bool:
    return value is not None and math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-9)


def number(value: float | None) -> float:
    assert value is not None
    return value


def curve(returns: np.ndarray) -> np.ndarray:
    return np.concatenate([[1.0], np.cumprod(1.0 + returns)])


def random_returns(seed: int, count: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return draw.standard_t(4, count) * 0.012 + 0.0004


def both_libraries(series: pd.Series) -> dict[str, list[float]]:
    """Figures of empyrical and quantstats for one series of daily returns."""
    e, q = empyrical, quantstats.stats
    return {
        "total_return": [e.cum_returns_final(series), q.comp(series)],
        "cagr": [e.cagr(series, annualization=YEAR), q.cagr(series, periods=YEAR)],
        "volatility": [e.annual_volatility(series, annualization=YEAR), q.volatility(series, periods=YEAR)],
        "sharpe": [e.sharpe_ratio(series, annualization=YEAR), q.sharpe(series, periods=YEAR)],
        "sortino": [e.sortino_ratio(series, annualization=YEAR), q.sortino(series, periods=YEAR)],
        "downside_risk": [e.downside_risk(series, annualization=YEAR)],
        "calmar": [e.calmar_ratio(series, annualization=YEAR), q.calmar(series, periods=YEAR)],
        "omega": [e.omega_ratio(series), q.omega(series)],
        "max_drawdown": [e.max_drawdown(series), q.max_drawdown(series)],
        "value_at_risk": [e.value_at_risk(series)],
        "conditional_value_at_risk": [e.conditional_value_at_risk(series)],
        "tail_ratio": [e.tail_ratio(series), q.tail_ratio(series)],
        "skew": [q.skew(series)],
        "kurtosis": [q.kurtosis(series)],
        "stability": [e.stability_of_timeseries(series)],
        "best_day": [q.best(series)],
        "worst_day": [q.worst(series)],
    }


def assert_agrees(returns: np.ndarray) -> None:
    series = pd.Series(returns, index=pd.date_range("2020-01-01", periods=len(returns), freq="D"))
    ours = metrics.summary(curve(returns), periods_per_year=YEAR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = both_libraries(series)
    for name, figures in theirs.items():
        for figure in figures:
            assert close(ours[name], figure), (name, ours[name], figure)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("count", [5, 60, 1500])
def test_figures_of_random_series_equal_both_libraries(seed: int, count: int) -> None:
    returns = random_returns(seed * 1000 + count, count)
    returns[0], returns[1] = -0.01, 0.02
    assert_agrees(returns)


def test_figures_of_a_real_market_equal_both_libraries(shared) -> None:
    import polars as pl

    closes = pl.read_parquet(shared / "data/binance/BTCUSDT/ohlcv_1d.parquet")["close"].to_numpy()
    assert len(closes) > 365
    assert_agrees(closes[1:] / closes[:-1] - 1.0)


@given(st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=80))
def test_every_curve_has_a_summary_that_json_can_hold(returns: list[float]) -> None:
    figures = metrics.summary(curve(np.array(returns)), periods_per_year=365)
    json.dumps(figures, allow_nan=False)
    assert -1.0 <= number(figures["max_drawdown"]) <= 0.0
    assert number(figures["worst_day"]) <= number(figures["value_at_risk"]) <= number(figures["best_day"])


def test_the_drawdown_table_equals_quantstats() -> None:
    returns = random_returns(5, 900)
    returns[0] = 0.01
    series = pd.Series(returns, index=pd.date_range("2020-01-01", periods=len(returns), freq="D"))
    table = quantstats.stats.drawdown_details(quantstats.stats.to_drawdown_series(series))
    table = table.sort_values("max drawdown").reset_index(drop=True)
    falls = metrics.drawdowns(curve(returns), count=len(table) + 5)
    assert len(falls) == len(table) > 5
    day = {str(stamp.date()): place for place, stamp in enumerate(series.index)}
    for fall, row in zip(falls, table.itertuples(index=False), strict=True):
        # The library's start and end are the first and last day below the peak; its days have no starting close.
        assert close(fall.depth * 100, row[4])
        assert (fall.start, fall.trough) == (day[row[0]], day[row[1]] + 1)
        assert (len(returns) if fall.end is None else fall.end - 1) == day[row[2]] + 1


def test_rolling_sharpe_equals_both_libraries() -> None:
    returns = random_returns(6, 400)
    series = pd.Series(returns, index=pd.date_range("2020-01-01", periods=400, freq="D"))
    ours = metrics.rolling_sharpe(curve(returns), window=60, periods_per_year=YEAR)
    theirs = quantstats.stats.rolling_sharpe(series, rolling_period=60, periods_per_year=YEAR).to_numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, equal_nan=True)
    np.testing.assert_allclose(ours[59:], empyrical.roll_sharpe_ratio(series, window=60, annualization=YEAR), rtol=1e-9)


def test_monthly_and_yearly_returns_equal_both_libraries() -> None:
    returns = random_returns(7, 800)
    series = pd.Series(returns, index=pd.date_range("2020-02-10", periods=800, freq="D"))
    closes = metrics.DailyCloses(series.index.to_numpy().astype("datetime64[D]"), curve(returns))
    months = metrics.monthly_returns(closes)
    years = metrics.yearly_returns(closes)
    by_month = empyrical.aggregate_returns(series, "monthly")
    assert [(year, month) for year, month, _ in months] == list(by_month.index)
    assert all(close(value, figure) for (_, _, value), figure in zip(months, by_month, strict=True))
    table = quantstats.stats.monthly_returns(series)
    assert all(close(value, figure) for (_, value), figure in zip(years, table["EOY"], strict=True))
    assert close(months[0][2], table.loc["2020", "FEB"])


def test_a_day_closes_with_its_last_equity_and_a_gap_keeps_it() -> None:
    hour = 3_600_000_000_000
    ts = np.array([12, 24, 36, 120]) * hour
    closes = metrics.daily_closes(ts, np.array([1.0, 2.0, 3.0, 4.0]), start=0.5)
    assert closes.equity.tolist() == [0.5, 2.0, 3.0, 3.0, 3.0, 4.0]
    assert str(closes.days[-1]) == "1970-01-05"
    sessions = metrics.daily_closes(ts, np.array([1.0, 2.0, 3.0, 4.0]), start=0.5, every_day=False)
    assert sessions.equity.tolist() == [0.5, 2.0, 3.0, 4.0]


def test_round_trips_are_figures_of_their_results() -> None:
    pnl = random_returns(9, 500) * 1000
    ours = metrics.round_trips(pnl)
    series = pd.Series(pnl, index=pd.date_range("2020-01-01", periods=500, freq="D"))
    q = quantstats.stats
    assert close(ours["win_rate"], q.win_rate(series, prepare_returns=False))
    assert close(ours["profit_factor"], q.profit_factor(series, prepare_returns=False))
    assert close(ours["average_win"], q.avg_win(series, prepare_returns=False))
    assert close(ours["average_loss"], q.avg_loss(series, prepare_returns=False))
    assert close(ours["payoff_ratio"], q.payoff_ratio(series, prepare_returns=False))
    assert close(ours["expectancy"], pnl.mean())
    assert ours["longest_losing_streak"] == q.consecutive_losses(series, prepare_returns=False)
    assert ours["longest_winning_streak"] == q.consecutive_wins(series, prepare_returns=False)


def test_no_trades_leave_trade_figures_undefined() -> None:
    figures = metrics.round_trips([])
    assert figures["round_trips"] == 0
    assert figures["round_trip_pnl"] == 0.0
    for name in ("win_rate", "profit_factor", "expectancy", "average_win", "best_trade"):
        assert figures[name] is None


def test_zero_volatility_leaves_ratios_undefined() -> None:
    figures = metrics.summary([1e6] * 10, periods_per_year=365)
    assert figures["volatility"] == 0.0
    assert figures["total_return"] == 0.0
    assert [figures[name] for name in ("sharpe", "sortino", "calmar", "omega", "skew")] == [None] * 5


def test_one_day_has_growth_but_no_spread() -> None:
    figures = metrics.summary([100.0, 101.0], periods_per_year=252)
    assert close(figures["cagr"], 11.274002099240244)
    assert figures["sharpe"] is None


def test_a_day_that_grows_beyond_floats_has_no_cagr() -> None:
    assert metrics.summary([1.0, 1e9], periods_per_year=365)["cagr"] is None


def test_equity_below_zero_keeps_growth_and_drawdown_only() -> None:
    figures = metrics.summary([100.0, -20.0, 30.0], periods_per_year=365)
    assert close(figures["total_return"], -0.7)
    assert close(figures["max_drawdown"], -1.2)
    assert figures["sharpe"] is None
    assert np.isnan(metrics.returns([100.0, -20.0, 30.0])[1])


def test_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(DataError, match="nan at position 1"):
        metrics.summary([1.0, float("nan")], periods_per_year=365)
    with pytest.raises(DataError, match="dimensions"):
        metrics.summary([[1.0, 2.0]], periods_per_year=365)
    with pytest.raises(DataError, match="2 times beside 1"):
        metrics.daily_closes(np.array([1, 2]), np.array([1.0]), start=1.0)
    with pytest.raises(ParameterError, match="periods_per_year"):
        metrics.summary([1.0, 2.0], periods_per_year=0)
    with pytest.raises(ParameterError, match="window"):
        metrics.rolling_sharpe([1.0, 2.0], window=1, periods_per_year=365)
