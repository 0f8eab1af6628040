"""What happened, in the past tense: the records of a desk's journal. State is nothing but their fold.

Order ids are the `seq` of the order's `OrderReceived`. Client ids are what the venue knows an attempt by.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from parrot.contracts.commands import SubmitOrder
from parrot.contracts.groups import GroupRecord
from parrot.contracts.ledger import BalancesCompared as BalancesCompared
from parrot.contracts.ledger import EquityMarked as EquityMarked
from parrot.contracts.ledger import LedgerPosted as LedgerPosted
from parrot.contracts.message import Message
from parrot.contracts.venue import Filled

# -- life of the desk ------------------------------------------------------------------------------------------------


class DeskOpened(Message, frozen=True, kw_only=True, gc=False):
    """A process took the desk over; `epoch` counts owners and is part of every client id from here on.

    `build`, `schema` and `config` are hashes; `clean` says whether the last owner said goodbye.
    """

    account: str
    epoch: int
    build: str
    schema: str
    config: str
    clean: bool


class DeskClosed(Message, frozen=True, kw_only=True, gc=False):
    """The owner let go in good order."""

    reason: str


# -- life of an order ------------------------------------------------------------------------------------------------


class OrderReceived(Message, frozen=True, kw_only=True, gc=False):
    """NEW: an order was asked for. `parent` is the order whose child or protection it is, 0 for none.

    `fault` says what is wrong with its fields; such an order is refused next, and nobody may count with its numbers.
    `rung` is its place in the group of orders `group_id`, where it belongs to one.
    """

    order: SubmitOrder
    parent: int = 0
    fault: str = ""
    group_id: int = 0
    rung: int = 0


class OrderHeld(Message, frozen=True, kw_only=True, gc=False):
    """HELD: the desk keeps it until its trigger, its schedule, room beside other orders, or the line.

    `arrival` is the middle of the market then, None where it was not known.
    """

    order_id: int
    waits_for: str
    arrival: Decimal | None = None


class OrderTriggered(Message, frozen=True, kw_only=True, gc=False):
    """TRIGGERED: the market reached what a held order waited for; `price` and `quoted` (ns UTC) are the evidence."""

    order_id: int
    price: Decimal
    quoted: int


class OrderApproved(Message, frozen=True, kw_only=True, gc=False):
    """RISK_APPROVED: every limit holds, and `reserved` of `currency` is set aside, fees included.

    Only this record makes execution send. `quantity` may be less than asked where a limit resizes. `gates` are the
    numbers of each gate that looked: (rule, scope, limit, actual).
    """

    order_id: int
    quantity: Decimal
    price: Decimal
    reserved: Decimal
    currency: str
    reduces: bool = False
    gates: tuple[tuple[str, str, str, str], ...] = ()


class OrderRefused(Message, frozen=True, kw_only=True, gc=False):
    """REFUSED: a limit, a kill or bad fields stopped it before the wire. Names rule, scope, limit and actual."""

    order_id: int
    rule: str
    scope: str
    limit: str
    actual: str
    text: str


class OrderSent(Message, frozen=True, kw_only=True, gc=False):
    """SENT: the write-ahead intent. Committed before its request leaves; attempt 1, 2 ... of one order.

    `arrival` is the middle of the market then, None where it was not known.
    """

    order_id: int
    client_id: str
    attempt: int
    quantity: Decimal
    limit: Decimal | None = None
    trigger: Decimal | None = None
    arrival: Decimal | None = None


class OrderAccepted(Message, frozen=True, kw_only=True, gc=False):
    """ACCEPTED: the venue took it on, at its time `venue_ts`; `adopted` when a query said so."""

    order_id: int
    client_id: str
    venue_id: str
    venue_ts: int
    adopted: bool = False


class OrderRejected(Message, frozen=True, kw_only=True, gc=False):
    """REJECTED: the venue refused it."""

    order_id: int
    client_id: str
    reason: str
    venue_ts: int


class OrderUnknown(Message, frozen=True, kw_only=True, gc=False):
    """UNKNOWN: no evidence of what became of a request ("place", "cancel", "replace"). Counts as open and as filled.

    From `fence` (ns UTC of the venue) on, "not found" proves that the venue cannot accept it any more; 0 means never.
    """

    order_id: int
    client_id: str
    request: str
    reason: str
    fence: int


class OrderMissing(Message, frozen=True, kw_only=True, gc=False):
    """The venue did not know a client id at its time `venue_ts`; `proved` when that is after the fence."""

    order_id: int
    client_id: str
    venue_ts: int
    proved: bool


class OrderFilled(Message, frozen=True, kw_only=True, gc=False):
    """PARTIALLY_FILLED or FILLED: one execution, once; `filled` and `left` after it, `late` if the order had ended."""

    order_id: int
    fill: Filled
    filled: Decimal
    left: Decimal
    late: bool = False


class CancelSent(Message, frozen=True, kw_only=True, gc=False):
    """CANCEL_PENDING: the request to withdraw leaves after this record."""

    order_id: int
    client_id: str
    why: str


class CancelRefused(Message, frozen=True, kw_only=True, gc=False):
    """The venue refused a cancel or a replace; the order is what it was before."""

    order_id: int
    client_id: str
    reason: str


class ReplaceReceived(Message, frozen=True, kw_only=True, gc=False):
    """A change of a working order was asked for; `quantity` is the whole new one. Risk answers before it leaves."""

    order_id: int
    quantity: Decimal
    limit: Decimal | None = None
    user: str = ""


class ReplaceApproved(Message, frozen=True, kw_only=True, gc=False):
    """Every limit holds with the larger of both; only this record makes execution send a change that grows an order."""

    order_id: int
    quantity: Decimal
    limit: Decimal | None
    price: Decimal
    reserved: Decimal
    currency: str
    gates: tuple[tuple[str, str, str, str], ...] = ()


class ReplaceRefused(Message, frozen=True, kw_only=True, gc=False):
    """A limit or a kill stopped a change; the order is what it was."""

    order_id: int
    rule: str
    scope: str
    limit: str
    actual: str
    text: str


class ReplaceSent(Message, frozen=True, kw_only=True, gc=False):
    """REPLACE_PENDING: the request to change leaves after this record; risk holds the larger of both."""

    order_id: int
    client_id: str
    quantity: Decimal
    limit: Decimal | None = None


class OrderReplaced(Message, frozen=True, kw_only=True, gc=False):
    """The order has this quantity and limit now."""

    order_id: int
    quantity: Decimal
    limit: Decimal | None = None


class OrderCanceled(Message, frozen=True, kw_only=True, gc=False):
    """CANCELED: ended unfilled or partly filled; `by` is desk (never sent), venue, or user."""

    order_id: int
    by: str
    reason: str


class OrderExpired(Message, frozen=True, kw_only=True, gc=False):
    """EXPIRED: its time ran out, or what was left found nobody."""

    order_id: int
    reason: str


class CostMeasured(Message, frozen=True, kw_only=True, gc=False):
    """Transaction cost of an order that has ended: arrival middle, average price, shortfall and fees in quote currency.

    `slippage_bps` is signed, positive is worse than arrival; `delay` from decision to first request, `ack` from request
    to acceptance, ns.
    """

    order_id: int
    arrival: Decimal
    average: Decimal
    filled: Decimal
    shortfall: Decimal
    fees: Decimal
    slippage_bps: Decimal
    delay: int
    ack: int


class TaskMoved(Message, frozen=True, kw_only=True, gc=False):
    """An algo or a protection went on: its own state after the step, so that a restart goes on from there."""

    order_id: int
    step: int
    due: int
    done: Decimal
    note: str


# -- risk ------------------------------------------------------------------------------------------------------------


class LimitsSet(Message, frozen=True, kw_only=True, gc=False):
    """The limits of one scope, version `version` of them."""

    scope: str
    version: int
    limits: dict[str, str]
    approver: str


class KillEngaged(Message, frozen=True, kw_only=True, gc=False):
    """From this record on no order of the scope leaves."""

    scope: str
    by: str
    source: str
    reason: str
    flatten: bool = False


class KillRearmed(Message, frozen=True, kw_only=True, gc=False):
    """A named person lets orders of the scope leave again."""

    scope: str
    by: str
    reason: str


class BreakerTripped(Message, frozen=True, kw_only=True, gc=False):
    """A limit on losses or rates halted a scope; it latches like a kill until a named person re-arms it."""

    scope: str
    rule: str
    limit: str
    actual: str


class LossesMarked(Message, frozen=True, kw_only=True, gc=False):
    """Where the limits on losses of a scope count from, in the valuation currency.

    `start` is its profit when day `day` began (days since 1970, UTC), `peak` the highest profit so far.
    """

    scope: str
    day: int
    start: Decimal
    peak: Decimal


class CommandRefused(Message, frozen=True, kw_only=True, gc=False):
    """A command that is no order was refused."""

    command: str
    text: str
    user: str


# -- reconciliation --------------------------------------------------------------------------------------------------


class Reconciled(Message, frozen=True, kw_only=True, gc=False):
    """The venue's state was compared with ours, trades up to `trades`; `breaks` says what differs, one text each."""

    account: str
    trades: int
    orders: int
    venue_ts: int
    breaks: list[str]


