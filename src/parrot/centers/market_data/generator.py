"""A seeded generator of markets that look real: volatility clusters, jumps, sessions, correlated symbols.

Volatility is a Markov-switching multifractal (Calvet and Fisher, Journal of Financial Econometrics 2004): a product of
components of two states that are redrawn at rates a factor 4 apart, so calm and wild spells come at every scale and
the autocorrelation of |return| decays slowly. Slow components are shared by all symbols, the fastest belong to each.
Highs and lows are the extremes of a Brownian bridge between open and close, drawn from their exact distribution.

The path from seed to prices uses + - * / and square roots only, which IEEE 754 rounds alike everywhere, and NumPy's
PCG64; prices lie on a tick grid. So one seed gives one market on every machine, as far as NumPy keeps its streams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np

from parrot.engine.calendar import ALWAYS, DAY_NS, Calendar, calendar
from parrot.kernel.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_YEAR_NS: Final = 31_557_600_000_000_000  # 365.25 days
_HOUR_NS: Final = 3_600_000_000_000
_STATES: Final = (0.4, 1.6)  # of a volatility component, as factors of variance; their mean is 1
_SHARED_RATES: Final = (1 / 16_384, 1 / 4_096, 1 / 1_024, 1 / 256, 1 / 64)  # chance of a redraw in a bar
_OWN_RATES: Final = (1 / 16, 1 / 4)
_WORST: Final = -0.5  # no bar loses more than half


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What market to make.

    `symbols` share a start, `bars` a number of bars each, `timeframe` and `start` are ns (UTC). `prices` are first
    prices (one for all, or one a symbol); `tick` and `lot` are the grids of price and volume. `volatility` and `drift`
    are per year; `correlation` is that of the symbols' returns, one number or a matrix. `jumps` come per year and
    symbol, of about `jump_size` (0.03 = 3 %). `overnight` is the share of a day's variance that falls into the hours
    in which `calendar` is closed. `turnover` is the mean volume of a bar in quote currency.
    """

    symbols: tuple[str, ...] = ("DEMO",)
    bars: int = 10_000
    timeframe: int = _HOUR_NS
    start: int = 1_640_995_200_000_000_000  # 2022-01-01
    seed: int = 42
    prices: float | tuple[float, ...] = 100.0
    tick: str = "0.01"
    lot: str = "0.0001"
    volatility: float = 0.6
    drift: float = 0.3
    correlation: float | tuple[tuple[float, ...], ...] = 0.6
    jumps: float = 6.0
    jump_size: float = 0.03
    calendar: str = ALWAYS
    overnight: float = 0.2
    turnover: float = 1_000_000.0

    def __post_init__(self) -> None:
        distinct = 0 < len(self.symbols) == len(set(self.symbols))
        limits = {
            "symbols": (distinct, "one or more, all different"),
            "bars": (self.bars > 0, "at least 1"),
            "timeframe": (0 < self.timeframe <= DAY_NS, "more than 0 and at most a day, in ns"),
            "volatility": (0 < self.volatility < 10, "between 0 and 10 a year"),
            "jumps": (self.jumps >= 0, "0 or more a year"),
            "jump_size": (0 < self.jump_size < 0.5, "between 0 and 0.5"),
            "overnight": (0 <= self.overnight < 1, "from 0 to below 1"),
            "turnover": (self.turnover > 0, "above 0"),
            "tick": (Decimal(self.tick) > 0, "above 0"),
            "lot": (Decimal(self.lot) > 0, "above 0"),
        }
        for name, (right, expected) in limits.items():
            if not right:
                raise ParameterError(f"{name}={getattr(self, name)!r} is out of range", expected=expected)


def generate(recipe: Recipe) -> dict[str, dict[str, NDArray[np.generic]]]:
    """Columns of each symbol: ts (int64 ns UTC, open time), open, high, low, close, volume (float64).

    The same recipe always gives the same columns. Raises ParameterError for a correlation that no market can have.
    """
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    ts, gap = _clock(recipe)
    season = _season(ts)
    shared = _volatility(rng, _SHARED_RATES, recipe.bars)
    count = len(recipe.symbols)
    own = [_volatility(rng, _OWN_RATES, recipe.bars) for _ in range(count)]
    shocks = _correlated(rng, _shock_correlation(recipe, count), recipe.bars)
    firsts = recipe.prices if isinstance(recipe.prices, tuple) else (recipe.prices,) * count
    if len(firsts) != count:
        raise ParameterError(
            f"{len(firsts)} prices for {count} symbols", expected="one for all, or one for each symbol"
        )
    return {
        symbol: _columns(recipe, rng, ts, gap, shared * own[k] * season, shocks[k], firsts[k])
        for k, symbol in enumerate(recipe.symbols)
    }


