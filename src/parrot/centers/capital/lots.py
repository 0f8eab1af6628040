"""Tax lots from fills: a sale takes the oldest (FIFO) or the newest (LIFO) lots; every digit of cost stays somewhere.

Fees: one in the quote currency of a purchase is part of its cost, of a sale it lessens the proceeds. One in the coins
that are traded lessens what a purchase brings in, and is given away with a sale, for nothing. One in a third currency
is in no basis and is added up beside. A part of a lot takes its share of the cost, rounded half to even to 10^-12 of
the quote currency; what is left keeps the rest. Positions below zero are lots as well: opened by a sale, closed by a
purchase.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from parrot.centers.capital.books import COST_STEP
from parrot.centers.capital.ledger import DAY_NS
from parrot.contracts.listing import Listing
from parrot.contracts.lots import ClosedLot, LotFill, LotMethod, Lots, OpenLot, YearGain
from parrot.kernel.decimals import ZERO, add, multiply, negate, share, size, subtract

_SECOND_NS: Final = 1_000_000_000


@dataclass(slots=True)
class _Lot:
    """`quantity` and `amount` (cost, or what a short sale brought) are sizes."""

    opened: int
    fill: int
    quantity: Decimal
    amount: Decimal

    def take(self, quantity: Decimal) -> Decimal:
        """Takes a part away; returns its share of the amount."""
        if quantity == self.quantity:
            part = self.amount
        else:
            part = share(self.amount, part=quantity, of=self.quantity, step=COST_STEP)
        self.quantity, self.amount = subtract(self.quantity, quantity), subtract(self.amount, part)
        return part


@dataclass(slots=True)
class _Shelf:
    """The lots of one symbol, oldest first; all are long, or all are short."""

    listing: Listing
    method: LotMethod
    short: bool = False
    lots: deque[_Lot] = field(default_factory=deque)

    def apply(self, fill: LotFill, closed: list[ClosedLot]) -> None:
        """What a fill opens and closes."""
        quantity, amount = _moved(fill, self.listing)
        left, left_amount = quantity, amount
        while left and self.lots and self.short == fill.buys:
            lot = self.lots[0] if self.method is LotMethod.FIFO else self.lots[-1]
            part = min(left, lot.quantity)
            own = left_amount if part == left else share(left_amount, part=part, of=left, step=COST_STEP)
            opened = lot.take(part)
            closed.append(self._closed(fill, lot, part, opened=opened, own=own))
            left, left_amount = subtract(left, part), subtract(left_amount, own)
            if not lot.quantity:
                self.lots.remove(lot)
        if left:
            self.short = not fill.buys
            self.lots.append(_Lot(fill.ts, fill.id, left, left_amount))

    def _closed(self, fill: LotFill, lot: _Lot, quantity: Decimal, *, opened: Decimal, own: Decimal) -> ClosedLot:
        cost, proceeds = (own, opened) if self.short else (opened, own)
        return ClosedLot(
            symbol=self.listing.symbol,
            currency=self.listing.quote,
            opened=lot.opened,
            closed=fill.ts,
            opening_fill=lot.fill,
            closing_fill=fill.id,
            quantity=quantity,
            short=self.short,
            cost=cost,
            proceeds=proceeds,
            gain=subtract(proceeds, cost),
            held_days=_days(lot.opened, fill.ts),
        )

    def open(self, mark: Decimal | None, now: int) -> Iterable[OpenLot]:
        """What is left, at a price."""
        for lot in self.lots:
            quantity = negate(lot.quantity) if self.short else lot.quantity
            cost = negate(lot.amount) if self.short else lot.amount
            value = None if mark is None else multiply(quantity, mark)
            yield OpenLot(
                symbol=self.listing.symbol,
                currency=self.listing.quote,
                opened=lot.opened,
                fill=lot.fill,
                quantity=quantity,
                cost=cost,
                value=value,
                gain=None if value is None else subtract(value, cost),
                held_days=_days(lot.opened, now),
            )


def tax_lots(
    fills: Iterable[LotFill],
    listings: Mapping[str, Listing],
    *,
    method: LotMethod,
    marks: Mapping[str, Decimal],
    now: int,
) -> Lots:
    """The lots after all fills, in order of time; `marks` are prices of symbols, `now` is ns UTC."""
    shelves: dict[str, _Shelf] = {}
    closed: list[ClosedLot] = []
    other: dict[str, Decimal] = {}
    for fill in sorted(fills, key=lambda one: (one.ts, one.id)):
        listing = listings[fill.symbol]
        shelf = shelves.get(fill.symbol)
        if shelf is None:
            shelf = shelves[fill.symbol] = _Shelf(listing, method)
        if fill.fee and fill.fee_currency not in (listing.base, listing.quote):
            other[fill.fee_currency] = add(other.get(fill.fee_currency, ZERO), fill.fee)
        shelf.apply(fill, closed)
    left = [lot for symbol in sorted(shelves) for lot in shelves[symbol].open(marks.get(symbol), now)]
    return Lots(method=method, open=left, closed=closed, years=years(closed), other_fees=other)


def years(closed: Iterable[ClosedLot]) -> list[YearGain]:
    """Gains by the calendar year of the closing (UTC) and by currency."""
    found: dict[tuple[int, str], list[ClosedLot]] = {}
    for piece in closed:
        found.setdefault((_date(piece.closed).year, piece.currency), []).append(piece)
    return [_year(year, currency, pieces) for (year, currency), pieces in sorted(found.items())]


def _year(year: int, currency: str, pieces: list[ClosedLot]) -> YearGain:
    cost = proceeds = long_term = short_term = ZERO
    for piece in pieces:
        cost, proceeds = add(cost, piece.cost), add(proceeds, piece.proceeds)
        if is_long_term(piece.opened, piece.closed):
            long_term = add(long_term, piece.gain)
        else:
            short_term = add(short_term, piece.gain)
    return YearGain(
        year=year,
        currency=currency,
        pieces=len(pieces),
        proceeds=proceeds,
        cost=cost,
        gain=subtract(proceeds, cost),
        long_term=long_term,
        short_term=short_term,
    )


def is_long_term(opened: int, closed: int) -> bool:
    """Whether it was held for more than a year: closed after the same day (UTC) of the next year."""
    begin, end = _date(opened), _date(closed)
    return (end.year, end.month, end.day) > (begin.year + 1, begin.month, begin.day)


def _moved(fill: LotFill, listing: Listing) -> tuple[Decimal, Decimal]:
    """How many coins a fill brings in or gives away, and the money for them after fees; both are sizes."""
    quantity, amount = fill.quantity, multiply(fill.quantity, fill.price)
    if fill.fee and fill.fee_currency == listing.base:
        quantity = subtract(quantity, fill.fee) if fill.buys else add(quantity, fill.fee)
    elif fill.fee and fill.fee_currency == listing.quote:
        amount = add(amount, fill.fee) if fill.buys else subtract(amount, fill.fee)
    return size(quantity), amount


def _days(begin: int, end: int) -> int:
    return max(end - begin, 0) // DAY_NS


def _date(ts: int) -> datetime:
    return datetime.fromtimestamp(ts // _SECOND_NS, UTC)
