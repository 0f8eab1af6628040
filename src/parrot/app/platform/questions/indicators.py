"""Indicators of the engine as people choose them: what there is, and how a choice is written."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from parrot.engine import indicators
from parrot.engine.columns import Floats
from parrot.kernel.errors import InputError

_TITLES: Final[Mapping[str, str]] = {
    "sma": "Simple moving average",
    "ema": "Exponential moving average",
    "wma": "Weighted moving average",
    "dema": "Double exponential moving average",
    "tema": "Triple exponential moving average",
    "bbands": "Bollinger bands",
    "keltner": "Keltner channel",
    "donchian": "Donchian channel",
    "vwap": "Volume-weighted average price of the day",
    "psar": "Parabolic stop and reverse",
    "supertrend": "SuperTrend",
    "ichimoku": "Ichimoku lines",
    "highest": "Highest close",
    "lowest": "Lowest close",
    "rsi": "Relative strength index",
    "macd": "MACD",
    "stoch": "Stochastic oscillator",
    "adx": "Average directional index",
    "atr": "Average true range",
    "cci": "Commodity channel index",
    "willr": "Williams %R",
    "mfi": "Money flow index",
    "obv": "On-balance volume",
    "roc": "Rate of change",
    "stddev": "Standard deviation",
    "zscore": "Z-score",
    "percent_b": "Bollinger %B",
    "percent_rank": "Percent rank",
}
_ON_PRICE: Final = frozenset(
    {
        "sma", "ema", "wma", "dema", "tema", "bbands", "keltner", "donchian", "vwap", "psar", "supertrend",
        "ichimoku", "highest", "lowest",
    }
)  # fmt: skip
_HIDDEN: Final = frozenset({"direction"})  # a side of 1 or -1 is no line on a chart


def known() -> list[dict[str, Any]]:
    """Every indicator that can be drawn, with parameters and lines."""
    return [
        {
            "name": name,
            "title": title,
            "on_price": name in _ON_PRICE,
            "parameters": [
                {"name": one, "default": default, "whole": isinstance(default, int)}
                for one, default in _parameters(name).items()
            ],
            "lines": list(_line_names(name)),
        }
        for name, title in _TITLES.items()
    ]


def chosen(wanted: str) -> tuple[str, list[float]]:
    """Name and parameters of a choice such as "bbands:20:2"; what is left out takes its default. Raises InputError."""
    name, *given = wanted.split(":")
    if name not in _TITLES:
        raise InputError(f"there is no indicator {name[:40]!r}", expected=f"one of {', '.join(_TITLES)}")
    defaults = _parameters(name)
    if len(given) > len(defaults):
        raise InputError(f"{wanted[:60]!r} has {len(given)} parameters", expected=f"{name}:{':'.join(defaults)}")
    values = [*map(_number, given), *list(defaults.values())[len(given) :]]
    for (parameter, default), value in zip(defaults.items(), values, strict=True):
        if isinstance(default, int) and value != int(value):
            raise InputError(f"{parameter} of {name} is {value}", expected="a whole number")
    return name, values


def warm_up(name: str, parameters: Sequence[float]) -> int:
    """Bars before the first that is shown, so that averages that never forget have settled."""
    return 4 * indicators.lookback(name, *parameters)


def lines(columns: Mapping[str, Any], wanted: Mapping[str, tuple[str, list[float]]], skip: int) -> list[dict[str, Any]]:
    """What each choice gives over columns, without the first `skip` rows."""
    found = indicators.many(columns, {label: (name, *values) for label, (name, values) in wanted.items()})
    return [
        {
            "wanted": label,
            "name": name,
            "parameters": values,
            "on_price": name in _ON_PRICE,
            "lines": _lines(name, found[label], skip),
        }
        for label, (name, values) in wanted.items()
    ]


def _lines(name: str, output: Any, skip: int) -> list[dict[str, Any]]:
    several = output._asdict() if hasattr(output, "_asdict") else {name: output}
    return [{"name": line, "values": _values(several[line][skip:])} for line in several if line not in _HIDDEN]


def _values(column: Floats) -> list[float | None]:
    return [None if math.isnan(value) else value for value in column.tolist()]


def _line_names(name: str) -> Sequence[str]:
    shape = getattr(indicators, str(inspect.signature(getattr(indicators, name)).return_annotation), None)
    return [line for line in getattr(shape, "_fields", (name,)) if line not in _HIDDEN]


def _parameters(name: str) -> dict[str, float]:
    given = inspect.signature(getattr(indicators, name)).parameters.values()
    return {one.name: one.default for one in given if isinstance(one.default, int | float)}


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{text[:40]!r} is no number", expected="parameters such as ema:20 or bbands:20:2")
    return value