def _clock(recipe: Recipe) -> tuple[Integers, NDArray[np.bool_]]:
    """Open times, and which bars are the first of a session (never so when the market is always open)."""
    if recipe.calendar == ALWAYS:
        ts = recipe.start + recipe.timeframe * np.arange(recipe.bars, dtype=np.int64)
        return ts, np.zeros(recipe.bars, bool)
    market = calendar(recipe.calendar)
    span = 2 * recipe.bars * recipe.timeframe + 30 * DAY_NS
    ts = np.empty(0, np.int64)
    while len(ts) < recipe.bars:
        ts = _open_times(market, recipe.start, recipe.start + span, recipe.timeframe)
        span *= 2
    ts = ts[: recipe.bars]
    return ts, np.append(False, np.diff(market.session_ids(ts)) != 0)


def _open_times(market: Calendar, start: int, end: int, timeframe: int) -> Integers:
    found = market.sessions(start, end)
    if timeframe == DAY_NS:
        return found.day
    counts = -(-(found.close - found.open) // timeframe)
    numbers = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    ts = np.repeat(found.open, counts) + numbers * timeframe
    inside: Integers = ts[market.is_open(ts)]
    return inside


def _season(ts: Integers) -> Floats:
    """Variance over the day as a factor of mean 1: busiest at 15:30 UTC, when London and New York are open."""
    hour = (ts % DAY_NS) / np.float64(_HOUR_NS)
    away = np.abs(hour - 15.5)
    away = np.minimum(away, 24 - away) / 12
    season: Floats = 0.55 + 1.35 * (1 - away) * (1 - away)
    return season


def _volatility(rng: np.random.Generator, rates: Sequence[float], bars: int) -> Floats:
    """A product of two-state components as a factor of variance, of mean 1 over the sample."""
    product = np.ones(bars)
    for rate in rates:
        redrawn = rng.random(bars) < rate
        redrawn[0] = True
        states = np.where(rng.random(bars) < 0.5, *_STATES)
        product *= states[np.maximum.accumulate(np.where(redrawn, np.arange(bars), 0))]
    # The asked volatility is that of the sample: slow components alone could leave it far above or below.
    product *= bars / np.cumsum(product)[-1]
    return product


def _shock_correlation(recipe: Recipe, count: int) -> list[list[float]]:
    """Correlation of the shocks that gives the returns the one asked for, in spite of each symbol's own volatility."""
    asked = recipe.correlation
    if not isinstance(asked, tuple):
        asked = tuple(tuple(1.0 if i == j else float(asked) for j in range(count)) for i in range(count))
    mean_root = sum(state**0.5 for state in _STATES) / len(_STATES)
    kept = (mean_root * mean_root) ** len(_OWN_RATES)
    matrix = [[float(asked[i][j]) if i == j else float(asked[i][j]) / kept for j in range(count)] for i in range(count)]
    for i in range(count):
        if len(asked[i]) != count or matrix[i][i] != 1.0 or any(matrix[i][j] != matrix[j][i] for j in range(count)):
            raise ParameterError("correlation is no symmetric matrix with ones on its diagonal")
    return matrix


def _correlated(rng: np.random.Generator, matrix: list[list[float]], bars: int) -> list[Floats]:
    """Standard normal shocks with that correlation, by a Cholesky factor worked out row by row."""
    plain = [rng.standard_normal(bars) for _ in matrix]
    factor: list[list[float]] = []
    for i, row in enumerate(matrix):
        line: list[float] = []
        for j in range(i):
            line.append((row[j] - sum(a * b for a, b in zip(line, factor[j], strict=False))) / factor[j][j])
        rest = 1.0 - sum(a * a for a in line)
        if rest <= 1e-9:
            raise ParameterError(
                "no market has this correlation", expected="a positive definite matrix; one number below about 0.8"
            )
        factor.append([*line, rest**0.5])
    return [_weighted(line, plain) for line in factor]


def _weighted(weights: Sequence[float], columns: Sequence[Floats]) -> Floats:
    total = weights[0] * columns[0]
    for weight, column in zip(weights[1:], columns[1:], strict=False):
        total = total + weight * column
    return total


def _columns(
    recipe: Recipe,
    rng: np.random.Generator,
    ts: Integers,
    gap: NDArray[np.bool_],
    variance: Floats,
    shock: Floats,
    first: float,
) -> dict[str, NDArray[np.generic]]:
    """One symbol: a night's move before each session, then the bar's own move, with its extremes and volume."""
    year_bars = _bars_a_year(recipe, ts)
    night_share = recipe.overnight if gap.any() else 0.0
    sigma = recipe.volatility * np.sqrt(variance * (1 - night_share) / year_bars)
    moved = np.maximum(sigma * shock + recipe.drift / year_bars + _jumps(recipe, rng, year_bars), _WORST)
    nights = year_bars * max(int(gap.sum()), 1) / recipe.bars
    night = np.where(gap, recipe.volatility * (night_share / nights) ** 0.5 * rng.standard_normal(recipe.bars), 0.0)
    night = np.maximum(night, _WORST)
    path = first * np.cumprod((1 + night) * (1 + moved))
    opened = np.append(first, path[:-1]) * (1 + night)
    up, down = (_reach(rng, moved, sigma, sign) for sign in (1.0, -1.0))
    units = _volume(rng, variance, moved, sigma, recipe.turnover) / opened
    prices = {"open": opened, "high": opened * (1 + up), "low": opened * (1 + np.maximum(down, _WORST)), "close": path}
    grid = {name: _on_grid(value, recipe.tick, 1) for name, value in prices.items()}
    return {"ts": ts, **grid, "volume": _on_grid(units, recipe.lot, 0)}


def _bars_a_year(recipe: Recipe, ts: Integers) -> float:
    if recipe.calendar == ALWAYS:
        return _YEAR_NS / recipe.timeframe
    span = int(ts[-1] - ts[0]) + recipe.timeframe
    return _YEAR_NS * recipe.bars / max(span, 5 * DAY_NS) if span > 30 * DAY_NS else 252 * DAY_NS / recipe.timeframe


def _jumps(recipe: Recipe, rng: np.random.Generator, year_bars: float) -> Floats:
    """Rare moves of one to several times the jump size, down as often as up."""
    hit = rng.random(recipe.bars) < recipe.jumps / year_bars
    size = recipe.jump_size * (0.5 + 0.5 * rng.standard_exponential(recipe.bars))
    return np.where(hit, np.where(rng.random(recipe.bars) < 0.5, size, -size), 0.0)


def _reach(rng: np.random.Generator, moved: Floats, sigma: Floats, sign: float) -> Floats:
    """How far a Brownian bridge from 0 to `moved` goes up (sign 1) or down (-1): an exact draw of its extreme."""
    twice_variance = 2 * sigma * sigma
    return (moved + sign * np.sqrt(moved * moved + twice_variance * rng.standard_exponential(len(moved)))) / 2


def _volume(rng: np.random.Generator, variance: Floats, moved: Floats, sigma: Floats, turnover: float) -> Floats:
    """Money traded: rises with volatility and with the bar's own surprise, times Gamma noise."""
    surprise = np.minimum(np.abs(moved) / sigma, 8.0)
    money = np.sqrt(variance) * (0.4 + 0.75 * surprise) * rng.standard_gamma(6.0, len(moved))
    money *= turnover * len(money) / np.cumsum(money)[-1]
    return money


def _on_grid(values: Floats, step: str, least: int) -> Floats:
    """Whole steps, at least `least` of them, as the float64 nearest to each decimal value."""
    size = Decimal(step).normalize()
    decimals = max(0, -int(size.as_tuple().exponent))
    units = int(size.scaleb(decimals))
    counts = np.maximum(np.rint(values / float(size)), least)
    return counts * units / np.float64(10**decimals)
