"""Groups of orders over HTTP: placed, changed and ended as one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field

from parrot.contracts import groups
from parrot.contracts.commands import Side
from parrot.contracts.groups import GridStart, Spacing
from parrot.gateway.rest.answers import done, names, refuse
from parrot.gateway.rest.bodies import Amount, Body, ByBody, Name, Text
from parrot.gateway.rest.platform import RunningPlatform


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
    user: Name
    why: Text = ""


class AmendBody(Body):
    """Another plan for a group."""

    plan: PlanBody
    user: Name


def routes(platform: RunningPlatform) -> APIRouter:
    """The routes of groups."""
    router = APIRouter()

    @router.post("/groups", operation_id="place_group", status_code=HTTPStatus.CREATED)
    def place(body: GroupBody) -> dict[str, Any]:
        """Places a group of orders; answered when it is durable."""
        given = {"key": body.key, "account": body.account, "user": body.user, "why": body.why}
        entries = platform.ask(groups.PlaceGroup(strategy="manual", plan=body.plan.plan(), **given))
        refuse(entries)
        placed = next((entry for entry in entries if isinstance(entry.record, groups.GroupPlaced)), None)
        told: dict[str, Any] = {"key": body.key, "records": names(entries)}
        return told | ({"group_id": placed.seq} if placed is not None else {})

    @router.put("/groups/{group_id}", operation_id="amend_group")
    def amend(group_id: int, body: AmendBody) -> dict[str, Any]:
        """Gives a group another plan; its open orders follow."""
        return done(platform, groups.AmendGroup(group_id=group_id, plan=body.plan.plan(), user=body.user))

    @router.delete("/groups/{group_id}", operation_id="cancel_group")
    def cancel(group_id: int, body: ByBody) -> dict[str, Any]:
        """Ends a group: its orders are withdrawn; what it holds stays, and so do stops that protect it."""
        return done(platform, groups.CancelGroup(group_id=group_id, user=body.by, why=body.reason))

    return router
