"""Rows of what happened, as they go over the wire: amounts as decimal text, times ns UTC."""

from __future__ import annotations

from pydantic import Field

from parrot.gateway.rest.bodies import Body

_TS = Field(description="ns UTC")


class Order(Body):
    """An order as it stands; `turnover` is filled quantity times price, `average` the mean price."""

    order_id: int
    ts: int = _TS
    updated: int = _TS
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
    filled: str
    turnover: str
    average: str | None
    limit: str | None
    trigger: str | None
    trail: str | None
    stop: str | None
    take: str | None
    post_only: bool
    reduce_only: bool
    parent: int
    group_id: int
    client_ids: list[str]
    venue_id: str
    fees: dict[str, str]
    slippage_bps: str | None
    reason: str
    why: str


class Event(Body):
    """One step of an order's life; `checks` are the gate's numbers: rule, scope, limit, actual."""

    seq: int
    order_id: int
    ts: int = _TS
    event: str
    gate: str
    passed: bool
    text: str
    numbers: dict[str, str]
    checks: list[list[str]]


class Fill(Body):
    """One execution; `late` where its order had ended already."""

    seq: int
    order_id: int
    ts: int = _TS
    venue_ts: int = _TS
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
    late: bool


class Decision(Body):
    """Why something happened or did not."""

    seq: int
    ts: int = _TS
    account: str
    strategy: str
    symbol: str
    order_id: int
    gate: str
    passed: bool
    text: str


class EquityPoint(Body):
    """What an account was worth."""

    seq: int
    ts: int = _TS
    account: str
    currency: str
    equity: str
    deposits: str
    realised: str
    unrealised: str
    fees: str
    strategies: dict[str, str]


class Leg(Body):
    """One leg of a transaction, a debit where the amount is positive."""

    owner: str
    kind: str
    currency: str
    amount: str


class Posting(Body):
    """One transaction of the ledger."""

    seq: int
    ts: int = _TS
    account: str
    what: str
    ref: str
    order_id: int
    strategy: str
    symbol: str
    realised: str
    legs: list[Leg]


class Activity(Body):
    """Something that is no step of an order; `level` is info, warning or error."""

    seq: int
    ts: int = _TS
    account: str
    kind: str
    level: str
    scope: str
    strategy: str
    by: str
    text: str


class OrderPage(Body):
    """A page of orders; `next` is given as `after` for the page behind it, null where there is none."""

    items: list[Order]
    next: str | None


class FillPage(Body):
    """A page of fills."""

    items: list[Fill]
    next: str | None


class DecisionPage(Body):
    """A page of decisions."""

    items: list[Decision]
    next: str | None


class PostingPage(Body):
    """A page of the ledger."""

    items: list[Posting]
    next: str | None


class ActivityPage(Body):
    """A page of what happened beside orders."""

    items: list[Activity]
    next: str | None


class EventList(Body):
    """The whole life of one order, oldest first."""

    items: list[Event]


class Curve(Body):
    """Points of an equity curve, oldest first."""

    items: list[EquityPoint]
