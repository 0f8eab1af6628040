"""Prices and quantities of a plan, exactly, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Final

from parrot.contracts.commands import Side
from parrot.contracts.groups import Grid, GridStart, Ladder, Plan, Spacing
from parrot.contracts.listing import Listing
from parrot.kernel.decimals import ZERO, add, checked, multiply, plain, share, subtract, to_step
from parrot.kernel.errors import InputError

LEVELS_MAX: Final = 201
SAFETY_MAX: Final = 50
EXIT: Final = -1  # the rung of a ladder's exit
_ROOTS: Final = Context(prec=50, rounding=ROUND_HALF_EVEN)
_PERCENT: Final = 100


def grid_prices(plan: Grid, tick: Decimal) -> list[Decimal]:
    """The prices of a grid from low to high, on the tick."""
    steps = plan.levels - 1
    if plan.spacing is Spacing.ARITHMETIC:
        width = subtract(plan.high, plan.low)
        return [
            add(plan.low, share(width, part=Decimal(number), of=Decimal(steps), step=tick))
            for number in range(plan.levels)
        ]
    ratio = _ROOTS.ln(_ROOTS.divide(plan.high, plan.low))
    inner = [
        _ROOTS.multiply(plan.low, _ROOTS.exp(_ROOTS.divide(_ROOTS.multiply(ratio, Decimal(number)), Decimal(steps))))
        for number in range(1, steps)
    ]
    return [plan.low, *(to_step(price, tick) for price in inner), plan.high]


def first_side(plan: Grid, lower: Decimal, reference: Decimal) -> Side:
    """What a step of a grid begins with; `lower` is its lower price, `reference` the market's at the beginning."""
    if plan.start is GridStart.BOTH:
        return Side.BUY if lower < reference else Side.SELL
    return Side.BUY if plan.start is GridStart.BUY else Side.SELL


def safety_price(plan: Ladder, number: int, first: Fraction, tick: Decimal) -> Decimal:
    """Where safety order `number` (from 1) stands: on the tick, not nearer to the first price than asked."""
    scale = Fraction(plan.gap_scale)
    gaps = sum((scale**gap for gap in range(number)), Fraction(0))
    away = Fraction(plan.deviation) * gaps / _PERCENT
    if plan.side is Side.BUY:
        return whole(first * (1 - away), tick)
    return whole(first * (1 + away), tick, upwards=True)


def safety_quantity(plan: Ladder, number: int, lot: Decimal) -> Decimal:
    """How much safety order `number` (from 1) is for, in whole lots."""
    return whole(Fraction(plan.safety_quantity) * Fraction(plan.quantity_scale) ** (number - 1), lot)


def exit_price(plan: Ladder, average: Fraction, tick: Decimal) -> Decimal:
    """Where all that is held leaves with the gain that was asked for, at least."""
    gain = Fraction(plan.take) / _PERCENT
    if plan.side is Side.BUY:
        return whole(average * (1 + gain), tick, upwards=True)
    return whole(average * (1 - gain), tick)


def whole(value: Fraction, step: Decimal, *, upwards: bool = False) -> Decimal:
    """The multiple of `step` at or below `value`, or at or above it."""
    steps = value / Fraction(step)
    return multiply(Decimal(ceil(steps) if upwards else floor(steps)), step)


def plan_fault(plan: Plan, listing: Listing, reference: Decimal) -> str:
    """What is wrong with a plan, with what was expected; empty for nothing. `reference` is the market's price."""
    faults = _grid_faults(plan, listing) if isinstance(plan, Grid) else _ladder_faults(plan, listing, reference)
    return next(faults, "")


