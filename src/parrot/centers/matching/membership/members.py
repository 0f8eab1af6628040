"""All accounts of the public exchange: what they ask for is carried out, what the engine tells is booked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from parrot.centers.matching import operations
from parrot.centers.matching.market.chart import Chart
from parrot.centers.matching.membership.member import KeptMember, Member
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.opening import OWN_NUMBER, TIERS
from parrot.centers.matching.operations import Act
from parrot.centers.matching.settings import Settings
from parrot.centers.matching.terms import terms_of
from parrot.contracts.commands import Side
from parrot.contracts.exchange import (
    AccountEvent,
    BalancesChanged,
    Change,
    Deposited,
    Execution,
    Held,
    MarketEvent,
    OrderChanged,
    SessionChanged,
    Stage,
)
from parrot.engine.matching import CommandKind, EventKind, Exchange, Mark, Reason, commands
from parrot.engine.matching import Phase as EnginePhase

Event = tuple[int, ...]

PHASES: Final = {phase: phase.name.lower() for phase in EnginePhase}
_MAKER_DONE: Final = int(Mark.MAKER_DONE)
_TAKER_DONE: Final = int(Mark.TAKER_DONE)
_ASKED: Final = (Reason.REQUESTED, Reason.MASS)
_WHY_EXPIRED: Final = {
    Reason.UNFILLED: "ioc",
    Reason.FILL_OR_KILL: "fok",
    Reason.NO_LIQUIDITY: "liquidity",
    Reason.OCO: "oco",
    Reason.PARENT: "oto",
    Reason.END_OF_DAY: "session",
    Reason.AUCTION_OVER: "session",
    Reason.SELF_TRADE: "self_trade",
    Reason.INSUFFICIENT_BALANCE: "rejected",
    Reason.WOULD_TAKE: "rejected",
}
_KEEPER: Final = msgspec.msgpack.Encoder()


class Kept(msgspec.Struct, kw_only=True):
    """All members as a snapshot holds them."""

    next_number: int
    changes: int
    chart: bytes
    members: list[KeptMember]


class Members:
    """Owners of the engine above our own. `told` is what happened to their orders and balances, in order."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.terms = terms_of(settings, exchange)
        self.chart = Chart(settings, self.terms)
        self.told: list[AccountEvent | MarketEvent] = []
        self.accounts: dict[str, Member] = {}
        self.all: list[Member] = []
        self.live: dict[int, Standing] = {}
        self.next_number = 1
        self.fills: list[Execution] = []
        self.changes = 0
        self._settings = settings
        self._exchange = exchange
        self._core = exchange.core
        self._asked = 0
        self._request = ""
        self._touched: dict[tuple[int, int], None] = {}
        desks = {money: terms.desk for terms in self.terms for money in (terms.base, terms.quote)}
        self._desks = [desks[currency.number] for currency in exchange.currencies]
        self._names = [currency.name for currency in exchange.currencies]
        self._stocks = any(self._desks)
        self._acts: dict[type, Callable[[Any], int]] = {
            operations.Opened: self._open,
            operations.Deposit: self._deposit,
            operations.Sent: self._send,
            operations.Withdrew: self._withdraw,
            operations.Amended: self._amend,
            operations.Rang: self._ring,
            operations.Referred: self._refer,
        }
        self._handlers: dict[int, Callable[[Standing, Event], None]] = {
            EventKind.ACCEPTED: self._accepted,
            EventKind.RESTED: self._rested,
            EventKind.FILLED: self._filled,
            EventKind.CANCELLED: self._gone,
            EventKind.EXPIRED: self._gone,
            EventKind.AMENDED: self._amended,
            EventKind.TRIGGERED: self._triggered,
        }

    # -- what is asked for ---------------------------------------------------------------------------------------------

    def carry_out(self, operation: Act) -> int:
        """Does an operation; below zero is minus the Reason of the engine, and nothing has changed."""
        return self._acts[type(operation)](operation)

    def _open(self, operation: operations.Opened) -> int:
        owners = [self._exchange.add_account(f"@{operation.account}", tier=TIERS[0]).number]
        if self._stocks:
            owners.append(self._exchange.add_account(f"@{operation.account}/stocks", tier=TIERS[1]).number)
        self._admit(operation.account, (owners[0], owners[-1]))
        return 0

    def _admit(self, account: str, owners: tuple[int, int]) -> Member:
        kept = self._settings
        member = Member(account, len(self.all), owners, orders=kept.orders_kept, trades=kept.trades_kept)
        self.accounts[account] = member
        self.all.append(member)
        return member

    def _deposit(self, operation: operations.Deposit) -> int:
        member, currency = self.all[operation.member], self._names.index(operation.asset)
        kind = CommandKind.DEPOSIT if operation.amount > 0 else CommandKind.WITHDRAW
        owner = member.owners[self._desks[currency]]
        code = self._set(kind, owner=owner, symbol=currency, quantity=abs(operation.amount))
        if code >= 0:
            told = Deposited(account=member.account, asset=operation.asset, amount=operation.amount, ts=operation.ts)
            self.told.append(told)
            self._touch(member.number, ~currency)
        return code

    def _send(self, operation: operations.Sent) -> int:
        handle = self._core.submit(*operation.fields)
        if handle < 0:
            return handle
        order = operation.order
        standing = Standing(
            order_id=operation.number,
            member=operation.member,
            symbol=operation.fields[0],
            order=order,
            client_id=operation.client_id,
            quantity=order.quantity,
            limit=order.limit,
            created=operation.ts,
            updated=operation.ts,
            handle=handle,
        )
        self.next_number = operation.number + 1
        self.live[operation.number] = standing
        self.all[operation.member].add(standing)
        self._asked, self._request = operation.number, ""
        self.fills = []
        return handle

    def _withdraw(self, operation: operations.Withdrew) -> int:
        standing = self.live[operation.number]
        self._request = operation.request_id
        return self._core.cancel(standing.handle, self._owner(standing))

    def _amend(self, operation: operations.Amended) -> int:
        standing = self.live[operation.number]
        self._asked, self._request, self.fills = operation.number, operation.request_id, []
        owner, terms = self._owner(standing), self.terms[standing.symbol]
        fields = operation.price, operation.quantity, operation.trigger, operation.stp
        code = self._core.amend(standing.handle, owner, *fields)
        if code < 0:
            return code
        standing.limit = operation.price * terms.price_scale or standing.limit
        standing.quantity = operation.quantity * terms.quantity_scale or standing.quantity
        if operation.trigger:
            standing.order = msgspec.structs.replace(standing.order, trigger=operation.trigger * terms.price_scale)
        standing.amends += 1
        if operation.request_id:
            standing.client_id = operation.request_id
            self.all[standing.member].name(standing)
        return code

    def _ring(self, operation: operations.Rang) -> int:
        code = self._set(CommandKind.PHASE, symbol=operation.symbol, order=operation.phase)
        if code >= 0:
            phase = PHASES[EnginePhase(operation.phase)]
            symbol = self.terms[operation.symbol].market.symbol
            self.told.append(SessionChanged(symbol=symbol, phase=phase, ts=operation.ts))
        return code

    def _refer(self, operation: operations.Referred) -> int:
        return self._set(CommandKind.REFERENCE, symbol=operation.symbol, price=operation.price)

    def _set(self, kind: CommandKind, **fields: int) -> int:
        command = commands(1)
        command["kind"] = kind
        for name, value in fields.items():
            command[name] = value
        return int(self._core.execute(command)[0])

    def _owner(self, standing: Standing) -> int:
        return self.all[standing.member].owners[self.terms[standing.symbol].desk]

    def follow(self) -> bool:
        """Does what follows from what was told; True when there is more to be taken from the engine."""
        return False

    # -- what the engine tells -----------------------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        """What an event other than a trade means for the member that it is about."""
        handler = self._handlers.get(event[14])
        standing = self.live.get(event[2]) if handler is not None else None
        if handler is not None and standing is not None:
            handler(standing, event)

    def traded(self, event: Event) -> None:
        """A trade of anybody."""
        symbol, side = event[13], event[15]
        maker_id = event[2] if event[11] > OWN_NUMBER else 0
        taker_id = event[3] if event[12] > OWN_NUMBER else 0
        number = self.chart.add(symbol, event, *((taker_id, maker_id) if side else (maker_id, taker_id)))
        if maker_id:
            maker = self.live[event[2]]
            self._fill(maker, event, event[9], number, maker=True)
            if event[17] & _MAKER_DONE:
                self._end(maker)
        if taker_id:
            taker = self.live[event[3]]
            self._fill(taker, event, event[10], number, maker=False)
            if event[17] & _TAKER_DONE:
                self._end(taker)

    def _fill(self, standing: Standing, event: Event, fee: int, number: int, *, maker: bool) -> None:
        terms = self.terms[standing.symbol]
        quantity, amount, ts = event[6] * terms.quantity_scale, event[5] * event[6] * terms.turnover, event[1]
        buys = standing.order.side is Side.BUY
        member = self.all[standing.member]
        standing.filled += quantity
        standing.quote_filled += amount
        standing.updated = ts
        if standing.order.quote_quantity:
            standing.quantity = standing.filled
            standing.stage = Stage.PARTIALLY_FILLED
        else:
            standing.stage = Stage.FILLED if standing.filled >= standing.quantity else Stage.PARTIALLY_FILLED
        member.cost(standing.symbol).fill(quantity if buys else -quantity, amount)
        execution = Execution(
            order_id=standing.order_id,
            symbol=terms.market.symbol,
            trade_id=number,
            side=standing.order.side,
            price=event[5] * terms.price_scale,
            quantity=quantity,
            fee=fee,
            fee_asset=terms.market.base if buys else terms.market.quote,
            maker=maker,
            ts=ts,
        )
        member.executions.append(execution)
        if standing.order_id == self._asked:
            self.fills.append(execution)
        self._tell(standing, Change.TRADE, ts, execution)

    def _accepted(self, standing: Standing, event: Event) -> None:
        standing.created = standing.updated = event[1]
        if not standing.order.trigger and not standing.order.trail_bips and not standing.order.trail:
            standing.working_since = event[1]
        self._tell(standing, Change.NEW, event[1])

    def _rested(self, standing: Standing, event: Event) -> None:
        standing.handle = event[4]

    def _filled(self, standing: Standing, event: Event) -> None:
        if standing.stage is not Stage.FILLED:
            standing.stage = Stage.FILLED
            self._mend_last(standing)
        self._end(standing)

    def _mend_last(self, standing: Standing) -> None:
        """Only behind the last trade of an order by amount is it known that it was the last."""
        for place in range(len(self.told) - 1, -1, -1):
            told = self.told[place]
            if isinstance(told, OrderChanged) and told.order.order_id == standing.order_id:
                state = standing.state(self.all[standing.member].account)
                self.told[place] = msgspec.structs.replace(told, order=state)
                return

    def _gone(self, standing: Standing, event: Event) -> None:
        reason = Reason(event[16])
        standing.updated = event[1]
        if reason in _ASKED:
            standing.stage, change = Stage.CANCELED, Change.CANCELED
        else:
            standing.stage = Stage.EXPIRED_IN_MATCH if reason is Reason.SELF_TRADE else Stage.EXPIRED
            standing.expiry, change = _WHY_EXPIRED.get(reason, reason.name.lower()), Change.EXPIRED
        self._end(standing)
        self._tell(standing, change, event[1], request=self._request if change is Change.CANCELED else "")

    def _amended(self, standing: Standing, event: Event) -> None:
        standing.updated = event[1]
        self._tell(standing, Change.REPLACED, event[1], request=self._request)

    def _triggered(self, standing: Standing, event: Event) -> None:
        standing.triggered = True
        standing.updated = standing.working_since = event[1]
        self._tell(standing, Change.TRIGGERED, event[1])

    def _end(self, standing: Standing) -> None:
        if self.live.pop(standing.order_id, None) is not None:
            self.all[standing.member].end(standing)

    # -- what is told of it --------------------------------------------------------------------------------------------

    def _tell(
        self, standing: Standing, change: Change, ts: int, execution: Execution | None = None, request: str = ""
    ) -> None:
        self.changes += 1
        state = standing.state(self.all[standing.member].account)
        self.told.append(
            OrderChanged(id=self.changes, change=change, order=state, execution=execution, request_id=request, ts=ts)
        )
        self._touched[standing.member, standing.symbol] = None

    def _touch(self, member: int, what: int) -> None:
        """`what` is a symbol, or the complement of a currency."""
        self._touched[member, what] = None

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
            held = [self._held(member, money) for money in dict.fromkeys(moneys) if self._moved(member, money)]
            if held:
                self.told.append(BalancesChanged(account=member.account, held=tuple(held), ts=ts))

    def _moved(self, member: Member, money: int) -> bool:
        found = self._core.balance(member.owners[self._desks[money]], money)
        if member.known.get(money, (0, 0)) == found:
            return False
        member.known[money] = found
        return True

    def _held(self, member: Member, money: int) -> Held:
        free, locked = self._core.balance(member.owners[self._desks[money]], money)
        return Held(asset=self._names[money], free=free, locked=locked)

    def held(self, member: Member) -> list[Held]:
        """All assets of a member."""
        return [self._held(member, money) for money in range(len(self._names))]

    def free(self, member: Member, money: int) -> int:
        """What a member may spend of a currency."""
        return self._core.balance(member.owners[self._desks[money]], money)[0]

    def forget(self) -> None:
        """Nobody is to be told of what was done."""
        self.settle(0)
        self.told.clear()

    # -- snapshots -----------------------------------------------------------------------------------------------------

    def keep(self) -> bytes:
        """All members for a snapshot."""
        members = [member.keep() for member in self.all]
        kept = Kept(next_number=self.next_number, changes=self.changes, chart=self.chart.keep(), members=members)
        return _KEEPER.encode(kept)

    def load(self, data: bytes) -> None:
        """Goes on from what `keep` gave. Raises msgspec.MsgspecError for other bytes."""
        if not data:
            return
        kept = msgspec.msgpack.decode(data, type=Kept)
        self.next_number, self.changes = kept.next_number, kept.changes
        self.chart.load(kept.chart)
        for found in kept.members:
            member = self._admit(found.account, found.owners)
            member.load(found)
            self.live.update({order.order_id: order for order in member.all_open()})
            for money in range(len(self._names)):
                member.known[money] = self._core.balance(member.owners[self._desks[money]], money)
