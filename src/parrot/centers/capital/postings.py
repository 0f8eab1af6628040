"""Transactions of the ledger: which legs a fill, a deposit, an adjustment and a reversal have."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from parrot.centers.capital.books import Book, effect
from parrot.contracts.commands import Side
from parrot.contracts.ledger import AccountKind, LedgerPosted, Posting
from parrot.contracts.listing import Listing
from parrot.contracts.records import OrderFilled
from parrot.contracts.venue import Filled
from parrot.kernel.decimals import ZERO, add, multiply, negate, subtract

_CASH, _POSITION, _TRADING = AccountKind.CASH, AccountKind.POSITION, AccountKind.TRADING
_FEE, _PNL, _EXTERNAL = AccountKind.FEE, AccountKind.PNL, AccountKind.EXTERNAL


def owner_of(strategy: str) -> str:
    """The owner of a strategy's accounts."""
    return f"strategy:{strategy}"


def fill_ref(fill: Filled) -> str:
    """What tells a fill from every other: a self-trade has one trade id and two client ids."""
    return f"{fill.symbol}:{fill.trade_id}:{fill.client_id}"


def signed_quantity(fill: Filled) -> Decimal:
    """The quantity, negative for a sale."""
    return fill.quantity if fill.side is Side.BUY else negate(fill.quantity)


def trade(record: OrderFilled, listing: Listing, book: Book, *, account: str, strategy: str) -> LedgerPosted:
    """The transaction of one fill against the strategy's book as it stands before it.

    Coins and money move in the account; the book's mirror of the coins, its cost, profit and fees are the strategy's.
    A fee is legs of its own, in whatever currency it was taken. One taken in the coins that are traded leaves the book
    at the price of the fill, so that a book never holds coins that are not there.
    """
    fill, owner = record.fill, owner_of(strategy)
    base, quote = listing.base, listing.quote
    change = moved = signed_quantity(fill)
    paid, paid_in = fill.fee, fill.fee_currency
    if paid and paid_in == base:
        moved, paid, paid_in = subtract(change, paid), multiply(paid, fill.price), quote
    cost, realised = effect(book, moved, fill.price)
    legs = [
        Posting(account, _CASH, base, change),
        Posting(owner, _TRADING, base, negate(moved)),
        Posting(account, _CASH, quote, negate(multiply(change, fill.price))),
        Posting(owner, _POSITION, quote, cost),
    ]
    if realised:
        legs.append(Posting(owner, _PNL, quote, negate(realised)))
    if fill.fee:
        legs.append(Posting(owner, _FEE, paid_in, paid))
        legs.append(Posting(account, _CASH, fill.fee_currency, negate(fill.fee)))
    return _balanced(
        LedgerPosted(
            what="trade",
            ref=fill_ref(fill),
            order_id=record.order_id,
            strategy=strategy,
            symbol=fill.symbol,
            legs=legs,
            realised=realised,
        )
    )


def external(what: str, ref: str, *, account: str, currency: str, amount: Decimal) -> LedgerPosted:
    """Money or coins that came into the account from outside; negative amounts went out."""
    legs = [Posting(account, _CASH, currency, amount), Posting(account, _EXTERNAL, currency, negate(amount))]
    return _balanced(LedgerPosted(what=what, ref=ref, order_id=0, strategy="", symbol="", legs=legs))


def reversal(posted: LedgerPosted) -> LedgerPosted:
    """The opposite of a transaction, by which it is corrected: entries are never changed."""
    legs = [Posting(leg.owner, leg.kind, leg.currency, negate(leg.amount)) for leg in posted.legs]
    return _balanced(
        LedgerPosted(
            what="reversal",
            ref=f"reversal:{posted.ref}",
            order_id=posted.order_id,
            strategy=posted.strategy,
            symbol=posted.symbol,
            legs=legs,
            realised=negate(posted.realised),
        )
    )


def sums(legs: Iterable[Posting]) -> dict[str, Decimal]:
    """The sum of the legs in each currency; a transaction has zeros only."""
    found: dict[str, Decimal] = {}
    for leg in legs:
        found[leg.currency] = add(found.get(leg.currency, ZERO), leg.amount)
    return found


def _balanced(posted: LedgerPosted) -> LedgerPosted:
    assert not any(sums(posted.legs).values()), posted
    return posted
