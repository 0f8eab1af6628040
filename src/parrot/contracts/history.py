"""Rows of what happened, as people look for them: made from the desk's journal, and made from it again at any time.

Amounts are decimal text, times ns UTC. `seq` is the number of the entry in the desk's journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

ENDED: Final = frozenset({"refused", "rejected", "filled", "canceled", "expired"})


class OrderRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order as it stands; `asked` is the quantity it came with, `updated` when it last moved.

    `turnover` is filled quantity times price and `average` the mean price (12 digits); `fees` by currency;
    `slippage_bps` is known once it has ended, positive is worse than the market at its arrival.
    """

    order_id: int
    ts: int
    updated: int
    account: str
    user: str
    strategy: str
    key: str
    symbol: str
    side: str
    kind: str
    role: str
    tif: str
    status: str
    asked: str
    quantity: str
    filled: str = "0"
    turnover: str = "0"
    average: str | None = None
    limit: str | None = None
    trigger: str | None = None
    trail: str | None = None
    stop: str | None = None
    take: str | None = None
    post_only: bool = False
    reduce_only: bool = False
    parent: int = 0
    group_id: int = 0
    client_ids: tuple[str, ...] = ()
    venue_id: str = ""
    fees: Mapping[str, str] = {}
    slippage_bps: str | None = None
    reason: str = ""
    why: str = ""


class EventRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One step of an order's life: the gate that it met, whether it passed, the gate's numbers and words."""

    seq: int
    order_id: int
    ts: int
    event: str
    gate: str
    passed: bool
    text: str
    numbers: Mapping[str, str] = {}
    checks: tuple[tuple[str, str, str, str], ...] = ()


class FillRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One execution, once; `late` where its order had ended already."""

    seq: int
    order_id: int
    ts: int
    venue_ts: int
    account: str
    user: str
    strategy: str
    symbol: str
    side: str
    quantity: str
    price: str
    fee: str
    fee_currency: str
    trade_id: str
    maker: bool
    late: bool = False


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why something happened or did not: one gate of a strategy or of the desk."""

    seq: int
    ts: int
    account: str
    strategy: str
    symbol: str
    order_id: int
    gate: str
    passed: bool
    text: str


class EquityRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an account was worth; `strategies` is realised + unrealised - fees of each."""

    seq: int
    ts: int
    account: str
    currency: str
    equity: str
    deposits: str
    realised: str
    unrealised: str
    fees: str
    strategies: Mapping[str, str] = {}


class LegRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One leg of a transaction, a debit where the amount is positive."""

    owner: str
    kind: str
    currency: str
    amount: str


class PostingRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One transaction of the ledger."""

    seq: int
    ts: int
    account: str
    what: str
    ref: str
    order_id: int
    strategy: str
    symbol: str
    realised: str
    legs: tuple[LegRow, ...]


class ActivityRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that is no step of an order: a kill, a breaker, limits, a strategy, the line to the venue, the desk.

    `level` is "info", "warning" or "error"; `kind` the snake-cased name of the record; `by` who did it.
    """

    seq: int
    ts: int
    account: str
    kind: str
    level: str
    scope: str
    strategy: str
    by: str
    text: str


class AlertRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that a person should look at; `alert_id` is `seq` as text, `kind` what it is about."""

    alert_id: str
    seq: int
    ts: int
    account: str
    level: str
    kind: str
    text: str
    scope: str = ""
    strategy: str = ""
    symbol: str = ""
    order_id: int = 0


class Rows(msgspec.Struct, kw_only=True):
    """Rows that one stretch of the journal makes; an order's row replaces the one before it."""

    orders: list[OrderRow] = msgspec.field(default_factory=list)
    events: list[EventRow] = msgspec.field(default_factory=list)
    fills: list[FillRow] = msgspec.field(default_factory=list)
    decisions: list[DecisionRow] = msgspec.field(default_factory=list)
    equity: list[EquityRow] = msgspec.field(default_factory=list)
    postings: list[PostingRow] = msgspec.field(default_factory=list)
    activity: list[ActivityRow] = msgspec.field(default_factory=list)
    alerts: list[AlertRow] = msgspec.field(default_factory=list)
