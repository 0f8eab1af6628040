"""Answers from the ledger: balances, positions, profits and worth, all exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import msgspec

from parrot.centers.capital.books import COST_STEP, Book
from parrot.centers.capital.ledger import DAY_NS, DayLine, Ledger
from parrot.centers.capital.reserves import Reserves
from parrot.centers.capital.valuation import Valuation, worth
from parrot.contracts.accounts import Balance, Position, Profit, Worth
from parrot.contracts.ledger import AccountKind
from parrot.contracts.listing import Listing
from parrot.kernel.decimals import ONE, ZERO, add, multiply, negate, share, subtract

Listings = Mapping[str, Listing]

_SECOND_NS: Final = 1_000_000_000


def balances(ledger: Ledger, reserves: Reserves, account: str) -> list[Balance]:
    """Every currency of the account by name.

    No more is set aside than there is: orders that close one position share its coins.
    """
    totals = ledger.of(account, AccountKind.CASH)
    found = []
    for currency in sorted(totals.keys() | reserves.totals.keys()):
        total = totals.get(currency, ZERO)
        held = min(reserves.totals.get(currency, ZERO), max(total, ZERO))
        found.append(Balance(currency=currency, total=total, reserved=held, available=subtract(total, held)))
    return found


def average(cost: Decimal, quantity: Decimal) -> Decimal:
    """The average price of what is open, derived from its total cost and rounded to 12 digits; zero when flat."""
    return share(cost, part=ONE, of=quantity, step=COST_STEP) if quantity else ZERO


def books(ledger: Ledger, listings: Listings, valuation: Valuation) -> list[Position]:
    """Every book by strategy and symbol."""
    return [
        _position(strategy, listings[symbol], book, valuation.price(symbol))
        for (strategy, symbol), book in sorted(ledger.books.items())
    ]


def _position(strategy: str, listing: Listing, book: Book, mark: Decimal | None) -> Position:
    unrealised = None if mark is None else subtract(multiply(book.quantity, mark), book.cost)
    return Position(
        strategy=strategy,
        symbol=listing.symbol,
        currency=listing.quote,
        quantity=book.quantity,
        cost=book.cost,
        average=average(book.cost, book.quantity),
        mark=mark,
        unrealised=unrealised if book.quantity else ZERO,
        realised=book.realised,
        fees=dict(book.fees),
    )


def positions(found: Iterable[Position]) -> list[Position]:
    """The account's positions: the books of each symbol added up."""
    sums: dict[str, Position] = {}
    for book in found:
        sums[book.symbol] = _added(sums[book.symbol], book) if book.symbol in sums else _whole(book)
    return [sums[symbol] for symbol in sorted(sums)]


def _whole(book: Position) -> Position:
    return msgspec.structs.replace(book, strategy="", fees=dict(book.fees))


def _added(one: Position, other: Position) -> Position:
    quantity, cost = add(one.quantity, other.quantity), add(one.cost, other.cost)
    unrealised = None if one.mark is None else subtract(multiply(quantity, one.mark), cost)
    return msgspec.structs.replace(
        one,
        quantity=quantity,
        cost=cost,
        average=average(cost, quantity),
        unrealised=unrealised,
        realised=add(one.realised, other.realised),
        fees=merged(one.fees, other.fees),
    )


def merged(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Two sums by currency as one."""
    found = dict(one)
    for currency, amount in other.items():
        found[currency] = add(found.get(currency, ZERO), amount)
    return found


def profits(ledger: Ledger, listings: Listings, *, by_day: bool) -> list[Profit]:
    """Realised profit and fees by (day,) strategy and symbol."""
    lines: dict[tuple[int, str, str], DayLine] = {}
    for (day, strategy, symbol), line in sorted(ledger.days.items()):
        key = (day if by_day else -1, strategy, symbol)
        lines[key] = _joined(lines[key], line) if key in lines else line
    return [
        Profit(
            day=day_text(day * DAY_NS) if by_day else "",
            strategy=strategy,
            symbol=symbol,
            currency=listings[symbol].quote,
            realised=line.realised,
            fees=dict(line.fees),
            turnover=line.turnover,
            fills=line.fills,
        )
        for (day, strategy, symbol), line in sorted(lines.items())
    ]


def _joined(one: DayLine, other: DayLine) -> DayLine:
    return DayLine(
        add(one.realised, other.realised),
        add(one.turnover, other.turnover),
        one.fills + other.fills,
        merged(one.fees, other.fees),
    )


def day_text(ts: int) -> str:
    """The day of a time (ns UTC), such as 2026-11-21."""
    return datetime.fromtimestamp(ts // _SECOND_NS, UTC).date().isoformat()


def worth_of(ledger: Ledger, listings: Listings, valuation: Valuation, account: str) -> Worth:
    """What an account is worth at the marks of `valuation`.

    The parts come from the books and from what came in from outside, equity from the cash: that they agree is what
    double entry promises.
    """
    marks = valuation.marks()
    cash = ledger.of(account, AccountKind.CASH)
    outside = {currency: negate(amount) for currency, amount in ledger.of(account, AccountKind.EXTERNAL).items()}
    realised = unrealised = fees = ZERO
    strategies: dict[str, Decimal] = {}
    for (strategy, symbol), book in ledger.books.items():
        listing = listings[symbol]
        gain = worth({listing.quote: book.realised}, marks)
        open_gain = add(worth({listing.base: book.quantity}, marks), worth({listing.quote: negate(book.cost)}, marks))
        paid = worth(book.fees, marks)
        realised, unrealised, fees = add(realised, gain), add(unrealised, open_gain), add(fees, paid)
        strategies[strategy] = add(strategies.get(strategy, ZERO), subtract(add(gain, open_gain), paid))
    held = {currency for currency, amount in cash.items() if amount}
    used = {symbol_currency for _, symbol in ledger.books for symbol_currency in _currencies(listings[symbol])}
    return Worth(
        account=account,
        currency=valuation.currency,
        equity=worth(cash, marks),
        deposits=worth(outside, marks),
        realised=realised,
        unrealised=unrealised,
        fees=fees,
        marks={currency: marks[currency] for currency in sorted(marks) if currency in held | used | set(outside)},
        strategies=dict(sorted(strategies.items())),
        unpriced=sorted(currency for currency in held | used if currency not in marks),
    )


def _currencies(listing: Listing) -> tuple[str, str]:
    return listing.base, listing.quote
