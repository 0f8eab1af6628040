"""Orders that are alive, and what each of them, each group and each family sets aside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from parrot.centers.risk.book import NOTHING, ZERO, Book, Claim, Node
from parrot.centers.risk.tree import Owner
from parrot.contracts.commands import OrderKind, Role, Side, SubmitOrder

_RESTING: Final = frozenset({OrderKind.LIMIT, OrderKind.ICEBERG})
_GUARDS: Final = frozenset({Role.STOP, Role.TAKE})
PROTECTIVE: Final = frozenset({Role.STOP, Role.TAKE, Role.FLATTEN})


@dataclass(slots=True)
class Order:
    """One order from its receipt to its end; `price` is the worst that a unit may cost.

    `larger` and `dearer` are the other quantity and price while a change of the order is on its way: the larger of both
    is set aside. A held order that only shrinks sets nothing aside until it is triggered.
    """

    id: int
    owner: Owner
    nodes: tuple[Node, ...]
    books: tuple[Book, ...]
    asked: SubmitOrder
    unit: str
    parent: int
    quantity: Decimal
    filled: Decimal = ZERO
    limit: Decimal | None = None
    price: Decimal = ZERO
    larger: Decimal | None = None
    dearer: Decimal | None = None
    approved: bool = False
    held: bool = False
    withdrawing: bool = False

    @property
    def buys(self) -> bool:
        """Whether it buys."""
        return self.asked.side is Side.BUY

    @property
    def only_shrinks(self) -> bool:
        """Whether it may only make its strategy's position smaller."""
        return self.asked.reduce_only or self.asked.role in PROTECTIVE

    @property
    def protective(self) -> bool:
        """Whether it is a position's protection, or its closing in an emergency."""
        return self.asked.role in PROTECTIVE

    @property
    def guards(self) -> bool:
        """Whether it is a stop or a target: beside it there is always room for an exit.

        It takes no room: it can only lower what is there, and execution withdraws it before an exit leaves.
        """
        return self.asked.role in _GUARDS

    @property
    def is_child(self) -> bool:
        """Whether it works a part of its parent."""
        return self.asked.role is Role.CHILD and self.parent != 0

    @property
    def root(self) -> int:
        """The order inside whose claim this one counts."""
        return self.parent if self.is_child else self.id

    @property
    def rests(self) -> bool:
        """Whether it may stand in the book with a limit."""
        return self.approved and not self.held and self.asked.kind in _RESTING and self.limit is not None

    def left(self) -> Decimal:
        """What may still be filled at most."""
        return max(self.quantity if self.larger is None else max(self.quantity, self.larger), self.filled) - self.filled

    def own_claim(self, fee: Decimal) -> tuple[Decimal, Decimal]:
        """Quantity and money that it sets aside by itself."""
        if not self.approved or (self.held and self.only_shrinks and not self.guards):
            return ZERO, ZERO
        left = self.left()
        price = self.price if self.dearer is None else max(self.price, self.dearer)
        return left, left * price * fee


@dataclass(slots=True)
class Unit:
    """Orders that share a claim: a group of which one cancels the other, or an algo with its children."""

    members: dict[int, Order] = field(default_factory=dict)
    claim: Claim = NOTHING


def books_of(owner: Owner, nodes: tuple[Node, ...]) -> tuple[Book, ...]:
    """The book of an owner at each node; those that were not there are made."""
    return tuple(node.book(owner.symbol, owner.strategy) for node in nodes)


def unit_of(order_id: int, asked: SubmitOrder, parent: Order | None) -> str:
    """The name of the unit that an order belongs to."""
    if parent is not None and asked.role is Role.CHILD:
        return parent.unit
    if asked.group:
        return f"group:{asked.account}:{asked.user}:{asked.strategy}:{asked.symbol}:{asked.group}"
    return f"order:{order_id}"


def claim_of(members: Collection[Order], fee: Decimal) -> Claim:
    """What a unit sets aside: of a family the larger of parent and children, of a group the largest on each side."""
    if len(members) == 1:
        return _family_claim(members, fee)
    families: dict[int, list[Order]] = {}
    for order in members:
        families.setdefault(order.root, []).append(order)
    worst = NOTHING
    for family in families.values():
        worst = worst.worse(_family_claim(family, fee))
    return worst


def _family_claim(family: Collection[Order], fee: Decimal) -> Claim:
    own = children = own_money = child_money = ZERO
    for order in family:
        quantity, money = order.own_claim(fee)
        if order.is_child:
            children, child_money = children + quantity, child_money + money
        else:
            own, own_money = own + quantity, own_money + money
    first, quantity = next(iter(family)), max(own, children)
    closing = quantity if first.only_shrinks else ZERO
    if first.guards:
        return Claim(quote=max(own_money, child_money)) if first.buys else NOTHING
    if first.buys:
        return Claim(buys=quantity, closing_buys=closing, quote=max(own_money, child_money))
    return Claim(sells=quantity, closing_sells=closing)


def order_state(order: Order) -> dict[str, Any]:
    """An order as plain values."""
    asked = order.asked
    return {
        "asked": {
            "strategy": asked.strategy,
            "key": asked.key,
            "symbol": asked.symbol,
            "side": str(asked.side),
            "quantity": str(asked.quantity),
            "kind": str(asked.kind),
            "limit": _text(asked.limit),
            "trigger": _text(asked.trigger),
            "reduce_only": asked.reduce_only,
            "role": str(asked.role),
            "group": asked.group,
            "account": asked.account,
            "user": asked.user,
        },
        "parent": order.parent,
        "unit": order.unit,
        "amounts": [str(order.quantity), str(order.filled), str(order.price)],
        "limits": [_text(order.limit), _text(order.larger), _text(order.dearer)],
        "flags": [order.approved, order.held, order.withdrawing],
    }


def order_from(order_id: int, kept: dict[str, Any], owner: Owner, nodes: tuple[Node, ...]) -> Order:
    """The order that `order_state` wrote."""
    quantity, filled, price = map(Decimal, kept["amounts"])
    limit, larger, dearer = map(_number, kept["limits"])
    approved, held, withdrawing = kept["flags"]
    return Order(
        id=order_id,
        owner=owner,
        nodes=nodes,
        books=books_of(owner, nodes),
        asked=asked_from(kept),
        unit=kept["unit"],
        parent=kept["parent"],
        quantity=quantity,
        filled=filled,
        limit=limit,
        price=price,
        larger=larger,
        dearer=dearer,
        approved=approved,
        held=held,
        withdrawing=withdrawing,
    )


def asked_from(kept: dict[str, Any]) -> SubmitOrder:
    """What was asked for, as far as risk needs it."""
    asked = dict(kept["asked"])
    asked["side"], asked["kind"], asked["role"] = Side(asked["side"]), OrderKind(asked["kind"]), Role(asked["role"])
    asked["quantity"] = Decimal(asked["quantity"])
    asked["limit"], asked["trigger"] = _number(asked["limit"]), _number(asked["trigger"])
    return SubmitOrder(**asked)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
