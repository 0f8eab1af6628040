"""What must hold, read from the journal's durable entries and from the referee; shares no code with what it watches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact
from typing import Any

from parrot.contracts import records
from parrot.contracts.commands import OrderKind, Role, Side, SubmitOrder
from parrot.contracts.ledger import AccountKind, LedgerPosted
from parrot.contracts.listing import IdScope, VenueTerms
from parrot.contracts.message import Entry
from parrot.contracts.venue import Filled, PlaceOrder, ReplacePlaced

EXACT = Context(prec=90, traps=[Inexact])
ZERO = Decimal(0)
BASE_FEES = {"BTCUSDT": Decimal("0.001"), "ETHUSDT": Decimal("0.015")}  # more than fees in base ever come to in a run
OVERDRAFT = {"USDT": Decimal(-20)}  # a market order may cost more than the worst that was set aside for it
ALGOS = {OrderKind.TWAP, OrderKind.VWAP, OrderKind.POV, OrderKind.ICEBERG}
GUARDS = {Role.STOP, Role.TAKE}


class Violation(AssertionError):  # noqa: N818  what is violated is the invariant
    """An invariant does not hold; `rule` is its number."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(f"{rule}: {text}")
        self.rule = rule


@dataclass(slots=True)
class Life:
    """One order as the journal tells it."""

    order_id: int
    order: SubmitOrder
    parent: int
    state: str = "new"
    quantity: Decimal = ZERO
    larger: Decimal = ZERO  # what it may have become at the venue
    filled: Decimal = ZERO
    ended: bool = False
    unwanted: bool = False
    repeated: bool = False
    attempts: dict[str, str] = field(default_factory=dict)  # client id -> open, missing, rejected
    pending: set[str] = field(default_factory=set)
    children: list[int] = field(default_factory=list)

    @property
    def signed(self) -> int:
        return 1 if self.order.side is Side.BUY else -1

    @property
    def most(self) -> Decimal:
        return max(self.quantity, self.larger)

    @property
    def out(self) -> bool:
        return "open" in self.attempts.values()

    @property
    def only_shrinks(self) -> bool:
        return self.order.reduce_only or self.order.role in GUARDS or self.order.role is Role.FLATTEN


