"""What execution and a venue say to one another. A request is not answered in the call; reports come when they come."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from parrot.contracts.commands import Guard, OrderKind, Side, TimeInForce
from parrot.contracts.message import Message


class PlaceOrder(Message, frozen=True, kw_only=True, gc=False):
    """One order for the wire; `ts` is the request's timestamp, from which the venue's receive window runs.

    `trail` is the distance of a trailing stop, with `trail_percent` in percent of the price.
    """

    client_id: str
    symbol: str
    side: Side
    kind: OrderKind
    quantity: Decimal
    limit: Decimal | None = None
    trigger: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: bool = False
    tif: TimeInForce = TimeInForce.GTC
    until: int = 0
    post_only: bool = False
    reduce_only: bool = False
    display: Decimal | None = None
    guard: Guard | None = None
    group: str = ""
    ts: int


class CancelPlaced(Message, frozen=True, kw_only=True, gc=False):
    """Withdraw one order by client id."""

    client_id: str
    symbol: str
    ts: int


class ReplacePlaced(Message, frozen=True, kw_only=True, gc=False):
    """Give one order another quantity or limit, in place."""

    client_id: str
    symbol: str
    quantity: Decimal
    limit: Decimal | None = None
    ts: int


class QueryPlaced(Message, frozen=True, kw_only=True, gc=False):
    """Ask what became of one client id."""

    client_id: str
    symbol: str
    ts: int


class AskState(Message, frozen=True, kw_only=True, gc=False):
    """Ask for all open orders, balances and the trades after number `after` (0: all), for reconciliation."""

    after: int = 0
    ts: int


class Accepted(Message, frozen=True, kw_only=True, gc=False):
    """The venue took an order on."""

    client_id: str
    venue_id: str
    ts: int


class Rejected(Message, frozen=True, kw_only=True, gc=False):
    """The venue refused an order, which proves that it is not on its books."""

    client_id: str
    reason: str
    ts: int


class Filled(Message, frozen=True, kw_only=True, gc=False):
    """One execution; `trade_id` with symbol and client id tells it from every other. `number` counts own trades."""

    client_id: str
    venue_id: str
    symbol: str
    trade_id: str
    number: int
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    maker: bool
    ts: int


class Withdrawn(Message, frozen=True, kw_only=True, gc=False):
    """An order ended at the venue without being filled whole; `expired` when nobody asked for it."""

    client_id: str
    filled: Decimal
    expired: bool
    reason: str = ""
    ts: int


class Replaced(Message, frozen=True, kw_only=True, gc=False):
    """An order has another quantity and limit now."""

    client_id: str
    quantity: Decimal
    limit: Decimal | None = None
    ts: int


class CancelFailed(Message, frozen=True, kw_only=True, gc=False):
    """A cancel or replace was refused; it says nothing about what became of the order."""

    client_id: str
    reason: str
    ts: int


class Unanswered(Message, frozen=True, kw_only=True, gc=False):
    """No usable answer to a request (timeout, 5xx, garbage, dropped line): the outcome is unknown.

    `request` is "place", "cancel", "replace", "query" or "state". `retry_after` in ns, where the venue named one.
    """

    client_id: str
    request: str
    reason: str
    retry_after: int = 0
    ts: int


class Found(Message, frozen=True, kw_only=True, gc=False):
    """The answer to a query: the order as the venue knows it.

    `status` is "new", "partially_filled", "filled", "canceled", "rejected" or "expired".
    """

    client_id: str
    venue_id: str
    status: str
    filled: Decimal
    ts: int


class NotFound(Message, frozen=True, kw_only=True, gc=False):
    """The answer to a query: the venue did not know that id at its own time `ts`."""

    client_id: str
    ts: int


class OpenOrder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One open order as the venue lists it; `client_id` is empty for one that was not placed by a client id."""

    client_id: str
    venue_id: str
    symbol: str
    side: Side
    quantity: Decimal
    filled: Decimal
    limit: Decimal | None = None


class VenueState(Message, frozen=True, kw_only=True, gc=False):
    """The whole state of an account at a venue at one moment `ts` of the venue.

    `trades` are all after the number that was asked for, oldest first; `balances` maps a currency to its total.
    """

    orders: list[OpenOrder]
    trades: list[Filled]
    balances: dict[str, Decimal]
    ts: int


class LineLost(Message, frozen=True, kw_only=True, gc=False):
    """The connection broke; reports may have been missed."""

    venue: str
    reason: str
    ts: int


class LineBack(Message, frozen=True, kw_only=True, gc=False):
    """The connection stands again; state must be asked for before anything is trusted."""

    venue: str
    ts: int


Request = PlaceOrder | CancelPlaced | ReplacePlaced | QueryPlaced | AskState
Report = (
    Accepted
    | Rejected
    | Filled
    | Withdrawn
    | Replaced
    | CancelFailed
    | Unanswered
    | Found
    | NotFound
    | VenueState
    | LineLost
    | LineBack
)
REQUEST_WORDS: Final[dict[type, str]] = {
    PlaceOrder: "place",
    CancelPlaced: "cancel",
    ReplacePlaced: "replace",
    QueryPlaced: "query",
    AskState: "state",
}
"""What `Unanswered` calls each request."""
