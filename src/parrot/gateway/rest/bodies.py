"""What commands bring along, checked before anything else looks at it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from parrot.contracts.commands import OrderKind, Side, TimeInForce

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w@.: /-]+$")]
Amount = Annotated[Decimal, Field(gt=0, lt=Decimal("1e15"), max_digits=33, decimal_places=18)]
Nanoseconds = Annotated[int, Field(ge=0, lt=1 << 63)]
Text = Annotated[str, Field(max_length=300)]


class Body(BaseModel):
    """Base of all: nothing unknown is taken, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


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
    user: Name
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


class KillBody(Body):
    """Stops orders of a scope."""

    scope: Name = "all"
    by: Name
    reason: Text = ""
    flatten: bool = False
    source: Annotated[str, Field(pattern="^(api|cli)$")] = "api"


class ByBody(Body):
    """Who asks, and why."""

    by: Name
    reason: Text = ""
    scope: Name = "all"
    flatten: bool = False


class StrategyBody(Body):
    """A version of a strategy; the hash is of the text in its file, so that what was looked at is what runs."""

    strategy: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    name: Name
    path: Annotated[str, Field(min_length=1, max_length=4096)]
    code_hash: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    parameters: dict[Name, Text] = {}
    symbols: Annotated[list[Name], Field(min_length=1, max_length=100)]
    timeframe: Annotated[str, Field(max_length=20)] = ""
    cash: Amount
    by: Name


class LimitsBody(Body):
    """The limits of one scope, by the names of docs/reference/risk.md."""

    scope: Name
    limits: dict[Name, Text]
    approver: Name
