"""What the platform and the process of one strategy tell one another, and what a strategy's input journal holds.

A life begins with `LifeBegun` and goes on with `InputBatch` after `InputBatch`; the same batches give the same orders.
Local numbers of orders are those of the strategy's own core, from 1.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from parrot.contracts.commands import SubmitOrder
from parrot.contracts.listing import Listing
from parrot.contracts.message import Message
from parrot.contracts.ticks import BarClosed, QuoteTick, TradeTick


class Held(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A position that a life begins with: signed base units and its average price."""

    symbol: str
    quantity: Decimal
    price: Decimal


class LifeBegun(Message, frozen=True, kw_only=True, gc=False):
    """A strategy begins: its text, parameters and terms; `timeframe` in ns, 0 without bars.

    `first_key` is added to local numbers to give the keys of its orders. `cash` is quote currency, before `opening`;
    `seen` is the desk's last record then.
    """

    strategy: str
    version: int
    name: str
    path: str
    source: str
    code_hash: str
    parameters: dict[str, str]
    listings: list[Listing]
    timeframe: int
    feeds: list[str]
    cash: Decimal
    first_key: int = 0
    seen: int = 0
    opening: list[Held] = msgspec.field(default_factory=list)


class OrderReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What became of an order: `kind` received, filled, canceled, expired, refused; foreign: a fill of no order of it.

    `order` is the local number, `order_id` and `seq` are the desk's: of the order, and of the record.
    """

    kind: str
    order: int
    order_id: int
    seq: int
    ts: int
    symbol: str = ""
    side: int = 0
    quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    fee_currency: str = ""
    maker: bool = False
    protection: str = ""
    reason: str = ""


class InputBatch(Message, frozen=True, kw_only=True, gc=False):
    """One batch of input: with it everything up to `upto` (ns UTC) is known, of the desk all up to record `seen`.

    `answered` and `stream` are the number of the last batch that had been answered and the hash of all moves then.
    """

    number: int
    upto: int
    bars: list[BarClosed] = msgspec.field(default_factory=list)
    trades: list[TradeTick] = msgspec.field(default_factory=list)
    quotes: list[QuoteTick] = msgspec.field(default_factory=list)
    reports: list[OrderReport] = msgspec.field(default_factory=list)
    seen: int = 0
    answered: int = 0
    stream: str = ""


class LifeEnded(Message, frozen=True, kw_only=True, gc=False):
    """Nothing more will come."""

    reason: str


class Ready(Message, frozen=True, kw_only=True, gc=False):
    """The strategy is loaded: which feeds its handlers take, whether it has timers, which fences are around it."""

    feeds: list[str]
    timers: bool
    fences: list[str] = msgspec.field(default_factory=list)


class Deed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the strategy did: `kind` place, cancel or resize; `refused` says why its own core refused the order."""

    kind: str
    order: int
    ts: int
    quantity: Decimal
    submit: SubmitOrder | None = None
    refused: str = ""


class Answer(Message, frozen=True, kw_only=True, gc=False):
    """Batch `number` has been worked through: what was done, and length and hash of all moves so far.

    `due` is when its next timer runs, ns UTC, 0 where none is wound up.
    """

    number: int
    due: int = 0
    now: int
    moves: int
    stream: str
    deeds: list[Deed] = msgspec.field(default_factory=list)


class Failed(Message, frozen=True, kw_only=True, gc=False):
    """The strategy raised, or could not be loaded; `error` is that of the tree in its parts."""

    problem: str
    location: str = ""
    error: dict[str, str] = msgspec.field(default_factory=dict)


class Noted(Message, frozen=True, kw_only=True, gc=False):
    """A line of the strategy's own log at `ts`, ns UTC."""

    ts: int
    text: str


Told = LifeBegun | InputBatch | LifeEnded
Heard = Ready | Answer | Failed | Noted


# -- what a session holds of them ------------------------------------------------------------------------------------


class SessionLife(Message, frozen=True, kw_only=True, gc=False):
    """A strategy that ran in the session, from the beginning of its life."""

    life: LifeBegun


class SessionInput(Message, frozen=True, kw_only=True, gc=False):
    """One batch of input of that strategy."""

    strategy: str
    batch: InputBatch


class SessionOrder(Message, frozen=True, kw_only=True, gc=False):
    """An order of that strategy as the desk received it, its record `seq` at `ts`, ns UTC."""

    seq: int
    ts: int
    order: SubmitOrder
