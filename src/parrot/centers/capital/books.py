"""Virtual books: what one strategy holds of one symbol, at which total cost, and what it has made."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from parrot.kernel.decimals import ZERO, add, multiply, share, size, subtract

# A partial close takes its share of the total cost; the share is rounded, half to even, to this step of the quote
# currency. What stays in the book is the rest, so no amount is lost, and a full close takes all of it.
COST_STEP: Final = Decimal("1e-12")


@dataclass(slots=True)
class Book:
    """One symbol of one strategy; `cost` is signed as `quantity`, `fees` are by currency."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    realised: Decimal = ZERO
    fees: dict[str, Decimal] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """The book as plain values."""
        return {"quantity": self.quantity, "cost": self.cost, "realised": self.realised, "fees": dict(self.fees)}


def effect(book: Book, change: Decimal, price: Decimal) -> tuple[Decimal, Decimal]:
    """What a fill of signed quantity `change` does to a book: the change of its total cost, and the realised profit.

    The change of cost is always the value of the fill plus the realised profit, exactly.
    """
    value = multiply(change, price)
    held = book.quantity
    if not held or (held > 0) == (change > 0):
        return value, ZERO
    if size(change) < size(held):
        released = share(book.cost, part=change, of=held, step=COST_STEP)  # of the opposite sign
        return released, subtract(released, value)
    closed = multiply(held, price)
    realised = subtract(closed, book.cost)
    return add(value, realised), realised
