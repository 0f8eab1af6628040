"""Groups of orders: their plans."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from parrot.contracts import groups
from parrot.contracts.commands import Side
from parrot.contracts.groups import GridStart, Spacing
from parrot.gateway.rest.bodies import Amount, Body, Done, Name, Optional, Text


class GridBody(Body):
    """A grid: `levels` prices from `low` to `high`, each step trading `quantity`."""

    form: Literal["grid"]
    symbol: Name
    low: Amount
    high: Amount
    levels: int = Field(ge=2, le=201)
    quantity: Amount
    spacing: Spacing = Spacing.ARITHMETIC
    start: GridStart = GridStart.BOTH

    def plan(self) -> groups.Plan:
        """As the contract has it."""
        return groups.Grid(**self.model_dump(exclude={"form"}))


class LadderBody(Body):
    """A ladder: a first order, safety orders further away, an exit that follows the average; percents as numbers."""

    form: Literal["ladder"]
    symbol: Name
    side: Side = Side.BUY
    quantity: Amount
    limit: Amount | None = None
    safety_orders: int = Field(ge=0, le=50)
    safety_quantity: Amount | None = None
    deviation: Amount
    gap_scale: Amount = Field(default=1, validate_default=True)
    quantity_scale: Amount = Field(default=1, validate_default=True)
    take: Amount
    stop: Amount | None = None
    rounds: int = Field(default=1, ge=0, le=1_000_000)

    def plan(self) -> groups.Plan:
        """As the contract has it; safety orders are as large as the first one where nothing else is said."""
        given = self.model_dump(exclude={"form"})
        return groups.Ladder(**given | {"safety_quantity": self.safety_quantity or self.quantity})


PlanBody = Annotated[GridBody | LadderBody, Field(discriminator="form")]


class GroupBody(Body):
    """A new group; the same `key` again is the same group."""

    key: Name
    plan: PlanBody
    account: Name = "main"
    user: Optional = ""
    why: Text = ""


class AmendBody(Body):
    """Another plan for a group."""

    plan: PlanBody
    user: Optional = ""


class Placed(Done):
    """A group that was taken; without a number when its key was taken before."""

    key: str
    group_id: int | None = None


class Group(Body):
    """A group as it stands; `held` in base, `cash` in quote units, `stopped` says why places get no more orders."""

    group_id: int
    ts: int = Field(description="ns UTC")
    strategy: str
    key: str
    symbol: str
    form: str
    status: str
    reason: str
    plan: dict[str, str | int | None]
    round: int
    fills: int
    held: str
    cash: str
    orders: list[int]
    stopped: dict[str, str]


class GroupPage(Body):
    """A page of groups; `next` is given as `after` for the page behind it, null where there is none."""

    items: list[Group]
    next: str | None
