"""The demo market has the stylised facts of real ones, and one seed always gives the same market."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from parrot.centers.market_data.generator import Recipe, generate
from parrot.centers.market_data.quality import Flaw, inspect
from parrot.engine.calendar import calendar
from parrot.kernel.errors import ParameterError

MINUTE = 60_000_000_000
DAY = 24 * 60 * MINUTE
PRICES = ("open", "high", "low", "close")
YEAR_OF_HOURS = 365.25 * 24
GOLDEN_CLOSES = [100.07, 99.95, 99.84]
GOLDEN_HASH = "90e4900db61e7290"


@pytest.fixture(scope="module")
def market() -> dict[str, dict[str, np.ndarray]]:
    return generate(Recipe(symbols=("AAA", "BBB", "CCC"), bars=120_000, tick="0.0001", seed=7))


def returns(columns: dict[str, np.ndarray]) -> np.ndarray:
    return np.diff(np.log(columns["close"]))


def autocorrelation(values: np.ndarray, lag: int) -> float:
    return float(np.corrcoef(values[:-lag], values[lag:])[0, 1])


def test_one_seed_gives_one_market_and_another_seed_another() -> None:
    first, again, other = (generate(Recipe(bars=500, seed=seed))["DEMO"] for seed in (1, 1, 2))
    for name, column in first.items():
        np.testing.assert_array_equal(column, again[name])
    assert (first["close"] != other["close"]).any()


def test_the_market_of_seed_42_never_changes() -> None:
    columns = generate(Recipe(bars=2_000, symbols=("A", "B")))
    assert columns["A"]["close"][:3].tolist() == GOLDEN_CLOSES
    ticks = b"".join(np.rint(columns[s][name] * 100).astype("<i8").tobytes() for s in "AB" for name in PRICES)
    assert hashlib.sha256(ticks).hexdigest()[:16] == GOLDEN_HASH


def test_a_longer_list_of_symbols_is_made_of_plain_arrays(market: dict[str, dict[str, np.ndarray]]) -> None:
    assert list(market) == ["AAA", "BBB", "CCC"]
    for columns in market.values():
        assert list(columns) == ["ts", *PRICES, "volume"]
        assert columns["ts"].dtype == np.int64
        assert {columns[name].dtype for name in (*PRICES, "volume")} == {np.dtype(np.float64)}
        assert {len(column) for column in columns.values()} == {120_000}


def test_prices_lie_on_the_grid_and_high_and_low_hold_open_and_close() -> None:
    columns = generate(Recipe(bars=20_000, tick="0.25", lot="5", prices=3.0, volatility=2.0))["DEMO"]
    for name in PRICES:
        assert (columns[name] / 0.25 == np.rint(columns[name] / 0.25)).all()
        assert (columns[name] >= 0.25).all()
    assert (columns["volume"] % 5 == 0).all()
    assert (columns["high"] >= np.maximum(columns["open"], columns["close"])).all()
    assert (columns["low"] <= np.minimum(columns["open"], columns["close"])).all()


def test_bars_follow_one_another_without_a_flaw(market: dict[str, dict[str, np.ndarray]]) -> None:
    for columns in market.values():
        assert {finding.flaw for finding in inspect(columns).findings} <= {Flaw.SPIKE, Flaw.STALE}
        np.testing.assert_array_equal(columns["open"][1:], columns["close"][:-1])


def test_volatility_is_the_asked_one(market: dict[str, dict[str, np.ndarray]]) -> None:
    for columns in market.values():
        assert returns(columns).std() * np.sqrt(YEAR_OF_HOURS) == pytest.approx(0.6, rel=0.15)


def test_volatility_comes_in_clusters_that_fade_slowly(market: dict[str, dict[str, np.ndarray]]) -> None:
    for columns in market.values():
        size = np.abs(returns(columns))
        near, far = autocorrelation(size, 1), autocorrelation(size, 100)
        assert near > 0.2
        assert 0.05 < far < near


def test_returns_themselves_are_not_predictable(market: dict[str, dict[str, np.ndarray]]) -> None:
    for columns in market.values():
        assert abs(autocorrelation(returns(columns), 1)) < 0.03


def test_tails_are_fat(market: dict[str, dict[str, np.ndarray]]) -> None:
    for columns in market.values():
        r = returns(columns)
        assert ((r - r.mean()) ** 4).mean() / r.var() ** 2 > 6


def test_jumps_make_tails_fatter() -> None:
    calm, jumpy = (generate(Recipe(bars=50_000, jumps=n, jump_size=0.05))["DEMO"] for n in (0.0, 50.0))
    usual = np.median(np.abs(returns(calm)))
    assert (np.abs(returns(jumpy)) > 20 * usual).sum() > (np.abs(returns(calm)) > 20 * usual).sum() + 30


def test_correlation_is_the_asked_one(market: dict[str, dict[str, np.ndarray]]) -> None:
    table = np.corrcoef([returns(columns) for columns in market.values()])
    assert table[np.triu_indices(3, 1)] == pytest.approx([0.6] * 3, abs=0.06)


def test_a_matrix_of_correlations_is_followed() -> None:
    asked = ((1.0, 0.7, -0.3), (0.7, 1.0, 0.0), (-0.3, 0.0, 1.0))
    made = generate(Recipe(symbols=("A", "B", "C"), bars=60_000, tick="0.0001", correlation=asked, jumps=0.0))
    assert np.corrcoef([returns(c) for c in made.values()]) == pytest.approx(np.array(asked), abs=0.06)


def test_volume_rises_with_volatility(market: dict[str, dict[str, np.ndarray]]) -> None:
    for columns in market.values():
        money = columns["volume"] * columns["close"]
        assert np.corrcoef(np.abs(returns(columns)), money[1:])[0, 1] > 0.4
        assert money.mean() == pytest.approx(1_000_000, rel=0.02)


def test_the_middle_of_the_day_is_busier_than_the_night(market: dict[str, dict[str, np.ndarray]]) -> None:
    for columns in market.values():
        hour = (columns["ts"][1:] // (60 * MINUTE)) % 24
        size = np.abs(returns(columns))
        assert size[(hour >= 13) & (hour < 18)].mean() > 1.3 * size[(hour >= 1) & (hour < 6)].mean()


@pytest.mark.parametrize("timeframe", [5 * MINUTE, 60 * MINUTE, DAY])
def test_an_exchange_has_sessions_and_night_gaps(timeframe: int) -> None:
    made = generate(Recipe(bars=1_500, timeframe=timeframe, calendar="XTKS"))["DEMO"]
    market = calendar("XTKS")
    if timeframe < DAY:
        assert market.is_open(made["ts"]).all()
    assert inspect(made, calendar="XTKS").finding(Flaw.GAP) is None
    assert inspect(made, calendar="XTKS").finding(Flaw.TIME_SHIFT) is None
    new_session = np.diff(market.session_ids(made["ts"])) != 0
    jumped = made["open"][1:] != made["close"][:-1]
    assert jumped[new_session].mean() > 0.9
    assert not jumped[~new_session].any()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"bars": 0}, "bars=0"),
        ({"symbols": ("A", "A")}, "symbols"),
        ({"volatility": -1.0}, "volatility"),
        ({"timeframe": 8 * DAY}, "timeframe"),
        ({"tick": "0"}, "tick"),
    ],
)
def test_a_recipe_out_of_range_is_refused_by_name(change: dict[str, object], problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        Recipe(**change)


def test_a_correlation_that_no_market_can_have_is_refused() -> None:
    opposed = ((1.0, -0.7, -0.7), (-0.7, 1.0, -0.7), (-0.7, -0.7, 1.0))
    with pytest.raises(ParameterError, match="no market"):
        generate(Recipe(symbols=("A", "B", "C"), bars=10, correlation=opposed))
    with pytest.raises(ParameterError, match="symmetric"):
        generate(Recipe(symbols=("A", "B"), bars=10, correlation=((1.0, 0.2), (0.3, 1.0))))
