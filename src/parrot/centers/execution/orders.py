"""All orders of an account: the fold of the journal's records into what execution decides with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from parrot.centers.execution.life import PENDING, Change, Event, Pending, State
from parrot.centers.execution.order import Order
from parrot.centers.execution.scopes import Kills
from parrot.contracts import records
from parrot.contracts.commands import SubmitOrder
from parrot.contracts.listing import Listing
from parrot.contracts.message import Entry
from parrot.kernel.decimals import ZERO, add, multiply, subtract


class Orders:
    """Durable state: nothing but `fold` changes it. An event that the table forbids is counted and changes nothing."""

    def __init__(self, listings: Mapping[str, Listing], *, kept: int) -> None:
        self._listings = listings
        self._kept = kept
        self.account = ""
        self.epoch = 0
        self.clean = True
        self.trades = 0
        self.illegal = 0
        self.reduce_only = ""
        self.kills = Kills()
        self.externals: dict[str, str] = {}
        self.held: dict[str, dict[str, Decimal]] = {}
        self.entries: dict[tuple[str, str], dict[int, None]] = {}
        self.by_id: dict[int, Order] = {}
        self._ended: dict[int, None] = {}
        self._clear()
        self.fold: Mapping[type, Callable[[Entry], None]] = self._folds()

    def _clear(self) -> None:
        self.open: dict[int, Order] = {}
        self.unsettled: dict[int, Order] = {}
        self.books: dict[tuple[str, str], dict[int, Order]] = {}
        self.waiting: dict[str, dict[int, Order]] = {}
        self.algos: dict[int, Order] = {}
        self.by_key: dict[tuple[str, str], int] = {}
        self.by_client: dict[str, int] = {}

    def _folds(self) -> dict[type, Callable[[Entry], None]]:
        return {
            records.DeskOpened: self._opened,
            records.DeskClosed: self._closed,
            records.OrderReceived: self._received,
            records.OrderHeld: self._held,
            records.OrderTriggered: self._triggered,
            records.OrderApproved: self._approved,
            records.OrderRefused: lambda entry: self._ends(entry, Event.REFUSE),
            records.OrderSent: self._sent,
            records.OrderAccepted: self._accepted,
            records.OrderRejected: lambda entry: self._ends(entry, Event.REJECT),
            records.OrderUnknown: self._unknown,
            records.OrderMissing: self._missing,
            records.OrderFilled: self._filled,
            records.CancelSent: self._cancel_sent,
            records.CancelRefused: self._change_refused,
            records.ReplaceSent: self._replace_sent,
            records.OrderReplaced: self._replaced,
            records.OrderCanceled: lambda entry: self._ends(entry, Event.CANCEL),
            records.OrderExpired: lambda entry: self._ends(entry, Event.EXPIRE),
            records.TaskMoved: self._task_moved,
            records.KillEngaged: lambda entry: self.kills.engage(entry),
            records.BreakerTripped: lambda entry: self.kills.engage(entry),
            records.KillRearmed: lambda entry: self.kills.rearm(entry.record.scope),
            records.Reconciled: self._reconciled,
            records.ReduceOnlySet: self._reduce_only_set,
            records.ExternalSeen: self._external_seen,
        }

    def get(self, order_id: int) -> Order | None:
        """The order, None where it never was or is long forgotten."""
        return self.by_id.get(order_id)

    def of_client(self, client_id: str) -> Order | None:
        """The order that has, or once had, this client id."""
        return self.by_id.get(self.by_client.get(client_id, 0))

    def of_key(self, strategy: str, key: str) -> Order | None:
        """The order of this caller's key."""
        return self.by_id.get(self.by_key.get((strategy, key), 0))

    def position(self, strategy: str, symbol: str) -> Decimal:
        """The sum of the signed fills of one strategy in one symbol, less fees that were taken in its base."""
        return self.held.get(strategy, {}).get(symbol, ZERO)

    def net(self, symbol: str) -> Decimal:
        """The position of the whole account in one symbol."""
        return sum((book.get(symbol, ZERO) for book in self.held.values()), ZERO)

    def of_book(self, strategy: str, symbol: str) -> Iterator[Order]:
        """Open orders of one strategy in one symbol, oldest first."""
        return iter(self.books.get((strategy, symbol), {}).values())

    def entries_of(self, book: tuple[str, str]) -> list[Order]:
        """Orders that opened something which has protection and is not closed yet, oldest first."""
        return [self.by_id[order_id] for order_id in self.entries.get(book, ())]

    def _opened(self, entry: Entry) -> None:
        self.account, self.epoch, self.clean = entry.record.account, entry.record.epoch, False

    def _closed(self, _: Entry) -> None:
        self.clean = True

    def _received(self, entry: Entry) -> None:
        asked: SubmitOrder = entry.record.order
        order = Order(id=entry.seq, asked=asked, parent=entry.record.parent, received=entry.ts)
        if not entry.record.fault:
            order.quantity, order.limit, order.trigger = asked.quantity, asked.limit, asked.trigger
        self.by_id[order.id] = order
        self._enter(order)
        self.by_key[asked.strategy, asked.key] = order.id
        if parent := self.by_id.get(order.parent):
            parent.children.append(order.id)

    def _enter(self, order: Order) -> None:
        self.open[order.id] = self.books.setdefault(order.book, {})[order.id] = order
        if order.worked:
            self.algos[order.id] = order

    def _held(self, entry: Entry) -> None:
        if order := self._moved(entry, Event.HOLD):
            order.waits_for, order.held_since = entry.record.waits_for, entry.ts
            order.arrival = order.arrival or entry.record.arrival

    def _triggered(self, entry: Entry) -> None:
        if order := self._moved(entry, Event.TRIGGER):
            # Without a price nothing was reached: what it waited for has gone.
            order.fired = order.fired or (entry.record.price > 0 and order.waits_for in ("trigger", "group"))
            order.waits_for = ""

    def _approved(self, entry: Entry) -> None:
        if order := self._moved(entry, Event.APPROVE):
            order.quantity = min(order.quantity, entry.record.quantity)

    def _sent(self, entry: Entry) -> None:
        if order := self._moved(entry, Event.SEND):
            record: records.OrderSent = entry.record
            order.repeats = order.repeats + 1 if record.client_id == order.client_id else 0
            order.client_id, order.attempt, order.quantity = record.client_id, record.attempt, record.quantity
            order.limit, order.trigger, order.sent = record.limit, record.trigger, entry.ts
            order.first_sent = order.first_sent or entry.ts
            order.arrival = order.arrival or record.arrival
            order.fence = 0
            if record.client_id not in self.by_client:
                self.by_client[record.client_id] = order.id
                order.client_ids.append(record.client_id)

    def _accepted(self, entry: Entry) -> None:
        order = self._order(entry)
        # An order that was filled before the venue's word came keeps what its fills say.
        event = Event.FILL_PART if order and order.filled else Event.ACCEPT
        if order is not None and self._moved(entry, event):
            order.venue_id = entry.record.venue_id or order.venue_id
            order.accepted, order.fence = entry.ts, 0
            order.seen = order.seen or entry.record.venue_ts

    def _unknown(self, entry: Entry) -> None:
        record: records.OrderUnknown = entry.record
        if record.request == "place":
            if order := self._moved(entry, Event.DOUBT):
                order.fence = record.fence
        elif order := self._order(entry):
            if record.request == "cancel":
                order.cancel = PENDING[order.cancel][Change.DOUBT]
            else:
                order.replace = PENDING[order.replace][Change.DOUBT]
            self._index(order)

    def _missing(self, entry: Entry) -> None:
        if entry.record.proved and (order := self._moved(entry, Event.DISPROVE)):
            order.fence = 0

    def _filled(self, entry: Entry) -> None:
        order = self._order(entry)
        record: records.OrderFilled = entry.record
        if order is None or not self._moved(entry, Event.FILL_PART if record.left else Event.FILL_WHOLE):
            return
        fill = record.fill
        order.filled = record.filled
        order.seen = order.seen or fill.ts
        order.first_price = order.first_price or fill.price
        order.paid = add(order.paid, multiply(fill.price, fill.quantity))
        order.trades[trade_key(fill.client_id, fill.trade_id)] = fill.number
        order.venue_id = order.venue_id or fill.venue_id
        if fill.fee:
            order.fees[fill.fee_currency] = add(order.fees.get(fill.fee_currency, ZERO), fill.fee)
        if fill.number == self.trades + 1:
            self.trades = fill.number
        self._hold(order, fill.quantity, fee=fill.fee, currency=fill.fee_currency)
        self._close(order, fill.quantity)

    def _hold(self, order: Order, quantity: Decimal, *, fee: Decimal, currency: str) -> None:
        book = self.held.setdefault(order.asked.strategy, {})
        symbol = order.asked.symbol
        total = add(book.get(symbol, ZERO), quantity * order.sign)
        listing = self._listings.get(symbol)
        if listing is not None and currency == listing.base:
            total = subtract(total, fee)
        if total:
            book[symbol] = total
        else:
            book.pop(symbol, None)
        if not book:
            del self.held[order.asked.strategy]

    def _close(self, order: Order, quantity: Decimal) -> None:
        """Keeps what each order with protection still has open; what others close is taken from the oldest."""
        parent = self.by_id.get(order.parent)
        if parent is not None and (parent.worked or order.protective):
            parent.done = add(parent.done, quantity)
        if order.guarded:
            self.entries.setdefault(order.book, {})[order.id] = None
        held = self.position(*order.book)
        there = [(entry, entry.unguarded) for entry in self.entries_of(order.book)]
        spare = -abs(held)
        for entry, amount in there:
            spare = add(spare, amount if entry.sign * held > 0 else ZERO)
        for entry, amount in there:
            cut = min(amount, max(spare, ZERO)) if entry.sign * held > 0 else amount
            entry.done = add(entry.done, cut)
            spare = subtract(spare, cut if entry.sign * held > 0 else ZERO)
            self._leave_entries(entry)
        if parent is not None:
            self._leave_entries(parent)

    def _leave_entries(self, entry: Order) -> None:
        entries = self.entries.get(entry.book, {})
        if entry.id not in entries or any(child in self.open for child in entry.children):
            return
        if entry.ended and not entry.unguarded:
            del entries[entry.id]
            if not entries:
                del self.entries[entry.book]

    def _cancel_sent(self, entry: Entry) -> None:
        if order := self._order(entry):
            order.cancel, order.pending_since = PENDING[order.cancel][Change.ASK], entry.ts
            order.unwanted = entry.record.why or "asked for"
            self._index(order)

    def _change_refused(self, entry: Entry) -> None:
        if order := self._order(entry):
            # The venue does not say which one it refused: the cancel may be repeated, the change has to be looked up.
            if order.cancel is Pending.NONE:
                order.replace = PENDING[order.replace][Change.SETTLE]
            else:
                order.cancel = PENDING[order.cancel][Change.SETTLE]
                order.replace = PENDING[order.replace][Change.DOUBT]
            self._index(order)

    def _replace_sent(self, entry: Entry) -> None:
        if order := self._order(entry):
            order.replace, order.pending_since = PENDING[order.replace][Change.ASK], entry.ts
            order.next_quantity, order.next_limit = entry.record.quantity, entry.record.limit
            self._index(order)

    def _replaced(self, entry: Entry) -> None:
        if order := self._order(entry):
            order.quantity, order.limit = entry.record.quantity, entry.record.limit
            order.replace = PENDING[order.replace][Change.SETTLE]
            self._index(order)

    def _ends(self, entry: Entry, event: Event) -> None:
        if order := self._moved(entry, event):
            order.reason = getattr(entry.record, "reason", "")
            self._leave_entries(self.by_id.get(order.parent, order))

    def _task_moved(self, entry: Entry) -> None:
        if order := self._order(entry):
            record: records.TaskMoved = entry.record
            order.step, order.due, order.done, order.note = record.step, record.due, record.done, record.note

    def _reconciled(self, entry: Entry) -> None:
        self.trades = max(self.trades, entry.record.trades)

    def _reduce_only_set(self, entry: Entry) -> None:
        self.reduce_only = entry.record.why if entry.record.on else ""

    def _external_seen(self, entry: Entry) -> None:
        if entry.record.gone:
            self.externals.pop(entry.record.venue_id, None)
        else:
            self.externals[entry.record.venue_id] = entry.record.symbol

    def _order(self, entry: Entry) -> Order | None:
        return self.by_id.get(entry.record.order_id)

    def _moved(self, entry: Entry, event: Event) -> Order | None:
        order = self._order(entry)
        if order is None or not order.move(event):
            self.illegal += 1
            return None
        if order.ended and not order.ended_at:
            order.ended_at = entry.ts
        self._index(order)
        return order

    def _index(self, order: Order) -> None:
        """Keeps the short lists that every quote and beat looks through."""
        _keep(self.unsettled, order, wanted=order.unsettled and not order.ended)
        waiting = self.waiting.setdefault(order.asked.symbol, {})
        _keep(waiting, order, wanted=order.state is State.HELD and not order.worked)
        if order.ended and order.id in self.open:
            del self.open[order.id]
            self.algos.pop(order.id, None)
            book = self.books[order.book]
            del book[order.id]
            if not book:
                del self.books[order.book]
            self._ended[order.id] = None
            if len(self._ended) > self._kept:
                self._forget(next(iter(self._ended)))

    def _forget(self, order_id: int) -> None:
        del self._ended[order_id]
        order = self.by_id[order_id]
        parent = self.by_id.get(order.parent)
        guarded = order.id in self.entries.get(order.book, ())
        if guarded or (parent is not None and not parent.ended):
            self._ended[order_id] = None  # it is still looked at; it goes to the end of the line
            return
        del self.by_id[order_id]
        self.by_key.pop((order.asked.strategy, order.asked.key), None)
        for client_id in order.client_ids:
            self.by_client.pop(client_id, None)

    def state(self) -> dict[str, Any]:
        """Plain values, equal for equal records."""
        return {
            "account": self.account,
            "epoch": self.epoch,
            "clean": int(self.clean),
            "trades": self.trades,
            "illegal": self.illegal,
            "reduce_only": self.reduce_only,
            "kills": self.kills.state(),
            "externals": self.externals,
            "held": self.held,
            "entries": [order_id for book in self.entries.values() for order_id in book],
            "orders": [_plain(order) for order in self.by_id.values()],
            "ended": list(self._ended),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Takes the place of folding the records up to a snapshot."""
        self.account, self.epoch, self.clean = state["account"], state["epoch"], bool(state["clean"])
        self.trades, self.illegal, self.reduce_only = state["trades"], state["illegal"], state["reduce_only"]
        self.kills.load(state["kills"])
        self.externals = dict(state["externals"])
        self.held = msgspec.convert(state["held"], dict[str, dict[str, Decimal]])
        self.by_id = {order.id: order for order in msgspec.convert(state["orders"], list[Order])}
        self._ended = dict.fromkeys(state["ended"])
        self._clear()
        self.entries = {}
        for order_id in state["entries"]:
            self.entries.setdefault(self.by_id[order_id].book, {})[order_id] = None
        self._reindex(self.by_id.values())

    def _reindex(self, found: Iterable[Order]) -> None:
        for order in found:
            self.by_key[order.asked.strategy, order.asked.key] = order.id
            self.by_client.update(dict.fromkeys(order.client_ids, order.id))
            if not order.ended:
                self._enter(order)
                self._index(order)


def _keep(shelf: dict[int, Order], order: Order, *, wanted: bool) -> None:
    if wanted:
        shelf[order.id] = order
    else:
        shelf.pop(order.id, None)


def trade_key(client_id: str, trade_id: str) -> str:
    """What tells one execution of an order from every other: a trade with ourselves has one id and two sides."""
    return f"{client_id}/{trade_id}"


def _plain(order: Order) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(order, builtin_types=(Decimal,))
    return found
