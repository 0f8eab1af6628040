"""The words of rules: indicators, columns and crossings as expressions."""

from __future__ import annotations

from parrot.kernel.errors import ParameterError
from parrot.sdk.rules.expressions import Constant, Crossing, Expression, Line, Named, Operand, Price, Test, expression

Parameter = int | float | str | Expression
"""A number, or a parameter: its name or `param(name)`."""

open_, high, low, close, volume = map(Price, ("open", "high", "low", "close", "volume"))


def param(name: str) -> Expression:
    """The value of a parameter; where a number can stand, its name alone will do."""
    return Named(name)


def indicator(name: str, *parameters: Parameter, output: str = "", source: str = "") -> Expression:
    """Any indicator of docs/reference/indicators.md; `output` picks one of several, `source` the column it reads."""
    return Line(name, tuple(map(_parameter, parameters)), output, source)


def sma(n: Parameter, *, source: str = "") -> Expression:
    """Simple moving average."""
    return indicator("sma", n, source=source)


def ema(n: Parameter, *, source: str = "") -> Expression:
    """Exponential moving average."""
    return indicator("ema", n, source=source)


def wma(n: Parameter, *, source: str = "") -> Expression:
    """Weighted moving average."""
    return indicator("wma", n, source=source)


def rsi(n: Parameter = 14, *, source: str = "") -> Expression:
    """Relative strength index."""
    return indicator("rsi", n, source=source)


def atr(n: Parameter = 14) -> Expression:
    """Average true range."""
    return indicator("atr", n)


def roc(n: Parameter = 10, *, source: str = "") -> Expression:
    """Rate of change."""
    return indicator("roc", n, source=source)


def stddev(n: Parameter = 20, *, source: str = "") -> Expression:
    """Standard deviation."""
    return indicator("stddev", n, source=source)


def highest(n: Parameter, *, source: str = "") -> Expression:
    """Highest value of the last `n` bars."""
    return indicator("highest", n, source=source)


def lowest(n: Parameter, *, source: str = "") -> Expression:
    """Lowest value of the last `n` bars."""
    return indicator("lowest", n, source=source)


def crossed_above(a: Operand, b: Operand) -> Test:
    """a[t-1] <= b[t-1] and a[t] > b[t]."""
    return Crossing("above", expression(a), expression(b))


def crossed_below(a: Operand, b: Operand) -> Test:
    """a[t-1] >= b[t-1] and a[t] < b[t]."""
    return Crossing("below", expression(a), expression(b))


def _parameter(value: Parameter) -> Constant | Named:
    made = expression(value)
    if not isinstance(made, Constant | Named):
        raise ParameterError(f"{made!r} is no parameter of an indicator", expected="a number or a parameter's name")
    return made
