"""What is known of all members, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from parrot.centers.matching.market.chart import Chart
from parrot.centers.matching.membership.member import Member
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.settings import Settings
from parrot.centers.matching.terms import terms_of
from parrot.contracts.exchange import (
    AccountEvent,
    BalancesChanged,
    Change,
    Execution,
    Held,
    Kind,
    MarketEvent,
    OrderChanged,
    Stage,
)
from parrot.engine.matching import CommandKind, Exchange, commands

Event = tuple[int, ...]
LISTLESS: Final = -1


class Ledger:
    """Members by number and account, open orders by id, and what is to be told, in order.

    The request that is being carried out: `asked` is its order, `fills` what that has traded, `request` the client's
    name of it; `successor` the order that comes in the place of the one that ends, `cancelling` a list that ends.
    """

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.settings = settings
        self.exchange = exchange
        self.core = exchange.core
        self.terms = terms_of(settings, exchange)
        self.chart = Chart(settings, self.terms)
        self.told: list[AccountEvent | MarketEvent] = []
        self.accounts: dict[str, Member] = {}
        self.all: list[Member] = []
        self.live: dict[int, Standing] = {}
        self.next_number = 1
        self.changes = 0
        self.asked = 0
        self.request = ""
        self.fills: list[Execution] = []
        self.successor = 0
        self.cancelling = LISTLESS
        self.ended: Callable[[Standing], None] = lambda standing: None
        self.accepted: Callable[[Standing], None] = lambda standing: None
        desks = {money: terms.desk for terms in self.terms for money in (terms.base, terms.quote)}
        self.desks = [desks[currency.number] for currency in exchange.currencies]
        self.names = [currency.name for currency in exchange.currencies]
        self._touched: dict[tuple[int, int], None] = {}

    def begin(self, asked: int = 0, request: str = "") -> None:
        """A request begins."""
        self.asked, self.request, self.fills = asked, request, []
        self.successor, self.cancelling = 0, LISTLESS

    def admit(self, account: str, owners: tuple[int, int]) -> Member:
        """A new member."""
        kept = self.settings
        member = Member(account, len(self.all), owners, orders=kept.orders_kept, trades=kept.trades_kept)
        self.accounts[account] = member
        self.all.append(member)
        return member

    def owner(self, standing: Standing) -> int:
        """The engine's owner of an order."""
        return self.all[standing.member].owners[self.terms[standing.symbol].desk]

    def add(self, standing: Standing) -> None:
        """A new order."""
        self.next_number = max(self.next_number, standing.order_id + 1)
        self.live[standing.order_id] = standing
        self.all[standing.member].add(standing)

    def accept(self, standing: Standing, ts: int) -> None:
        """An order was taken; that is told once."""
        if standing.known:
            return  # it slept before the engine knew it
        standing.known = True
        standing.stage, standing.updated = Stage.NEW, ts
        if standing.order.kind in (Kind.MARKET, Kind.LIMIT):
            standing.working_since = ts
        self.tell(standing, Change.NEW, ts)
        if standing.list_id != LISTLESS:
            self.accepted(standing)

    def end(self, standing: Standing) -> None:
        """An order has ended, and was told of."""
        if self.live.pop(standing.order_id, None) is not None:
            self.all[standing.member].end(standing)
            if standing.list_id != LISTLESS:
                self.ended(standing)

    def command(self, kind: CommandKind, **fields: int) -> int:
        """One command to the engine; below zero is minus a Reason."""
        record = commands(1)
        record["kind"] = kind
        for name, value in fields.items():
            record[name] = value
        return int(self.core.execute(record)[0])

    # -- what is told --------------------------------------------------------------------------------------------------

    def tell(
        self,
        standing: Standing,
        change: Change,
        ts: int,
        execution: Execution | None = None,
        *,
        request: str = "",
        against: int = 0,
        prevented: int = 0,
        took: bool = False,
    ) -> OrderChanged:
        """Something happened to an order, which is already as it is after that."""
        self.changes += 1
        told = OrderChanged(
            change=change,
            order=standing.state(self.all[standing.member].account),
            id=self.changes,
            execution=execution,
            request_id=request,
            against=against,
            prevented=prevented,
            took=took,
            ts=ts,
        )
        self.told.append(told)
        self._touched[standing.member, standing.symbol] = None
        return told

    def touch(self, member: int, money: int) -> None:
        """A balance may have changed."""
        self._touched[member, ~money] = None

    def settle(self, ts: int) -> None:
        """Tells the balances that have changed since they were last told."""
        if not self._touched:
            return
        changed: dict[int, list[int]] = {}
        for number, what in self._touched:
            moneys = [~what] if what < 0 else [self.terms[what].base, self.terms[what].quote]
            changed.setdefault(number, []).extend(moneys)
        self._touched.clear()
        for number, moneys in changed.items():
            member = self.all[number]
            held = [
                self._as_held(money, found) for money in dict.fromkeys(moneys) if (found := self._new(member, money))
            ]
            if held:
                self.told.append(BalancesChanged(account=member.account, held=tuple(held), ts=ts))

    def _new(self, member: Member, money: int) -> tuple[int, int] | None:
        """A balance, when it is not the one that is known."""
        found = self.balance(member, money)
        if member.known.get(money, (0, 0)) == found:
            return None
        member.known[money] = found
        return found

    def balance(self, member: Member, money: int) -> tuple[int, int]:
        """Free and locked of a currency; what is set aside outside the engine is locked as well."""
        free, locked = self.core.balance(member.owners[self.desks[money]], money)
        return (free, locked + member.aside.get(money, 0)) if member.aside else (free, locked)

    def _as_held(self, money: int, found: tuple[int, int]) -> Held:
        return Held(asset=self.names[money], free=found[0], locked=found[1])

    def held(self, member: Member) -> list[Held]:
        """All assets of a member."""
        return [self._as_held(money, self.balance(member, money)) for money in range(len(self.names))]

    def learn(self) -> None:
        """Takes all balances as told."""
        self._touched.clear()
        for member in self.all:
            member.known = {money: self.balance(member, money) for money in range(len(self.names))}
