"""Amounts and times as Alpaca writes them: decimals in digits, RFC 3339 down to the nanosecond."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from parrot.contracts.exchange import SCALE
from parrot.gateway.alpaca_api.problems import Problem, invalid, malformed
from parrot.kernel.decimals import plain

SECOND: Final = 1_000_000_000
_UNITS_MAX: Final = 1 << 62
_DIGITS_KEPT: Final = 10**15
_NUMBER: Final = re.compile(r"\+?\d{1,15}(\.\d{0,9}0*)?|\+?\.\d{1,9}0*", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9})\d*)?\s?(Z|z|[+ -]\d\d:?\d\d)?)?", re.ASCII
)


def text(units: int) -> str:
    """An amount of 10^-8 in digits without zeros at the end: "12.5"."""
    return plain(Decimal(units).scaleb(-8))


def number(units: int) -> int | float | Decimal:
    """An amount of 10^-8 as a number for JSON, of the same digits as its text.

    A binary fraction is written in the fewest digits that lead back to it, and with 15 of them these are its own.
    """
    if units % SCALE == 0:
        return units // SCALE
    return units / SCALE if abs(units) < _DIGITS_KEPT else Decimal(text(units))


def ratio(part: int, whole: int) -> str:
    """part / whole with eight digits; 0 for no whole."""
    return text(divided(part * SCALE, whole))


def divided(part: int, whole: int) -> int:
    """part / whole as a whole number, halves away from zero; 0 for no whole."""
    if not whole:
        return 0
    quotient = (2 * abs(part) + abs(whole)) // (2 * abs(whole))
    return quotient if (part < 0) == (whole < 0) else -quotient


def product(price: int, quantity: int) -> int:
    """price x quantity in units of 10^-8, rounded."""
    return divided(price * quantity, SCALE)


def units(value: Any, name: str) -> int:
    """The units of 10^-8 that a JSON number or text writes, above 0; raises Problem."""
    written = plain(value) if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 40 else value
    if isinstance(written, bool) or not isinstance(written, str | int) or len(str(written)) > 64:
        raise invalid(f"{name} must be a number")
    found = str(written).strip()
    if not _NUMBER.fullmatch(found):
        raise invalid(f"{name} must be a number greater than 0")
    scaled = Decimal(found).scaleb(8)
    if scaled != int(scaled):
        raise invalid(f"{name} has more digits behind the point than are kept")
    if not 0 < scaled < _UNITS_MAX:
        raise invalid(f"{name} must be greater than 0" if not scaled else f"{name} is too large")
    return int(scaled)


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def moment(ts: int) -> str:
    """A time, ns UTC, as RFC 3339 without zeros at the end of the fraction."""
    seconds, rest = divmod(ts, SECOND)
    return f"{_second(seconds)}.{rest:09d}".rstrip("0") + "Z" if rest else f"{_second(seconds)}Z"


def maybe_moment(ts: int) -> str | None:
    """A time, or null for 0."""
    return moment(ts) if ts else None


def read_moment(given: str, name: str, *, end: bool = False) -> int:
    """The time that RFC 3339 or a date writes, ns UTC; a date with `end` is its last ns. Raises Problem."""
    found = _MOMENT.fullmatch(given.strip())
    if found is None:
        raise malformed(f"invalid {name}: {given[:40]!r} is no RFC-3339 time")
    day, clock, fraction, zone = found.groups()
    zone = (zone or "Z").upper().replace(" ", "+")
    try:
        whole = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}{'+00:00' if zone == 'Z' else zone}")
        seconds = int(whole.timestamp())
    except (ValueError, OverflowError):
        raise malformed(f"invalid {name}: {given[:40]!r} is no RFC-3339 time") from None
    if clock is None and end:
        return (seconds + 86_400) * SECOND - 1
    return seconds * SECOND + int((fraction or "").ljust(9, "0"))


def read_date(given: str, name: str) -> date:
    """A date; raises Problem."""
    try:
        return date.fromisoformat(given[:10])
    except ValueError:
        raise malformed(f"invalid {name}: {given[:40]!r} is no date") from None


def truth(given: str | None, name: str, *, default: bool = False) -> bool:
    """A yes or no; raises Problem."""
    if given is None or given == "":
        return default
    if given.lower() in ("true", "1", "t"):
        return True
    if given.lower() in ("false", "0", "f"):
        return False
    raise malformed(f"invalid {name}: {given[:40]!r} is neither true nor false")


def whole(given: str | None, name: str, *, default: int, most: int) -> int:
    """A whole number from 1 to `most`; raises Problem."""
    if given is None or given == "":
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 9 or not 1 <= int(given) <= most:
        raise _out_of_range(name, most)
    return int(given)


def _out_of_range(name: str, most: int) -> Problem:
    return invalid(f"invalid {name}: must be between 1 and {most}")
