"""What happened: orders and their lives, fills, decisions, the equity curve, the ledger, and all beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool

from parrot.contracts.access import EVERY_ACCOUNT, Permission, Principal
from parrot.contracts.history import OrderRow
from parrot.gateway.rest.access import allowed
from parrot.gateway.rest.cursors import After, cursor, place
from parrot.gateway.rest.models import history as models
from parrot.gateway.rest.paging import Limit
from parrot.gateway.rest.ports.history import HistoryDoor
from parrot.kernel.errors import MissingError
from parrot.ports.history import Found, HistoryReader, Wanted

Reader = Annotated[Principal, allowed(Permission.ORDERS_READ)]
Holder = Annotated[Principal, allowed(Permission.PORTFOLIO_READ)]
Watcher = Annotated[Principal, allowed(Permission.STRATEGIES_READ)]

Word = Annotated[str, Query(max_length=120)]
Moment = Annotated[int, Query(ge=0, lt=1 << 63, description="ns UTC")]
Number = Annotated[int, Query(ge=0, lt=1 << 63)]
Status = Annotated[str, Query(max_length=40, description='A status of orders, or "open" or "ended".')]
_JSON = msgspec.json.Encoder()


def routes(door: HistoryDoor) -> APIRouter:
    """The routes of history."""
    router = APIRouter(tags=["history"])
    _orders(router, door)
    _trades(router, door)
    _account(router, door)
    return router


def _orders(router: APIRouter, door: HistoryDoor) -> None:
    @router.get("/orders", operation_id="list_orders", response_model=models.OrderPage)
    async def orders(
        who: Reader,
        limit: Limit = 100,
        after: After = None,
        symbol: Word = "",
        strategy: Word = "",
        status: Status = "",
        side: Word = "",
        user: Word = "",
        account: Word = "",
        group_id: Number = 0,
        parent: Number = 0,
        since: Moment = 0,
        until: Moment = 0,
        text: Word = "",
    ) -> Response:
        """Orders, newest first; `text` is looked for in ids, names, reasons and words."""
        named = {"symbol": symbol, "strategy": strategy, "status": status, "side": side, "user": user}
        numbers = {"group_id": group_id, "parent": parent, "since": since, "until": until}
        return await _page(door, "orders", who, after, limit=limit, text=text, account=account, **named, **numbers)

    @router.get("/orders/{order_id}", operation_id="order", response_model=models.Order)
    async def order(order_id: int, who: Reader) -> Response:
        """One order as it stands."""
        reader = await door.caught_up()
        return _json(_JSON.encode(_seen(reader, who, order_id)))

    @router.get("/orders/{order_id}/events", operation_id="order_events", response_model=models.EventList)
    async def events(order_id: int, who: Reader) -> Response:
        """The life of an order, oldest first: every gate that it came to, with its numbers and words."""
        reader = await door.caught_up()
        _seen(reader, who, order_id)
        return _json(b'{"items":[' + b",".join(reader.events(order_id)) + b"]}")


def _trades(router: APIRouter, door: HistoryDoor) -> None:
    @router.get("/fills", operation_id="list_fills", response_model=models.FillPage)
    async def fills(
        who: Reader,
        limit: Limit = 100,
        after: After = None,
        symbol: Word = "",
        strategy: Word = "",
        side: Word = "",
        user: Word = "",
        account: Word = "",
        order_id: Number = 0,
        since: Moment = 0,
        until: Moment = 0,
        text: Word = "",
    ) -> Response:
        """Fills, newest first."""
        named = {"symbol": symbol, "strategy": strategy, "side": side, "user": user, "account": account}
        numbers = {"order_id": order_id, "since": since, "until": until}
        return await _page(door, "fills", who, after, limit=limit, text=text, **named, **numbers)

    @router.get("/decisions", operation_id="list_decisions", response_model=models.DecisionPage)
    async def decisions(
        who: Watcher,
        limit: Limit = 100,
        after: After = None,
        strategy: Word = "",
        symbol: Word = "",
        gate: Word = "",
        passed: bool | None = None,
        order_id: Number = 0,
        since: Moment = 0,
        until: Moment = 0,
        text: Word = "",
    ) -> Response:
        """Why something happened or did not, newest first."""
        named = {"symbol": symbol, "strategy": strategy, "gate": gate, "passed": passed}
        numbers = {"order_id": order_id, "since": since, "until": until}
        return await _page(door, "decisions", who, after, limit=limit, text=text, **named, **numbers)


def _account(router: APIRouter, door: HistoryDoor) -> None:
    @router.get("/equity", operation_id="equity")
    def equity(
        who: Holder,
        account: Word = "main",
        since: Moment = 0,
        until: Moment = 0,
        points: Annotated[int, Query(ge=2, le=5_000)] = 500,
    ) -> models.Curve:
        """The equity curve, oldest first, thinned to `points` that keep first, last, and the extremes between."""
        found = door.equity(_wanted(who, account=account, since=since, until=until), points)
        return models.Curve(items=[models.EquityPoint(**msgspec.to_builtins(point)) for point in found])

    @router.get("/ledger", operation_id="list_postings", response_model=models.PostingPage)
    async def postings(
        who: Holder,
        limit: Limit = 100,
        after: After = None,
        kind: Annotated[str, Query(max_length=40, description="trade, deposit, adjustment, reversal, crossing")] = "",
        symbol: Word = "",
        strategy: Word = "",
        account: Word = "",
        order_id: Number = 0,
        since: Moment = 0,
        until: Moment = 0,
        text: Word = "",
    ) -> Response:
        """Transactions of the ledger, newest first; the legs of each sum to zero."""
        named = {"symbol": symbol, "strategy": strategy, "kind": kind, "account": account}
        numbers = {"order_id": order_id, "since": since, "until": until}
        return await _page(door, "postings", who, after, limit=limit, text=text, **named, **numbers)

    @router.get("/activity", operation_id="list_activity", response_model=models.ActivityPage)
    async def activity(
        who: Watcher,
        limit: Limit = 100,
        after: After = None,
        kind: Word = "",
        level: Annotated[str, Query(pattern="^(info|warning|error)?$")] = "",
        strategy: Word = "",
        since: Moment = 0,
        until: Moment = 0,
        text: Word = "",
    ) -> Response:
        """What happened beside orders, newest first: kills, breakers, limits, strategies, the line to the venue."""
        named = {"kind": kind, "level": level, "strategy": strategy, "since": since, "until": until}
        return await _page(door, "activity", who, after, limit=limit, text=text, **named)


async def _page(door: HistoryDoor, what: str, who: Principal, after: str | None, **chosen: Any) -> Response:
    """A page whose rows are JSON already: they were encoded once, when they were written.

    It is read here, by an index and within a millisecond, without another thread; a text takes longer.
    """
    wanted = _wanted(who, after=place(after), **chosen)
    ask: Callable[[Wanted], Found] = getattr(await door.caught_up(), what)
    found = await run_in_threadpool(ask, wanted) if wanted.text else ask(wanted)
    return _json(b'{"items":[' + b",".join(found.rows) + b'],"next":' + _JSON.encode(cursor(found.after)) + b"}")


def _wanted(who: Principal, **chosen: Any) -> Wanted:
    return Wanted(accounts=None if EVERY_ACCOUNT in who.accounts else who.accounts, **chosen)


def _seen(reader: HistoryReader, who: Principal, order_id: int) -> OrderRow:
    """An order that they may see. Raises MissingError."""
    found = reader.order(order_id) if 0 < order_id < 1 << 63 else None
    if found is None or not who.sees(found.account):
        raise MissingError(f"there is no order {order_id}", expected="its number", fix="parrot order ls")
    return found


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