class Witness:
    """Folds durable entries by itself and raises Violation at the first that breaks a rule."""

    def __init__(self, terms: VenueTerms, *, base_fees: bool = False) -> None:
        self.terms = terms
        self.slack = BASE_FEES if base_fees else {}
        self.seq = 0
        self.epoch = 0
        self.orders: dict[int, Life] = {}
        self.keys: dict[tuple[str, str], int] = {}
        self.intents: dict[str, tuple[records.OrderSent, int]] = {}
        self.replaces: dict[str, list[records.ReplaceSent]] = defaultdict(list)
        self.fills: set[tuple[str, str, str]] = set()
        self.posted: set[str] = set()
        self.kills: dict[str, bool] = {}
        self.book: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        self.reduce_only = ""
        self.outside = False
        self.limits: dict[str, Decimal] = {}
        self.widest: dict[str, Decimal] = {}
        self.stale_after = 0
        self.long_only = False
        self.cash: dict[str, Decimal] = defaultdict(lambda: ZERO)
        self.counts: dict[str, int] = defaultdict(int)
        self.tables: dict[type, Callable[[Entry], None]] = {
            records.DeskOpened: self.opened,
            records.OrderReceived: self.received,
            records.OrderApproved: self.approved,
            records.OrderHeld: self.held,
            records.OrderTriggered: self.triggered,
            records.OrderRefused: self.ended_without_trace,
            records.OrderSent: self.sent,
            records.OrderAccepted: self.accepted,
            records.OrderRejected: self.rejected,
            records.OrderUnknown: self.unknown,
            records.OrderMissing: self.missing,
            records.OrderFilled: self.filled,
            records.CancelSent: self.cancel_sent,
            records.CancelRefused: self.cancel_refused,
            records.ReplaceSent: self.replace_sent,
            records.OrderReplaced: self.replaced,
            records.OrderCanceled: self.ended,
            records.OrderExpired: self.ended,
            records.LimitsSet: self.limited,
            records.KillEngaged: self.killed,
            records.BreakerTripped: self.killed,
            records.KillRearmed: self.rearmed,
            LedgerPosted: self.ledger,
            records.ReduceOnlySet: self.reduce_only_set,
            records.ExternalSeen: self.outside_seen,
        }

    def __call__(self, entry: Entry) -> None:
        if entry.seq != self.seq + 1:
            raise Violation("I14", f"entry {entry.seq} follows {self.seq}")
        self.seq = entry.seq
        if entry.cause >= entry.seq:
            raise Violation("I14", f"entry {entry.seq} is caused by {entry.cause}")
        self.counts[type(entry.record).__name__] += 1
        table = self.tables.get(type(entry.record))
        if table is not None:
            table(entry)

    # -- the desk --------------------------------------------------------------------------------------------------

    def opened(self, entry: Entry) -> None:
        if entry.record.epoch != self.epoch + 1:
            raise Violation("I14", f"epoch {entry.record.epoch} follows {self.epoch}")
        self.epoch = entry.record.epoch

    def killed(self, entry: Entry) -> None:
        flatten = getattr(entry.record, "flatten", False)
        self.kills[entry.record.scope] = self.kills.get(entry.record.scope, False) or flatten

    def limited(self, entry: Entry) -> None:
        scope, limits = entry.record.scope, entry.record.limits
        if scope == "firm":
            self.long_only = "long_only" in limits
            self.stale_after = int(limits["stale_data"].removesuffix("s")) * 10**9 if "stale_data" in limits else 0
        if "max_position" in limits:
            self.limits[scope] = Decimal(limits["max_position"])
            self.widest[scope] = max(self.limits[scope], self.widest.get(scope, ZERO))

    def rearmed(self, entry: Entry) -> None:
        if not entry.record.by:
            raise Violation("I10", "re-armed by nobody")
        self.kills.pop(entry.record.scope, None)

    def outside_seen(self, _entry: Entry) -> None:
        self.outside = True

    def reduce_only_set(self, entry: Entry) -> None:
        self.reduce_only = entry.record.why or "on" if entry.record.on else ""
        if entry.record.on and not self.outside:
            raise Violation(
                "I2", f"reduce-only at entry {entry.seq}, and nobody else touched the account: {entry.record.why}"
            )

    # -- the life of an order --------------------------------------------------------------------------------------

    def life(self, order_id: int, what: str) -> Life:
        found = self.orders.get(order_id)
        if found is None:
            raise Violation("I4", f"{what} of order {order_id}, which was never received")
        return found

    def going(self, entry: Entry) -> Life:
        what = type(entry.record).__name__
        life = self.life(entry.record.order_id, what)
        if life.ended:
            raise Violation(
                "I4", f"{what} of order {life.order_id} at entry {entry.seq}, which had ended ({life.state})"
            )
        return life

    def received(self, entry: Entry) -> None:
        record = entry.record
        key = (record.order.strategy, record.order.key)
        if record.order.key and not record.parent:
            if key in self.keys:
                raise Violation("I1", f"key {key} was received as order {self.keys[key]} and again as {entry.seq}")
            self.keys[key] = entry.seq
        self.orders[entry.seq] = Life(entry.seq, record.order, record.parent, quantity=record.order.quantity)
        if record.parent:
            self.life(record.parent, "a child").children.append(entry.seq)

    def approved(self, entry: Entry) -> None:
        life = self.going(entry)
        if not 0 < entry.record.quantity <= max(life.quantity, life.order.quantity):
            raise Violation(
                "I9", f"order {life.order_id} approved for {entry.record.quantity} of {life.order.quantity}"
            )
        life.state = "approved"
        if not life.attempts:
            life.quantity = entry.record.quantity
        self.bounded(life, entry)

    def bounded(self, life: Life, entry: Entry) -> None:
        """I9, from below: position, what is at the venue and this order stay within the limit of the symbol."""
        most = self.limits.get(f"symbol:{life.order.symbol}")
        if most is None or life.order.side is Side.SELL or life.parent or life.only_shrinks:
            return
        if self.shrinks(life, entry.record.quantity):
            return  # books do not net: what takes from one of them takes from their sum
        symbol = life.order.symbol
        position = sum((held for (_, named), held in self.book.items() if named == symbol), ZERO)
        others = [
            one for one in self.orders.values() if one.order.symbol == symbol and one is not life and not one.ended
        ]
        working = [one for one in others if one.order.side is Side.BUY and not one.order.group and one.out]
        after = position + sum((one.most - one.filled for one in working), ZERO) + entry.record.quantity - life.filled
        if after - self.slack.get(symbol, ZERO) > most:
            raise Violation(
                "I9", f"order {life.order_id} is approved for {after} of {symbol} in all, the limit is {most}"
            )

    def shrinks(self, life: Life, quantity: Decimal) -> bool:
        """Whether an order only takes from the position of its strategy."""
        held = self.book[(life.order.strategy, life.order.symbol)]
        return held * life.signed < 0 and quantity - life.filled <= abs(held)

    def held(self, entry: Entry) -> None:
        self.going(entry).state = "held"

    def triggered(self, entry: Entry) -> None:
        self.going(entry).state = "triggered"

    def ended_without_trace(self, entry: Entry) -> None:
        life = self.going(entry)
        if life.out:
            raise Violation("I2", f"order {life.order_id} is refused while an attempt of it may be at the venue")
        life.state, life.ended = "refused", True

    def sent(self, entry: Entry) -> None:
        record, life = entry.record, self.going(entry)
        if self.repeats(record, life):
            self.gate(life, entry)
            life.state, life.repeated = "sent", True
            return
        if record.client_id in self.intents or not 0 < len(record.client_id) <= 36:
            raise Violation("I1", f"client id {record.client_id!r} of order {life.order_id} is used twice or too long")
        if record.attempt != len(life.attempts) + 1:
            raise Violation("I1", f"attempt {record.attempt} of order {life.order_id} follows {len(life.attempts)}")
        if life.out:
            raise Violation("I1", f"order {life.order_id} is sent again before its last attempt is proved not accepted")
        if life.state == "new" and not life.parent:
            raise Violation("I9", f"order {life.order_id} is sent without approval")
        if record.quantity > life.quantity - life.filled:
            raise Violation(
                "I4", f"order {life.order_id} sends {record.quantity} of {life.quantity} less {life.filled}"
            )
        self.gate(life, entry)
        life.attempts[record.client_id] = "open"
        life.state = "sent"
        self.intents[record.client_id] = (record, entry.seq)

    def repeats(self, record: records.OrderSent, life: Life) -> bool:
        """Where a request never expires and ids are unique for ever, the same intent may leave again."""
        if self.terms.expires_requests or self.terms.id_scope is not IdScope.FOREVER:
            return False
        before = self.intents.get(record.client_id)
        return before is not None and before[0].order_id == life.order_id and before[0].quantity == record.quantity

    def gate(self, life: Life, entry: Entry) -> None:
        """I11: what a kill forbids is not even intended."""
        order = life.order
        scopes = ("all", f"strategy:{order.strategy}", f"symbol:{order.symbol}", f"account:{order.account}", "firm")
        held = [scope for scope in scopes if scope in self.kills]
        if held and order.role not in GUARDS and not (order.role is Role.FLATTEN and any(self.kills[s] for s in held)):
            raise Violation(
                "I11", f"order {life.order_id} ({order.role}) leaves at entry {entry.seq} under a kill of {held}"
            )

    def accepted(self, entry: Entry) -> None:
        life = self.life(entry.record.order_id, "OrderAccepted")
        if entry.record.client_id not in life.attempts:
            raise Violation(
                "I5", f"order {life.order_id} is accepted as {entry.record.client_id}, which was never sent"
            )
        life.pending.discard("place")
        if not life.ended:
            life.state = "accepted"

    def rejected(self, entry: Entry) -> None:
        life = self.going(entry)
        life.attempts[entry.record.client_id] = "rejected"
        life.state, life.ended = "rejected", True

    def unknown(self, entry: Entry) -> None:
        life = self.going(entry)
        life.pending.add(entry.record.request)
        if entry.record.request == "place":
            life.state = "unknown"

    def missing(self, entry: Entry) -> None:
        record, life = entry.record, self.going(entry)
        if record.proved:
            life.attempts[record.client_id] = "missing"
            life.state = "approved"
            life.pending.discard("place")

    def filled(self, entry: Entry) -> None:
        record: records.OrderFilled = entry.record
        life, fill = self.life(record.order_id, "OrderFilled"), record.fill
        mark = (fill.symbol, fill.trade_id, fill.client_id)
        if fill.client_id not in life.attempts:
            if life.order.kind in ALGOS:
                return  # a child's fill, told once more of its parent
            raise Violation("I5", f"order {life.order_id} is filled as {fill.client_id}, which was never sent")
        if mark in self.fills:
            raise Violation("I3", f"fill {mark} of order {life.order_id} is counted twice")
        self.fills.add(mark)
        if life.ended and not record.late:
            raise Violation("I4", f"order {life.order_id} had ended ({life.state}) and is filled, not marked late")
        life.filled = EXACT.add(life.filled, fill.quantity)
        if record.filled != life.filled:
            raise Violation("I4", f"order {life.order_id} says filled {record.filled}, its fills are {life.filled}")
        if life.filled > life.most:
            raise Violation("I4", f"order {life.order_id} is filled {life.filled} of {life.most}")
        life.pending.discard("place")
        if life.state in {"sent", "unknown"}:
            life.state = "accepted"
        self.reducing(life, fill)
        if not record.left and not life.ended:
            life.state, life.ended = "filled", True

    def reducing(self, life: Life, fill: Filled) -> None:
        key = (life.order.strategy, life.order.symbol)
        before = self.book[key]
        after = EXACT.add(before, life.signed * fill.quantity)
        self.book[key] = after
        if life.only_shrinks and (abs(after) >= abs(before) or before * after < 0):
            raise Violation("I8", f"reduce-only order {life.order_id} takes the book {key} from {before} to {after}")

    def cancel_sent(self, entry: Entry) -> None:
        life = self.going(entry)
        life.pending.add("cancel")
        life.unwanted = True

    def cancel_refused(self, entry: Entry) -> None:
        life = self.life(entry.record.order_id, "CancelRefused")
        if "cancel" not in life.pending:
            life.larger = ZERO  # it was the change that was refused
        life.pending -= {"cancel", "replace"}

    def replace_sent(self, entry: Entry) -> None:
        life = self.going(entry)
        life.pending.add("replace")
        life.larger = max(life.larger, entry.record.quantity)
        self.replaces[entry.record.client_id].append(entry.record)

    def replaced(self, entry: Entry) -> None:
        life = self.life(entry.record.order_id, "OrderReplaced")
        life.pending.discard("replace")
        if not life.ended:
            life.quantity, life.larger = entry.record.quantity, ZERO

    def ended(self, entry: Entry) -> None:
        life = self.going(entry)
        life.ended = True
        life.state = "canceled" if isinstance(entry.record, records.OrderCanceled) else "expired"

    # -- money -----------------------------------------------------------------------------------------------------

    def ledger(self, entry: Entry) -> None:
        record: LedgerPosted = entry.record
        sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for leg in record.legs:
            sums[leg.currency] = EXACT.add(sums[leg.currency], leg.amount)
            if leg.kind is AccountKind.CASH and leg.owner == "main":
                self.cash[leg.currency] = EXACT.add(self.cash[leg.currency], leg.amount)
        if any(sums.values()):
            raise Violation("I7", f"entry {entry.seq} ({record.what} {record.ref}) does not balance: {dict(sums)}")
        if record.ref in self.posted:
            raise Violation("I7", f"{record.ref} is posted twice")
        self.posted.add(record.ref)
        if overdrawn := {
            currency: held for currency, held in self.cash.items() if held < OVERDRAFT.get(currency, ZERO)
        }:
            raise Violation("I7", f"entry {entry.seq} overdraws {overdrawn}")

    # -- at the wire -----------------------------------------------------------------------------------------------

    def leaves(self, request: Any) -> None:
        """I5: what leaves was journalled first, as it leaves."""
        if isinstance(request, PlaceOrder):
            found = self.intents.get(request.client_id)
            if found is None:
                raise Violation("I5", f"{request.client_id} leaves without a durable intent")
            intent, _ = found
            if (intent.quantity, intent.limit) != (request.quantity, request.limit):
                raise Violation("I5", f"{request.client_id} leaves as {request}, the intent was {intent}")
        elif isinstance(request, ReplacePlaced):
            intents = [sent.quantity for sent in self.replaces[request.client_id]]
            if request.quantity not in intents:
                raise Violation("I5", f"{request.client_id} is replaced without a durable intent")

    # -- at rest ---------------------------------------------------------------------------------------------------

    def open_ids(self) -> dict[str, Life]:
        """Client ids that the journal holds for open at the venue."""
        return {
            client_id: life
            for life in self.orders.values()
            if not life.ended
            for client_id, state in life.attempts.items()
            if state == "open"
        }
