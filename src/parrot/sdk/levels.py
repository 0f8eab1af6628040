"""Where protection lies: a price, a percentage of the fill price, or a distance from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from parrot.kernel.errors import OrderError

Number = int | float | Decimal | str


@dataclass(frozen=True, slots=True)
class Level:
    """A level of `kind` "price", "pct" or "distance"; `trailing` follows the best price."""

    kind: str
    amount: Number
    trailing: bool = False


def pct(amount: Number) -> Level:
    """`amount` per cent of the fill price: `stop=pct(5)` lies 5 % away."""
    return Level("pct", amount)


def distance(amount: Number) -> Level:
    """`amount` in price units from the fill price: `stop=distance(3 * atr)`."""
    return Level("distance", amount)


def trailing(amount: Number | Level) -> Level:
    """A stop that follows the best price at a distance (a number) or percentage (`pct(x)`)."""
    level = amount if isinstance(amount, Level) else distance(amount)
    return Level(level.kind, level.amount, trailing=True)


def split(level: Number | Level | None) -> tuple[tuple[str, Number] | None, bool]:
    """A level as the core takes it, and whether it trails.

    Raises OrderError when it is not a number or a level.
    """
    if level is None:
        return None, False
    if isinstance(level, Level):
        return (level.kind, level.amount), level.trailing
    if isinstance(level, bool) or not isinstance(level, int | float | Decimal | str) and not hasattr(level, "__float__"):
        raise OrderError(f"{level!r} is not a level", expected="a price, pct(x), distance(x) or trailing(x)")
    return ("price", level), False
