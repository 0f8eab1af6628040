"""Prices, quantities and amounts as text: exact, always with eight digits behind the point."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from parrot.contracts.exchange import SCALE
from parrot.gateway.binance_api import errors

DIGITS: Final = 8
ZERO: Final = "0.00000000"
_MOST: Final = 2**63 - 1
_LONGEST: Final = 20
_KEPT: Final = 8_192  # the same amounts are written again and again

_decimal = re.compile(r"([0-9]{1,20})(?:\.([0-9]{1,20}))?").fullmatch


@lru_cache(maxsize=_KEPT)
def text(value: int) -> str:
    """`value` units of 10^-8 in digits."""
    if value < 0:
        return "-" + text(-value)
    digits = f"{value:09d}"
    return digits[:-8] + "." + digits[-8:]


def amount(written: str, name: str) -> int:
    """The decimal number that a parameter writes, in units of 10^-8; no sign, no exponent."""
    if not written:
        raise errors.empty(name)
    found = _decimal(written)
    if found is None:
        raise errors.illegal(name, errors.DECIMAL_RANGE)
    whole, fraction = found.groups()
    value = int(whole) * SCALE
    if fraction:
        if len(fraction) > DIGITS:
            fraction = fraction.rstrip("0")
            if len(fraction) > DIGITS:
                raise errors.too_precise(name)
        value += int(fraction.ljust(DIGITS, "0"))
    if value > _MOST:
        raise errors.overflowed(name)
    return value


def whole(written: str, name: str) -> int:
    """The whole number that a parameter writes."""
    if written.isascii() and written.isdigit() and len(written) <= _LONGEST:
        value = int(written)
        if value > _MOST:
            raise errors.overflowed(name)
        return value
    raise errors.illegal(name, errors.WHOLE_RANGE) if written else errors.empty(name)


def value(price: int, quantity: int) -> str:
    """Price times quantity in digits, cut behind the eighth."""
    return text(price * quantity // SCALE)


def percent(part: int, of: int) -> str:
    """`part` in percent of `of`, three digits behind the point, half away from zero."""
    if not of:
        return "0.000"
    thousandths = (abs(part) * 200_000 + of) // (2 * of)
    sign = "-" if part < 0 and thousandths else ""
    return f"{sign}{thousandths // 1000}.{thousandths % 1000:03d}"
