"""What one unit of each currency is worth in the account's, from the middles of the symbols' books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from parrot.contracts.listing import Listing
from parrot.kernel.decimals import ONE, ZERO, add, multiply

_HALF: Final = Decimal("0.5")


class Valuation:
    """Marks of currencies, by multiplication along listed symbols towards `currency`, so that nothing is rounded.

    A symbol that is quoted in `currency` itself comes before a longer way. Marks of an earlier time (`remembered`)
    stand in until the first quote.
    """

    def __init__(self, listings: Iterable[Listing], currency: str) -> None:
        self.currency = currency
        self._way = _ways(listings, currency)
        self._prices: dict[str, Decimal] = {}
        self.remembered: dict[str, Decimal] = {}

    def quote(self, symbol: str, bid: Decimal, ask: Decimal) -> None:
        """Takes the market of one symbol."""
        self._prices[symbol] = multiply(add(bid, ask), _HALF)

    def price(self, symbol: str) -> Decimal | None:
        """The middle of one symbol as last quoted since the start."""
        return self._prices.get(symbol)

    def reaches(self, currency: str) -> bool:
        """Whether listed symbols lead from that currency to the account's."""
        return currency == self.currency or any(listing.base == currency for listing in self._way)

    def marks(self) -> dict[str, Decimal]:
        """The value of one unit of each currency that has one."""
        found = dict(self.remembered)
        found[self.currency] = ONE
        for listing in self._way:  # nearer ones come first, so the quote's own value is known by now
            price = self._prices.get(listing.symbol)
            if price is not None and listing.quote in found:
                found[listing.base] = multiply(price, found[listing.quote])
        return found


def worth(amounts: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Decimal:
    """The sum of amounts at marks; what has no mark counts for nothing."""
    total = ZERO
    for currency, amount in amounts.items():
        if currency in marks:
            total = add(total, multiply(amount, marks[currency]))
    return total


def _ways(listings: Iterable[Listing], currency: str) -> list[Listing]:
    """One listing for each base that can be reached, nearest to `currency` first."""
    left = sorted(listings, key=lambda listing: listing.symbol)
    reached, way = {currency}, list[Listing]()
    while True:
        step = [listing for listing in left if listing.quote in reached and listing.base not in reached]
        if not step:
            return way
        fresh = {listing.base: listing for listing in reversed(step)}
        way += [fresh[base] for base in sorted(fresh)]
        reached |= set(fresh)
