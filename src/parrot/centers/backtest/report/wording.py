"""Numbers, times and names as people read them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

DASH = "–"
MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"
SECOND = 1_000_000_000
_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def number(value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
    """A number with grouped thousands; a dash for None and what is not finite."""
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{abs(value):,.{decimals}f}"
    zero = not any(digit in text for digit in "123456789")
    sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
    return sign + text


def percent(value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
    """A fraction as a percentage."""
    text = number(None if value is None else value * 100, decimals, signed=signed)
    return text if text == DASH else f"{text}{THIN}%"


@dataclass(frozen=True, slots=True)
class Unit:
    """The account's currency and the decimals that its amounts are shown with."""

    currency: str
    decimals: int = 2


def money(value: float | None, unit: Unit, *, signed: bool = False) -> str:
    """An amount with its currency."""
    text = number(value, unit.decimals, signed=signed)
    return text if text == DASH or not unit.currency else f"{text}{THIN}{unit.currency}"


def decimals_for(amount: float | None, digits: int) -> int:
    """Decimals, from 2 to 8, that show an amount with so many significant digits."""
    if amount is None or not math.isfinite(amount) or amount == 0:
        return 2
    return min(8, max(2, digits - 1 - math.floor(math.log10(abs(amount)))))


def moment(ns: int | None) -> str:
    """A time in UTC to the minute, or to the second where it has seconds."""
    if ns is None:
        return DASH
    at = datetime.fromtimestamp(ns // SECOND, UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S UTC" if at.second else "%Y-%m-%d %H:%M UTC")


def day(ns: int) -> str:
    """The UTC day of a time."""
    return datetime.fromtimestamp(ns // SECOND, UTC).strftime("%Y-%m-%d")


def span(ns: int) -> str:
    """A length of time in its two largest units."""
    rest, parts = max(0, ns) / SECOND, []
    for size, unit in _SPANS:
        count = int(rest // size)
        rest -= count * size
        if count:
            parts.append(f"{count:,}{THIN}{unit}")
    if not parts:
        return f"{ns / 1_000_000:g}{THIN}ms"
    return " ".join(parts[:2])


def words(key: str) -> str:
    """A key such as `final_equity` as words."""
    return key.replace("_", " ").strip().capitalize()
