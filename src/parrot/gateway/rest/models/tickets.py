"""Tickets: an order before it is sent, and changes of one that works. Amounts are decimal text, times ns UTC."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from parrot.gateway.rest.bodies import Amount, Body, Done, Name, Optional, Text
from parrot.gateway.rest.models.orders import OrderBody


class PreviewBody(OrderBody):
    """An order that somebody thinks of; it needs no key."""

    key: Name = "preview"


class ChangeBody(Body):
    """Another quantity (the whole one, filled parts included) or limit of a working order; what is left out stays."""

    quantity: Amount | None = None
    limit: Amount | None = None
    user: Optional = ""
    why: Text = ""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.quantity is None is self.limit:
            raise ValueError("give a quantity, a limit, or both")
        return self


class Changed(Done):
    """An order whose change was asked for."""

    order_id: int


class Gate(Body):
    """What one gate of risk says: its limit, what it found, and both in a sentence."""

    rule: str
    scope: str
    limit: str
    actual: str
    passed: bool
    text: str


class Verdict(Body):
    """Whether the order would be taken; `rule` and `field` name the first thing that objects, `text` says it."""

    approved: bool
    rule: str
    scope: str
    limit: str
    actual: str
    field: str
    text: str


class Estimate(Body):
    """What filling it would cost against the book of this moment, in the quote currency.

    `price` is the average, `slippage_bps` its distance from `middle`, positive is worse. `taken` meets the book at
    once, `rests` would wait in it, `unmet` finds nobody. `total` is what is paid (a buy) or received (a sell), with
    `fee` at the venue's rate.
    """

    price: str
    middle: str | None
    notional: str
    fee: str
    fee_rate: str
    total: str
    slippage: str | None
    slippage_bps: str | None
    taken: str
    rests: str
    unmet: str
    levels: int
    note: str


class Before(Body):
    """A currency of the account: what is available now, and what would be after the estimate."""

    currency: str
    available: str
    after: str


class Preview(Body):
    """An order as it would go: `gates` are all that looked, in their order, also behind one that objects.

    `reserved` of `currency` is what would be set aside, its worst case; `waits_for` says what it would wait for.
    """

    symbol: str
    side: str
    kind: str
    quantity: str
    ts: int
    mode: str
    quote: str
    base: str
    verdict: Verdict
    gates: list[Gate]
    reserved: str | None
    currency: str | None
    waits_for: str
    estimate: Estimate | None
    balances: list[Before]
    position: str
    position_after: str
