"""Trailing orders that follow the price only once it has reached their trigger."""

from __future__ import annotations

from collections.abc import Callable

from parrot.centers.matching.membership.ledger import Ledger
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.terms import Terms
from parrot.contracts.commands import Side
from parrot.contracts.exchange import Kind, Lifetime, NewOrder
from parrot.engine.matching import CommandKind, Reason


class Sleeping:
    """The engine does not know them; what they lock is set aside meanwhile. `wake` gets each whose time has come."""

    def __init__(self, ledger: Ledger, wake: Callable[[Standing], None]) -> None:
        self._ledger = ledger
        self._wake = wake
        self._orders: dict[int, list[Standing]] = {}
        self.any = False

    def enter(self, standing: Standing) -> int:
        """Sets aside what it locks; below zero is minus the Reason why it may not."""
        ledger, order = self._ledger, standing.order
        terms = ledger.terms[standing.symbol]
        last = ledger.core.last(standing.symbol)
        if last is None:
            return -int(Reason.NO_REFERENCE)
        if _reached(order, last * terms.price_scale):
            return -int(Reason.WOULD_TRIGGER)
        money, amount = _lock(order, terms)
        code = ledger.command(CommandKind.WITHDRAW, owner=ledger.owner(standing), symbol=money, quantity=amount)
        if code < 0:
            return code
        standing.aside = amount
        self._aside(standing, money)
        return 0

    def load(self, standing: Standing) -> None:
        """One that sleeps since before the snapshot."""
        money, _ = _lock(standing.order, self._ledger.terms[standing.symbol])
        self._aside(standing, money)

    def _aside(self, standing: Standing, money: int) -> None:
        aside = self._ledger.all[standing.member].aside
        aside[money] = aside.get(money, 0) + standing.aside
        self._orders.setdefault(standing.symbol, []).append(standing)
        self.any = True

    def leave(self, standing: Standing) -> None:
        """Gives back what was set aside."""
        ledger = self._ledger
        money, _ = _lock(standing.order, ledger.terms[standing.symbol])
        aside = ledger.all[standing.member].aside
        aside[money] -= standing.aside
        if not aside[money]:
            del aside[money]
        owner = ledger.owner(standing)
        ledger.command(CommandKind.DEPOSIT, owner=owner, symbol=money, quantity=standing.aside)
        standing.aside = 0
        self._orders[standing.symbol].remove(standing)
        self.any = any(self._orders.values())

    def of_the_day(self, symbol: int) -> list[Standing]:
        """Those that end with the session."""
        return [standing for standing in self._orders.get(symbol, ()) if standing.order.lifetime is Lifetime.DAY]

    def traded(self, symbol: int, price: int) -> None:
        """A trade: who has waited for that price wakes."""
        for standing in self._orders.get(symbol, ()):
            if not standing.awake and _reached(standing.order, price):
                standing.awake = True
                self._wake(standing)


def _reached(order: NewOrder, price: int) -> bool:
    above = (order.side is Side.BUY) == (order.kind in (Kind.STOP, Kind.STOP_LIMIT))
    return price >= order.trigger if above else price <= order.trigger


def _lock(order: NewOrder, terms: Terms) -> tuple[int, int]:
    """Currency and amount that the order would lock at its trigger."""
    quantity = order.quantity // terms.quantity_scale
    if order.side is Side.SELL:
        return terms.base, order.quantity
    distance = order.trail or -(-order.trigger * order.trail_bips // 10_000)
    price = order.limit or order.trigger + distance
    return terms.quote, -(-price // terms.price_scale) * quantity * terms.turnover
