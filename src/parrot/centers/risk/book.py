"""What a node of the tree holds in each symbol: the position, and what is set aside on each side of it."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Claim(NamedTuple):
    """What an order or a group sets aside: base units on each side, the reduce-only part of them, and money."""

    buys: Decimal = ZERO
    sells: Decimal = ZERO
    closing_buys: Decimal = ZERO
    closing_sells: Decimal = ZERO
    quote: Decimal = ZERO

    def less(self, other: Claim) -> Claim:
        """The change from `other` to this."""
        return Claim(
            self.buys - other.buys,
            self.sells - other.sells,
            self.closing_buys - other.closing_buys,
            self.closing_sells - other.closing_sells,
            self.quote - other.quote,
        )

    def worse(self, other: Claim) -> Claim:
        """The larger of both, each part for itself: one of the two will happen."""
        return Claim(*map(max, self, other))


NOTHING = Claim()


class Book:
    """One symbol of one strategy at one node; base units, `cash` in quote units (paid negative, fees included)."""

    __slots__ = ("buys", "cash", "closing_buys", "closing_sells", "position", "sells")

    def __init__(self, position: Decimal = ZERO, cash: Decimal = ZERO) -> None:
        self.position = position
        self.cash = cash
        self.buys = self.sells = self.closing_buys = self.closing_sells = ZERO

    def claim(self, change: Claim) -> None:
        """Sets aside, or gives back."""
        self.buys += change.buys
        self.sells += change.sells
        self.closing_buys += change.closing_buys
        self.closing_sells += change.closing_sells


class Shelf:
    """One symbol at one node: the book of each strategy.

    Books are not netted: what one strategy is long does not make room for what another is short, so that closing one of
    them never grows what the limits look at.
    """

    __slots__ = ("books",)

    def __init__(self) -> None:
        self.books: dict[str, Book] = {}

    def book(self, strategy: str) -> Book:
        """The book of a strategy, empty at first."""
        found = self.books.get(strategy)
        if found is None:
            found = self.books[strategy] = Book()
        return found

    def worst(self) -> Decimal:
        """The largest size that positions can reach when orders of one side fill and those of the other do not."""
        return max(self.longest(), self.shortest())

    def longest(self, change: Decimal = ZERO, strategy: str = "") -> Decimal:
        """All that books can be long when every buy fills and no sell does, with `change` more buys of a strategy."""
        total = ZERO
        for name, book in self.books.items():
            high = book.position + book.buys + (change if name == strategy else ZERO)
            if high > 0:
                total += high
        return total

    def shortest(self, change: Decimal = ZERO, strategy: str = "") -> Decimal:
        """All that books can be short when every sell fills and no buy does, with `change` more sells of a strategy."""
        total = ZERO
        for name, book in self.books.items():
            low = book.position - book.sells - (change if name == strategy else ZERO)
            if low < 0:
                total -= low
        return total

    def highest(self) -> Decimal:
        """The net position when all buys fill and no sell does."""
        return sum((book.position + book.buys for book in self.books.values()), ZERO)

    def lowest(self) -> Decimal:
        """The net position when all sells fill and no buy does."""
        return sum((book.position - book.sells for book in self.books.values()), ZERO)

    def selling(self, strategy: str) -> Decimal:
        """What is not free to be sold by a strategy: its own sells, and all that others sell or hold.

        So an exit finds its coins, also the stop of what was bought a moment ago, which nobody has asked for yet.
        """
        return sum(
            (book.sells if name == strategy else max(book.sells, book.position) for name, book in self.books.items()),
            ZERO,
        )


class Node:
    """All that is counted for one scope of the tree."""

    __slots__ = ("day", "day_fills", "day_orders", "fees", "open_orders", "recent", "scope", "shelves")

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.shelves: dict[str, Shelf] = {}
        self.fees: dict[str, Decimal] = {}
        self.open_orders = 0
        self.day = self.day_orders = self.day_fills = 0
        self.recent: dict[str, deque[int]] = {}

    def shelf(self, symbol: str) -> Shelf:
        """The books of a symbol, none at first."""
        found = self.shelves.get(symbol)
        if found is None:
            found = self.shelves[symbol] = Shelf()
        return found

    def book(self, symbol: str, strategy: str) -> Book:
        """The book of a strategy in a symbol, empty at first."""
        return self.shelf(symbol).book(strategy)

    def turn(self, day: int) -> None:
        """Begins the counts of a day."""
        if day != self.day:
            self.day, self.day_orders, self.day_fills = day, 0, 0
