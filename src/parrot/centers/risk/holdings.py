"""What the journal says is open, held and owned: the fold that every check reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from parrot.centers.risk.book import NOTHING, ZERO, Claim
from parrot.centers.risk.market import Market
from parrot.centers.risk.orders import Order, Unit, books_of, claim_of, order_from, order_state, unit_of
from parrot.centers.risk.settings import Settings
from parrot.centers.risk.tree import Owner, Tree
from parrot.contracts.commands import Side, SubmitOrder
from parrot.contracts.ledger import AccountKind, LedgerPosted
from parrot.contracts.records import ExternalSeen
from parrot.contracts.venue import Filled

_OTHERS: Final = "(others)"
_OWNED: Final = frozenset({AccountKind.CASH, AccountKind.POSITION})


class Holdings:
    """Open orders with what they set aside, positions, and what accounts own."""

    def __init__(self, tree: Tree, market: Market, settings: Settings) -> None:
        self.tree = tree
        self.market = market
        self.orders: dict[int, Order] = {}
        self.units: dict[str, Unit] = {}
        self.sides: dict[tuple[str, str, bool], dict[int, Order]] = {}
        self.funds: dict[str, dict[str, Decimal]] = {}
        self.external: dict[str, ExternalSeen] = {}
        self._settings = settings
        self._reserved: dict[tuple[str, str], Decimal] = {}
        self._ended: dict[int, Owner] = {}

    # -- orders ----------------------------------------------------------------------------------------------------

    def receive(self, order_id: int, asked: SubmitOrder, parent: int) -> Order:
        """Takes an order on; it sets nothing aside before it is approved."""
        owner = Owner(asked.user, asked.account, asked.strategy, asked.symbol)
        nodes = self.tree.path(owner).nodes
        order = Order(
            id=order_id,
            owner=owner,
            nodes=nodes,
            books=books_of(owner, nodes),  # checks look at them and must not be the first to make them
            asked=asked,
            unit=unit_of(order_id, asked, self.orders.get(parent)),
            parent=parent,
            quantity=asked.quantity,
            limit=asked.limit,
        )
        self._keep(order)
        return order

    def _keep(self, order: Order) -> None:
        self.orders[order.id] = order
        self.units.setdefault(order.unit, Unit()).members[order.id] = order
        self.sides.setdefault(_side(order), {})[order.id] = order

    def against(self, order: Order) -> Iterable[Order]:
        """Orders of the same account and symbol on the other side."""
        return self.sides.get((order.owner.account, order.owner.symbol, not order.buys), {}).values()

    def approve(self, order: Order, quantity: Decimal, price: Decimal) -> None:
        """Sets aside what an approval says."""
        if not order.approved:
            self._count(order, 1)
        order.approved = True
        order.quantity, order.price = quantity, price
        self.refresh(order)

    def refresh(self, order: Order) -> None:
        """Brings what the order's unit sets aside up to date."""
        unit = self.units[order.unit]
        claim = claim_of(unit.members.values(), self.fee(order))
        if claim != unit.claim:
            self._claim(order, claim.less(unit.claim))
            unit.claim = claim

    def end(self, order: Order) -> None:
        """Gives back what an order sets aside; it is remembered for fills that come late."""
        unit = self.units[order.unit]
        del self.orders[order.id], unit.members[order.id], self.sides[_side(order)][order.id]
        if order.approved:
            self._count(order, -1)
            self.refresh(order)
            self._ended[order.id] = order.owner
        if not unit.members:
            del self.units[order.unit]
        while len(self._ended) > self._settings.remembered:
            del self._ended[next(iter(self._ended))]

    def change_if(self, order: Order, quantity: Decimal, price: Decimal, *, changing: bool) -> Claim:
        """What more would be set aside if the order were approved so, or were `changing` on its way to be so."""
        unit = self.units[order.unit]
        kept = order.approved, order.quantity, order.price, order.larger, order.dearer
        if changing:
            order.larger, order.dearer = quantity, price
        else:
            order.approved, order.quantity, order.price = True, quantity, price
        claim = claim_of(unit.members.values(), self.fee(order))
        order.approved, order.quantity, order.price, order.larger, order.dearer = kept
        return claim.less(unit.claim)

    def change_without(self, order: Order) -> Claim:
        """What less would be set aside if the order were not there."""
        unit = self.units[order.unit]
        others = [one for one in unit.members.values() if one is not order]
        return (claim_of(others, self.fee(order)) if others else NOTHING).less(unit.claim)

    def owner(self, order_id: int) -> Owner | None:
        """Whose order it is or was."""
        order = self.orders.get(order_id)
        return order.owner if order is not None else self._ended.get(order_id)

    def fee(self, order: Order) -> Decimal:
        """One and the taker's fee: what a unit of money costs."""
        return 1 + self.market.listings[order.owner.symbol].taker_fee

    def fill(self, order_id: int, fill: Filled) -> None:
        """Moves the position of everyone who looks at the order, also when the fill came late."""
        order, owner = self.orders.get(order_id), self.owner(order_id)
        if owner is None:
            owner = Owner("", self._settings.account, "unknown", fill.symbol)
        self._move(owner, fill)
        self._pay(fill)
        self.market.traded[fill.symbol] = fill.price
        parent = self.orders.get(order.parent) if order is not None and order.is_child else None
        if parent is not None:
            parent.filled += fill.quantity
            self.refresh(parent)

    def _move(self, owner: Owner, fill: Filled) -> None:
        listing = self.market.listings[fill.symbol]
        sign = 1 if fill.side is Side.BUY else -1
        gained = sign * fill.quantity - (fill.fee if fill.fee_currency == listing.base else 0)
        paid = sign * fill.quantity * fill.price + (fill.fee if fill.fee_currency == listing.quote else 0)
        elsewhere = fill.fee_currency not in {listing.base, listing.quote}
        for node in self.tree.path(owner).nodes:
            book = node.book(fill.symbol, owner.strategy)
            book.position += gained
            book.cash -= paid
            node.day_fills += 1
            if elsewhere:
                node.fees[fill.fee_currency] = node.fees.get(fill.fee_currency, ZERO) + fill.fee

    def _pay(self, fill: Filled) -> None:
        listing = self.market.listings[fill.symbol]
        sign = 1 if fill.side is Side.BUY else -1
        account = self._settings.account
        self._own(account, listing.base, sign * fill.quantity)
        self._own(account, listing.quote, -sign * fill.quantity * fill.price)
        if fill.fee:
            self._own(account, fill.fee_currency, -fill.fee)

    def _count(self, order: Order, change: int) -> None:
        for node in order.nodes:
            node.open_orders += change

    def _claim(self, order: Order, change: Claim) -> None:
        for book in order.books:
            book.claim(change)
        if change.quote:
            key = (order.owner.account, self.market.listings[order.owner.symbol].quote)
            self._reserved[key] = self._reserved.get(key, ZERO) + change.quote

    # -- orders that are not ours ----------------------------------------------------------------------------------

    def see(self, seen: ExternalSeen) -> None:
        """Counts an order of the account that somebody else placed, or takes it out."""
        before = self.external.pop(seen.venue_id, None)
        if before is not None:
            self._claim_external(before, -1)
        if not seen.gone:
            self.external[seen.venue_id] = seen
            self._claim_external(seen, 1)

    def _claim_external(self, seen: ExternalSeen, sign: int) -> None:
        if seen.symbol not in self.market.listings:
            return
        amount = sign * seen.quantity
        change = Claim(buys=amount) if seen.side == Side.BUY else Claim(sells=amount)
        for scope in ("firm", f"account:{self._settings.account}", f"symbol:{seen.symbol}"):
            self.tree.node(scope).book(seen.symbol, _OTHERS).claim(change)

    # -- what accounts own -----------------------------------------------------------------------------------------

    def post(self, posted: LedgerPosted) -> None:
        """Follows the ledger: coins and money of each account."""
        if posted.what == "trade":
            return  # its fill was counted: orders that leave between the two records must not find its coins again
        for leg in posted.legs:
            if leg.kind in _OWNED and not leg.owner.startswith("strategy:"):
                self._own(leg.owner, leg.currency, leg.amount)

    def _own(self, account: str, currency: str, amount: Decimal) -> None:
        funds = self.funds.setdefault(account, {})
        funds[currency] = funds.get(currency, ZERO) + amount

    def available(self, owner: Owner, currency: str) -> Decimal:
        """What of a currency is neither spent nor set aside, for one more order of `owner`."""
        account = owner.account
        node = self.tree.node(f"account:{account}")
        listings = self.market.listings
        selling = (
            shelf.selling(owner.strategy) for symbol, shelf in node.shelves.items() if listings[symbol].base == currency
        )
        held = self.funds.get(account, {}).get(currency, ZERO)
        return held - self._reserved.get((account, currency), ZERO) - sum(selling, ZERO)

    def equity(self, account: str) -> Decimal | None:
        """What an account owns, in the valuation currency; None when a price is missing."""
        total = ZERO
        for currency, amount in self.funds.get(account, {}).items():
            rate = self.market.rate(currency) if amount else ZERO
            if rate is None:
                return None
            total += amount * rate
        return total

    # -- snapshots -------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Plain values, from which everything that is set aside follows."""
        return {
            "orders": {str(order.id): order_state(order) for order in self.orders.values()},
            "ended": [[number, *_parts(owner)] for number, owner in self._ended.items()],
            "funds": {
                account: {currency: str(amount) for currency, amount in funds.items()}
                for account, funds in self.funds.items()
            },
            "external": {
                number: [seen.symbol, seen.side, str(seen.quantity)] for number, seen in self.external.items()
            },
            "traded": {symbol: str(price) for symbol, price in self.market.traded.items()},
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of the records that led to `state`; the tree is loaded before."""
        for number, kept in state["orders"].items():
            asked = kept["asked"]
            owner = Owner(asked["user"], asked["account"], asked["strategy"], asked["symbol"])
            order = order_from(int(number), kept, owner, self.tree.path(owner).nodes)
            self._keep(order)
            if order.approved:
                self._count(order, 1)
        for unit in self.units.values():
            self.refresh(next(iter(unit.members.values())))
        self._ended = {number: Owner(*parts) for number, *parts in state["ended"]}
        self.funds = {
            account: {currency: Decimal(amount) for currency, amount in funds.items()}
            for account, funds in state["funds"].items()
        }
        for number, (symbol, side, quantity) in state["external"].items():
            self.see(ExternalSeen(venue_id=number, symbol=symbol, side=side, quantity=Decimal(quantity)))
        self.market.traded.update({symbol: Decimal(price) for symbol, price in state["traded"].items()})


def _side(order: Order) -> tuple[str, str, bool]:
    return order.owner.account, order.owner.symbol, order.buys


def _parts(owner: Owner) -> tuple[str, str, str, str]:
    return owner.user, owner.account, owner.strategy, owner.symbol
