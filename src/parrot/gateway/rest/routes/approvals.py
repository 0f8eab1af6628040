"""What waits for somebody to agree: limits, deposits, withdrawals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest import approving
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.models.risk import Request, RequestPage
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.risk import ApprovalsDoor

Person = Annotated[Principal, allowed(Permission.SELF)]
After = Annotated[str, Query(max_length=20, pattern=r"^\d{0,12}$", description="The `next` of the page before.")]
_PAGES_MOST = 50


def routes(approvals: ApprovalsDoor) -> APIRouter:
    """The routes of requests."""
    router = APIRouter(tags=["approvals"])

    @router.get("/approvals", operation_id="list_approvals")
    def listed(who: Person, limit: Limit = 100, after: After = "", *, pending: bool = False) -> RequestPage:
        """Requests that one may see, newest first; with `pending` those that wait, oldest first."""
        if pending:
            waiting = [approving.told(who, one) for one in approvals.open() if approving.sees(who, one)]
            return RequestPage(items=waiting[:limit], next=None)
        items: list[Request] = []
        for _ in range(_PAGES_MOST):
            rows = approvals.newest(before=after, limit=limit)
            items += [approving.told(who, one) for one in rows if approving.sees(who, one)]
            after = rows[-1].id if len(rows) == limit else ""
            if not after or len(items) >= limit:
                break
        if len(items) > limit:
            items, after = items[:limit], items[limit - 1].id
        return RequestPage(items=items, next=after or None)

    @router.get("/approvals/{number}", operation_id="approval")
    def one(number: str, who: Person) -> Request:
        """One request."""
        found = approvals.get(number)
        approving.require(who, found)
        return approving.told(who, found)

    return router
