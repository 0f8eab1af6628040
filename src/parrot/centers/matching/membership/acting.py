"""What members ask for, carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from parrot.centers.matching import operations
from parrot.centers.matching.membership.entrance import Entrance
from parrot.centers.matching.membership.fields import trails
from parrot.centers.matching.membership.ledger import Ledger
from parrot.centers.matching.membership.lists import Lists
from parrot.centers.matching.membership.sleeping import Sleeping
from parrot.centers.matching.membership.standing import Standing
from parrot.centers.matching.opening import TIERS
from parrot.contracts.exchange import Change, Deposited, SessionChanged, Stage
from parrot.engine.matching import CommandKind, Phase

PHASES: Final = {phase: phase.name.lower() for phase in Phase}


class Acting:
    """Carries out operations; below zero is minus the Reason of a refusal, and nothing has changed."""

    def __init__(self, ledger: Ledger, entrance: Entrance, lists: Lists, sleeping: Sleeping) -> None:
        self._ledger = ledger
        self._entrance = entrance
        self._lists = lists
        self._sleeping = sleeping
        self._acts: dict[type, Callable[[Any], int]] = {
            operations.Opened: self._open,
            operations.Deposit: self._deposit,
            operations.Reserved: self._reserve,
            operations.Settled: self._settle,
            operations.Sent: self._send,
            operations.Succeeded: self._succeed,
            operations.Listed: self._list,
            operations.Withdrew: self._withdraw,
            operations.Amended: self._amend,
            operations.Rang: self._ring,
            operations.Referred: self._refer,
        }

    def carry_out(self, operation: operations.Act) -> int:
        """Does an operation."""
        return self._acts[type(operation)](operation)

    def _open(self, operation: operations.Opened) -> int:
        ledger, name = self._ledger, f"@{operation.account}"
        owners = [ledger.exchange.add_account(name, tier=TIERS[0]).number]
        if any(ledger.desks):
            owners.append(ledger.exchange.add_account(f"${operation.account}", tier=TIERS[1]).number)
        ledger.admit(operation.account, (owners[0], owners[-1]))
        return 0

    def _deposit(self, operation: operations.Deposit) -> int:
        ledger, amount = self._ledger, operation.amount
        member, money = ledger.all[operation.member], ledger.names.index(operation.asset)
        kind = CommandKind.DEPOSIT if amount > 0 else CommandKind.WITHDRAW
        code = ledger.command(kind, owner=member.owners[ledger.desks[money]], symbol=money, quantity=abs(amount))
        if code >= 0:
            if operation.ref:
                member.booked[operation.ref] = None
            told = Deposited(account=member.account, asset=operation.asset, amount=amount, ts=operation.ts)
            ledger.told.append(told)
            ledger.touch(member.number, money)
        return code

    def _reserve(self, operation: operations.Reserved) -> int:
        ledger, amount = self._ledger, operation.amount
        member, money = ledger.all[operation.member], ledger.names.index(operation.asset)
        owner = member.owners[ledger.desks[money]]
        code = ledger.command(CommandKind.WITHDRAW, owner=owner, symbol=money, quantity=amount)
        if code >= 0:
            member.set_aside(operation.ref, money, amount)
            ledger.touch(member.number, money)
        return code

    def _settle(self, operation: operations.Settled) -> int:
        ledger = self._ledger
        member = ledger.all[operation.member]
        money, amount = member.give_back(operation.ref)
        if operation.paid:
            member.booked[operation.ref] = None
            asset = ledger.names[money]
            ledger.told.append(Deposited(account=member.account, asset=asset, amount=-amount, ts=operation.ts))
        else:
            owner = member.owners[ledger.desks[money]]
            ledger.command(CommandKind.DEPOSIT, owner=owner, symbol=money, quantity=amount)
        ledger.touch(member.number, money)
        return 0

    def _send(self, operation: operations.Sent) -> int:
        order = operation.order
        standing = self._entrance.standing(operation.number, operation.member, order, operation.client_id, operation.ts)
        sleeps = order.trigger > 0 and trails(order)
        code = self._sleeping.enter(standing) if sleeps else self._entrance.send(standing, operation.fields)
        if code < 0:
            return code
        self._ledger.begin(operation.number)
        self._ledger.add(standing)
        if sleeps:
            self._ledger.accept(standing, operation.ts)
        return code

    def _succeed(self, operation: operations.Succeeded) -> int:
        """Cancels, then sends; `fields` and funds were looked at before, so that it cannot fail half way."""
        old = self._ledger.live[operation.old]
        code = self._ledger.core.cancel(old.handle, self._ledger.owner(old))
        if code < 0:
            return code
        ledger = self._ledger
        new = self._entrance.standing(
            operation.number, operation.member, operation.order, operation.client_id, operation.ts
        )
        code = self._entrance.send(new, operation.fields)
        ledger.begin(operation.number, operation.request_id)
        if code >= 0:
            ledger.successor, new.replaces = operation.number, operation.old
            ledger.add(new)
        return 0

    def _list(self, operation: operations.Listed) -> int:
        return self._lists.enter(operation)

    def _withdraw(self, operation: operations.Withdrew) -> int:
        ledger, asked = self._ledger, self._ledger.live[operation.number]
        target = self._lists.target(asked)
        if not target.handle:
            ledger.begin(0, operation.request_id)
            return self._wake_no_more(target, operation.ts)
        code = ledger.core.cancel(target.handle, ledger.owner(target))
        if code >= 0:
            ledger.begin(0, operation.request_id)
            ledger.cancelling = asked.list_id
        return code

    def _wake_no_more(self, standing: Standing, ts: int) -> int:
        self._sleeping.leave(standing)
        standing.stage, standing.updated = Stage.CANCELED, ts
        self._ledger.tell(standing, Change.CANCELED, ts, request=self._ledger.request)
        self._ledger.end(standing)
        return 0

    def _amend(self, operation: operations.Amended) -> int:
        ledger, standing = self._ledger, self._ledger.live[operation.number]
        terms = ledger.terms[standing.symbol]
        fields = operation.price, operation.quantity, operation.trigger, operation.stp
        code = ledger.core.amend(standing.handle, ledger.owner(standing), *fields)
        if code < 0:
            return code
        ledger.begin(operation.number, operation.request_id)
        standing.limit = operation.price * terms.price_scale or standing.limit
        if operation.quantity:
            standing.quantity = operation.quantity * terms.quantity_scale + standing.prevented
        if operation.trigger:
            standing.order = msgspec.structs.replace(standing.order, trigger=operation.trigger * terms.price_scale)
        standing.amends += 1
        if operation.request_id:
            ledger.all[standing.member].rename(standing, operation.request_id)
        return code

    def _ring(self, operation: operations.Rang) -> int:
        code = self._ledger.command(CommandKind.PHASE, symbol=operation.symbol, order=operation.phase)
        if code >= 0:
            phase = PHASES[Phase(operation.phase)]
            symbol = self._ledger.terms[operation.symbol].market.symbol
            self._ledger.told.append(SessionChanged(symbol=symbol, phase=phase, ts=operation.ts))
        if code >= 0 and operation.phase == Phase.CLOSED:
            for standing in self._sleeping.of_the_day(operation.symbol):
                self._sleeping.leave(standing)
                standing.stage, standing.expiry, standing.updated = Stage.EXPIRED, "session", operation.ts
                self._ledger.tell(standing, Change.EXPIRED, operation.ts)
                self._ledger.end(standing)
        return code

    def _refer(self, operation: operations.Referred) -> int:
        return self._ledger.command(CommandKind.REFERENCE, symbol=operation.symbol, price=operation.price)
