"""Limits as data: names of rules, what their values are, and how they are read from text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from parrot.centers.risk.hours import parse_hours
from parrot.kernel.decimals import parse
from parrot.kernel.errors import ParameterError

_SECOND_NS: Final = 1_000_000_000
_UNITS: Final = {"ms": 1_000_000, "s": _SECOND_NS, "m": 60 * _SECOND_NS, "h": 3_600 * _SECOND_NS}
_DURATION = re.compile(r"(\d{1,9}) ?(ms|s|m|h)")
_RATE = re.compile(r"(\d{1,9}) ?/ ?(\d{1,9} ?(?:ms|s|m|h))")
_RATIO = re.compile(r"(\d+(?:\.\d+)?) after (\d{1,9})")
_SCOPE = re.compile(r"firm|(?:user|account|strategy|symbol):\S.*")
_COUNT_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` in any `window` of ns."""

    count: int
    window: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """At most `ratio` orders for each fill, looked at from order number `after` of a day on."""

    ratio: Decimal
    after: int


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of one scope: `text` as it was approved, `value` as the rule reads it."""

    scope: str
    rule: str
    text: str
    value: Any


def _amount(text: str, rule: str) -> Decimal:
    value = parse(text, rule)
    if value < 0:
        raise ParameterError(f"{rule} is {text}", expected="a number that is not negative")
    return value


def _count(text: str, rule: str) -> int:
    if not (text.isdecimal() and text.isascii() and int(text) <= _COUNT_MAX):
        raise ParameterError(f"{rule} is {text[:40]!r}", expected=f"a whole number up to {_COUNT_MAX}")
    return int(text)


def _duration(text: str, rule: str) -> int:
    found = _DURATION.fullmatch(text)
    if not found or not int(found[1]):
        raise ParameterError(f"{rule} is {text[:40]!r}", expected="a duration such as 500ms, 2s, 5m or 1h")
    return int(found[1]) * _UNITS[found[2]]


def _rate(text: str, rule: str) -> Rate:
    found = _RATE.fullmatch(text)
    if not found or not 0 < int(found[1]) <= _COUNT_MAX:
        raise ParameterError(f"{rule} is {text[:40]!r}", expected="a rate such as 50/1s, at most 100000 in a window")
    return Rate(int(found[1]), _duration(found[2], rule))


def _ratio(text: str, rule: str) -> Ratio:
    found = _RATIO.fullmatch(text)
    if not found:
        raise ParameterError(f"{rule} is {text[:40]!r}", expected="a ratio such as 20 after 100")
    return Ratio(_amount(found[1], rule), int(found[2]))


def _names(text: str, rule: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",")) - {""}
    if not names:
        raise ParameterError(f"{rule} names nothing", expected="symbols with commas between them")
    return names


def _yes(text: str, rule: str) -> bool:
    if text not in {"yes", "no"}:
        raise ParameterError(f"{rule} is {text[:40]!r}", expected="yes or no")
    return text == "yes"


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = MappingProxyType(
    {
        "reduce_only": _yes,
        "instruments": _names,
        "restricted": _names,
        "trading_hours": lambda text, _: parse_hours(text),
        "stale_data": _duration,
        "max_quantity": _amount,
        "max_notional": _amount,
        "price_collar": _amount,
        "order_rate": _rate,
        "rate_breaker": _rate,
        "refusal_breaker": _rate,
        "duplicate_window": _duration,
        "max_open_orders": _count,
        "order_to_trade": _ratio,
        "self_trade": _yes,
        "long_only": _yes,
        "max_position": _amount,
        "max_gross": _amount,
        "max_net": _amount,
        "concentration": _amount,
        "leverage": _amount,
        "daily_loss": _amount,
        "drawdown": _amount,
    }
)
RULES: Final = tuple(_READERS)
LIVE_NEEDS: Final = MappingProxyType(
    {
        "instruments": ("instruments",),
        "price": ("price_collar",),
        "value": ("max_notional",),
        "number of orders": ("max_open_orders", "order_rate"),
        "position": ("max_position",),
    }
)


def read_limits(scope: str, limits: Mapping[str, str]) -> dict[str, Limit]:
    """The limits of a scope by rule; raises ParameterError naming what cannot be read."""
    if not _SCOPE.fullmatch(scope):
        expected = "firm, user:NAME, account:NAME, strategy:ID or symbol:SYMBOL"
        raise ParameterError(f"there is no scope {scope[:60]!r}", expected=expected)
    unknown = [rule for rule in limits if rule not in _READERS]
    if unknown:
        raise ParameterError(f"there is no rule {unknown[0][:60]!r}", expected=", ".join(RULES))
    return {rule: Limit(scope, rule, text, _READERS[rule](text.strip(), rule)) for rule, text in limits.items()}
