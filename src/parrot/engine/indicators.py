"""Technical indicators over columns, computed in the core.

Inputs are one-dimensional, one value a bar: float64 arrays are read in place, integers and lists are converted. Outputs
are new float64 arrays of the same length, NaN while warming up: row t uses rows up to t only. Where TA-Lib has the
indicator, its definition and seeding apply. NaN in an input shows in every window that contains it; leading NaN are
skipped, so that one indicator can be taken of another. Columns that are no numbers, have another shape or differ in
length raise `DataError`, parameters out of their range `ParameterError`. Formulas, warm-up and sources:
docs/reference/indicators.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from parrot import _core
from parrot.engine.arrays import days, numbers, one_length
from parrot.engine.columns import Floats
from parrot.kernel.errors import DataError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "Stream",
    "adx",
    "atr",
    "bbands",
    "cci",
    "dema",
    "donchian",
    "ema",
    "highest",
    "ichimoku",
    "keltner",
    "linreg",
    "lookback",
    "lowest",
    "macd",
    "many",
    "mfi",
    "obv",
    "percent_b",
    "percent_rank",
    "psar",
    "roc",
    "rsi",
    "sma",
    "stddev",
    "stoch",
    "supertrend",
    "tema",
    "true_range",
    "vwap",
    "willr",
    "wma",
    "zscore",
]


class Bands(NamedTuple):
    """A middle line with a band on each side."""

    upper: Floats
    middle: Floats
    lower: Floats


class Macd(NamedTuple):
    """Fast less slow average, its average, and the distance of the two."""

    macd: Floats
    signal: Floats
    histogram: Floats


class Adx(NamedTuple):
    """Strength of a trend and its two directions, each from 0 to 100."""

    adx: Floats
    plus_di: Floats
    minus_di: Floats


class Stochastic(NamedTuple):
    """%K and %D, each from 0 to 100."""

    k: Floats
    d: Floats


class SuperTrend(NamedTuple):
    """The band in force, and its side: 1 below a rising market, -1 above a falling one."""

    supertrend: Floats
    direction: Floats


class Line(NamedTuple):
    """A regression line: value at the last bar of the window, slope a bar, value at the first bar."""

    value: Floats
    slope: Floats
    intercept: Floats


class Cloud(NamedTuple):
    """Ichimoku's lines as they stand at each bar."""

    conversion: Floats
    base: Floats
    span_a: Floats
    span_b: Floats


_SHAPES: dict[str, Callable[..., tuple[Floats, ...]]] = {
    "macd": Macd,
    "adx": Adx,
    "bbands": Bands,
    "keltner": Bands,
    "donchian": Bands,
    "stoch": Stochastic,
    "supertrend": SuperTrend,
    "linreg": Line,
    "ichimoku": Cloud,
}


def sma(close: ArrayLike, n: int = 20) -> Floats:
    """Simple moving average: mean of the last `n` values. First value at row n - 1. TA-Lib SMA."""
    return _one("sma", {"close": close}, n=n)


def ema(close: ArrayLike, n: int = 20) -> Floats:
    """Exponential moving average, factor 2 / (n + 1), started at the mean of the first `n`. Row n - 1. TA-Lib EMA."""
    return _one("ema", {"close": close}, n=n)


def wma(close: ArrayLike, n: int = 20) -> Floats:
    """Weighted moving average, weights 1 to n from the oldest to the newest. First value at row n - 1. TA-Lib WMA."""
    return _one("wma", {"close": close}, n=n)


def dema(close: ArrayLike, n: int = 20) -> Floats:
    """Double exponential moving average: 2 EMA - EMA of EMA. First value at row 2(n - 1). TA-Lib DEMA."""
    return _one("dema", {"close": close}, n=n)


def tema(close: ArrayLike, n: int = 20) -> Floats:
    """Triple exponential moving average: 3 EMA - 3 EMA² + EMA³. First value at row 3(n - 1). TA-Lib TEMA."""
    return _one("tema", {"close": close}, n=n)


