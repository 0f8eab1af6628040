"""Orders between decision and fill: the verbs of a script, cancellation, protection (rules O1 to O7)."""

from __future__ import annotations

from tests.reference.account import Account
from tests.reference.exact import down, fraction, limit_price, trigger_price, units
from tests.reference.terms import Order


def kind_of(words: dict) -> str:
    """The order type that the keywords of `buy` and `sell` mean."""
    if words.get("trail") is not None:
        return "trailing-stop"
    for key, plain, limited in (("trigger", "stop", "stop-limit"), ("touch", "market-if-touched", "limit-if-touched")):
        if words.get(key) is not None:
            return plain if words.get("limit") is None else limited
    return "market" if words.get("limit") is None else "limit"


class Desk:
    """All orders of a run, and the verbs that make them."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.orders: list[Order] = []

    def working(self, symbol: str) -> list[Order]:
        return [order for order in self.orders if order.symbol == symbol and order.working]

    def add(self, symbol: str, side: int, kind: str, quantity: int, **rest) -> Order:
        order = Order(len(self.orders) + 1, symbol, side, kind, quantity, **rest)
        self.orders.append(order)
        return order

    # verbs

    def submit(self, symbol: str, side: int, qty, why: str, **words) -> int:
        """`buy` and `sell`: the order with its prices on the grid, refused where the account rules say so."""
        terms = self.account.terms[symbol]
        limit, trigger = words.get("limit"), words.get("trigger", words.get("touch"))
        order = self.add(
            symbol,
            side,
            kind_of(words),
            down(units(qty), terms.lot_units),
            why=why,
            limit=None if limit is None else limit_price(units(limit), side, terms.tick_units),
            trigger=None if trigger is None else trigger_price(units(trigger), side, terms.tick_units),
            **{key: words[key] for key in words if key not in ("limit", "trigger", "touch")},
        )
        self._refuse(order)
        return order.id

    def _refuse(self, order: Order) -> None:
        if order.quantity == 0:
            order.end("refused", "below one lot")
        elif self.account.kind == "cash" and order.side < 0 and not order.reduce_only:
            buys = sum(other.quantity for other in self.working(order.symbol) if other.side > 0)
            if order.quantity > self.account.positions[order.symbol] + buys:
                order.end("refused", "short on a cash account")

    def target(self, symbol: str, why: str, f, **protection) -> int | None:
        """The position whose cost is at most |f| x equity at the last close (O5)."""
        f = fraction(f)
        if f < 0 and self.account.kind == "cash":
            return self._refused_whole(symbol, why)
        self._drop_pending(symbol)
        price = self.account.slipped(symbol, self.account.marks[symbol], 1 if f >= 0 else -1)
        size = self.account.most_for(symbol, abs(f) * self.account.equity_at_closes(), price) if f else 0
        return self._change(symbol, size if f >= 0 else -size, why, protection)

    def hold(self, symbol: str, why: str, q, **protection) -> int | None:
        """The position `q` itself (O5)."""
        size = units(q)
        if size < 0 and self.account.kind == "cash":
            return self._refused_whole(symbol, why)
        self._drop_pending(symbol)
        whole = down(abs(size), self.account.terms[symbol].lot_units)
        return self._change(symbol, whole if size >= 0 else -whole, why, protection)

    def _drop_pending(self, symbol: str) -> None:
        for order in self.working(symbol):
            if order.role == "target":
                order.end("canceled", "replaced")

    def _refused_whole(self, symbol: str, why: str) -> int:
        order = self.add(symbol, -1, "market", 0, why=why, role="target")
        order.end("refused", "short on a cash account")
        return order.id

    def _change(self, symbol: str, goal: int, why: str, protection: dict) -> int | None:
        held = self.account.positions[symbol]
        change = goal - held
        if abs(change) < self.account.terms[symbol].lot_units:
            return None
        side, rest = (1 if change > 0 else -1), abs(change)
        words = {"why": why, "role": "target"}
        if held * goal < 0:
            self.add(symbol, side, "market", abs(held), reduce_only=True, **words)
            rest -= abs(held)
        shrinks = held * side < 0 and held * goal >= 0
        return self.add(symbol, side, "market", rest, reduce_only=shrinks, **words, **protection).id

    def close(self, symbol: str, why: str) -> int | None:
        """A reduce-only market order for the whole position (O6)."""
        self._drop_pending(symbol)
        held = self.account.positions[symbol]
        if held == 0:
            return None
        return self.add(symbol, -1 if held > 0 else 1, "market", abs(held), reduce_only=True, why=why).id

    def cancel(self, order_id: int | None) -> None:
        if order_id is not None and self.orders[order_id - 1].working:
            self.orders[order_id - 1].end("canceled", "canceled")

    def cancel_all(self, symbol: str) -> None:
        """All orders of the symbol but its protection (O2)."""
        for order in self.working(symbol):
            if not order.protects:
                order.end("canceled", "canceled")

    # what a fill does to other orders

    def shrink_siblings(self, order: Order, quantity: int) -> None:
        """Each other leg of the group loses what this one filled (O1)."""
        if order.oco is None:
            return
        for leg in self.working(order.symbol):
            if leg.oco == order.oco and leg is not order:
                leg.quantity = max(0, leg.quantity - quantity)
                if leg.quantity == 0:
                    leg.end("canceled", "oco")

    def protection(self, symbol: str, role: str) -> Order | None:
        return next((order for order in self.working(symbol) if order.role == role), None)

    def fit_protection(self, symbol: str) -> None:
        """Protection is as large as the position, and goes with it (O2)."""
        held = self.account.positions[symbol]
        for order in self.working(symbol):
            if order.protects:
                order.quantity = abs(held)
                if held * order.side >= 0:
                    order.end("canceled", "position closed")

    def protect(self, order: Order, price: int, born: str) -> None:
        """Make the protection that a filled order carries (O2, O3)."""
        held = self.account.positions[order.symbol]
        first = order.first_price is None
        order.first_price = price if first else order.first_price
        if held == 0:
            return
        for role, wish in (("stop", order.stop), ("take", order.take)):
            old = self.protection(order.symbol, role)
            if wish is None or (old is not None and not first):
                continue
            if old is not None:
                old.end("canceled", "replaced")
            self._arm(order, role, wish, price, born)

    def _arm(self, order: Order, role: str, wish, price: int, born: str) -> None:
        held, terms = self.account.positions[order.symbol], self.account.terms[order.symbol]
        side = -1 if held > 0 else 1
        words = {"role": role, "why": order.why, "reduce_only": True, "arrived": True, "entry": price, "born": born}
        if role == "take":
            level = limit_price(self._level(wish, order.first_price, -side), side, terms.tick_units)
            self.add(order.symbol, side, "take-profit", abs(held), limit=level, **words)
        elif isinstance(wish, tuple) and wish[0] == "trailing":
            self.add(order.symbol, side, "trailing-stop", abs(held), trail=wish[1], best=order.first_price, **words)
        else:
            level = trigger_price(self._level(wish, order.first_price, side), side, terms.tick_units)
            self.add(order.symbol, side, "stop", abs(held), trigger=level, **words)

    @staticmethod
    def _level(wish, price: int, direction: int):
        """A price, or one that lies pct or a distance away from `price` in `direction`."""
        if not isinstance(wish, tuple):
            return units(wish)
        kind, amount = wish
        return price + direction * (price * fraction(amount) / 100 if kind == "pct" else units(amount))
