"""Tickets: what an order would cost before it is sent, and changes of one that works."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from parrot.contracts import commands, records
from parrot.contracts.access import Permission, Principal
from parrot.gateway.rest.access import allowed, named, require_account
from parrot.gateway.rest.answers import names, refuse
from parrot.gateway.rest.models.tickets import ChangeBody, Changed, Preview, PreviewBody
from parrot.gateway.rest.ports.platform import RunningPlatform
from parrot.gateway.rest.ports.tickets import TicketsDoor
from parrot.kernel.errors import OrderError

Trader = Annotated[Principal, allowed(Permission.ORDERS_WRITE)]


def routes(platform: RunningPlatform, tickets: TicketsDoor) -> APIRouter:
    """The routes of tickets."""
    router = APIRouter(tags=["orders"])

    @router.post("/orders/preview", operation_id="preview_order", response_model=Preview)
    def preview(body: PreviewBody, who: Trader) -> Any:
        """What an order would cost against the book now, and what every gate of risk would say; nothing happens."""
        require_account(who, body.account)
        fields = body.fields() | {"user": named(who, body.user)}
        return tickets.preview(commands.SubmitOrder(strategy="manual", **fields))

    @router.patch("/orders/{order_id}", operation_id="amend_order")
    def amend(order_id: int, body: ChangeBody, who: Trader) -> Changed:
        """Asks for another quantity or limit of a working order; risk looks at what grows."""
        require_account(who)
        user = named(who, body.user)
        change = commands.AmendOrder(
            order_id=order_id, quantity=body.quantity, limit=body.limit, user=user, why=body.why
        )
        entries = platform.ask(change)
        refuse(entries)
        for entry in entries:
            if isinstance(entry.record, records.ReplaceRefused):
                raise OrderError(f"order {order_id} stays as it is: {entry.record.text}")
        return Changed(order_id=order_id, records=names(entries))

    return router
