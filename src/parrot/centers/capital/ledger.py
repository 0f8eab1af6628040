"""The fold of the ledger's transactions: balances of its accounts, virtual books, profit by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

import msgspec

from parrot.centers.capital.books import Book
from parrot.contracts.ledger import AccountKind, LedgerPosted
from parrot.kernel.decimals import ZERO, add, negate, size, subtract

DAY_NS: Final = 86_400_000_000_000
_FIELDS: Final = attrgetter("owner", "kind", "currency", "amount")


@dataclass(slots=True)
class DayLine:
    """What one book realised, paid and turned over on one day."""

    realised: Decimal = ZERO
    turnover: Decimal = ZERO
    fills: int = 0
    fees: dict[str, Decimal] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """The line as plain values."""
        return {"realised": self.realised, "turnover": self.turnover, "fills": self.fills, "fees": dict(self.fees)}


class Ledger:
    """Balances by (owner, kind, currency), books by (strategy, symbol), lines by (day, strategy, symbol).

    Debits are positive: cash that is there, the cost of what is held long and fees paid are positive; profits and what
    came from outside are negative.
    """

    def __init__(self) -> None:
        self.accounts: dict[tuple[str, str, str], Decimal] = {}
        self.books: dict[tuple[str, str], Book] = {}
        self.days: dict[tuple[int, str, str], DayLine] = {}
        self.transactions = 0

    def balance(self, owner: str, kind: AccountKind, currency: str) -> Decimal:
        """One account's balance, zero when nothing was ever posted to it."""
        return self.accounts.get((owner, kind, currency), ZERO)

    def of(self, owner: str, kind: AccountKind) -> dict[str, Decimal]:
        """The balances of one owner and kind by currency."""
        return {key[2]: amount for key, amount in self.accounts.items() if key[:2] == (owner, kind)}

    def book(self, strategy: str, symbol: str) -> Book:
        """One strategy's book of one symbol, made when first asked for."""
        found = self.books.get((strategy, symbol))
        if found is None:
            found = self.books[strategy, symbol] = Book()
        return found

    def post(self, posted: LedgerPosted, ts: int) -> None:
        """Folds one transaction of time `ts` (ns UTC)."""
        self.transactions += 1
        accounts = self.accounts
        for owner, kind, currency, amount in map(_FIELDS, posted.legs):
            key = (owner, kind, currency)
            accounts[key] = add(accounts.get(key, ZERO), amount)
        if posted.symbol:
            self._post_book(posted, ts // DAY_NS)

    def _post_book(self, posted: LedgerPosted, day: int) -> None:
        book = self.book(posted.strategy, posted.symbol)
        line = self._line(day, posted.strategy, posted.symbol)
        sign = -1 if posted.what == "reversal" else 1
        line.fills += sign
        quote, cash = "", []
        for _, kind, currency, amount in map(_FIELDS, posted.legs):
            if kind is AccountKind.CASH:
                cash.append((currency, amount))
            elif kind is AccountKind.TRADING:
                book.quantity = subtract(book.quantity, amount)
            elif kind is AccountKind.POSITION:
                quote = currency
                book.cost = add(book.cost, amount)
            elif kind is AccountKind.PNL:
                book.realised = subtract(book.realised, amount)
                line.realised = subtract(line.realised, amount)
            elif kind is AccountKind.FEE:
                book.fees[currency] = add(book.fees.get(currency, ZERO), amount)
                line.fees[currency] = add(line.fees.get(currency, ZERO), amount)
        value = next((amount for currency, amount in cash if currency == quote), ZERO)
        line.turnover = add(line.turnover, size(value) if sign > 0 else negate(size(value)))

    def _line(self, day: int, strategy: str, symbol: str) -> DayLine:
        key = (day, strategy, symbol)
        found = self.days.get(key)
        if found is None:
            found = self.days[key] = DayLine()
        return found

    def state(self) -> dict[str, Any]:
        """The ledger as plain values, rows in the order of their keys."""
        return {
            "accounts": [[*key, amount] for key, amount in sorted(self.accounts.items())],
            "books": [[*key, book.state()] for key, book in sorted(self.books.items())],
            "days": [[*key, line.state()] for key, line in sorted(self.days.items())],
            "transactions": self.transactions,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the ledger from what `state` gave."""
        kept = msgspec.convert(state, _Kept)
        self.accounts = {(owner, kind, currency): amount for owner, kind, currency, amount in kept.accounts}
        self.books = {(strategy, symbol): book for strategy, symbol, book in kept.books}
        self.days = {(day, strategy, symbol): line for day, strategy, symbol, line in kept.days}
        self.transactions = kept.transactions


class _Kept(msgspec.Struct):
    """The form of a ledger's state."""

    accounts: list[tuple[str, str, str, Decimal]]
    books: list[tuple[str, str, Book]]
    days: list[tuple[int, str, str, DayLine]]
    transactions: int
