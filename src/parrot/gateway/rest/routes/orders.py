"""Orders of people: sent and withdrawn."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter

from parrot.contracts import commands, records
from parrot.contracts.access import Permission, Principal
from parrot.contracts.message import Entry
from parrot.gateway.rest.access import allowed, named, require_account
from parrot.gateway.rest.answers import done, names, refuse, seen
from parrot.gateway.rest.bodies import ByBody, Done
from parrot.gateway.rest.models.orders import Cancelled, OrderBody, Sent
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.platform import RunningPlatform
from parrot.kernel.errors import OrderError

_SAYS_IT_ALL: Final = frozenset({"fields", "kill"})  # rules whose text has the expectation in it

Trader = Annotated[Principal, allowed(Permission.ORDERS_WRITE)]
Holder = Annotated[Principal, allowed(Permission.PORTFOLIO_READ)]


def routes(platform: RunningPlatform) -> APIRouter:
    """The routes of orders, and of what is held."""
    router = APIRouter(tags=["orders"])
    _lists(router, platform)

    @router.post("/orders", operation_id="submit_order", status_code=201, response_model_exclude_none=True)
    def submit(body: OrderBody, who: Trader) -> Sent:
        """Sends an order; answered when it is durable, with the name of the rule when it was refused."""
        require_account(who, body.account)
        fields = body.fields() | {"user": named(who, body.user)}
        return _sent(platform.ask(commands.SubmitOrder(strategy="manual", **fields)), body.key)

    @router.delete("/orders/{order_id}", operation_id="cancel_order")
    def cancel(order_id: int, body: ByBody, who: Trader) -> Cancelled:
        """Asks for the end of an order."""
        require_account(who)
        user = named(who, body.by)
        entries = platform.ask(commands.CancelOrder(order_id=order_id, user=user, why=body.reason))
        refuse(entries)
        return Cancelled(order_id=order_id, records=names(entries))

    @router.post("/orders/cancel-all", operation_id="cancel_all_orders")
    def cancel_all(body: ByBody, who: Trader) -> Done:
        """Asks for the end of all orders but protection; scope "all", "strategy:<id>" or "symbol:<symbol>"."""
        require_account(who)
        kind, _, name = body.scope.partition(":")
        chosen = {kind: name} if kind in ("strategy", "symbol") else {}
        return done(platform, commands.CancelAll(user=named(who, body.by), why=body.reason, **chosen))

    return router


def _lists(router: APIRouter, platform: RunningPlatform) -> None:
    @router.get("/positions", operation_id="list_positions")
    def positions(who: Holder, limit: Limit = 100) -> dict[str, list[dict[str, Any]]]:
        """Positions of the account and of each strategy's book."""
        return {"positions": seen(who, lambda: platform.rows("positions", limit))}


def _sent(entries: list[Entry], key: str) -> Sent:
    refuse(entries)
    received = next((entry for entry in entries if isinstance(entry.record, records.OrderReceived)), None)
    if received is None:  # the same key again
        return Sent(key=key, records=[])
    refused = next((entry.record for entry in entries if isinstance(entry.record, records.OrderRefused)), None)
    if refused is not None:
        limited = refused.limit and refused.rule not in _SAYS_IT_ALL
        expected = f"{refused.rule} of {refused.scope}: {refused.limit}" if limited else ""
        raise OrderError(f"order {received.seq} was refused: {refused.text}", expected=expected)
    return Sent(key=key, order_id=received.seq, records=names(entries))
