"""Exact numbers: prices, quantities and money are integers of 10^-8 (rules N1 to N3)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

UNIT = 10**8

Number = int | str | float | Decimal | Fraction


def fraction(value: Number) -> Fraction:
    """`value` exactly; a float stands for its shortest decimal."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def units(value: Number) -> int:
    """`value` in units of 10^-8; it must fit."""
    scaled = fraction(value) * UNIT
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than 8 decimals")
    return scaled.numerator


def half_even(value: Fraction) -> int:
    """The nearest integer, ties to even: Python's own rounding of fractions."""
    return round(value)


def down(value: Fraction | int, step: int) -> int:
    """The last multiple of `step` at or below `value`."""
    return value // step * step


def up(value: Fraction | int, step: int) -> int:
    """The first multiple of `step` at or above `value`."""
    return -(-value // step) * step


def limit_price(value: Fraction | int, side: int, tick: int) -> int:
    """A limit on the grid of ticks, never worse than asked: down for a buy, up for a sale."""
    return down(value, tick) if side > 0 else up(value, tick)


def trigger_price(value: Fraction | int, side: int, tick: int) -> int:
    """A trigger on the grid of ticks: up for a buy, down for a sale."""
    return up(value, tick) if side > 0 else down(value, tick)


def rate(text: Number) -> Fraction:
    """A rate as a fraction: "10bp", "50%", "0.001"."""
    if isinstance(text, str) and text.endswith("bp"):
        return Fraction(text[:-2]) / 10_000
    if isinstance(text, str) and text.endswith("%"):
        return Fraction(text[:-1]) / 100
    return fraction(text)


def most(fits, top: int) -> int:
    """The largest n in 0..top with fits(n); fits(0) holds and fits never holds again once it fails."""
    low, high = 0, top
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
