"""Orders of people."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from parrot.contracts.commands import OrderKind, Side, TimeInForce
from parrot.gateway.rest.bodies import Amount, Body, Done, Name, Nanoseconds, Optional, Text


class OrderBody(Body):
    """An order of a person; amounts as text or numbers, exact. The same `key` again is the same order.

    Without `kind` it is trailing with a trail, a stop with a trigger, a limit order with a limit, else a market order.
    """

    key: Name
    symbol: Name
    side: Side
    quantity: Amount
    kind: OrderKind | None = None
    limit: Amount | None = None
    trigger: Amount | None = None
    trail: Amount | None = None
    trail_percent: bool = False
    tif: TimeInForce = TimeInForce.GTC
    until: Nanoseconds = 0
    post_only: bool = False
    reduce_only: bool = False
    stop: Amount | None = None
    take: Amount | None = None
    duration: Nanoseconds = 0
    slices: int = Field(default=0, ge=0, le=10_000)
    participation: Amount | None = None
    display: Amount | None = None
    account: Name = "main"
    user: Optional = ""
    why: Text = ""

    def fields(self) -> dict[str, Any]:
        """As fields of SubmitOrder."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return given | {"kind": self.kind or self._kind()}

    def _kind(self) -> OrderKind:
        if self.trail is not None:
            return OrderKind.TRAILING
        if self.trigger is not None:
            return OrderKind.STOP if self.limit is None else OrderKind.STOP_LIMIT
        return OrderKind.MARKET if self.limit is None else OrderKind.LIMIT

    @model_validator(mode="after")
    def _no_price_is_dropped(self) -> Self:
        if self.kind is OrderKind.MARKET and not (self.limit is None is self.trigger):
            raise ValueError("a market order has no limit and no trigger; leave kind away, or the prices")
        return self


class Sent(Done):
    """An order that was taken; without a number when its key was taken before."""

    key: str
    order_id: int | None = None


class Cancelled(Done):
    """An order whose end was asked for."""

    order_id: int
