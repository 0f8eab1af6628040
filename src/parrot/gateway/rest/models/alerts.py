"""What somebody should look at."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from parrot.gateway.rest.bodies import Body, Optional, Text

AlertId = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$")]


class Alert(Body):
    """One alert; `acknowledged_by` names who has seen it, empty for nobody. A standing one goes away by itself."""

    alert_id: str
    ts: int = Field(description="ns UTC")
    account: str
    level: str
    kind: str
    text: str
    scope: str
    strategy: str
    symbol: str
    order_id: int
    standing: bool
    acknowledged_by: str
    acknowledged_ns: int
    note: str


class AlertPage(Body):
    """A page of alerts, newest first, and what is wrong right now."""

    items: list[Alert]
    standing: list[Alert]
    next: str | None


class AcknowledgeBody(Body):
    """Which alerts somebody has seen."""

    alert_ids: Annotated[
        list[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$")]], Field(min_length=1, max_length=500)
    ]
    note: Text = ""
    by: Optional = ""


class Acknowledged(Body):
    """How many of them nobody had seen before."""

    count: int