class ReduceOnlySet(Message, frozen=True, kw_only=True, gc=False):
    """An account may only shrink its positions from here (`on`), or trades freely again; `why` names the mismatch."""

    account: str
    on: bool
    why: str
    by: str


class ExternalSeen(Message, frozen=True, kw_only=True, gc=False):
    """The venue shows an order that is not ours (manual, or another program's); counted in risk, never touched."""

    venue_id: str
    symbol: str
    side: str
    quantity: Decimal
    gone: bool = False


class LineChanged(Message, frozen=True, kw_only=True, gc=False):
    """The connection to the venue broke or came back."""

    venue: str
    up: bool
    reason: str


# -- strategies ------------------------------------------------------------------------------------------------------


class StrategyRegistered(Message, frozen=True, kw_only=True, gc=False):
    """A version of a strategy: the hash of its code, its parameters, its data and its mode (paper, live)."""

    strategy: str
    version: int
    name: str
    path: str
    code_hash: str
    parameters: dict[str, str]
    symbols: list[str]
    timeframe: str
    mode: str
    cash: Decimal
    feeds: list[str] = msgspec.field(default_factory=list)
    by: str = ""
    parent: int = 0
    note: str = ""


class StrategyStarted(Message, frozen=True, kw_only=True, gc=False):
    """It runs from here; `by` is a person or "recovery"."""

    strategy: str
    by: str