def rsi(close: ArrayLike, n: int = 14) -> Floats:
    """Relative strength index after Wilder, 0 to 100. First value at row n. TA-Lib RSI."""
    return _one("rsi", {"close": close}, n=n)


def macd(close: ArrayLike, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Moving average convergence and divergence: line, signal, histogram. First values at row slow + signal - 2.

    TA-Lib MACD: both averages start on the same bar. `fast` longer than `slow` is refused.
    """
    return Macd(*_all("macd", {"close": close}, fast=fast, slow=slow, signal=signal))


def roc(close: ArrayLike, n: int = 10) -> Floats:
    """Rate of change in percent over `n` bars. First value at row n. TA-Lib ROC."""
    return _one("roc", {"close": close}, n=n)


def true_range(high: ArrayLike, low: ArrayLike, close: ArrayLike) -> Floats:
    """True range, in price units. First value at row 1. TA-Lib TRANGE."""
    return _one("true_range", {"high": high, "low": low, "close": close})


def atr(high: ArrayLike, low: ArrayLike, close: ArrayLike, n: int = 14) -> Floats:
    """Average true range after Wilder, in price units. First value at row n. TA-Lib ATR."""
    return _one("atr", {"high": high, "low": low, "close": close}, n=n)


def adx(high: ArrayLike, low: ArrayLike, close: ArrayLike, n: int = 14) -> Adx:
    """Average directional index with +DI and -DI. First index at row 2n - 1, first +DI and -DI at row n.

    TA-Lib ADX, PLUS_DI, MINUS_DI.
    """
    return Adx(*_all("adx", {"high": high, "low": low, "close": close}, n=n))


def bbands(close: ArrayLike, n: int = 20, k: float = 2.0) -> Bands:
    """Bollinger bands: mean of `n`, `k` population deviations above and below. First at row n - 1. TA-Lib BBANDS."""
    return Bands(*_all("bbands", {"close": close}, n=n, k=k))


def percent_b(close: ArrayLike, n: int = 20, k: float = 2.0) -> Floats:
    """Place between the Bollinger bands: 0 at the lower, 1 at the upper, 0.5 where they meet. First at row n - 1."""
    return _one("percent_b", {"close": close}, n=n, k=k)


def keltner(high: ArrayLike, low: ArrayLike, close: ArrayLike, n: int = 20, k: float = 2.0, atr_n: int = 10) -> Bands:
    """Keltner channel: EMA of the close over `n`, and `k` ATR over `atr_n` above and below.

    First values at row max(n - 1, atr_n).
    """
    return Bands(*_all("keltner", {"high": high, "low": low, "close": close}, n=n, k=k, atr_n=atr_n))


def donchian(high: ArrayLike, low: ArrayLike, n: int = 20) -> Bands:
    """Donchian channel: highest high, lowest low of the last `n` bars, this one included. First at row n - 1."""
    return Bands(*_all("donchian", {"high": high, "low": low}, n=n))


def stoch(high: ArrayLike, low: ArrayLike, close: ArrayLike, n: int = 14, smooth: int = 3, d: int = 3) -> Stochastic:
    """Stochastic %K, the mean of `smooth` raw values, and %D, the mean of `d` %K, each from 0 to 100.

    First values at row n + smooth + d - 3. TA-Lib STOCH.
    """
    return Stochastic(*_all("stoch", {"high": high, "low": low, "close": close}, n=n, smooth=smooth, d=d))


def cci(high: ArrayLike, low: ArrayLike, close: ArrayLike, n: int = 20) -> Floats:
    """Commodity channel index over fresh windows of `n`. First value at row n - 1. TA-Lib CCI."""
    return _one("cci", {"high": high, "low": low, "close": close}, n=n)


def willr(high: ArrayLike, low: ArrayLike, close: ArrayLike, n: int = 14) -> Floats:
    """Williams %R, -100 to 0. First value at row n - 1. TA-Lib WILLR."""
    return _one("willr", {"high": high, "low": low, "close": close}, n=n)


def obv(close: ArrayLike, volume: ArrayLike) -> Floats:
    """On-balance volume, in volume units, started at the first bar's volume. First value at row 0. TA-Lib OBV."""
    return _one("obv", {"close": close, "volume": volume})


def mfi(high: ArrayLike, low: ArrayLike, close: ArrayLike, volume: ArrayLike, n: int = 14) -> Floats:
    """Money flow index, 0 to 100. First value at row n. TA-Lib MFI."""
    return _one("mfi", {"high": high, "low": low, "close": close, "volume": volume}, n=n)


def vwap(high: ArrayLike, low: ArrayLike, close: ArrayLike, volume: ArrayLike, ts: ArrayLike | None = None) -> Floats:
    """Volume-weighted average of the typical price since the first bar, or with `ts` since the first of the UTC day.

    `ts`: open times, int64 ns UTC or datetime64. First value at row 0; the typical price before any volume.
    """
    columns = {"high": high, "low": low, "close": close, "volume": volume}
    if ts is None:
        return _one("vwap", columns)
    return _one("session_vwap", columns | {"ts": ts})


def psar(high: ArrayLike, low: ArrayLike, step: float = 0.02, most: float = 0.2) -> Floats:
    """Parabolic stop and reverse; its pace grows by `step` up to `most`. First value at row 1. TA-Lib SAR."""
    return _one("psar", {"high": high, "low": low}, step=step, most=most)


def supertrend(high: ArrayLike, low: ArrayLike, close: ArrayLike, n: int = 10, k: float = 3.0) -> SuperTrend:
    """SuperTrend: a band `k` ATR over `n` from the bar's middle that only tightens, and its side. First at row n."""
    return SuperTrend(*_all("supertrend", {"high": high, "low": low, "close": close}, n=n, k=k))


def stddev(close: ArrayLike, n: int = 20) -> Floats:
    """Population standard deviation of the last `n` values. First value at row n - 1. TA-Lib STDDEV."""
    return _one("stddev", {"close": close}, n=n)


def linreg(close: ArrayLike, n: int = 14) -> Line:
    """Least-squares line through the last `n` values, at least 2. First values at row n - 1.

    TA-Lib LINEARREG, LINEARREG_SLOPE, LINEARREG_INTERCEPT.
    """
    return Line(*_all("linreg", {"close": close}, n=n))


def highest(close: ArrayLike, n: int = 20) -> Floats:
    """Highest of the last `n` values. First value at row n - 1. TA-Lib MAX."""
    return _one("highest", {"close": close}, n=n)


def lowest(close: ArrayLike, n: int = 20) -> Floats:
    """Lowest of the last `n` values. First value at row n - 1. TA-Lib MIN."""
    return _one("lowest", {"close": close}, n=n)


def ichimoku(high: ArrayLike, low: ArrayLike, conversion: int = 9, base: int = 26, span: int = 52) -> Cloud:
    """Ichimoku's conversion and base lines and leading spans as they stand at each bar.

    All have values from row base + span - 1 on. The lagging span, the close drawn `base` bars back, would look into
    the future and is left out.
    """
    return Cloud(*_all("ichimoku", {"high": high, "low": low}, conversion=conversion, base=base, span=span))


def zscore(close: ArrayLike, n: int = 20) -> Floats:
    """Distance from the mean of the last `n` in population deviations; 0 in a flat window. First value at row n - 1."""
    return _one("zscore", {"close": close}, n=n)


def percent_rank(close: ArrayLike, n: int = 100) -> Floats:
    """Percentage of the `n` values before this one that are not above it. First value at row n."""
    return _one("percent_rank", {"close": close}, n=n)


def many(columns: object, wanted: Mapping[str, tuple[object, ...]]) -> dict[str, Any]:
    """Several indicators over the same columns in one pass over memory; each result as its own function gives it.

    `columns`: a mapping, frame or bars with the columns read (high, low, close, volume, ts). `wanted`: a name of your
    choice to `(indicator, parameters...)`, such as `{"fast": ("ema", 12), "bands": ("bbands", 20, 2.0)}`; parameters
    left out take their defaults. An indicator of one series reads `close` unless a column's name ends the tuple:
    `("sma", 20, "volume")`.
    """
    pool: dict[str, Floats] = {}
    order: list[str] = []
    requests = []
    for label, request in wanted.items():
        name, params, reads = _request(label, request)
        for read in reads:
            if read not in pool:
                pool[read] = _read(columns, read)
                order.append(read)
        requests.append((name, params, [order.index(read) for read in reads]))
    one_length(pool)
    results = _core.indicator_run(requests, [pool[name] for name in order])
    return {
        label: _shaped(name, outputs) for label, (name, _, _), outputs in zip(wanted, requests, results, strict=True)
    }


def lookback(name: str, *params: float) -> int:
    """Bars before the first one at which all outputs of an indicator have a value: `lookback("rsi", 14)` is 14."""
    return _core.indicator_describe(name, _numbers(_named(params)))[2]


class Stream:
    """An indicator fed bar by bar: `Stream("rsi", 14).update(close)`, with the values the function over columns gives.

    `update` takes the bar's values in the order of the function's columns, and gives a float, or a tuple of floats
    where the indicator has several outputs; NaN while warming up.
    """

    __slots__ = ("lookback", "outputs", "update")

    update: Callable[..., Any]

    def __init__(self, name: str, *params: float) -> None:
        given = _numbers(_named(params))
        _, outputs, self.lookback = _core.indicator_describe(name, given)
        self.outputs = tuple(outputs)
        self.update = _core.IndicatorStream(name, given).update


def _one(name: str, columns: Mapping[str, ArrayLike], **params: float) -> Floats:
    return _all(name, columns, **params)[0]


def _all(name: str, columns: Mapping[str, ArrayLike], **params: float) -> list[Floats]:
    given = _numbers(params)
    arrays = {column: (days if column == "ts" else numbers)(column, values) for column, values in columns.items()}
    one_length(arrays)
    return _core.indicator_run([(name, given, list(range(len(arrays))))], list(arrays.values()))[0]


def _numbers(params: Mapping[str, object]) -> list[float]:
    return [_number(name, value) for name, value in params.items()]


def _number(name: str, value: object) -> float:
    if not isinstance(value, bool | str):
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            pass
    raise ParameterError(f"{name} is {value!r:.60}", expected="a number", fix=f"give {name} as a plain number")


def _named(params: tuple[object, ...]) -> dict[str, object]:
    return {f"parameter {position}": value for position, value in enumerate(params, start=1)}


def _shaped(name: str, outputs: list[Floats]) -> Any:
    return outputs[0] if len(outputs) == 1 else _SHAPES[name](*outputs)


def _request(label: str, request: tuple[object, ...]) -> tuple[str, list[float], list[str]]:
    """Name, parameters and columns of a wanted indicator."""
    match request:
        case (str(name), *params, str(source)):
            pass
        case (str(name), *params):
            source = ""
        case _:
            raise ParameterError(
                f"{label!r} asks for {request!r}",
                expected='a tuple of an indicator\'s name and its parameters, such as ("rsi", 14)',
                fix=f"write {label}=(name, parameters...)",
            )
    given = _numbers(_named(tuple(params)))
    reads, _, _ = _core.indicator_describe(name, given)
    if source and reads != ["close"]:
        raise ParameterError(
            f"{label!r} gives {name} the column {source!r}",
            expected=f"no column: {name} reads {', '.join(reads)}",
            fix="name a column only for indicators of one series",
        )
    return name, given, [source] if source else reads


def _read(columns: Any, name: str) -> Floats:
    """The named column of a mapping, a frame or bars."""
    values = columns.get(name) if isinstance(columns, Mapping) else getattr(columns, name, None)
    if values is None and hasattr(columns, "__contains__") and name in columns:
        values = columns[name]
    if values is None:
        raise DataError(
            f"there is no column {name!r} in the {type(columns).__name__}",
            expected="a mapping, frame or bars with the columns the indicators read",
            fix=f"add the column {name!r}",
        )
    return days(name, values) if name == "ts" else numbers(name, values)
