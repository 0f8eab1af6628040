"""Indicators as a strategy asks for them: computed in the core, revealed bar by bar."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from parrot.kernel.errors import ParameterError
from parrot.engine.columns import timeframe_ns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parrot.engine.series import Engine, Series


class Lines:
    """The indicators of docs/reference/indicators.md as methods; all take `timeframe=` and, where it fits, `source=`.

    `source` is "open", "high", "low", "close" or "volume". Each returns a line: `line[0]` is the value now, `line[-1]`
    the one before, NaN while warming up; `crossed_above(other)` and `crossed_below(other)` compare exactly for moving
    averages and prices. An indicator with several outputs returns them by name.
    """

    _run_engine: Engine
    _run_symbols: dict[str, int]
    _run_columns: Callable[[str, int], dict[str, NDArray[np.float64]] | None]

    def indicator(
        self, name: str, *parameters: float, source: str | None = None, timeframe: str | int | None = None
    ) -> Any:
        """The named indicator: one line, or a named tuple of lines."""
        length = 0 if timeframe is None else timeframe_ns(timeframe)
        try:
            lines = self._run_engine.indicator(name, [float(value) for value in parameters], length, source)
        except (ValueError, TypeError) as fault:
            raise ParameterError(str(fault)) from None
        if len(lines) == 1:
            return lines[0][1]
        return namedtuple(name, [output for output, _ in lines])(*(line for _, line in lines))  # noqa: PYI024  # its fields come from the core

    def compute(
        self,
        function: Callable[..., NDArray[np.float64]],
        *columns: str,
        lookback: int = 0,
        timeframe: str | int | None = None,
    ) -> Series:
        """A line of your own: `function` gets whole float64 columns ("close", ...) and returns one of the same length.

        The values are revealed bar by bar, but the function sees the whole column: `parrot check` finds it if it looks ahead.
        """
        length = 0 if timeframe is None else timeframe_ns(timeframe)
        made: list[NDArray[np.float64] | None] = []
        for symbol in self._run_symbols:
            known = self._run_columns(symbol, length)
            wanted = columns or ("close",)
            made.append(
                None
                if known is None
                else np.ascontiguousarray(function(*(known[name] for name in wanted)), dtype=np.float64)
            )
        try:
            return self._run_engine.line(getattr(function, "__name__", "line"), made, length, lookback)
        except ValueError as fault:
            raise ParameterError(str(fault)) from None

    def price(self, column: str = "close", *, timeframe: str | int | None = None) -> Series:
        """A column of the bars as a line."""
        return self._run_engine.price(column, 0 if timeframe is None else timeframe_ns(timeframe))

    @property
    def close_line(self) -> Series:
        """Closes as a line."""
        return self.price("close")

    def sma(self, n: int, **where: Any) -> Series:
        """Simple moving average, decided on integers."""
        return self.indicator("sma", n, **where)  # type: ignore[no-any-return]

    def ema(self, n: int, **where: Any) -> Series:
        """Exponential moving average."""
        return self.indicator("ema", n, **where)  # type: ignore[no-any-return]

    def wma(self, n: int, **where: Any) -> Series:
        """Weighted moving average, decided on integers."""
        return self.indicator("wma", n, **where)  # type: ignore[no-any-return]

    def dema(self, n: int, **where: Any) -> Series:
        """Double exponential moving average."""
        return self.indicator("dema", n, **where)  # type: ignore[no-any-return]

    def tema(self, n: int, **where: Any) -> Series:
        """Triple exponential moving average."""
        return self.indicator("tema", n, **where)  # type: ignore[no-any-return]

    def rsi(self, n: int = 14, **where: Any) -> Series:
        """Relative strength index."""
        return self.indicator("rsi", n, **where)  # type: ignore[no-any-return]

    def atr(self, n: int = 14, **where: Any) -> Series:
        """Average true range."""
        return self.indicator("atr", n, **where)  # type: ignore[no-any-return]

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
        return self.indicator("cci", n, **where)  # type: ignore[no-any-return]

    def roc(self, n: int = 10, **where: Any) -> Series:
        """Rate of change."""
        return self.indicator("roc", n, **where)  # type: ignore[no-any-return]

    def obv(self, **where: Any) -> Series:
        """On-balance volume."""
        return self.indicator("obv", **where)  # type: ignore[no-any-return]

    def vwap(self, *parameters: float, **where: Any) -> Series:
        """Volume-weighted average price of the UTC day."""
        return self.indicator("vwap", *parameters, **where)  # type: ignore[no-any-return]

    def mfi(self, n: int = 14, **where: Any) -> Series:
        """Money flow index."""
        return self.indicator("mfi", n, **where)  # type: ignore[no-any-return]

    def willr(self, n: int = 14, **where: Any) -> Series:
        """Williams %R."""
        return self.indicator("willr", n, **where)  # type: ignore[no-any-return]

    def psar(self, *parameters: float, **where: Any) -> Series:
        """Parabolic stop and reverse."""
        return self.indicator("psar", *parameters, **where)  # type: ignore[no-any-return]

    def supertrend(self, *parameters: float, **where: Any) -> Any:
        """SuperTrend."""
        return self.indicator("supertrend", *parameters, **where)

    def stddev(self, n: int = 20, **where: Any) -> Series:
        """Standard deviation."""
        return self.indicator("stddev", n, **where)  # type: ignore[no-any-return]

    def linreg(self, n: int = 14, **where: Any) -> Any:
        """Linear regression."""
        return self.indicator("linreg", n, **where)

    def highest(self, n: int, **where: Any) -> Series:
        """Highest value of the last `n` bars."""
        return self.indicator("highest", n, **where)  # type: ignore[no-any-return]

    def lowest(self, n: int, **where: Any) -> Series:
        """Lowest value of the last `n` bars."""
        return self.indicator("lowest", n, **where)  # type: ignore[no-any-return]

    def ichimoku(self, *parameters: float, **where: Any) -> Any:
        """Ichimoku cloud."""
        return self.indicator("ichimoku", *parameters, **where)

    def zscore(self, n: int = 20, **where: Any) -> Series:
        """Deviations from the mean of the last `n` values."""
        return self.indicator("zscore", n, **where)  # type: ignore[no-any-return]

    def percent_rank(self, n: int = 100, **where: Any) -> Series:
        """Percentile rank among the last `n` values."""
        return self.indicator("percent_rank", n, **where)  # type: ignore[no-any-return]
