"""One account of the public exchange."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import msgspec

from parrot.centers.matching.membership.standing import Standing
from parrot.contracts.exchange import SCALE, Execution, ListForm, OrderChanged


class Cost(msgspec.Struct, gc=False):
    """A position from fills: base units, and what it cost in quote units."""

    position: int = 0
    spent: int = 0

    def fill(self, quantity: int, amount: int) -> None:
        """`quantity` above zero was bought for `amount`, below zero sold."""
        before = self.position
        after = before + quantity
        if before * quantity >= 0:
            self.spent += amount
        elif before * after > 0:
            self.spent = self.spent * abs(after) // abs(before)
        else:
            self.spent = amount * abs(after) // abs(quantity)
        self.position = after

    @property
    def price(self) -> int:
        """The average entry price, 0 without a position."""
        return self.spent * SCALE // abs(self.position) if self.position else 0


class Group(msgspec.Struct, kw_only=True, gc=False):
    """A list of orders; those that are `waiting` enter when the first is filled."""

    list_id: int
    member: int
    form: ListForm
    client_id: str
    orders: tuple[int, ...]
    ts: int
    waiting: list[int] = []
    done: bool = False


class KeptMember(msgspec.Struct, kw_only=True, gc=False):
    """A member as a snapshot holds it."""

    account: str
    owners: tuple[int, int]
    orders: list[Standing]
    ended: list[int]
    executions: list[Execution]
    preventions: list[OrderChanged]
    costs: dict[int, Cost]
    lists: list[Group]
    pending: dict[str, tuple[int, int]] = {}
    booked: list[str] = []
    fees: dict[int, int] = {}


class Member:
    """Its orders by id, its fills, its costs; of ended orders and fills the newest are kept."""

    def __init__(self, account: str, number: int, owners: tuple[int, int], *, orders: int, trades: int) -> None:
        """`owners` are its two numbers in the engine: for spot symbols and for stocks."""
        self.account = account
        self.number = number
        self.owners = owners
        self.orders: dict[int, Standing] = {}
        self.open: dict[int, dict[int, Standing]] = {}
        self.executions: deque[Execution] = deque(maxlen=trades)
        self.preventions: deque[OrderChanged] = deque(maxlen=trades)
        self.costs: dict[int, Cost] = {}
        self.known: dict[int, tuple[int, int]] = {}
        self.aside: dict[int, int] = {}
        self.pending: dict[str, tuple[int, int]] = {}  # currency and amount that wait to leave, by their name
        self.booked: dict[str, None] = {}  # names of what came or left for good
        self.fees: dict[int, int] = {}  # by currency, of all fills that ever were
        self.lists: dict[int, Group] = {}
        self._ended: deque[int] = deque()
        self._orders_kept = orders
        self._names: dict[str, dict[int, int]] = {}

    def add(self, standing: Standing) -> None:
        """A new order."""
        self.orders[standing.order_id] = standing
        self.open.setdefault(standing.symbol, {})[standing.order_id] = standing
        self.name(standing)

    def name(self, standing: Standing) -> None:
        """Its client id means this order from now on."""
        self._names.setdefault(standing.client_id, {})[standing.symbol] = standing.order_id

    def end(self, standing: Standing) -> None:
        """An order has ended; the oldest of those is forgotten."""
        standing.ended = True
        self.open[standing.symbol].pop(standing.order_id, None)
        self._ended.append(standing.order_id)
        while len(self._ended) > self._orders_kept:
            self._forget(self.orders.pop(self._ended.popleft()))

    def rename(self, standing: Standing, client_id: str) -> None:
        """Another client id means this order, its old one nothing any more."""
        self._unname(standing)
        standing.client_id = client_id
        self.name(standing)

    def _forget(self, old: Standing) -> None:
        group = self.lists.get(old.list_id)
        if group is not None and group.done and not any(number in self.orders for number in group.orders):
            del self.lists[old.list_id]
        self._unname(old)

    def _unname(self, standing: Standing) -> None:
        named = self._names.get(standing.client_id)
        if named is not None and named.get(standing.symbol) == standing.order_id:
            del named[standing.symbol]
            if not named:
                del self._names[standing.client_id]

    def named(self, client_id: str, symbol: int | None = None) -> Standing | None:
        """The newest order of a client id."""
        found = self._names.get(client_id)
        if not found:
            return None
        number = max(found.values()) if symbol is None else found.get(symbol, 0)
        return self.orders.get(number)

    def uses(self, client_id: str, but: Standing | None) -> bool:
        """Whether an open order other than `but` has this client id."""
        named = self._names.get(client_id)
        return named is not None and any(
            not known.ended and known is not but for known in map(self.orders.__getitem__, named.values())
        )

    def all_open(self) -> Iterator[Standing]:
        """Open orders of all symbols."""
        for orders in self.open.values():
            yield from orders.values()

    def pay(self, money: int, fee: int) -> None:
        """A fill took a fee (below zero: gave one)."""
        self.fees[money] = self.fees.get(money, 0) + fee

    def set_aside(self, name: str, money: int, amount: int) -> None:
        """An amount waits to leave; it is shown as locked."""
        self.pending[name] = (money, amount)
        self.aside[money] = self.aside.get(money, 0) + amount

    def give_back(self, name: str) -> tuple[int, int]:
        """Currency and amount that waited under a name, and wait no more."""
        money, amount = self.pending.pop(name)
        self.aside[money] -= amount
        if not self.aside[money]:
            del self.aside[money]
        return money, amount

    def cost(self, symbol: int) -> Cost:
        """The position of a symbol."""
        found = self.costs.get(symbol)
        if found is None:
            found = self.costs[symbol] = Cost()
        return found

    def keep(self) -> KeptMember:
        """The member for a snapshot."""
        return KeptMember(
            account=self.account,
            owners=self.owners,
            orders=list(self.orders.values()),
            ended=list(self._ended),
            executions=list(self.executions),
            preventions=list(self.preventions),
            costs=self.costs,
            lists=list(self.lists.values()),
            pending=self.pending,
            booked=list(self.booked),
            fees=self.fees,
        )

    def load(self, kept: KeptMember) -> None:
        """Goes on from what `keep` gave."""
        for standing in kept.orders:
            self.add(standing)
        for number in kept.ended:
            self.end(self.orders[number])
        self.executions.extend(kept.executions)
        self.preventions.extend(kept.preventions)
        self.costs = kept.costs
        self.booked = dict.fromkeys(kept.booked)
        self.fees = kept.fees
        for name, (money, amount) in kept.pending.items():
            self.set_aside(name, money, amount)
