"""Decimals of people become whole units of the engine and back, exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeAlias, TypeGuard

import numpy as np

from parrot.contracts.market import decimal
from parrot.kernel.errors import ParameterError

Amount: TypeAlias = Decimal | str | int | float
Moment: TypeAlias = datetime | int

DECIMALS_MAX: Final = 18
UNITS_MAX: Final = (1 << 63) - 1
PPM: Final = 6
RATE_DECIMALS: Final = 8
_DIGITS_MAX: Final = 40  # a number this long cannot fit, whatever its scale
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def units(value: Amount, decimals: int, name: str) -> int:
    """`value` in units of 10**-decimals; a float stands for its shortest decimal.

    Raises ParameterError when it is no finite number, has more decimals, or does not fit 64 bits.
    """
    numerator, denominator = _ratio(value, decimals, name)
    up, down = 10 ** max(decimals, 0), 10 ** max(-decimals, 0)
    scaled: tuple[int, int] = divmod(numerator * up, denominator * down)
    whole, rest = scaled
    if rest:
        raise ParameterError(
            f"{name} is {value}", expected=f"at most {decimals} decimals", fix="round it, or add more decimals"
        )
    if abs(whole) > UNITS_MAX:
        raise _too_large(value, decimals, name)
    return whole


def _ratio(value: Amount, decimals: int, name: str) -> tuple[int, int]:
    if isinstance(value, bool | np.bool_):
        raise ParameterError(f"{name} is {value}", expected="a number")
    if isinstance(value, int | np.integer):
        return int(value), 1
    number = decimal(value, name)
    if number.adjusted() > _DIGITS_MAX:
        raise _too_large(value, decimals, name)
    return number.as_integer_ratio()


def _too_large(value: Amount, decimals: int, name: str) -> ParameterError:
    return ParameterError(f"{name} is {value}", expected=f"at most {amount(UNITS_MAX, decimals)} on either side of 0")


def positive_units(value: Amount, decimals: int, name: str) -> int:
    """`units` that must be above zero; raises ParameterError otherwise."""
    found = units(value, decimals, name)
    if found <= 0:
        raise ParameterError(f"{name} is {value}", expected="more than 0")
    return found


def amount(whole: int, decimals: int) -> Decimal:
    """`whole` units of 10**-decimals as an exact Decimal."""
    return Decimal(int(whole)).scaleb(-decimals)


def decimals_of(value: int, name: str) -> int:
    """A number of decimals; raises ParameterError when it is not 0 to 18."""
    if type(value) is not int or not 0 <= value <= DECIMALS_MAX:
        raise ParameterError(f"{name} is {value!r}", expected=f"a whole number from 0 to {DECIMALS_MAX}")
    return value


def nanoseconds(at: Moment, name: str) -> int:
    """A moment as ns UTC: an integer is one already, a datetime must know its zone.

    Raises ParameterError for anything else, and for what does not fit 64 bits.
    """
    if isinstance(at, datetime) and at.tzinfo is not None:
        found = (at - _EPOCH) // timedelta(microseconds=1) * 1_000
        if abs(found) > UNITS_MAX:
            raise ParameterError(f"{name} is {at}", expected="a moment from 1677-09-22 to 2262-04-11")
        return found
    if isinstance(at, datetime) or not is_whole(at) or abs(at) > UNITS_MAX:
        raise ParameterError(
            f"{name} is {at!r}",
            expected="ns UTC as an int, or a datetime with its zone",
            fix="datetime(..., tzinfo=UTC)",
        )
    return int(at)


def is_whole(value: object) -> TypeGuard[int]:
    """Is it a whole number, of Python's or of an array's?"""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
