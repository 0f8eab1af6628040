"""Last good prices, and what a currency is worth in the one that limits are counted in."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from parrot.contracts.commands import Quoted, Side, SubmitOrder
from parrot.contracts.listing import Listing

_HALF: Final = Decimal("0.5")
_ONE: Final = Decimal(1)


class Market:
    """Quotes are not durable; the last price of an own fill is, so that a position always has some price."""

    def __init__(self, listings: Iterable[Listing], currency: str, allowance: Decimal) -> None:
        self.listings = {listing.symbol: listing for listing in listings}
        self.quotes: dict[str, Quoted] = {}
        self.traded: dict[str, Decimal] = {}
        self._middles: dict[str, Decimal] = {}
        self._currency = currency
        self._worse, self._better = _ONE + allowance, _ONE - allowance
        self._valued_by = {
            listing.base: listing.symbol for listing in self.listings.values() if listing.quote == currency
        }

    def take(self, quote: Quoted) -> None:
        """A quote of the gate; what cannot be a price leaves the last good one and makes the symbol stale."""
        before = self.quotes.get(quote.symbol)
        if quote.valid and quote.bid > 0 and quote.ask >= quote.bid:
            self.quotes[quote.symbol] = quote
            self._middles[quote.symbol] = (quote.bid + quote.ask) * _HALF
        elif before is not None and before.valid:
            self.quotes[quote.symbol] = Quoted(
                symbol=before.symbol,
                ts=before.ts,
                received=before.received,
                bid=before.bid,
                ask=before.ask,
                last=before.last,
                valid=False,
            )

    def age(self, symbol: str, now: int) -> int | None:
        """How long ago a usable quote came, ns; None when the newest cannot be used."""
        quote = self.quotes.get(symbol)
        return now - quote.received if quote is not None and quote.valid else None

    def mark(self, symbol: str) -> Decimal | None:
        """The last good middle, else the price of the last own fill."""
        return self._middles.get(symbol) or self.traded.get(symbol)

    def rate(self, currency: str) -> Decimal | None:
        """What one unit is worth in the valuation currency; None when nothing says so."""
        if currency == self._currency:
            return _ONE
        symbol = self._valued_by.get(currency)
        return None if symbol is None else self.mark(symbol)

    def value(self, symbol: str) -> Decimal | None:
        """What one unit of the base of `symbol` is worth in the valuation currency."""
        mark, rate = self.mark(symbol), self.rate(self.listings[symbol].quote)
        return None if mark is None or rate is None else mark * rate

    def reach(self, order: SubmitOrder, limit: Decimal | None) -> Decimal | None:
        """How far into the other side an order goes at most: its limit, else the best price with the allowance."""
        quote = self.quotes.get(order.symbol)
        if limit is not None or quote is None:
            return limit
        return quote.ask * self._worse if order.side is Side.BUY else quote.bid * self._better

    def worst_price(self, order: SubmitOrder, limit: Decimal | None) -> Decimal | None:
        """What a unit may cost at worst: the limit of a buy, else the market with the allowance; None if unknown."""
        mark = self.mark(order.symbol)
        if order.side is Side.BUY and limit is not None:
            return limit
        if mark is None:
            return limit
        quote = self.quotes.get(order.symbol)
        best = mark if quote is None else (quote.ask if order.side is Side.BUY else quote.bid)
        reached = max(best, order.trigger or best)
        return reached * self._worse if order.side is Side.BUY else max(reached, limit or reached)
