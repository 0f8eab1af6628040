"""The risk center as a component of a desk: it answers every order before anything may leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from parrot.centers.risk.breakers import Losses, trip
from parrot.centers.risk.checks import Approval, Checks, Stopped, Survey
from parrot.centers.risk.holdings import Holdings
from parrot.centers.risk.hours import DAY_NS
from parrot.centers.risk.limits import read_limits
from parrot.centers.risk.market import Market
from parrot.centers.risk.orders import Order
from parrot.centers.risk.rules import over
from parrot.centers.risk.settings import Settings
from parrot.centers.risk.sight import Sight
from parrot.centers.risk.switch import Switch, is_person, is_scope
from parrot.centers.risk.tree import Owner, Tree
from parrot.centers.risk.trial import on_trial
from parrot.centers.risk.usage import Row, usage
from parrot.centers.risk.wording import Refusal
from parrot.contracts import records
from parrot.contracts.commands import PAUSE, Beat, EngageKill, Quoted, RearmKill, SetLimits, SubmitOrder
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.kernel.decimals import exactly
from parrot.kernel.errors import InputError, ParameterError


class Risk:
    """The tree of limits, reservations, the kill switch and the breakers of one desk.

    An order is checked and, in the same transaction, reserved: the record of the approval is what sets aside, and no
    other order is looked at between the two. Amounts are exact decimals, times ns UTC.
    """

    name = "risk"

    def __init__(self, listings: Iterable[Listing], settings: Settings) -> None:
        self._tree = Tree()
        self._market = Market(listings, settings.currency, settings.allowance)
        self._switch = Switch()
        self._losses = Losses(self._tree, self._market)
        self._holdings = Holdings(self._tree, self._market, settings)
        self._checks = Checks(self._tree, self._holdings, self._switch, self._losses, settings)
        self.sight = Sight(
            self._tree, self._holdings, self._losses, account=settings.account, currency=settings.currency
        )
        self._failed_owner: Owner | None = None  # of the refusal that was folded last, for the answer to it

    @property
    def receives(self) -> Mapping[type, Callable[[Any, int], Iterable[Any]]]:
        """Commands about limits and the kill switch, quotes, and time."""
        return {
            SetLimits: self._set_limits,
            EngageKill: self._engage,
            RearmKill: self._rearm,
            Quoted: self._quote,
            Beat: self._beat,
        }

    @property
    def answers(self) -> Mapping[type, Callable[[Entry, int], Iterable[Any]]]:
        """Orders and changes of orders that wait for an approval, and what latches breakers."""
        return {
            records.OrderReceived: self._answer_received,
            records.OrderTriggered: self._answer_triggered,
            records.ReplaceReceived: self._answer_replace,
            records.OrderRefused: self._answer_refusal,
            records.OrderRejected: self._answer_refusal,
            records.KillRearmed: self._answer_rearmed,
        }

    @property
    def follows(self) -> Mapping[type, Callable[[Entry], None]]:
        """All that changes what is open, held, owned, limited or stopped."""
        return {
            records.OrderReceived: self._received,
            records.OrderApproved: self._approved,
            records.OrderHeld: self._held,
            records.OrderTriggered: self._triggered,
            records.OrderFilled: self._filled,
            records.OrderRefused: self._failed,
            records.OrderRejected: self._failed,
            records.OrderCanceled: self._ended,
            records.OrderExpired: self._ended,
            records.CancelSent: self._cancel_sent,
            records.CancelRefused: self._cancel_refused,
            records.ReplaceApproved: self._replace_approved,
            records.ReplaceSent: self._replace_sent,
            records.OrderReplaced: self._replaced,
            records.LimitsSet: self._limits_set,
            records.KillEngaged: lambda entry: self._switch.engage(entry.record, entry.ts),
            records.KillRearmed: lambda entry: self._switch.rearm(entry.record),
            records.BreakerTripped: lambda entry: self._switch.trip(entry.record, entry.ts),
            records.LossesMarked: lambda entry: self._losses.follow(entry.record, entry.ts),
            records.ReduceOnlySet: self._reduce_only_set,
            records.ExternalSeen: self._external_seen,
            records.LedgerPosted: self._posted,
            records.StrategyRegistered: self._registered,
        }

    def limits(self) -> dict[str, dict[str, str]]:
        """The limits in force, by scope and rule, as they were approved."""
        limits = self._tree.limits.items()
        return {scope: {rule: limit.text for rule, limit in by_rule.items()} for scope, by_rule in limits}

    @exactly
    def usage(self) -> list[Row]:
        """One row a limit, with how much of it is used."""
        return usage(self._tree, self._market, self._losses)

    @exactly
    def preview(self, asked: SubmitOrder, now: int) -> Survey:
        """What every gate would say of an order at `now` (ns UTC): a question that changes nothing at all."""
        if asked.symbol not in self._market.listings:
            return Survey((), refusal=Refusal(*_unlisted(asked.symbol)))
        with on_trial(self._tree, self._holdings, asked) as order:
            self._note_message(order, now)
            return self._checks.survey(order, now)

    def paused(self, scope: str) -> bool:
        """Whether a scope is stopped by a pause and by nothing else."""
        return self._switch.paused(scope)

    def stopped(self) -> dict[str, str]:
        """What is stopped, with the reason: by a kill, by a breaker, or only allowed to shrink after a mismatch."""
        mismatches = {f"account:{name}": f"reduce-only: {why}" for name, why in self._checks.only_shrinking.items()}
        return mismatches | self._switch.reasons()

    def stopped_since(self) -> dict[str, int]:
        """When each scope was stopped by a kill or a breaker, ns UTC; 0 where that is not known."""
        return dict(self._switch.since)

    def state(self) -> dict[str, Any]:
        """Durable state; what orders set aside follows from the orders."""
        return {
            "tree": self._tree.state(),
            "holdings": self._holdings.state(),
            "switch": self._switch.state(),
            "losses": self._losses.state(),
            "repeats": self._checks.repeats.state(),
            "only_shrinking": dict(self._checks.only_shrinking),
            "modes": dict(self._checks.modes),
        }

    @exactly
    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of replaying every record up to a snapshot."""
        self._tree.load(state["tree"])
        self._holdings.load(state["holdings"])
        self._switch.load(state["switch"])
        self._losses.load(state["losses"])
        self._checks.repeats.load(state["repeats"])
        self._checks.only_shrinking.update(state["only_shrinking"])
        self._checks.modes.update(state["modes"])

    # -- messages from outside -------------------------------------------------------------------------------------

    def _set_limits(self, command: SetLimits, now: int) -> Iterable[Any]:
        try:
            if not is_person(command.approver):
                raise ParameterError("limits need an approver", expected="the name of a person")
            read_limits(command.scope, command.limits)
        except InputError as fault:
            return [_refused(command, str(fault), command.approver)]
        version = self._tree.version(command.scope) + 1
        return [
            records.LimitsSet(
                scope=command.scope, version=version, limits=dict(command.limits), approver=command.approver
            )
        ]

    def _engage(self, command: EngageKill, now: int) -> Iterable[Any]:
        if not is_scope(command.scope):
            fault = f"there is no scope {command.scope[:60]!r}; all, or strategy:, symbol:, account:, user: and a name"
            return [_refused(command, fault, command.by)]
        if self._switch.covers(command):
            return ()
        return [
            records.KillEngaged(
                scope=command.scope,
                by=command.by,
                source=command.source,
                reason=command.reason,
                flatten=command.flatten,
            )
        ]

    def _rearm(self, command: RearmKill, now: int) -> Iterable[Any]:
        if not is_person(command.by):
            return [_refused(command, "only a person re-arms: name one", command.by)]
        if not self._switch.latched(command.scope):
            latched = ", ".join(self._switch.scopes()) or "nothing"
            return [_refused(command, f"{command.scope[:60]!r} is not stopped; stopped is {latched}", command.by)]
        if command.source == PAUSE and not self._switch.paused(command.scope):
            return [_refused(command, f"{command.scope[:60]!r} is held by more than a pause", command.by)]
        return [records.KillRearmed(scope=command.scope, by=command.by, reason=command.reason)]

    @exactly
    def _quote(self, quote: Quoted, now: int) -> Iterable[Any]:
        self._market.take(quote)
        return ()

    @exactly
    def _beat(self, beat: Beat, now: int) -> Iterable[Any]:
        return list(self._losses.beat(now, self._switch))

    # -- decisions -------------------------------------------------------------------------------------------------

    @exactly
    def _answer_received(self, entry: Entry, now: int) -> Iterable[Any]:
        order = self._holdings.orders.get(entry.seq)
        if order is not None:
            return self._decide(order, now)
        if entry.record.fault:
            return ()
        return [_order_refused(entry.seq, Stopped.of(*_unlisted(entry.record.order.symbol)))]

    @exactly
    def _answer_triggered(self, entry: Entry, now: int) -> Iterable[Any]:
        order = self._holdings.orders.get(entry.record.order_id)
        return () if order is None else self._decide(order, now)

    def _decide(self, order: Order, now: int) -> list[Any]:
        try:
            approval = self._checks.decide(order, now)
        except Stopped as stopped:
            return [*self._breaker(stopped), _order_refused(order.id, stopped)]
        return [_order_approved(order.id, approval)]

    def _breaker(self, stopped: Stopped) -> Iterable[Any]:
        if stopped.limit is None or stopped.limit.rule not in {"rate_breaker", "daily_loss", "drawdown"}:
            return ()
        return trip(self._switch, stopped.limit, stopped.refusal.actual)

    @exactly
    def _answer_replace(self, entry: Entry, now: int) -> Iterable[Any]:
        asked: records.ReplaceReceived = entry.record
        order = self._holdings.orders.get(asked.order_id)
        if order is None:
            return ()
        try:
            approval = self._checks.decide_change(order, now, asked.quantity, asked.limit)
        except Stopped as stopped:
            rule, scope, limit, actual = stopped.refusal
            refused = records.ReplaceRefused(
                order_id=order.id, rule=rule, scope=scope, limit=limit, actual=actual, text=stopped.refusal.text()
            )
            return [*self._breaker(stopped), refused]
        return [
            records.ReplaceApproved(
                order_id=order.id,
                quantity=approval.quantity,
                limit=asked.limit,
                price=approval.price,
                reserved=approval.reserved,
                currency=approval.currency,
                gates=approval.gates,
            )
        ]

    def _answer_refusal(self, entry: Entry, now: int) -> Iterable[Any]:
        if self._failed_owner is None:
            return ()
        return [
            tripped
            for node, limit in self._tree.path(self._failed_owner).limits.get("refusal_breaker", ())
            if over(node.recent["refusal_breaker"], limit.value, now)
            for tripped in trip(self._switch, limit, f"{len(node.recent['refusal_breaker'])} refusals")
        ]

    @exactly
    def _answer_rearmed(self, entry: Entry, now: int) -> Iterable[Any]:
        return list(self._losses.begin_again(entry.record, now))

    # -- the fold --------------------------------------------------------------------------------------------------

    @exactly
    def _received(self, entry: Entry) -> None:
        record: records.OrderReceived = entry.record
        if record.fault or record.order.symbol not in self._market.listings:
            return
        order = self._holdings.receive(entry.seq, record.order, record.parent)
        self._note_message(order, entry.ts)

    def _note_message(self, order: Order, ts: int) -> None:
        for node in order.nodes:
            node.turn(ts // DAY_NS)
            node.day_orders += 1
            for rule in ("order_rate", "rate_breaker"):
                if rule in node.recent:
                    node.recent[rule].append(ts)

    @exactly
    def _approved(self, entry: Entry) -> None:
        order = self._holdings.orders.get(entry.record.order_id)
        if order is not None:
            if not order.approved and "duplicate_window" in self._tree.path(order.owner).limits:
                self._checks.repeats.follow(order, entry.ts)
            self._holdings.approve(order, entry.record.quantity, entry.record.price)

    @exactly
    def _held(self, entry: Entry) -> None:
        self._hold(entry.record.order_id, held=True)

    @exactly
    def _triggered(self, entry: Entry) -> None:
        self._hold(entry.record.order_id, held=False)

    def _hold(self, order_id: int, *, held: bool) -> None:
        order = self._holdings.orders.get(order_id)
        if order is not None:
            order.held = held
            self._holdings.refresh(order)

    @exactly
    def _filled(self, entry: Entry) -> None:
        record: records.OrderFilled = entry.record
        if record.fill.symbol not in self._market.listings:
            return
        self._holdings.fill(record.order_id, record.fill)
        order = self._holdings.orders.get(record.order_id)
        if order is None:
            return
        order.filled = record.filled
        if record.left > 0:
            self._holdings.refresh(order)
        else:
            self._holdings.end(order)

    @exactly
    def _failed(self, entry: Entry) -> None:
        self._failed_owner = owner = self._holdings.owner(entry.record.order_id)
        if owner is not None:
            for node in self._tree.path(owner).nodes:
                if "refusal_breaker" in node.recent:
                    node.recent["refusal_breaker"].append(entry.ts)
        self._end(entry.record.order_id)

    @exactly
    def _ended(self, entry: Entry) -> None:
        self._end(entry.record.order_id)

    def _end(self, order_id: int) -> None:
        order = self._holdings.orders.get(order_id)
        if order is not None:
            self._holdings.end(order)

    def _cancel_sent(self, entry: Entry) -> None:
        order = self._holdings.orders.get(entry.record.order_id)
        if order is not None:
            order.withdrawing = True

    @exactly
    def _cancel_refused(self, entry: Entry) -> None:
        order = self._holdings.orders.get(entry.record.order_id)
        if order is None:
            return
        if (
            order.withdrawing
        ):  # it may have been the cancel: what a change wants stays set aside until there is evidence
            order.withdrawing = False
        else:
            self._change(order, None, None)

    @exactly
    def _replace_approved(self, entry: Entry) -> None:
        order = self._holdings.orders.get(entry.record.order_id)
        if order is not None:
            self._change(order, entry.record.quantity, entry.record.price)
            self._note_message(order, entry.ts)

    @exactly
    def _replace_sent(self, entry: Entry) -> None:
        order = self._holdings.orders.get(entry.record.order_id)
        if order is not None:
            self._change(order, max(order.larger or order.quantity, entry.record.quantity), order.dearer)

    @exactly
    def _replaced(self, entry: Entry) -> None:
        order = self._holdings.orders.get(entry.record.order_id)
        if order is None:
            return
        record: records.OrderReplaced = entry.record
        order.quantity = record.quantity
        order.limit = record.limit if record.limit is not None else order.limit
        order.price = order.price if order.dearer is None else order.dearer
        self._change(order, None, None)

    def _change(self, order: Order, larger: Any, dearer: Any) -> None:
        order.larger, order.dearer = larger, dearer
        if order.left() > 0:
            self._holdings.refresh(order)
        else:
            self._holdings.end(order)

    @exactly
    def _limits_set(self, entry: Entry) -> None:
        self._tree.set(entry.record)

    def _reduce_only_set(self, entry: Entry) -> None:
        if entry.record.on:
            self._checks.only_shrinking[entry.record.account] = entry.record.why
        else:
            self._checks.only_shrinking.pop(entry.record.account, None)

    @exactly
    def _external_seen(self, entry: Entry) -> None:
        self._holdings.see(entry.record)

    @exactly
    def _posted(self, entry: Entry) -> None:
        self._holdings.post(entry.record)

    def _registered(self, entry: Entry) -> None:
        self._checks.modes[entry.record.strategy] = entry.record.mode


def _unlisted(symbol: str) -> tuple[str, str, str, str]:
    return "instruments", f"symbol:{symbol[:60]}", "what the venue lists", symbol[:60]


def _order_approved(order_id: int, approval: Approval) -> records.OrderApproved:
    return records.OrderApproved(
        order_id=order_id,
        quantity=approval.quantity,
        price=approval.price,
        reserved=approval.reserved,
        currency=approval.currency,
        reduces=approval.reduces,
        gates=approval.gates,
    )


def _order_refused(order_id: int, stopped: Stopped) -> records.OrderRefused:
    rule, scope, limit, actual = stopped.refusal
    return records.OrderRefused(
        order_id=order_id, rule=rule, scope=scope, limit=limit, actual=actual, text=stopped.refusal.text()
    )


def _refused(command: Any, text: str, user: str) -> records.CommandRefused:
    return records.CommandRefused(command=type(command).__name__, text=text, user=user)
