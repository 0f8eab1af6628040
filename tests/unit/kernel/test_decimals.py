"""Money is counted to the last digit, and rounded only where somebody asked for it."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal, Inexact, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parrot.kernel import decimals
from parrot.kernel.errors import InputError

amounts = st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=18).filter(
    lambda value: not (value.is_zero() and value.is_signed())
)
steps = st.sampled_from([Decimal(text) for text in ("0.01", "0.5", "0.00000001", "25", "0.125")])


@given(amounts, amounts)
def test_sums_and_products_of_the_longest_amounts_are_exact(one: Decimal, other: Decimal) -> None:
    assert Fraction(decimals.add(one, other)) == Fraction(one) + Fraction(other)
    assert Fraction(decimals.multiply(one, other)) == Fraction(one) * Fraction(other)


@given(amounts, amounts)
def test_signs_are_taken_away_without_rounding(one: Decimal, other: Decimal) -> None:
    product = decimals.multiply(one, other)
    assert decimals.negate(decimals.negate(product)) == product
    assert decimals.size(product) == decimals.size(decimals.negate(product)) == max(product, decimals.negate(product))


def test_a_hidden_rounding_raises() -> None:
    with pytest.raises(Inexact):
        decimals.EXACT.divide(Decimal(1), Decimal(3))


def test_operators_do_not_round_inside_an_exact_function() -> None:
    before = getcontext()
    long = Decimal("1." + "1" * 40)
    assert decimals.exactly(lambda: long + 1)() == Decimal("2." + "1" * 40)
    with pytest.raises(Inexact):
        decimals.exactly(lambda: Decimal(1) / Decimal(3))()
    assert getcontext() is before


@given(amounts, steps)
def test_down_and_up_hold_the_value_between_neighbouring_steps(value: Decimal, step: Decimal) -> None:
    low, high = decimals.down(value, step), decimals.up(value, step)
    assert low <= value <= high
    assert decimals.is_multiple(low, step)
    assert decimals.subtract(high, low) == (0 if decimals.is_multiple(value, step) else step)


@given(amounts, amounts.map(abs), amounts.map(abs).filter(bool))
def test_a_share_is_rounded_once(whole: Decimal, part: Decimal, of: Decimal) -> None:
    step = Decimal("1e-12")
    exact = Fraction(whole) * Fraction(part) / Fraction(of)
    if abs(exact) < 10**40:
        got = Fraction(decimals.share(whole, part=part, of=of, step=step, rounding=ROUND_HALF_EVEN))
        assert got == round(exact / Fraction(step)) * Fraction(step)


def test_what_is_rounded_to_nothing_has_no_sign() -> None:
    small = Decimal("-0.3")
    rounded = [decimals.to_step(small, Decimal(1)), decimals.towards_zero(small, Decimal(1))]
    rounded.append(decimals.share(small, part=Decimal(1), of=Decimal(1), step=Decimal(1)))
    assert [str(value) for value in rounded] == ["0", "0", "0"]


def test_rounding_follows_its_name() -> None:
    assert decimals.to_step(Decimal("2.5"), Decimal(1)) == 2
    assert decimals.to_step(Decimal("-2.1"), Decimal(1), rounding=ROUND_UP) == -3
    assert decimals.towards_zero(Decimal("-2.9"), Decimal("0.5")) == Decimal("-2.5")


@pytest.mark.parametrize(
    "text", ["NaN", "sNaN", "Infinity", "-inf", "-0", "-0.00", "1e400", "1e15", "1e-19", "", "0x10", "1,5", "١e99"]
)
def test_what_money_cannot_be_counted_with_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="quantity"):
        decimals.parse(text, "quantity")


@given(amounts)
def test_what_is_written_is_read_back(value: Decimal) -> None:
    assert decimals.parse(decimals.plain(value), "amount") == value
    assert "E" not in decimals.plain(value)
