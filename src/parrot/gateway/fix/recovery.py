"""After a restart: what the exchange did and a session was not told, because the process died between the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from parrot.contracts.exchange import Change, Execution, OrderChanged, OrderState, Stage
from parrot.gateway.fix import reports, tags
from parrot.gateway.fix.moments import moment
from parrot.ports.exchange import PublicExchange
from parrot.ports.sessions import SessionStore

ORDERS_MAX = 1_000  # the newest that are looked at
_SOH = b"\x01"
_ENDS = {
    Stage.CANCELED: Change.CANCELED,
    Stage.REPLACED: Change.REPLACED,
    Stage.EXPIRED: Change.EXPIRED,
    Stage.EXPIRED_IN_MATCH: Change.PREVENTED,
}


class _Told(NamedTuple):
    """What was said of an order last."""

    name: str
    status: str


class _Said:
    """What the messages that a session keeps say of orders: the last word on each, all fills, the newest moment.

    Changes are told in the order in which they happened: what happened before `until` was told.
    """

    def __init__(self, kept: Iterable[tuple[int, bytes]]) -> None:
        self.orders: dict[str, _Told] = {}
        self.fills: set[str] = set()
        self.until = ""
        for _, message in kept:
            fields = dict(pair.split(b"=", 1) for pair in message.split(_SOH)[:-1])
            self.until = max(self.until, _text(fields, tags.TRANSACT_TIME))
            answers = _text(fields, tags.EXEC_TYPE) == reports.STATUS_REPORT  # under whatever name was asked for
            if _text(fields, tags.MSG_TYPE) == tags.EXECUTION and not answers:
                self.orders[_text(fields, tags.ORDER_ID)] = _Told(
                    _text(fields, tags.CL_ORD_ID), _text(fields, tags.ORD_STATUS)
                )
                self.fills.add(_text(fields, tags.EXEC_ID))


def untold(exchange: PublicExchange, account: str, store: SessionStore) -> Iterator[OrderChanged]:
    """Changes of orders since the last one that the session keeps, as far as they can be told from how things are.

    Nothing where it keeps none: such a session has begun anew, and its client asks for what it wants to know.
    """
    said = _Said(store.kept(1, store.outgoing - 1))
    if not said.until:
        return
    for order in exchange.orders(account, limit=ORDERS_MAX):
        if moment(order.updated) >= said.until:
            yield from _of_order(order, _fills(exchange, order, said.fills), said.orders.get(str(order.order_id)))


def _fills(exchange: PublicExchange, order: OrderState, told: set[str]) -> list[Execution]:
    fills = exchange.executions(order.account, order.order.symbol, order_id=order.order_id, limit=ORDERS_MAX)
    return [fill for fill in fills if reports.fill_id(fill) not in told]


def _of_order(order: OrderState, fills: list[Execution], told: _Told | None) -> Iterator[OrderChanged]:
    filled = order.filled - sum(fill.quantity for fill in fills)
    amounts = [reports.amount(fill) for fill in fills]
    spent = order.quote_filled - sum(amounts)
    if told is None:
        yield _changed(Change.NEW, order, filled=filled, spent=spent, ts=order.created)
    elif told.name != order.client_id and told.status in "01A":  # an end has the name of the request for it
        renamed = _changed(Change.REPLACED, order, filled=filled, spent=spent, ts=order.updated)
        yield msgspec.structs.replace(renamed, request_id=order.client_id)
    for fill, amount in zip(fills, amounts, strict=True):
        filled, spent = filled + fill.quantity, spent + amount
        change = _changed(Change.TRADE, order, filled=filled, spent=spent, ts=fill.ts)
        yield msgspec.structs.replace(change, execution=fill)
    end = _ENDS.get(order.stage)
    if end is not None and (told is None or told.status != reports.status(order)):
        yield OrderChanged(change=end, order=order, ts=order.updated)


def _changed(change: Change, order: OrderState, *, filled: int, spent: int, ts: int) -> OrderChanged:
    """A change in the order's past, the order as it stood then."""
    stage = Stage.PARTIALLY_FILLED if filled else Stage.NEW
    if order.stage is Stage.FILLED and filled == order.filled:
        stage = Stage.FILLED
    state = msgspec.structs.replace(order, stage=stage, filled=filled, quote_filled=spent)
    return OrderChanged(change=change, order=state, ts=ts)


def _text(fields: dict[bytes, bytes], tag: int) -> str:
    return fields.get(b"%d" % tag, b"").decode("ascii", "replace")
