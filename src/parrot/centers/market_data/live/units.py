"""Exact integers of a symbol's ticks and the decimals that they stand for."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from parrot.contracts.listing import Listing
from parrot.kernel.errors import ParameterError

SIZE_DECIMALS: Final = 8


class Units:
    """How one symbol counts: prices in 10^-`price_decimals` quote units, sizes in 10^-8 base units."""

    __slots__ = ("listing", "price_decimals", "symbol", "tick")

    def __init__(self, listing: Listing) -> None:
        tick = listing.tick.scaleb(listing.price_decimals)
        if tick <= 0 or tick != int(tick):
            raise ParameterError(
                f"{listing.symbol}: tick {listing.tick} has more than {listing.price_decimals} decimals",
                expected="a tick above 0 that price_decimals can hold",
            )
        self.listing = listing
        self.symbol = listing.symbol
        self.price_decimals = listing.price_decimals
        self.tick = int(tick)

    def price(self, integer: int) -> Decimal:
        """The price that an integer stands for."""
        return Decimal(integer).scaleb(-self.price_decimals)

    def size(self, integer: int) -> Decimal:
        """The size that an integer stands for."""
        return Decimal(integer).scaleb(-SIZE_DECIMALS)