class StrategyStopped(Message, frozen=True, kw_only=True, gc=False):
    """It does not run any more; `fault` says why where nobody asked: hung, crashed, memory, raised, flood ..."""

    strategy: str
    by: str
    reason: str
    fault: str = ""


class DecisionNoted(Message, frozen=True, kw_only=True, gc=False):
    """Why something happened or did not: one gate, passed or stopped, and its numbers; `order_id` 0 for none."""

    strategy: str
    symbol: str
    order_id: int
    gate: str
    passed: bool
    text: str
    decided: int


Record = (
    DeskOpened
    | DeskClosed
    | OrderReceived
    | OrderHeld
    | OrderTriggered
    | OrderApproved
    | OrderRefused
    | OrderSent
    | OrderAccepted
    | OrderRejected
    | OrderUnknown
    | OrderMissing
    | OrderFilled
    | CancelSent
    | CancelRefused
    | ReplaceReceived
    | ReplaceApproved
    | ReplaceRefused
    | ReplaceSent
    | OrderReplaced
    | OrderCanceled
    | OrderExpired
    | CostMeasured
    | TaskMoved
    | LimitsSet
    | KillEngaged
    | KillRearmed
    | BreakerTripped
    | LossesMarked
    | CommandRefused
    | Reconciled
    | ReduceOnlySet
    | ExternalSeen
    | LineChanged
    | LedgerPosted
    | BalancesCompared
    | EquityMarked
    | StrategyRegistered
    | StrategyStarted
    | StrategyStopped
    | DecisionNoted
    | GroupRecord
)
