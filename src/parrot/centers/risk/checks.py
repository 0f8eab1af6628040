"""One decision: an order is approved with what it sets aside, or refused by the first rule that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, Inexact
from typing import Final, NamedTuple

from parrot.centers.risk.book import NOTHING, ZERO, Book, Claim
from parrot.centers.risk.breakers import Losses
from parrot.centers.risk.exposure import EXPOSURE_RULES, funds
from parrot.centers.risk.holdings import Holdings
from parrot.centers.risk.limits import LIVE_NEEDS, Limit
from parrot.centers.risk.orders import Order
from parrot.centers.risk.repeats import Repeats
from parrot.centers.risk.rules import ORDER_RULES, Case, collar
from parrot.centers.risk.settings import Settings
from parrot.centers.risk.switch import Switch
from parrot.centers.risk.tree import Path, Tree
from parrot.centers.risk.wording import Gate, Refusal
from parrot.contracts.commands import Role
from parrot.kernel.decimals import checked, down, plain
from parrot.kernel.errors import InputError

# What only shrinks a position passes where stale data, losses or a closed symbol would hold it; what is marked to do no
# more than that passes exposure too; protection also size, rate and number: it must never be blocked.
_PLAIN_PASSES: Final = frozenset({"instruments", "restricted", "stale_data", "price_collar", "daily_loss", "drawdown"})
_SHRINKING_PASSES: Final = _PLAIN_PASSES | frozenset(EXPOSURE_RULES)
_PROTECTION_PASSES: Final = _SHRINKING_PASSES | {
    "trading_hours",
    "max_quantity",
    "max_notional",
    "order_rate",
    "rate_breaker",
    "duplicate_window",
    "max_open_orders",
    "order_to_trade",
    "self_trade",
}
# Looked at when the order was received; it does not come a second time when it is sent.
_ONCE: Final = frozenset({"order_rate", "rate_breaker", "duplicate_window", "max_open_orders", "order_to_trade"})
_RULES: Final = {**ORDER_RULES, **EXPOSURE_RULES}
_TOO_LONG: Final = Refusal("fields", "order", "amounts of 90 digits", "its amounts are too long")

Look = tuple[Gate, bool, Limit | None]


@dataclass(frozen=True, slots=True)
class Approval:
    """What an order may do: its quantity, the worst price of a unit, and what is set aside of which currency."""

    quantity: Decimal
    price: Decimal
    reserved: Decimal
    currency: str
    reduces: bool
    gates: tuple[Gate, ...]


class Finding(NamedTuple):
    """What one gate says of an order."""

    rule: str
    scope: str
    limit: str
    actual: str
    passed: bool

    @property
    def text(self) -> str:
        """The sentence for people."""
        return Refusal(*self[:4]).text()


@dataclass(frozen=True, slots=True)
class Survey:
    """What every gate says of an order: approved with `approval`, or refused by `refusal`, the first that objects."""

    findings: tuple[Finding, ...]
    refusal: Refusal | None = None
    approval: Approval | None = None


class Stopped(Exception):  # noqa: N818  not an error: the outcome of a check
    """Ends a check with its refusal."""

    def __init__(self, refusal: Refusal, limit: Limit | None = None) -> None:
        super().__init__(refusal.rule)
        self.refusal = refusal
        self.limit = limit

    @classmethod
    def of(cls, *refusal: str) -> Stopped:
        """A refusal by rule, scope, limit and actual."""
        return cls(Refusal(*refusal))


class Checks:
    """All gates in their order."""

    def __init__(self, tree: Tree, holdings: Holdings, switch: Switch, losses: Losses, settings: Settings) -> None:
        self.only_shrinking: dict[str, str] = {}
        self.modes: dict[str, str] = {}
        self.repeats = Repeats()
        self._tree = tree
        self._holdings = holdings
        self._switch = switch
        self._losses = losses
        self._settings = settings

    def decide(self, order: Order, now: int) -> Approval:
        """Approves an order that was received, or that is to be sent after it was held; raises Stopped."""
        return self._decide(order, now, order.quantity, order.limit, changing=False)

    def decide_change(self, order: Order, now: int, quantity: Decimal, limit: Decimal | None) -> Approval:
        """Approves another quantity and limit of a working order, the larger of both set aside; raises Stopped."""
        return self._decide(order, now, quantity, order.limit if limit is None else limit, changing=True)

    def survey(self, order: Order, now: int) -> Survey:
        """Asks every gate about an order that was received, also those behind one that objects.

        It ends as `decide` does: with the same approval, or the refusal of the same gate.
        """
        findings: list[Finding] = []
        try:
            case = self._survey_case(order, now, findings)
            for gate, passed, _ in self._look(case, self._tree.path(order.owner), again=False):
                findings.append(Finding(*gate, passed))
        except Stopped as stopped:
            findings.append(Finding(*stopped.refusal, False))
        except Inexact:
            findings.append(Finding(*_TOO_LONG, False))
        objection = next((found for found in findings if not found.passed), None)
        if objection is not None:
            return Survey(tuple(findings), refusal=Refusal(*objection[:4]))
        gates = tuple(found[:4] for found in findings)
        return Survey(tuple(findings), approval=self._approval(case, gates))

    def _survey_case(self, order: Order, now: int, findings: list[Finding]) -> Case:
        """The case of an order, where a stop is a finding and not the end; raises Stopped where there can be none."""
        self._check_fields(order, order.quantity, order.limit)
        path = self._tree.path(order.owner)
        quantity, shrinks = self._fit(order, order.quantity, leaves=False)
        try:
            self._check_stops(order, shrinks=shrinks)
        except Stopped as stopped:
            findings.append(Finding(*stopped.refusal, False))
        return self._case(order, path, now, quantity, order.limit, shrinks=shrinks, changing=False)

    def _decide(self, order: Order, now: int, quantity: Decimal, limit: Decimal | None, *, changing: bool) -> Approval:
        again = order.approved and not changing
        try:
            self._check_fields(order, quantity, limit)
            path = self._tree.path(order.owner)
            quantity, shrinks = self._fit(order, quantity, leaves=again)
            self._check_stops(order, shrinks=shrinks)
            case = self._case(order, path, now, quantity, limit, shrinks=shrinks, changing=changing)
            gates = tuple(self._pass_all(case, path, again=again))
        except Inexact:
            raise Stopped(_TOO_LONG) from None
        return self._approval(case, gates)

    # -- gates before the limits -----------------------------------------------------------------------------------

    def _check_fields(self, order: Order, quantity: Decimal, limit: Decimal | None) -> None:
        try:
            for name, value in (("quantity", quantity), ("limit", limit), ("trigger", order.asked.trigger)):
                if value is not None and checked(value, name) <= 0:
                    raise Stopped(Refusal("fields", "order", "more than 0", f"{name} is {plain(value)}"))
        except InputError as fault:
            raise Stopped(Refusal("fields", "order", fault.expected, fault.problem)) from None

    def _fit(self, order: Order, quantity: Decimal, *, leaves: bool) -> tuple[Decimal, bool]:
        """The quantity that may leave, and whether it only shrinks the position of its strategy."""
        closable = self._closable(order, whole=order.guards and not leaves)
        if order.is_child:
            self._check_parent(order, quantity)
        if not order.only_shrinks:
            self._keep_room_for_closing(order, quantity)
            return quantity, quantity - order.filled <= closable
        lot = self._holdings.market.listings[order.owner.symbol].lot
        fitting = order.filled + down(min(quantity - order.filled, closable), lot)
        if fitting <= order.filled:
            raise Stopped(Refusal("reduce_only", f"strategy:{order.owner.strategy}", "yes", plain(closable)))
        return fitting, True

    def _closable(self, order: Order, *, whole: bool = False) -> Decimal:
        """What of the strategy's position is against the order and not claimed by others, or the `whole` of it."""
        book = self._book(order)
        if whole:
            return max(-book.position if order.buys else book.position, ZERO)
        mine = self._holdings.units[order.unit].claim
        if order.buys:
            return max(-book.position - (book.buys - mine.buys), ZERO)
        room = max(book.position - (book.sells - mine.sells), ZERO)
        if self._settings.cash and order.only_shrinks:
            listing = self._holdings.market.listings[order.owner.symbol]
            owned = self._holdings.available(order.owner, listing.base) + mine.sells
            room = max(min(room, owned), ZERO)
        return room

    def _book(self, order: Order) -> Book:
        return order.books[-2]  # of the strategy's own node: the path ends with strategy and symbol

    def _keep_room_for_closing(self, order: Order, quantity: Decimal) -> None:
        """A plain order may not take the position from under reduce-only orders that stand at the venue."""
        book = self._book(order)
        mine = self._holdings.units[order.unit].claim
        others = book.closing_buys - mine.closing_buys if order.buys else book.closing_sells - mine.closing_sells
        if others <= 0:
            return
        closable = self._closable(order)
        if quantity - order.filled > closable:
            raise Stopped(Refusal("reduce_only", f"strategy:{order.owner.strategy}", "yes", plain(closable)))

    def _check_parent(self, order: Order, quantity: Decimal) -> None:
        parent = self._holdings.orders.get(order.parent)
        family = self._holdings.units[order.unit].members.values()
        working = sum((one.left() for one in family if one.is_child and one.approved and one is not order), ZERO)
        room = parent.left() - working if parent is not None else ZERO
        if quantity - order.filled > room:
            raise Stopped(Refusal("parent", f"order:{order.parent}", plain(max(room, ZERO)), plain(quantity)))

    def _check_stops(self, order: Order, *, shrinks: bool) -> None:
        stop = self._switch.stops(order, shrinks=shrinks)
        if stop is not None:
            raise Stopped(Refusal(*stop))
        owner = order.owner
        if not shrinks and owner.account in self.only_shrinking:
            why = self.only_shrinking[owner.account]
            raise Stopped(Refusal("mismatch", f"account:{owner.account}", "reduce-only", why))
        mode = self.modes.get(owner.strategy)
        if mode is not None and (mode == "live" or self._settings.live) and not shrinks:
            limits = self._tree.limits.get(f"strategy:{owner.strategy}", {})
            missing = [name for name, rules in LIVE_NEEDS.items() if not any(rule in limits for rule in rules)]
            if missing:
                needed = ", ".join(LIVE_NEEDS)
                raise Stopped(Refusal("live_limits", f"strategy:{owner.strategy}", needed, ", ".join(missing)))

    # -- limits ----------------------------------------------------------------------------------------------------

    def _case(
        self,
        order: Order,
        path: Path,
        now: int,
        quantity: Decimal,
        limit: Decimal | None,
        *,
        shrinks: bool,
        changing: bool,
    ) -> Case:
        market = self._holdings.market
        price = market.worst_price(order.asked, limit)
        if price is None:
            raise Stopped(Refusal("price", f"symbol:{order.owner.symbol}", "a price", "no price is known"))
        return Case(
            order=order,
            now=now,
            quantity=quantity,
            limit=limit,
            price=price,
            value=market.value(order.owner.symbol),
            rate=market.rate(market.listings[order.owner.symbol].quote),
            change=self._holdings.change_if(order, quantity, price, changing=changing),
            before=NOTHING if changing or not order.approved else self._holdings.change_without(order),
            shrinks=shrinks,
            holdings=self._holdings,
            last_same=None if changing or "duplicate_window" not in path.limits else self.repeats.last(order),
            losses=self._losses.lost,
        )

    def _pass_all(self, case: Case, path: Path, *, again: bool) -> Iterator[Gate]:
        for gate, passed, limit in self._look(case, path, again=again):
            if not passed:
                raise Stopped(Refusal(*gate), limit)
            yield gate

    def _look(self, case: Case, path: Path, *, again: bool) -> Iterator[Look]:
        """Each gate in its turn, with whether it lets the order pass."""
        if case.shrinks:
            yield self._protective_collar(case)
        passes = self._passes(case)
        if again:
            passes |= _ONCE
        for node, limit in path.in_order:
            name = limit.rule
            if name in passes:
                continue
            found = _RULES[name](case, node, limit)
            yield (name, limit.scope, limit.text, found.actual), found.passed, limit
        yield self._funds(case)

    def _passes(self, case: Case) -> frozenset[str]:
        if not case.shrinks:
            return _CHILD_PASSES if case.order.asked.role is Role.CHILD else _NONE
        if case.order.protective:
            return _PROTECTION_PASSES
        return _SHRINKING_PASSES if case.order.only_shrinks else _PLAIN_PASSES

    def _protective_collar(self, case: Case) -> Look:
        found = collar(case, self._settings.protective_collar)
        gate = ("protective_collar", f"symbol:{case.symbol}", plain(self._settings.protective_collar), found.actual)
        return gate, found.passed, None

    def _funds(self, case: Case) -> Look:
        scope = f"account:{case.order.owner.account}"
        if not self._settings.cash:
            return ("funds", scope, "margin", "not looked at"), True, None
        found = funds(case)
        return ("funds", scope, "an account pays with what it has free", found.actual), found.passed, None

    # -- outcome ---------------------------------------------------------------------------------------------------

    def _approval(self, case: Case, gates: tuple[Gate, ...]) -> Approval:
        order, listing = case.order, self._holdings.market.listings[case.symbol]
        left = case.quantity - order.filled
        buys = order.buys
        reserved = left * case.price * (1 + listing.taker_fee) if buys else left
        return Approval(
            quantity=case.quantity,
            price=case.price,
            reserved=reserved,
            currency=listing.quote if buys else listing.base,
            reduces=case.shrinks
            and self._shrinks_net(order, Claim(buys=left, sells=left) if order.guards else case.change),
            gates=gates,
        )

    def _shrinks_net(self, order: Order, change: Claim) -> bool:
        """Whether the position of the whole account shrinks as well, so that the venue's own flag may be set."""
        shelf = self._tree.node(f"account:{order.owner.account}").shelf(order.owner.symbol)
        if order.buys:
            return shelf.highest() + change.buys <= 0
        return shelf.lowest() - change.sells >= 0


_NONE: Final[frozenset[str]] = frozenset()
# A child works what its parent was approved for; each still has to keep to price, data, hours and rate.
_CHILD_PASSES: Final = frozenset({"duplicate_window", "max_open_orders"})
