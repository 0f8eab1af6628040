"""Statistics agree with the published cases of empyrical for every function that both define.

Comparison is to 1e-9, or to the decimals that the case states where it is rounded.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import zstandard

from parrot.engine import metrics

PERIODS = {"daily": 252, "weekly": 52, "monthly": 12, "yearly": 1}
FIGURES = {
    "annual_volatility": "volatility",
    "calmar_ratio": "calmar",
    "cagr": "cagr",
    "omega_ratio": "omega",
    "sharpe_ratio": "sharpe",
    "stability_of_timeseries": "stability",
    "tail_ratio": "tail_ratio",
}


class Oracle:
    """The series and cases of one file."""

    def __init__(self, text: bytes) -> None:
        loaded = json.loads(text)
        self.cases: list[dict[str, Any]] = loaded["cases"]
        self._series = loaded["series"]

    def returns(self, name: str) -> np.ndarray:
        return np.array([math.nan if value is None else value for value in self._series[name]["values"]], dtype=float)

    def days(self, name: str) -> np.ndarray:
        return np.array([stamp[:10] for stamp in self._series[name]["index"]], dtype="datetime64[D]")

    def named(self, *functions: str) -> list[dict[str, Any]]:
        """Cases with an expected value for one of the functions."""
        return [
            case for case in self.cases if case["fn"] and case["fn"][0] in functions and "expected" in case["names"]
        ]


@pytest.fixture(scope="module")
def oracle(shared) -> Oracle:
    packed = (shared / "data/oracles/empyrical/cases.json.zst").read_bytes()
    return Oracle(zstandard.ZstdDecompressor().decompress(packed, max_output_size=50_000_000))


def curve(returns: np.ndarray) -> np.ndarray:
    return np.concatenate([[1.0], np.cumprod(1.0 + returns)])


def figure(name: str, returns: np.ndarray, periods: int) -> float | None:
    """Our figure; a missing return is a day of no growth for growth figures and no observation for the others."""
    missing = np.isnan(returns)
    used = np.where(missing, 0.0, returns) if name in ("cagr", "calmar") else returns[~missing]
    return metrics.summary(curve(used), periods_per_year=periods)[name]


def defined(name: str, returns: np.ndarray) -> float:
    """Our figure at 252 days a year, which must be defined."""
    value = figure(name, returns, 252)
    assert value is not None
    return value


def agrees(value: float | None, expected: float, places: int = 9) -> bool:
    if not math.isfinite(expected):
        return value is None
    return value is not None and math.isclose(value, expected, rel_tol=1e-9, abs_tol=1.5 * 10**-places)


def adjusted(oracle: Oracle, case: dict[str, Any]) -> np.ndarray | None:
    """The case's returns less its risk-free and required returns; None where it asks for an impossible one."""
    arguments = dict(zip(case["names"], case["values"], strict=True))
    returns = oracle.returns(arguments["returns"]) if arguments["returns"] != "random_100k" else None
    if returns is None:
        return np.random.default_rng(1).normal(size=100_000) * 0.01
    free = arguments.get("risk_free", "0.0")
    rate = oracle.returns(free) if isinstance(free, str) and not _number(free) else float(free)
    if isinstance(rate, np.ndarray) and len(rate) != len(returns):
        rate = rate[: len(returns)]
    required = float(arguments.get("required_return", 0.0))
    if required <= -1:
        return None
    return returns - rate - ((1 + required) ** (1 / 252) - 1)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_ratios_equal_every_published_case(oracle: Oracle) -> None:
    checked = 0
    for case in oracle.named(*FIGURES):
        arguments = dict(zip(case["names"], case["values"], strict=True))
        name, periods = case["fn"][0], PERIODS[arguments.get("period", "daily")]
        returns = adjusted(oracle, case)
        if returns is None:
            continue
        places = 1 if name == "tail_ratio" else 9
        value = figure(FIGURES[name], returns, periods)
        assert agrees(value, arguments["expected"], places), (case, value)
        checked += 1
    assert checked == 38


