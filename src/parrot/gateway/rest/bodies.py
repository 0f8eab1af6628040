"""What commands bring along, checked before anything else looks at it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from parrot.contracts.commands import OrderKind, Side, TimeInForce

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w@.: /-]+$")]
Amount = Annotated[Decimal, Field(gt=0, lt=Decimal("1e15"), max_digits=33, decimal_places=18)]
Text = Annotated[str, Field(max_length=300)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class OrderBody(_Body):
    """An order of a person; amounts as text or numbers, exact. The same `key` again is the same order."""

    key: Name
    symbol: Name
    side: Side
    quantity: Amount
    kind: OrderKind = OrderKind.MARKET
    limit: Amount | None = None
    trigger: Amount | None = None
    trail: Amount | None = None
    trail_percent: bool = False
    tif: TimeInForce = TimeInForce.GTC
    until: int = Field(default=0, ge=0)
    post_only: bool = False
    reduce_only: bool = False
    stop: Amount | None = None
    take: Amount | None = None
    duration: int = Field(default=0, ge=0)
    slices: int = Field(default=0, ge=0, le=10_000)
    participation: Amount | None = None
    display: Amount | None = None
    account: Name = "main"
    user: Name
    why: Text = ""

    def fields(self) -> dict[str, Any]:
        """As fields of SubmitOrder."""
        return {name: getattr(self, name) for name in type(self).model_fields}


class KillBody(_Body):
    """Stops orders of a scope."""

    scope: Name = "all"
    by: Name
    reason: Text = ""
    flatten: bool = False
    source: Annotated[str, Field(pattern="^(api|cli)$")] = "api"


class ByBody(_Body):
    """Who asks, and why."""

    by: Name
    reason: Text = ""
    scope: Name = "all"
    flatten: bool = False


class LimitsBody(_Body):
    """The limits of one scope, by the names of docs/reference/risk.md."""

    scope: Name
    limits: dict[Name, Text]
    approver: Name
