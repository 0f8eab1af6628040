"""Where profit comes from: strategies, symbols and days whose parts add up to the whole, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final

from parrot.centers.capital.books import Book
from parrot.centers.capital.ledger import DAY_NS, DayLine, Ledger
from parrot.centers.capital.reading import day_text
from parrot.centers.capital.valuation import worth
from parrot.contracts.accounts import Attribution, Part
from parrot.contracts.listing import Listing
from parrot.kernel.decimals import ZERO, add, negate, subtract

_OPEN: Final = "open"


def attribution(
    ledger: Ledger, listings: Mapping[str, Listing], marks: Mapping[str, Decimal], currency: str
) -> Attribution:
    """Realised, unrealised and fees by strategy, by symbol and by day, all at the same `marks`.

    What is still open belongs to no day: it is a part of its own, named "open". A currency without a mark counts for
    nothing, in the parts as in the whole.
    """
    lines: dict[tuple[str, str], list[DayLine]] = {}
    for (_, strategy, symbol), line in ledger.days.items():
        lines.setdefault((strategy, symbol), []).append(line)
    rows = [
        (*key, _part(book, lines.get(key, []), listings[key[1]], marks)) for key, book in sorted(ledger.books.items())
    ]
    whole = _sum("", (part for _, _, part in rows))
    return Attribution(
        currency=currency,
        whole=whole,
        by_strategy=_grouped(rows, lambda row: row[0]),
        by_symbol=_grouped(rows, lambda row: row[1]),
        by_day=[*_days(ledger, listings, marks), _only_open(whole)],
    )


def _part(book: Book, lines: list[DayLine], listing: Listing, marks: Mapping[str, Decimal]) -> Part:
    realised = worth({listing.quote: book.realised}, marks)
    held, cost = worth({listing.base: book.quantity}, marks), worth({listing.quote: negate(book.cost)}, marks)
    fills = sum(line.fills for line in lines)
    turnover = ZERO
    for line in lines:
        turnover = add(turnover, worth({listing.quote: line.turnover}, marks))
    return _made("", realised, add(held, cost), worth(book.fees, marks), fills, turnover)


def _days(ledger: Ledger, listings: Mapping[str, Listing], marks: Mapping[str, Decimal]) -> list[Part]:
    found: dict[int, list[Part]] = {}
    for (day, _, symbol), line in sorted(ledger.days.items()):
        quote = listings[symbol].quote
        gain, turnover = worth({quote: line.realised}, marks), worth({quote: line.turnover}, marks)
        found.setdefault(day, []).append(_made("", gain, ZERO, worth(line.fees, marks), line.fills, turnover))
    return [_sum(day_text(day * DAY_NS), parts) for day, parts in sorted(found.items())]


def _only_open(whole: Part) -> Part:
    return _made(_OPEN, ZERO, whole.unrealised, ZERO, 0, ZERO)


def _grouped(rows: list[tuple[str, str, Part]], key: Callable[[tuple[str, str, Part]], str]) -> list[Part]:
    found: dict[str, list[Part]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row[2])
    return [_sum(name, parts) for name, parts in sorted(found.items())]


def _sum(name: str, parts: Iterable[Part]) -> Part:
    realised = unrealised = fees = turnover = ZERO
    fills = 0
    for part in parts:
        realised, unrealised = add(realised, part.realised), add(unrealised, part.unrealised)
        fees, turnover, fills = add(fees, part.fees), add(turnover, part.turnover), fills + part.fills
    return _made(name, realised, unrealised, fees, fills, turnover)


def _made(name: str, realised: Decimal, unrealised: Decimal, fees: Decimal, fills: int, turnover: Decimal) -> Part:
    return Part(
        name=name,
        realised=realised,
        unrealised=unrealised,
        fees=fees,
        net=subtract(add(realised, unrealised), fees),
        fills=fills,
        turnover=turnover,
    )
