"""What commands bring along, checked before anything else looks at it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from parrot.contracts.commands import OrderKind, Side, TimeInForce

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w@.: /-]+$")]
Amount = Annotated[Decimal, Field(gt=0, lt=Decimal("1e15"), max_digits=33, decimal_places=18)]
Nanoseconds = Annotated[int, Field(ge=0, lt=1 << 63)]
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


class StrategyBody(_Body):
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


class LimitsBody(_Body):
    """The limits of one scope, by the names of docs/reference/risk.md."""

    scope: Name
    limits: dict[Name, Text]
    approver: Name
