"""What one strategy holds by its own fills: a virtual book on the venue account that all share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from parrot.contracts.commands import Side
from parrot.contracts.venue import Filled
from parrot.kernel.decimals import add, multiply, negate, share, subtract

_COST_STEP = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a strategy that has not ended: its key and symbol."""

    strategy: str
    key: str
    symbol: str


@dataclass(slots=True)
class Book:
    """Signed quantity and signed cost of each symbol, and how cash has changed; exact."""

    quantity: dict[str, Decimal] = field(default_factory=dict)
    cost: dict[str, Decimal] = field(default_factory=dict)
    cash: Decimal = Decimal(0)
    fills: int = 0

    def fill(self, fill: Filled) -> None:
        """Books an execution. A fee in what was bought lowers what is held; one in a third currency is left out."""
        worth = multiply(fill.quantity, fill.price)
        signed, paid = (fill.quantity, worth) if fill.side is Side.BUY else (negate(fill.quantity), negate(worth))
        base, _, quote = fill.symbol.partition("/")
        self.cash = subtract(self.cash, paid)
        if fill.fee_currency == quote:
            self.cash = subtract(self.cash, fill.fee)
        elif fill.fee_currency == base:
            signed = subtract(signed, fill.fee)
        held, cost = self.quantity.get(fill.symbol, Decimal(0)), self.cost.get(fill.symbol, Decimal(0))
        self.quantity[fill.symbol], self.cost[fill.symbol] = _moved(held, cost, signed, paid)
        self.fills += 1

    def state(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "quantity": dict(self.quantity),
            "cost": dict(self.cost),
            "cash": self.cash,
            "fills": self.fills,
        }

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Book:
        """From plain values."""
        quantity = {symbol: Decimal(value) for symbol, value in state["quantity"].items()}
        cost = {symbol: Decimal(value) for symbol, value in state["cost"].items()}
        return cls(quantity, cost, Decimal(state["cash"]), int(state["fills"]))


def _moved(held: Decimal, cost: Decimal, signed: Decimal, paid: Decimal) -> tuple[Decimal, Decimal]:
    """Position and its cost after a fill; what closes takes its share of the cost with it."""
    after = add(held, signed)
    if held == 0 or (held > 0) == (signed > 0):
        return after, add(cost, paid)
    if after == 0:
        return after, Decimal(0)
    if (after > 0) == (held > 0):
        return after, share(cost, part=after, of=held, step=_COST_STEP)
    return after, share(paid, part=after, of=signed, step=_COST_STEP)
