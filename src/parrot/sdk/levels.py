"""Where protection lies: a price, a percentage of the fill price, or a distance from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import SupportsFloat

from parrot.contracts.market import Number
from parrot.kernel.errors import OrderError

Amount = Number | SupportsFloat
"""A number, or what stands for one: an indicator is its value now."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of `kind` "price", "pct" or "distance"; `trailing` follows the best price."""

    kind: str
    amount: Amount
    trailing: bool = False

    def __repr__(self) -> str:
        if not self.trailing:
            return f"{self.kind}({self.amount!r})"
        return f"trailing({self.amount!r})" if self.kind == "distance" else f"trailing({self.kind}({self.amount!r}))"


def pct(amount: Amount) -> Level:
    """`amount` per cent of the fill price: `stop=pct(5)` lies 5 % away."""
    return Level("pct", amount)


def distance(amount: Amount) -> Level:
    """`amount` in price units from the fill price: `stop=distance(3 * atr)`."""
    return Level("distance", amount)


def trailing(amount: Amount | Level) -> Level:
    """A stop that follows the best price at a distance (a number) or percentage (`pct(x)`)."""
    level = amount if isinstance(amount, Level) else distance(amount)
    return Level(level.kind, level.amount, trailing=True)


def split(level: Amount | Level | None) -> tuple[tuple[str, Number] | None, bool]:
    """A level as the core takes it, and whether it trails.

    Raises OrderError when it is not a number or a level.
    """
    if level is None:
        return None, False
    if isinstance(level, Level):
        return (level.kind, number(level.amount)), level.trailing
    return ("price", number(level)), False


def number(amount: Amount) -> Number:
    """`amount` as the core takes it; raises OrderError when it is no number."""
    if isinstance(amount, bool) or not isinstance(amount, int | float | Decimal | str | SupportsFloat):
        raise OrderError(f"{amount!r} is not a level", expected="a price, pct(x), distance(x) or trailing(x)")
    return amount if isinstance(amount, int | float | Decimal | str) else float(amount)
