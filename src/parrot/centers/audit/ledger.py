"""I7: every transaction balances in every currency and says what its fill says; equity is what the books make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from parrot.centers.audit.findings import Check, Look
from parrot.centers.audit.orders import Orders
from parrot.contracts.commands import Side
from parrot.contracts.ledger import AccountKind, EquityMarked, LedgerPosted, Posting
from parrot.contracts.message import Entry
from parrot.contracts.records import OrderFilled
from parrot.kernel.decimals import ZERO, add, multiply, negate, share, size, subtract

# How a partial close rounds its share of the total cost (docs/reference/ledger.md).
_COST_STEP: Final = Decimal("1e-12")

Sums = dict[tuple[AccountKind, str], Decimal]


class Ledger(Check):
    """I7, and I15 for fills: exactly one posting of each fill, in the transaction of the fill.

    A second bookkeeper: it works out from the fill alone which legs there must be, keeps its own total costs, and
    compares equity with its own at the marks of the record. On a cash account (`cash`) no balance is below zero.
    """

    name = "I7"

    def __init__(self, orders: Orders, *, cash: bool = True) -> None:
        self._orders = orders
        self._cash = cash
        self._fill: Entry | None = None
        self._refs: dict[str, int] = {}
        self._balances: dict[tuple[str, AccountKind, str], Decimal] = {}
        self._books: dict[tuple[str, str], list[Decimal]] = {}

    @property
    def looks(self) -> Mapping[type, Look]:
        """Fills, postings and marks."""
        return {OrderFilled: self._filled, LedgerPosted: self._posted, EquityMarked: self._marked}

    def _filled(self, entry: Entry) -> Iterator[str]:
        if self._fill is not None:
            yield f"the fill of entry {self._fill.seq} was not posted before the next"
        self._fill = entry

    def _posted(self, entry: Entry) -> Iterator[str]:
        posted: LedgerPosted = entry.record
        for currency, total in _by_currency(posted.legs).items():
            if total:
                yield f"its legs in {currency} add up to {total}"
        if posted.ref in self._refs:
            yield f"{posted.ref} was posted in entry {self._refs[posted.ref]} before"
        if posted.what == "trade":
            yield from self._trade(entry, posted)
        elif posted.what == "reversal":
            yield from self._reversal(posted)
        elif posted.what in ("deposit", "adjustment"):
            if {leg.kind for leg in posted.legs} != {AccountKind.CASH, AccountKind.EXTERNAL}:
                yield f"a {posted.what} moves {', '.join(sorted({leg.kind for leg in posted.legs}))}"
        else:
            yield f"there is no transaction called {posted.what!r}"
        self._refs[posted.ref] = hash(tuple(sorted((*leg_key(leg), leg.amount) for leg in posted.legs)))
        yield from self._enter(posted)

    def _enter(self, posted: LedgerPosted) -> Iterator[str]:
        for leg in posted.legs:
            key = leg_key(leg)
            self._balances[key] = add(self._balances.get(key, ZERO), leg.amount)
        if not self._cash:
            return
        for key in {leg_key(leg) for leg in posted.legs if leg.kind is AccountKind.CASH}:
            if self._balances[key] < 0:
                yield f"{key[0]} has {self._balances[key]} {key[2]}"

    def _trade(self, entry: Entry, posted: LedgerPosted) -> Iterator[str]:
        fill, self._fill = self._fill, None
        if fill is None or entry.cause != fill.seq:
            yield "it does not follow from a fill in the same transaction"
            return
        found: Sums = {}
        for leg in posted.legs:
            key = (leg.kind, leg.currency)
            found[key] = add(found.get(key, ZERO), leg.amount)
        expected, realised = self._expected(fill.record, posted)
        for kind, currency in sorted(found.keys() | expected.keys()):
            have, want = found.get((kind, currency), ZERO), expected.get((kind, currency), ZERO)
            if have != want:
                yield f"{have} {currency} on {kind.value}, by its fill {want}"
        if posted.realised != realised:
            yield f"{posted.realised} realised, by its fill {realised}"
        order = self._orders.all.get(fill.record.order_id)
        if order is not None and posted.strategy != order.asked.strategy:
            yield f"it is posted to {posted.strategy!r}, its order is of {order.asked.strategy!r}"

    def _expected(self, filled: OrderFilled, posted: LedgerPosted) -> tuple[Sums, Decimal]:
        """What the legs must add up to, by kind and currency, and what is realised; the own book moves with it."""
        fill = filled.fill
        quote = next((leg.currency for leg in posted.legs if leg.kind is AccountKind.POSITION), "")
        base = next((leg.currency for leg in posted.legs if leg.kind is AccountKind.TRADING), "")
        change = fill.quantity if fill.side is Side.BUY else negate(fill.quantity)
        in_base = fill.fee_currency == base
        moved = subtract(change, fill.fee) if in_base else change
        cost, realised = self._close(posted, moved, fill.price)
        expected: Sums = {
            (AccountKind.CASH, base): moved,
            (AccountKind.TRADING, base): negate(moved),
            (AccountKind.CASH, quote): negate(multiply(change, fill.price)),
            (AccountKind.POSITION, quote): cost,
            (AccountKind.PNL, quote): negate(realised),
        }
        if fill.fee:
            paid = (AccountKind.FEE, quote) if in_base else (AccountKind.FEE, fill.fee_currency)
            expected[paid] = multiply(fill.fee, fill.price) if in_base else fill.fee
            if not in_base:
                from_cash = (AccountKind.CASH, fill.fee_currency)
                expected[from_cash] = subtract(expected.get(from_cash, ZERO), fill.fee)
        return expected, realised

    def _close(self, posted: LedgerPosted, moved: Decimal, price: Decimal) -> tuple[Decimal, Decimal]:
        book = self._books.setdefault((posted.strategy, posted.symbol), [ZERO, ZERO])
        quantity, cost = book
        value = multiply(moved, price)
        after = add(quantity, moved)
        if quantity and (quantity > 0) != (moved > 0):
            if size(moved) < size(quantity):
                rest = subtract(cost, share(cost, part=size(moved), of=size(quantity), step=_COST_STEP))
            else:
                rest = multiply(after, price)
        else:
            rest = add(cost, value)
        book[0], book[1] = after, rest
        change = subtract(rest, cost)
        return change, subtract(change, value)

    def _reversal(self, posted: LedgerPosted) -> Iterator[str]:
        ref = posted.ref.removeprefix("reversal:")
        opposite = hash(tuple(sorted((*leg_key(leg), negate(leg.amount)) for leg in posted.legs)))
        if ref == posted.ref or ref not in self._refs:
            yield f"it reverses {ref!r}, which was never posted"
        elif self._refs.pop(ref) != opposite:
            yield f"it is not the opposite of {ref}"
        if posted.symbol:
            self._take_back(posted)

    def _take_back(self, posted: LedgerPosted) -> None:
        book = self._books.setdefault((posted.strategy, posted.symbol), [ZERO, ZERO])
        for leg in posted.legs:
            if leg.kind is AccountKind.TRADING:
                book[0] = subtract(book[0], leg.amount)
            elif leg.kind is AccountKind.POSITION:
                book[1] = add(book[1], leg.amount)

    def _marked(self, entry: Entry) -> Iterator[str]:
        marked: EquityMarked = entry.record
        own = {kind: self._worth(kind, marked.marks) for kind in AccountKind}
        parts = {
            "equity": own[AccountKind.CASH],
            "deposits": negate(own[AccountKind.EXTERNAL]),
            "realised": negate(own[AccountKind.PNL]),
            "unrealised": negate(add(own[AccountKind.TRADING], own[AccountKind.POSITION])),
            "fees": own[AccountKind.FEE],
        }
        for name, amount in parts.items():
            if getattr(marked, name) != amount:
                yield f"{name} is {getattr(marked, name)}, by the postings {amount}"
        made = subtract(add(marked.realised, marked.unrealised), marked.fees)
        if subtract(marked.equity, marked.deposits) != made:
            yield f"realised + unrealised - fees is {made}, equity - deposits {marked.equity - marked.deposits}"
        if marked.strategies and made != sum(marked.strategies.values(), ZERO):
            yield "the profits of the strategies do not add up to the account's"

    def _worth(self, kind: AccountKind, marks: Mapping[str, Decimal]) -> Decimal:
        total = ZERO
        for (_, held, currency), amount in self._balances.items():
            if held is kind and currency in marks:
                total = add(total, multiply(amount, marks[currency]))
        return total

    def end(self) -> Iterator[tuple[int, str]]:
        """A fill at the very end that nothing was posted for, and books that hold something else than was filled."""
        if self._fill is not None:
            yield self._fill.seq, "the fill was not posted"
        for key in self._books.keys() | self._orders.positions.keys():
            held, filled = self._books.get(key, [ZERO])[0], self._orders.positions.get(key, ZERO)
            if held != filled and key[0]:
                yield 0, f"the book of {key[0]} holds {held} of {key[1]}, its fills make {filled}"


def leg_key(leg: Posting) -> tuple[str, AccountKind, str]:
    """Which ledger account a leg is of."""
    return leg.owner, leg.kind, leg.currency


def _by_currency(legs: list[Posting]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for leg in legs:
        found[leg.currency] = add(found.get(leg.currency, ZERO), leg.amount)
    return found
