"""Money: value, fees, slippage, what an account can pay (rules A1 to A7)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from tests.reference.exact import UNIT, down, fraction, half_even, most, rate, units
from tests.reference.terms import Terms


class Account:
    """Cash, positions and last prices of one account, in units."""

    def __init__(self, cash: int, terms: Mapping[str, Terms]) -> None:
        self.cash = cash
        self.terms = dict(terms)
        self.positions = dict.fromkeys(terms, 0)
        self.marks = dict.fromkeys(terms, 0)  # last prices, opens included
        self.closes = dict.fromkeys(terms, 0)
        self.kind = next(iter(terms.values())).account

    def value(self, symbol: str, quantity: int, price: int) -> int:
        """Signed value: what a position adds to cash; that of a long inverse contract is negative (N2, A4)."""
        if quantity == 0:
            return 0
        sign = -1 if self.terms[symbol].kind == "inverse" else 1
        return sign * half_even(self.notional(symbol, quantity, price))

    def notional(self, symbol: str, quantity: int, price: int) -> Fraction:
        """price x quantity x multiplier, of an inverse contract quantity x multiplier / price; exact, signed."""
        terms = self.terms[symbol]
        size = fraction(terms.multiplier) * quantity
        return size * UNIT / price if terms.kind == "inverse" else size * price / UNIT

    def fee(self, symbol: str, quantity: int, price: int, *, maker: bool) -> int:
        """Rate x notional plus quantity x per-unit amount, each rounded, at least the minimum if there is one (A5)."""
        if quantity == 0:
            return 0
        terms = self.terms[symbol]
        amount = half_even(self.notional(symbol, quantity, price) * terms.fee_rate(maker)) + half_even(
            fraction(terms.per_unit) * quantity
        )
        return max(units(terms.minimum), amount) if units(terms.minimum) else amount

    def slipped(self, symbol: str, price: int, side: int) -> int:
        """`price` moved against an order of `side` (A6)."""
        terms = self.terms[symbol]
        move = terms.slippage_ticks * terms.tick_units + half_even(price * fraction(terms.slippage_bp) / 10_000)
        return max(1, price + side * move)

    def equity(self, **at: int) -> int:
        """Cash and all positions at the last prices, or at the prices given."""
        return self._worth({**self.marks, **at})

    def equity_at_closes(self) -> int:
        """Cash and all positions at the last closes: the equity of the curve, and what `target` divides (R5, O5)."""
        return self._worth(self.closes)

    def _worth(self, prices: Mapping[str, int]) -> int:
        return self.cash + sum(self.value(symbol, held, prices[symbol]) for symbol, held in self.positions.items())

    def exposure(self, **at: int) -> int:
        """Gross exposure: the sum of absolute values."""
        marks = {**self.marks, **at}
        return sum(abs(self.value(symbol, held, marks[symbol])) for symbol, held in self.positions.items())

    def apply(self, symbol: str, side: int, quantity: int, price: int, fee: int) -> None:
        self.cash -= self.value(symbol, side * quantity, price) + fee
        self.positions[symbol] += side * quantity

    def affordable(self, symbol: str, side: int, quantity: int, price: int, *, maker: bool) -> int:
        """How much of `quantity` the account rules let fill at `price` (A1, A2)."""
        if self.kind == "margin":
            return self._margin_pays(symbol, side, quantity, price, maker)
        if side < 0:
            return min(quantity, max(0, self.positions[symbol]))
        lot = self.terms[symbol].lot_units

        def fits(lots: int) -> bool:
            cost = self.value(symbol, lots * lot, price) + self.fee(symbol, lots * lot, price, maker=maker)
            return lots == 0 or cost <= self.cash

        return most(fits, quantity // lot) * lot

    def closing(self, symbol: str, side: int, quantity: int) -> int:
        """The part of a fill that closes the position."""
        held = self.positions[symbol]
        return min(quantity, abs(held)) if held * side < 0 else 0

    def _margin_pays(self, symbol: str, side: int, quantity: int, price: int, maker: bool) -> int:
        lot, initial = self.terms[symbol].lot_units, rate(self.terms[symbol].initial_margin)
        closing = self.closing(symbol, side, quantity)
        others = self.exposure() - abs(self.value(symbol, self.positions[symbol], self.marks[symbol]))
        equity = self.equity(**{symbol: price})

        def fits(lots: int) -> bool:
            size = closing + lots * lot
            after = abs(self.value(symbol, self.positions[symbol] + side * size, price))
            return lots == 0 or equity >= self.fee(symbol, size, price, maker=maker) + initial * (others + after)

        return closing + most(fits, (quantity - closing) // lot) * lot

    def below_maintenance(self, symbol: str, price: int) -> bool:
        """Whether equity is below the maintenance margin with `symbol` at `price` (A3)."""
        maintenance = rate(self.terms[symbol].maintenance_margin)
        return self.equity(**{symbol: price}) < maintenance * self.exposure(**{symbol: price})

    def liquidation_price(self, symbol: str, start: int, extreme: int) -> int | None:
        """The first price from the open `start` to the adverse `extreme` that is below maintenance (A3)."""
        if self.kind != "margin" or self.positions[symbol] == 0:
            return None
        if self.below_maintenance(symbol, start):
            return start
        tick, step = self.terms[symbol].tick_units, -1 if self.positions[symbol] > 0 else 1
        first = down(start - 1, tick) if step < 0 else down(start, tick) + tick
        count = (extreme - first) * step // tick + 1
        if count <= 0 or not self.below_maintenance(symbol, first + step * tick * (count - 1)):
            return None
        safe = most(lambda n: n == 0 or not self.below_maintenance(symbol, first + step * tick * (n - 1)), count)
        return first + step * tick * safe

    def most_for(self, symbol: str, budget: Fraction, price: int) -> int:
        """The most quantity, in whole lots, whose cost at `price` plus taker fee is within `budget` (O5)."""
        lot = self.terms[symbol].lot_units

        def fits(lots: int) -> bool:
            size = lots * lot
            return (
                lots == 0 or abs(self.value(symbol, size, price)) + self.fee(symbol, size, price, maker=False) <= budget
            )

        top = 1
        while fits(top):
            top *= 2
        return most(fits, top) * lot