def _number_faults(plan: Plan, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = getattr(plan, name)
        try:
            checked(value, name)
        except InputError as fault:
            yield str(fault)
            return
        if value <= 0:
            yield f"{name} is {plain(value)}; expected: a number above zero"


def _grid_faults(plan: Grid, listing: Listing) -> Iterator[str]:
    yield from _number_faults(plan, ("low", "high", "quantity"))
    if not plan.low < plan.high:
        yield f"low is {plain(plan.low)} and high {plain(plan.high)}; expected: low below high"
    if not 2 <= plan.levels <= LEVELS_MAX:
        yield f"levels is {plan.levels}; expected: 2 to {LEVELS_MAX}"
    for name in ("low", "high"):
        if to_step(getattr(plan, name), listing.tick) != getattr(plan, name):
            yield f"{name} is {plain(getattr(plan, name))}; expected: a multiple of {plain(listing.tick)}"
    yield from _order_faults("quantity", plan.quantity, plan.low, listing)
    if any(upper <= lower for lower, upper in pairwise(grid_prices(plan, listing.tick))):
        yield f"{plan.levels} levels lie closer than the tick {plain(listing.tick)}; expected: fewer levels"


def _ladder_faults(plan: Ladder, listing: Listing, reference: Decimal) -> Iterator[str]:
    numbers = ("quantity", "safety_quantity", "deviation", "gap_scale", "quantity_scale", "take")
    yield from _number_faults(plan, numbers)
    if not 0 <= plan.safety_orders <= SAFETY_MAX:
        yield f"safety_orders is {plan.safety_orders}; expected: 0 to {SAFETY_MAX}"
    if plan.rounds < 0:
        yield f"rounds is {plan.rounds}; expected: 1 or more, 0 for no end"
    for name in ("gap_scale", "quantity_scale"):
        if getattr(plan, name) > 10:
            yield f"{name} is {plain(getattr(plan, name))}; expected: at most 10"
    for name in ("limit", "stop"):
        value = getattr(plan, name)
        if value is not None:
            yield from _number_faults(plan, (name,))
            if to_step(value, listing.tick) != value:
                yield f"{name} is {plain(value)}; expected: a multiple of {plain(listing.tick)}"
    if plan.side is Side.SELL and plan.take >= _PERCENT:
        yield f"take is {plain(plan.take)} percent; expected: less than 100 for a sell"
    first = plan.limit or reference
    yield from _stop_faults(plan, "the first order", first)
    yield from _order_faults("quantity", plan.quantity, first, listing)
    for number in range(1, plan.safety_orders + 1):
        yield from _safety_faults(plan, number, first, listing)


def _safety_faults(plan: Ladder, number: int, first: Decimal, listing: Listing) -> Iterator[str]:
    price = safety_price(plan, number, Fraction(first), listing.tick)
    if price <= 0:
        yield f"safety order {number} would stand at {plain(price)}; expected: a price above zero; fewer, or nearer"
        return
    yield from _stop_faults(plan, f"safety order {number}", price)
    yield from _order_faults(f"safety order {number}", safety_quantity(plan, number, listing.lot), price, listing)


def _stop_faults(plan: Ladder, name: str, price: Decimal) -> Iterator[str]:
    if plan.stop is not None and (price - plan.stop) * (1 if plan.side is Side.BUY else -1) <= 0:
        yield f"stop is {plain(plan.stop)}, {name} stands at {plain(price)}; expected: a stop behind it"


def _order_faults(name: str, quantity: Decimal, price: Decimal, listing: Listing) -> Iterator[str]:
    if to_step(quantity, listing.lot) != quantity:
        yield f"{name} is {plain(quantity)}; expected: a multiple of {plain(listing.lot)}"
    if not listing.min_quantity <= quantity <= listing.max_quantity:
        yield f"{name} is {plain(quantity)}; expected: {plain(listing.min_quantity)} to {plain(listing.max_quantity)}"
    value = multiply(quantity, price)
    if value < listing.min_notional:
        yield f"{name} is worth {plain(value)}; expected: at least {plain(listing.min_notional)} {listing.quote}"


def dealable(quantity: Decimal, price: Decimal, listing: Listing) -> bool:
    """Whether the venue would take an order of so much."""
    least = max(listing.min_quantity, listing.lot)
    return quantity >= least > ZERO and multiply(quantity, price) >= listing.min_notional


def smallest(price: Decimal, listing: Listing) -> Decimal:
    """The least that the venue takes at a price, in whole lots."""
    worth = whole(Fraction(listing.min_notional) / Fraction(price), listing.lot, upwards=True)
    return max(listing.min_quantity, listing.lot, worth)
