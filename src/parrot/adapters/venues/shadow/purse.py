"""What the account has, and what its open orders hold of it: no order is taken that could not be paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from parrot.contracts.commands import Side
from parrot.contracts.listing import Listing

_ZERO: Final = Decimal(0)
_LAST_DIGIT: Final = Decimal("1e-8")


class Purse:
    """Amounts by currency, exact; `total` is all, `held` what open orders may still take."""

    def __init__(self) -> None:
        self.total: dict[str, Decimal] = {}
        self.held: defaultdict[str, Decimal] = defaultdict(Decimal)

    def put(self, amounts: Mapping[str, Decimal]) -> None:
        """Sets totals."""
        self.total.update(amounts)

    def free(self, currency: str) -> Decimal:
        """What no open order holds."""
        return self.total.get(currency, _ZERO) - self.held[currency]

    def hold(self, currency: str, amount: Decimal) -> None:
        """Puts an amount aside (below zero: gives it free)."""
        self.held[currency] += amount

    def settle(self, listing: Listing, side: Side, quantity: Decimal, price: Decimal, *, maker: bool) -> Decimal:
        """Books a fill; its fee, in base units for a purchase and in quote units for a sale, half-even at 10^-8."""
        sign = 1 if side is Side.BUY else -1
        self._add(listing.base, sign * quantity)
        self._add(listing.quote, -sign * quantity * price)
        rate = listing.maker_fee if maker else listing.taker_fee
        received = quantity if side is Side.BUY else quantity * price
        fee = (received * rate).quantize(_LAST_DIGIT, ROUND_HALF_EVEN).normalize()
        self._add(fee_currency(listing, side), -fee)
        return fee + _ZERO

    def _add(self, currency: str, amount: Decimal) -> None:
        self.total[currency] = self.total.get(currency, _ZERO) + amount


def fee_currency(listing: Listing, side: Side) -> str:
    """The currency that a fill brings in, of which the fee is kept back."""
    return listing.base if side is Side.BUY else listing.quote


def needs(listing: Listing, side: Side, quantity: Decimal, bound: Decimal) -> tuple[str, Decimal]:
    """The currency and the most that an order can take out: a purchase at its worst price, a sale what it sells."""
    return (listing.quote, quantity * bound) if side is Side.BUY else (listing.base, quantity)
