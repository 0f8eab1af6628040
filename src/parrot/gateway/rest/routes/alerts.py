"""Alerts: what somebody should look at, and who has."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from parrot.contracts.access import EVERY_ACCOUNT, Permission, Principal
from parrot.gateway.rest.access import MAIN, allowed, named, require_account
from parrot.gateway.rest.cursors import After, cursor, place
from parrot.gateway.rest.models.alerts import AcknowledgeBody, Acknowledged, Alert, AlertPage
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.alerts import AlertsDoor
from parrot.ports.history import Wanted

Reader = Annotated[Principal, allowed(Permission.RISK_READ)]
Guard = Annotated[Principal, allowed(Permission.KILL)]
Word = Annotated[str, Query(max_length=120)]


def routes(door: AlertsDoor) -> APIRouter:
    """The routes of alerts."""
    router = APIRouter(tags=["alerts"])

    @router.get("/alerts", operation_id="list_alerts")
    def alerts(
        who: Reader,
        limit: Limit = 100,
        after: After = None,
        level: Annotated[str, Query(pattern="^(warning|error)?$")] = "",
        kind: Word = "",
        strategy: Word = "",
        symbol: Word = "",
        seen: Annotated[bool, Query(description="Those that somebody has seen as well.")] = False,
        text: Word = "",
    ) -> AlertPage:
        """Kills, breakers, orders that failed, strategies that were stopped, mismatches, the line, the disk."""
        accounts = None if EVERY_ACCOUNT in who.accounts else who.accounts
        wanted = Wanted(
            accounts=accounts,
            limit=limit,
            after=place(after),
            level=level,
            kind=kind,
            strategy=strategy,
            symbol=symbol,
            text=text,
        )
        rows, end = door.page(wanted, all_of_them=seen)
        standing = door.standing() if who.sees(MAIN) else []
        return AlertPage(
            items=[Alert(**row) for row in rows], standing=[Alert(**row) for row in standing], next=cursor(end)
        )

    @router.post("/alerts/acknowledge", operation_id="acknowledge_alerts")
    def acknowledge(body: AcknowledgeBody, who: Guard) -> Acknowledged:
        """Notes that a named person has seen alerts; it stands in the audit log."""
        require_account(who)
        return Acknowledged(count=door.acknowledge(body.alert_ids, who, named(who, body.by), body.note))

    return router
