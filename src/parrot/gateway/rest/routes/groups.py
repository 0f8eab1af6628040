"""Groups of orders over HTTP: placed, changed and ended as one."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter

from parrot.contracts import groups
from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed, named, require_account
from parrot.gateway.rest.answers import done, names, refuse, seen
from parrot.gateway.rest.bodies import ByBody, Done
from parrot.gateway.rest.cursors import After, cursor, place
from parrot.gateway.rest.models.groups import AmendBody, GroupBody, GroupPage, Placed
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.platform import RunningPlatform

_ALL: Final = 100_000

Reader = Annotated[Principal, allowed(Permission.ORDERS_READ)]
Trader = Annotated[Principal, allowed(Permission.ORDERS_WRITE)]


def routes(platform: RunningPlatform) -> APIRouter:
    """The routes of groups."""
    router = APIRouter(tags=["groups"])

    @router.get("/groups", operation_id="list_groups", response_model=GroupPage)
    def listed(who: Reader, limit: Limit = 100, after: After = None) -> Any:
        """Groups of orders with what they hold, newest first."""
        behind = place(after)
        rows = seen(who, lambda: platform.rows("groups", _ALL))
        rows = [row for row in rows if not behind or row["group_id"] < behind]
        more = rows[limit - 1]["group_id"] if len(rows) > limit else 0
        return {"items": rows[:limit], "next": cursor(more)}

    @router.post("/groups", operation_id="place_group", status_code=201, response_model_exclude_none=True)
    def placed(body: GroupBody, who: Trader) -> Placed:
        """Places a group of orders; answered when it is durable."""
        require_account(who, body.account)
        given = {"key": body.key, "account": body.account, "user": named(who, body.user), "why": body.why}
        entries = platform.ask(groups.PlaceGroup(strategy="manual", plan=body.plan.plan(), **given))
        refuse(entries)
        found = next((entry for entry in entries if isinstance(entry.record, groups.GroupPlaced)), None)
        return Placed(key=body.key, records=names(entries), group_id=None if found is None else found.seq)

    @router.put("/groups/{group_id}", operation_id="amend_group")
    def amend(group_id: int, body: AmendBody, who: Trader) -> Done:
        """Gives a group another plan; its open orders follow."""
        require_account(who)
        user = named(who, body.user)
        return done(platform, groups.AmendGroup(group_id=group_id, plan=body.plan.plan(), user=user))

    @router.delete("/groups/{group_id}", operation_id="cancel_group")
    def cancel(group_id: int, body: ByBody, who: Trader) -> Done:
        """Ends a group: its orders are withdrawn; what it holds stays, and so do stops that protect it."""
        require_account(who)
        return done(platform, groups.CancelGroup(group_id=group_id, user=named(who, body.by), why=body.reason))

    return router
