"""Indicators as a strategy asks for them: computed in the core, revealed bar by bar."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, SupportsFloat

import numpy as np

from parrot.engine.columns import timeframe_ns
from parrot.kernel.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parrot.engine.series import Columns, Engine, Series

_COLUMNS = ("open", "high", "low", "close", "volume")
_named: Callable[..., Any] = namedtuple  # the outputs' names come from the core, so no type can be written here


class Lines:
    """The indicators of docs/reference/indicators.md as methods; all take `timeframe=` and, where it fits, `source=`.

    `source` is "open", "high", "low", "close" or "volume". Each returns a line: `line[0]` is the value now, `line[-1]`
    the one before, NaN while warming up; `crossed_above(other)` and `crossed_below(other)` compare exactly for moving
    averages and prices. An indicator with several outputs returns them by name.
    """

    _run_engine: Engine
    _run_symbols: dict[str, int]
    _run_columns: Columns
    _run_own: list[tuple[Callable[..., NDArray[np.float64]], tuple[str, ...], int]]

    def indicator(
        self, name: str, *parameters: float, source: str | None = None, timeframe: str | int | None = None
    ) -> Any:
        """The named indicator: one line, or a named tuple of lines."""
        lines = self._lines(name, parameters, source, timeframe)
        if len(lines) == 1:
            return lines[0][1]
        return _named(name, [output for output, _ in lines])(*(line for _, line in lines))

    def compute(
        self,
        function: Callable[..., NDArray[np.float64]],
        *columns: str,
        lookback: int = 0,
        timeframe: str | int | None = None,
    ) -> Series:
        """A line of your own: `function` gets whole float64 columns ("close", ...) and returns one of the same length.

        The values are revealed bar by bar, but the function sees the whole column: `parrot check` finds it if it looks
        ahead. Raises ParameterError for an unknown column or a result of another length.
        """
        length = 0 if timeframe is None else timeframe_ns(timeframe)
        if lookback < 0:
            raise ParameterError(f"lookback is {lookback!r}", expected="zero or more bars")
        live = self._run_engine.live
        if live:
            self._run_own.append((function, columns or ("close",), length))
        made: list[NDArray[np.float64] | None] = []
        for symbol in self._run_symbols:
            known = self._run_columns(symbol, length)
            given = None if known is None else [_column(known, name) for name in columns or ("close",)]
            # Live, the first bar may still be to come; then there is nothing to give the function.
            if given is None:
                made.append(None)
            else:
                made.append(np.empty(0) if live and not len(given[0]) else computed(function, given))
        try:
            return self._run_engine.line(getattr(function, "__name__", "line"), made, length, lookback)
        except ValueError as fault:
            raise ParameterError(str(fault)) from None

    def price(self, column: str = "close", *, timeframe: str | int | None = None) -> Series:
        """A column of the bars as a line: "open", "high", "low", "close" or "volume"."""
        if column not in _COLUMNS:
            raise ParameterError(f"{column!r} is not a column", expected=", ".join(_COLUMNS))
        try:
            return self._run_engine.price(column, 0 if timeframe is None else timeframe_ns(timeframe))
        except ValueError as fault:
            raise ParameterError(str(fault)) from None

    @property
    def close_line(self) -> Series:
        """Closes as a line."""
        return self.price("close")

    def sma(self, n: int, **where: Any) -> Series:
        """Simple moving average, decided on integers."""
        return self._line("sma", n, **where)

    def ema(self, n: int, **where: Any) -> Series:
        """Exponential moving average."""
        return self._line("ema", n, **where)

    def wma(self, n: int, **where: Any) -> Series:
        """Weighted moving average, decided on integers."""
        return self._line("wma", n, **where)

    def dema(self, n: int, **where: Any) -> Series:
        """Double exponential moving average."""
        return self._line("dema", n, **where)

    def tema(self, n: int, **where: Any) -> Series:
        """Triple exponential moving average."""
        return self._line("tema", n, **where)

    def rsi(self, n: int = 14, **where: Any) -> Series:
        """Relative strength index."""
        return self._line("rsi", n, **where)

    def atr(self, n: int = 14, **where: Any) -> Series:
        """Average true range."""
        return self._line("atr", n, **where)

    def macd(self, fast: int = 12, slow: int = 26, signal: int = 9, **where: Any) -> Any:
        """Moving average convergence and divergence."""
        return self.indicator("macd", fast, slow, signal, **where)

    def adx(self, n: int = 14, **where: Any) -> Any:
        """Average directional index with both directional indicators."""
        return self.indicator("adx", n, **where)

    def bbands(self, n: int = 20, k: float = 2, **where: Any) -> Any:
        """Bollinger bands."""
        return self.indicator("bbands", n, k, **where)

    def keltner(self, *parameters: float, **where: Any) -> Any:
        """Keltner channel."""
        return self.indicator("keltner", *parameters, **where)

    def donchian(self, n: int = 20, **where: Any) -> Any:
        """Donchian channel."""
        return self.indicator("donchian", n, **where)

    def stoch(self, *parameters: float, **where: Any) -> Any:
        """Stochastic oscillator."""
        return self.indicator("stoch", *parameters, **where)

    def cci(self, n: int = 20, **where: Any) -> Series:
        """Commodity channel index."""
        return self._line("cci", n, **where)

    def roc(self, n: int = 10, **where: Any) -> Series:
        """Rate of change."""
        return self._line("roc", n, **where)

    def obv(self, **where: Any) -> Series:
        """On-balance volume."""
        return self._line("obv", **where)

    def vwap(self, *parameters: float, **where: Any) -> Series:
        """Volume-weighted average price of the UTC day."""
        return self._line("vwap", *parameters, **where)

    def mfi(self, n: int = 14, **where: Any) -> Series:
        """Money flow index."""
        return self._line("mfi", n, **where)

    def willr(self, n: int = 14, **where: Any) -> Series:
        """Williams %R."""
        return self._line("willr", n, **where)

    def psar(self, *parameters: float, **where: Any) -> Series:
        """Parabolic stop and reverse."""
        return self._line("psar", *parameters, **where)

    def supertrend(self, *parameters: float, **where: Any) -> Any:
        """SuperTrend."""
        return self.indicator("supertrend", *parameters, **where)

    def stddev(self, n: int = 20, **where: Any) -> Series:
        """Standard deviation."""
        return self._line("stddev", n, **where)

    def linreg(self, n: int = 14, **where: Any) -> Any:
        """Linear regression."""
        return self.indicator("linreg", n, **where)

    def highest(self, n: int, **where: Any) -> Series:
        """Highest value of the last `n` bars."""
        return self._line("highest", n, **where)

    def lowest(self, n: int, **where: Any) -> Series:
        """Lowest value of the last `n` bars."""
        return self._line("lowest", n, **where)

    def ichimoku(self, *parameters: float, **where: Any) -> Any:
        """Ichimoku cloud."""
        return self.indicator("ichimoku", *parameters, **where)

    def zscore(self, n: int = 20, **where: Any) -> Series:
        """Deviations from the mean of the last `n` values."""
        return self._line("zscore", n, **where)

    def percent_rank(self, n: int = 100, **where: Any) -> Series:
        """Percentile rank among the last `n` values."""
        return self._line("percent_rank", n, **where)

    def _line(
        self, name: str, *parameters: float, source: str | None = None, timeframe: str | int | None = None
    ) -> Series:
        return self._lines(name, parameters, source, timeframe)[0][1]

    def _lines(
        self, name: str, parameters: Sequence[float], source: str | None, timeframe: str | int | None
    ) -> list[tuple[str, Series]]:
        length = 0 if timeframe is None else timeframe_ns(timeframe)
        _require_numbers(name, parameters)
        try:
            return self._run_engine.indicator(name, [float(value) for value in parameters], length, source)
        except (ValueError, TypeError) as fault:
            raise ParameterError(str(fault)) from None


def _require_numbers(name: str, parameters: Sequence[Any]) -> None:
    for value in parameters:
        if isinstance(value, str) or not isinstance(value, SupportsFloat):
            raise ParameterError(f"{name} was given {value!r}", expected="numbers, such as 20")


def computed(function: Callable[..., Any], given: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """What a line's function makes of whole columns; raises ParameterError for anything but one column."""
    made = np.asarray(function(*given))
    if made.ndim != 1 or made.dtype.kind not in "biuf":
        name = getattr(function, "__name__", "the function")
        problem = f"{name} returned {made.ndim} dimensions of {made.dtype}"
        raise ParameterError(problem, expected="one float64 column, one value a bar")
    return np.ascontiguousarray(made, dtype=np.float64)


def _column(known: Mapping[str, NDArray[np.float64]], name: str) -> NDArray[np.float64]:
    if name not in known:
        raise ParameterError(f"{name!r} is not a column", expected=", ".join(known))
    return known[name]