def test_cumulative_returns_equal_every_published_case(oracle: Oracle) -> None:
    for case in oracle.named("cum_returns"):
        arguments = dict(zip(case["names"], case["values"], strict=True))
        returns = np.nan_to_num(oracle.returns(arguments["returns"]))
        start = arguments["starting_value"]
        for length, expected in enumerate(arguments["expected"], start=1):
            grown = defined("total_return", returns[:length])
            assert agrees(grown if start == 0 else (1 + grown) * start, expected, 4)


def test_monthly_and_yearly_returns_equal_every_published_case(oracle: Oracle) -> None:
    checked = 0
    for case in (case for case in oracle.cases if case["test"] == "test_aggregate_returns"):
        name, unit, expected = case["values"]
        if unit not in ("monthly", "yearly"):
            continue
        closes = metrics.DailyCloses(oracle.days(name), curve(oracle.returns(name)))
        ours = metrics.monthly_returns(closes) if unit == "monthly" else metrics.yearly_returns(closes)
        assert all(agrees(row[-1], figure) for row, figure in zip(ours, expected, strict=True)), case
        checked += 1
    assert checked == 5


def test_rolling_sharpe_equals_every_published_case(oracle: Oracle) -> None:
    for case in oracle.named("roll_sharpe_ratio"):
        name, window, expected = case["values"]
        returns = oracle.returns(name)
        gap = np.isnan(returns)
        ours = metrics.rolling_sharpe(curve(np.where(gap, 0.0, returns)), window=window, periods_per_year=252)
        usable = ours[window - 1 :]
        # A window with a missing return has fewer observations there, while ours has a day without growth.
        whole = [not gap[place : place + window].any() for place in range(len(usable))]
        for value, figure_expected, comparable in zip(usable, expected, whole, strict=True):
            if comparable:
                assert agrees(value, figure_expected, 8)


@pytest.mark.parametrize("series", ["noise", "noise_uniform"])
def test_sharpe_ignores_a_shift_of_returns_and_rate_together(oracle: Oracle, series: str) -> None:
    returns = oracle.returns(series)[:1000]
    assert math.isclose(defined("sharpe", returns), defined("sharpe", (returns + 0.005) - 0.005), rel_tol=1e-9)


@pytest.mark.parametrize("series", ["noise", "noise_uniform"])
def test_downside_risk_grows_with_the_required_return(oracle: Oracle, series: str) -> None:
    returns = oracle.returns(series)
    risks = [defined("downside_risk", returns - required) for required in (-0.005, 0.0, 0.005)]
    assert risks == sorted(risks)


@pytest.mark.parametrize("series", ["noise", "noise_uniform"])
def test_downside_risk_grows_with_more_noise(oracle: Oracle, series: str) -> None:
    returns = oracle.returns(series)
    noisy = [np.where(np.arange(len(returns)) < length, returns, 0.0) for length in (250, 500, 750)]
    risks = [defined("downside_risk", part) for part in noisy]
    assert risks == sorted(risks)


@pytest.mark.parametrize("series", ["noise", "noise_uniform"])
def test_sortino_falls_with_an_added_loss_and_rises_without_one(oracle: Oracle, series: str) -> None:
    returns = oracle.returns(series)
    gains, losses = np.flatnonzero(returns > 0)[:2], np.flatnonzero(returns < 0)[:2]
    worse, better = returns.copy(), returns.copy()
    before = defined("sortino", returns)
    for gain, loss in zip(gains, losses, strict=True):
        worse[gain], better[loss] = -0.01, 0.0
        assert defined("sortino", worse) < before < defined("sortino", better)


def test_growth_is_defined_for_a_series_with_gaps(oracle: Oracle) -> None:
    assert defined("cagr", oracle.returns("sparse_noise")) is not None


def test_max_drawdown_of_rolling_windows_equals_the_published_case(oracle: Oracle) -> None:
    for case in oracle.named("roll_max_drawdown"):
        name, window, expected = case["values"]
        returns = oracle.returns(name)
        windows = [returns[place : place + window] for place in range(max(0, len(returns) - window + 1))]
        ours = [defined("max_drawdown", part) for part in windows]
        assert all(agrees(value, depth, 4) for value, depth in zip(ours, expected, strict=True))
