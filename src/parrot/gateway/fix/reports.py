"""Execution reports (8): an order as it stands, in the fields of FIX 4.4."""

from __future__ import annotations

from typing import Final

from parrot.contracts.commands import Side
from parrot.contracts.exchange import SCALE, Change, Execution, Kind, Lifetime, OrderChanged, OrderState, Stage
from parrot.gateway.fix import tags
from parrot.gateway.fix.messages import decimal
from parrot.gateway.fix.moments import moment

Row = list[tuple[int, object]]

SIDES: Final = {Side.BUY: "1", Side.SELL: "2"}
KINDS: Final = {
    Kind.MARKET: "1",
    Kind.LIMIT: "2",
    Kind.STOP: "3",
    Kind.STOP_LIMIT: "4",
    Kind.TOUCH: "J",
    Kind.TOUCH_LIMIT: "4",
}
LIFETIMES: Final = {
    Lifetime.DAY: "0",
    Lifetime.GTC: "1",
    Lifetime.OPEN: "2",
    Lifetime.IOC: "3",
    Lifetime.FOK: "4",
    Lifetime.CLOSE: "7",
}
POST_ONLY: Final = "6"
FOR_THE_DAY: Final = 1 << 8  # a mark of orders for the day where the market never closes: they are good till cancelled
STATUS_REPORT: Final = "I"
REJECTED: Final = "8"
_STATUSES: Final = {
    Stage.PENDING: "A",
    Stage.NEW: "0",
    Stage.PARTIALLY_FILLED: "1",
    Stage.FILLED: "2",
    Stage.CANCELED: "4",
    Stage.REPLACED: "4",
    Stage.EXPIRED: "C",
    Stage.EXPIRED_IN_MATCH: "C",
}
_CHANGES: Final = {
    Change.NEW: "0",
    Change.TRADE: "F",
    Change.CANCELED: "4",
    Change.REPLACED: "5",
    Change.TRIGGERED: "D",
    Change.EXPIRED: "C",
    Change.PREVENTED: "D",
}
_RESTATED: Final = {Change.TRIGGERED: 99, Change.PREVENTED: 5}
_WAITING: Final = frozenset({Kind.STOP, Kind.STOP_LIMIT, Kind.TOUCH, Kind.TOUCH_LIMIT})


def status(order: OrderState) -> str:
    """OrdStatus (39); one that was amended is new or partially filled as before."""
    if order.stage is Stage.NEW and order.filled:
        return _STATUSES[Stage.PARTIALLY_FILLED]
    return _STATUSES[order.stage]


def average(order: OrderState) -> int:
    """The average price of the fills in 10^-8, half to even; 0 without fills."""
    if not order.filled:
        return 0
    whole, rest = divmod(order.quote_filled * SCALE, order.filled)
    twice = 2 * rest
    return whole + (twice > order.filled or (twice == order.filled and whole & 1))


def amount(fill: Execution) -> int:
    """What a fill comes to, as the exchange adds it up."""
    return fill.price * fill.quantity // SCALE


def fill_id(fill: Execution) -> str:
    """ExecID (17) of a fill, the same in every session and at every time."""
    return f"{fill.symbol}-{fill.trade_id}-{fill.order_id}"


def standing(order: OrderState, *, name: str, now: int) -> Row:
    """The fields that every report of an order has, but for what happened to it."""
    asked = order.order
    waits = asked.kind in _WAITING and not order.triggered and order.open
    return [
        (tags.ORDER_ID, order.order_id),
        (tags.CL_ORD_ID, name),
        (tags.ORD_STATUS, status(order)),
        (tags.SYMBOL, asked.symbol),
        (tags.SIDE, SIDES[asked.side]),
        *_terms(order),
        (tags.WORKING, "N" if waits else None),
        *_sums(order),
        (tags.TRANSACT_TIME, moment(now)),
    ]


def _terms(order: OrderState) -> Row:
    asked = order.order
    taken = 0 if order.stage is Stage.EXPIRED_IN_MATCH else order.prevented  # what it is now, while it lives
    quantity = order.quantity - taken
    return [
        (tags.ORDER_QTY, decimal(quantity) if quantity else None),
        (tags.CASH_ORDER_QTY, decimal(asked.quote_quantity) if asked.quote_quantity and not quantity else None),
        (tags.ORD_TYPE, KINDS[asked.kind]),
        (tags.PRICE, decimal(order.limit) if order.limit and asked.kind is not Kind.MARKET else None),
        (tags.STOP_PX, decimal(asked.trigger) if asked.trigger else None),
        (tags.TIME_IN_FORCE, LIFETIMES[Lifetime.DAY if asked.flags & FOR_THE_DAY else asked.lifetime]),
        (tags.EXEC_INST, POST_ONLY if asked.post_only else None),
        (tags.MAX_FLOOR, decimal(asked.display) if asked.display else None),
    ]


def _sums(order: OrderState) -> Row:
    left = order.quantity - order.filled - order.prevented if order.open else 0
    return [
        (tags.LEAVES_QTY, decimal(left)),
        (tags.CUM_QTY, decimal(order.filled)),
        (tags.AVG_PX, decimal(average(order))),
    ]


def _exec_type(event: OrderChanged) -> str:
    if event.change is Change.REPLACED and event.order.stage is Stage.REPLACED:
        return _CHANGES[Change.CANCELED]  # another one took its place
    if event.change is Change.PREVENTED and not event.order.open:
        return _CHANGES[Change.EXPIRED]
    return _CHANGES[event.change]


def changed(event: OrderChanged, *, names: tuple[str, str], number: int) -> Row:
    """The report of a change; `names` are the order's own and the earlier one, `number` makes its id unique."""
    order, fill = event.order, event.execution
    ended = event.change is Change.REPLACED and order.stage is Stage.REPLACED
    restated = _RESTATED.get(event.change) if order.open else None
    row = standing(order, name=names[0], now=event.ts)
    row += [
        (tags.EXEC_TYPE, _exec_type(event)),
        (tags.ORIG_CL_ORD_ID, names[1] or None),
        (tags.RESTATEMENT, restated),
        (tags.TEXT, f"replaced by order {order.replaced_by}" if ended else order.expiry or None),
    ]
    if fill is None:
        return [*row, (tags.EXEC_ID, f"{order.order_id}-{event.ts}-{number}")]
    return [
        *row,
        (tags.EXEC_ID, fill_id(fill)),
        (tags.LAST_QTY, decimal(fill.quantity)),
        (tags.LAST_PX, decimal(fill.price)),
        (tags.COMMISSION, decimal(fill.fee)),
        (tags.COMM_TYPE, 3),
        (tags.COMM_CURRENCY, fill.fee_asset),
        (tags.LIQUIDITY, 1 if fill.maker else 2),
    ]
