"""Exact decimal arithmetic for money: what would round without being asked raises `decimal.Inexact`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import (
    ROUND_05UP,
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    getcontext,
    setcontext,
)
from typing import Final, ParamSpec, TypeVar

from parrot.kernel.errors import InputError

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Prices and quantities are below 10^15 with at most 18 fraction digits: a product of two fits, with room for sums.
_DIGITS: Final = 90
FRACTION_DIGITS_MAX: Final = 18
WHOLE_DIGITS_MAX: Final = 15

EXACT: Final = Context(prec=_DIGITS, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_ROUNDING: Final = Context(prec=_DIGITS, rounding=ROUND_05UP, traps=[InvalidOperation, DivisionByZero, Overflow])

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)

# The operators of Decimal, unary minus and abs among them, round to the 28 digits of whatever context the thread has;
# these never round.
add: Final = EXACT.add
subtract: Final = EXACT.subtract
multiply: Final = EXACT.multiply
negate: Final = EXACT.minus
size: Final = EXACT.abs


def exactly(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Runs `function` with operators that never round; raises decimal.Inexact where one would have to."""

    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        before = getcontext()
        setcontext(EXACT)
        try:
            return function(*args, **kwargs)
        finally:
            setcontext(before)

    return run


def parse(text: str, name: str) -> Decimal:
    """The number that `text` writes, exactly.

    Raises InputError for what is no number, NaN, an infinity, minus zero, more than 15 digits before the point or more
    than 18 behind it.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise InputError(f"{name} is {text[:40]!r}", expected="a decimal number such as 0.25") from None
    return checked(value, name)


def checked(value: Decimal, name: str) -> Decimal:
    """`value` itself when money may be counted with it; raises InputError as `parse` does."""
    if not value.is_finite():
        raise InputError(f"{name} is {value}", expected="a finite number")
    if value.is_zero():
        if value.is_signed():
            raise InputError(f"{name} is minus zero", expected="zero without a sign")
        return ZERO
    if value.adjusted() >= WHOLE_DIGITS_MAX:
        raise InputError(f"{name} is {value:.3e}", expected=f"at most {WHOLE_DIGITS_MAX} digits before the point")
    if not is_multiple(value, Decimal(1).scaleb(-FRACTION_DIGITS_MAX)):
        raise InputError(f"{name} is {value}", expected=f"at most {FRACTION_DIGITS_MAX} digits behind the point")
    return value


def is_multiple(value: Decimal, step: Decimal) -> bool:
    """Whether `value` is a whole number of steps."""
    return not _ROUNDING.remainder(value, step)


def down(value: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` that is not above `value` (towards minus infinity)."""
    return to_step(value, step, rounding=ROUND_FLOOR)


def up(value: Decimal, step: Decimal) -> Decimal:
    """The smallest multiple of `step` that is not below `value` (towards plus infinity)."""
    return to_step(value, step, rounding=ROUND_CEILING)


def towards_zero(value: Decimal, step: Decimal) -> Decimal:
    """The multiple of `step` nearest to `value` that is not larger in size."""
    return to_step(value, step, rounding=ROUND_DOWN)


def to_step(value: Decimal, step: Decimal, *, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    """The multiple of `step` that `rounding` (a name of the module decimal) chooses."""
    # ROUND_05UP keeps what is needed so that rounding a second time errs nowhere.
    steps = _ROUNDING.divide(value, step).to_integral_value(rounding)
    return EXACT.multiply(steps, step) if steps else ZERO  # never minus zero


def share(whole: Decimal, *, part: Decimal, of: Decimal, step: Decimal, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    """`whole * part / of` as a multiple of `step`, rounded once."""
    steps = _ROUNDING.divide(EXACT.multiply(whole, part), EXACT.multiply(of, step)).to_integral_value(rounding)
    return EXACT.multiply(steps, step) if steps else ZERO


def plain(value: Decimal) -> str:
    """`value` in digits, without exponent and without zeros at the end of a fraction."""
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
