"""The execution center as a part of the desk: which message goes where."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from parrot.centers.execution import (
    algos,
    changes,
    costs,
    fence,
    fields,
    holding,
    kills,
    protection,
    reconcile,
    reports,
    sending,
)
from parrot.centers.execution.floor import Floor
from parrot.centers.execution.life import Pending, State
from parrot.centers.execution.order import Order
from parrot.centers.execution.questions import STATE
from parrot.centers.execution.settings import Settings
from parrot.contracts import commands, records, venue
from parrot.contracts.listing import Listing, VenueTerms
from parrot.contracts.message import Entry

Answers = Iterable[Any]


class Execution:
    """The life of every order of one account at one venue (ports.component.Component).

    `floor` is what all parts of this center look at, groups of orders among them.
    """

    name = "execution"

    def __init__(
        self, listings: Sequence[Listing], terms: VenueTerms, account: str, settings: Settings | None = None
    ) -> None:
        self.floor = Floor({listing.symbol: listing for listing in listings}, terms, settings or Settings())
        self.account = account
        self._orders = self.floor.orders
        self._chores = deque(
            (
                fence.overdue,
                fence.absent,
                holding.look_again,
                holding.on_beat,
                holding.expire,
                algos.on_beat,
                protection.guard_all,
                kills.flatten,
            )
        )
        self.receives: Mapping[type, Callable[[Any, int], Answers]] = {
            **self._commands(),
            **self._reports(),
            commands.Quoted: self._quoted,
            commands.Beat: self._beat,
        }
        self.answers: Mapping[type, Callable[[Entry, int], Answers]] = self._answers()
        self.follows: Mapping[type, Callable[[Entry], None]] = self._orders.fold

    def order(self, order_id: int) -> Order | None:
        """One order as it stands, None where it is unknown or long forgotten."""
        return self._orders.get(order_id)

    @property
    def ready(self) -> bool:
        """Whether orders may leave: the line stands, and the venue's state was compared since the desk was opened."""
        return self.floor.ready

    def open_orders(self) -> list[Order]:
        """All orders that have not ended, oldest first."""
        return list(self._orders.open.values())

    def fault(self, order: commands.SubmitOrder, now: int) -> fields.Fault | None:
        """What is wrong with the fields of an order that is thought of; None when they are fine."""
        return fields.text_fault(order) or self._fault(order, now)

    def state(self) -> dict[str, Any]:
        """Durable state as plain values."""
        return self._orders.state()

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of replaying every record up to a snapshot."""
        self._orders.load(state)

    def _commands(self) -> dict[type, Callable[[Any, int], Answers]]:
        return {
            commands.OpenDesk: self._open,
            commands.CloseDesk: self._close,
            commands.SubmitOrder: self._submit,
            commands.CancelOrder: self._with(changes.cancel_one),
            commands.CancelAll: self._with(changes.cancel_all),
            commands.AmendOrder: self._with(changes.amend),
            commands.AdoptVenue: self._adopt,
            commands.StopStrategy: self._with(kills.stop_strategy),
        }

    def _reports(self) -> dict[type, Callable[[Any, int], Answers]]:
        return {
            venue.Accepted: self._with(reports.accepted),
            venue.Rejected: self._with(reports.rejected),
            venue.Filled: self._with(reports.filled),
            venue.Withdrawn: self._with(reports.withdrawn),
            venue.Replaced: self._with(reports.replaced),
            venue.CancelFailed: self._with(reports.cancel_failed),
            venue.Unanswered: self._with(reports.unanswered),
            venue.Found: self._with(reports.found),
            venue.NotFound: self._with(fence.not_found),
            venue.VenueState: self._compare,
            venue.LineLost: self._line_lost,
            venue.LineBack: self._line_back,
        }

    def _answers(self) -> dict[type, Callable[[Entry, int], Answers]]:
        return {
            records.OrderReceived: self._after_received,
            records.OrderHeld: self._after_held,
            records.OrderSent: self._after_sent,
            records.ReplaceSent: self._after_sent,
            records.CancelSent: self._after_cancel_sent,
            records.OrderReplaced: self._after_change,
            records.CancelRefused: self._after_change,
            records.OrderApproved: self._on_order(sending.leave, State.APPROVED),
            records.OrderMissing: self._on_order(fence.after_absence, State.APPROVED),
            records.OrderAccepted: self._after_accepted,
            records.ReplaceApproved: self._after_replace_approved,
            records.OrderFilled: self._after_filled,
            records.OrderCanceled: self._after_end,
            records.OrderExpired: self._after_end,
            records.OrderRejected: self._after_end,
            records.OrderRefused: self._after_end,
            records.Reconciled: self._after_reconciled,
            records.KillEngaged: self._after_kill,
            records.BreakerTripped: self._after_kill,
            records.StrategyStopped: self._after_stop,
        }

    def _with(self, rule: Callable[[Floor, Any, int], Answers]) -> Callable[[Any, int], Answers]:
        return lambda message, now: rule(self.floor, message, now)

    def _on_order(self, rule: Callable[[Floor, Order, int], Answers], state: State) -> Callable[[Entry, int], Answers]:
        def answer(entry: Entry, now: int) -> Answers:
            order = self._orders.get(entry.record.order_id)
            return rule(self.floor, order, now) if order is not None and order.state is state else ()

        return answer

    def _open(self, command: commands.OpenDesk, now: int) -> Iterator[Any]:
        yield records.DeskOpened(
            account=command.account,
            epoch=self._orders.epoch + 1,
            build=command.build,
            schema=command.schema,
            config=command.config,
            clean=self._orders.clean,
        )
        for order in self._orders.open.values():
            yield from fence.doubt(self.floor, order, "the desk was opened anew")
            if order.state in (State.NEW, State.APPROVED, State.TRIGGERED):
                yield records.OrderCanceled(order_id=order.id, by="desk", reason="the desk stopped before it was sent")
        self.floor.reconciled = False
        self.floor.state_wanted = True
        self.floor.questions.forget(STATE)
        yield from reconcile.ask(self.floor, now)

    def _close(self, command: commands.CloseDesk, now: int) -> Iterator[Any]:
        yield records.DeskClosed(reason=command.reason)

    def _submit(self, order: commands.SubmitOrder, now: int) -> Iterator[Any]:
        if fault := fields.text_fault(order):
            yield records.CommandRefused(command="SubmitOrder", text=fault.text, user=order.user[:200])
            return
        known = self._orders.of_key(order.strategy, order.key)
        if known is None:
            found = self._fault(order, now)
            yield records.OrderReceived(order=order, fault=found.text if found else "")
        elif known.asked != order:
            text = (
                f"key {order.key!r} of {order.strategy!r} belongs to order {known.id}, which is another one; "
                "expected: a key that was not used; fix: count keys up"
            )
            yield records.CommandRefused(command="SubmitOrder", text=text, user=order.user)

    def _fault(self, order: commands.SubmitOrder, now: int) -> fields.Fault | None:
        return fields.field_fault(
            order,
            listing=self.floor.listings.get(order.symbol),
            account=self.account,
            price=self.floor.last(order.symbol),
            now=now,
            dust=self.floor.terms.dust,
        )

    def _adopt(self, command: commands.AdoptVenue, now: int) -> Iterator[Any]:
        if self._orders.reduce_only:
            yield records.ReduceOnlySet(account=command.account, on=False, why=command.reason, by=command.by)

    def _compare(self, state: venue.VenueState, now: int) -> Answers:
        return reconcile.compare(self.floor, state, now)

    def _line_lost(self, report: venue.LineLost, now: int) -> Iterator[Any]:
        floor = self.floor
        if floor.line_up:
            floor.line_up = floor.reconciled = False
            yield records.LineChanged(venue=report.venue, up=False, reason=report.reason)
        for order in list(self._orders.unsettled.values()):
            yield from fence.doubt(floor, order, report.reason)

    def _line_back(self, report: venue.LineBack, now: int) -> Iterator[Any]:
        floor = self.floor
        if not floor.line_up:
            floor.line_up = True
            yield records.LineChanged(venue=report.venue, up=True, reason="")
        floor.state_wanted = True
        floor.questions.forget(STATE)
        yield from reconcile.ask(floor, now)

    def _quoted(self, quote: commands.Quoted, now: int) -> Answers:
        self.floor.quotes[quote.symbol] = quote
        self.floor.volumes.look(quote)
        return holding.on_quote(self.floor, quote, now)

    def _beat(self, beat: commands.Beat, now: int) -> list[Any]:
        """One kind of work a beat: what follows from it is folded before the next kind is looked at."""
        floor = self.floor
        if floor.closing:
            floor.state_wanted = True
        asked = list(reconcile.ask(floor, now))
        for _ in range(len(self._chores)):
            self._chores.rotate(-1)
            if found := list(self._chores[-1](floor, now)):
                return asked + found
        return asked

    def _after_received(self, entry: Entry, now: int) -> Iterator[Any]:
        record: records.OrderReceived = entry.record
        if record.fault:
            fault = self._fault(record.order, now)
            yield records.OrderRefused(
                order_id=entry.seq,
                rule="fields",
                scope=fault.field if fault else "",
                limit=fault.expected if fault else "",
                actual=fault.actual if fault else "",
                text=record.fault,
            )

    def _after_held(self, entry: Entry, now: int) -> Iterator[Any]:
        order = self._orders.get(entry.record.order_id)
        if order is None or order.state is not State.HELD:
            return
        if order.worked:
            yield from algos.begin(self.floor, order, now)
        elif order.waits_for == "room":
            yield from _first(holding.make_way(self.floor, order, now), protection.guard(self.floor, order.book, now))
        elif order.protective:
            yield from protection.guard(self.floor, order.book, now)

    def _after_sent(self, entry: Entry, now: int) -> Answers:
        order = self._orders.get(entry.record.order_id)
        return protection.guard(self.floor, order.book, now) if order is not None and order.protective else ()

    def _after_cancel_sent(self, entry: Entry, now: int) -> Answers:
        order = self._orders.get(entry.record.order_id)
        if order is not None and order.worked:
            return algos.go_on(self.floor, order, now)
        return self._after_sent(entry, now)

    def _after_change(self, entry: Entry, now: int) -> Iterator[Any]:
        order = self._orders.get(entry.record.order_id)
        if order is None or order.ended:
            return
        if order.out and order.filled >= order.most:
            # Filled whole in the old size while a change was under way: no report says so any more.
            self.floor.absent.add(order.id)
            return
        yield from _first(holding.on_end(self.floor, order, now), protection.guard(self.floor, order.book, now))

    def _after_accepted(self, entry: Entry, now: int) -> Iterator[Any]:
        order = self._orders.get(entry.record.order_id)
        if order is None:
            return
        if order.gone_wrong:
            yield from reports.cancel_again(order, now)
        elif order.protective:
            yield from protection.guard(self.floor, order.book, now)

    def _after_replace_approved(self, entry: Entry, now: int) -> Answers:
        order = self._orders.get(entry.record.order_id)
        if order is None or order.ended or order.cancel is not Pending.NONE:
            return ()
        return changes.replace(order, entry.record.quantity, limit=entry.record.limit, now=now)

    def _after_filled(self, entry: Entry, now: int) -> Iterator[Any]:
        order = self._orders.get(entry.record.order_id)
        if order is not None:
            ended = order.ended and not entry.record.late
            if ended:
                yield from self._measure(order)
            yield from _first(
                holding.on_fill(self.floor, order, now),
                self._way_clear(order, now) if ended else (),
                protection.guard(self.floor, order.book, now),
            )

    def _after_end(self, entry: Entry, now: int) -> Iterator[Any]:
        order = self._orders.get(entry.record.order_id)
        if order is not None:
            yield from self._measure(order)
            yield from _first(self._way_clear(order, now), protection.guard(self.floor, order.book, now))

    def _measure(self, order: Order) -> Answers:
        self.floor.forget(order)
        return costs.measure(self.floor, order)

    def _way_clear(self, order: Order, now: int) -> Answers:
        """What an end lets others do: its algo goes on, or one that waited leaves."""
        parent = self._orders.get(order.parent)
        if parent is not None and parent.worked and parent.state is State.HELD:
            return algos.go_on(self.floor, parent, now)
        return holding.on_end(self.floor, order, now)

    def _after_reconciled(self, entry: Entry, now: int) -> Iterator[Any]:
        if not self.floor.reconciled:
            self.floor.reconciled = True
            yield from _first(holding.on_ready(self.floor, now), protection.guard_all(self.floor, now))

    def _after_kill(self, entry: Entry, now: int) -> Answers:
        return kills.engaged(self.floor, entry, now)

    def _after_stop(self, entry: Entry, now: int) -> Answers:
        found = [order for order in self._orders.open.values() if order.asked.strategy == entry.record.strategy]
        return changes.cancel_many(self.floor, found, f"strategy stopped: {entry.record.reason}", now=now)


def _first(*choices: Answers) -> list[Any]:
    # The others are looked at again behind it, or at the next beat, when they see what it has changed.
    for choice in choices:
        if found := list(choice):
            return found
    return []
