"""Orders, fills and lists as the venue's clients read them; times in ticks of `unit` ns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from parrot.contracts.commands import Side
from parrot.contracts.exchange import (
    Execution,
    Kind,
    Lifetime,
    ListForm,
    NewOrder,
    OrderListState,
    OrderState,
    SelfTrade,
    Stage,
)
from parrot.gateway.binance_api.amounts import text, value

MILLISECOND: Final = 1_000_000  # ns
MICROSECOND: Final = 1_000

SIDES: Final = {Side.BUY: "BUY", Side.SELL: "SELL"}
STATUSES: Final = {
    Stage.PENDING: "PENDING_NEW",
    Stage.NEW: "NEW",
    Stage.PARTIALLY_FILLED: "PARTIALLY_FILLED",
    Stage.FILLED: "FILLED",
    Stage.CANCELED: "CANCELED",
    Stage.REPLACED: "CANCELED",
    Stage.EXPIRED: "EXPIRED",
    Stage.EXPIRED_IN_MATCH: "EXPIRED_IN_MATCH",
}
SELF_TRADES: Final = {mode: mode.name for mode in SelfTrade}
STOPS: Final = frozenset({Kind.STOP, Kind.STOP_LIMIT, Kind.TOUCH, Kind.TOUCH_LIMIT})
CONTINGENCIES: Final = {ListForm.OCO: "OCO", ListForm.OTO: "OTO", ListForm.OTOCO: "OTO"}

_TYPES: Final = {
    Kind.MARKET: "MARKET",
    Kind.LIMIT: "LIMIT",
    Kind.STOP: "STOP_LOSS",
    Kind.STOP_LIMIT: "STOP_LOSS_LIMIT",
    Kind.TOUCH: "TAKE_PROFIT",
    Kind.TOUCH_LIMIT: "TAKE_PROFIT_LIMIT",
}
_LIFETIMES: Final = {Lifetime.IOC: "IOC", Lifetime.FOK: "FOK"}
_EXPIRIES: Final = {
    "ioc": "UNFILLED_IOC_QUANTITY_EXPIRED",
    "fok": "UNFILLED_FOK_ORDER_EXPIRED",
    "liquidity": "INSUFFICIENT_LIQUIDITY",
    "oco": "OCO_TRIGGER",
    "oto": "OTO_PHASE_ONE_EXPIRED",
    "rejected": "REJECTED",
    "funds": "REJECTED",
}


def type_of(order: NewOrder) -> str:
    """The venue's word for a kind of order."""
    if order.post_only and order.kind is Kind.LIMIT:
        return "LIMIT_MAKER"
    return _TYPES[order.kind]


def lifetime_of(order: NewOrder) -> str:
    """The venue's word for a lifetime; it has none that ends with a session."""
    return _LIFETIMES.get(order.lifetime, "GTC")


def quantity_of(state: OrderState) -> int:
    """The quantity that was ordered; of an order by amount, what it traded."""
    return state.quantity or state.filled


def expiry_of(state: OrderState) -> str:
    """Why an order expired, empty for one that did not."""
    if state.stage is not Stage.EXPIRED:
        return ""
    return _EXPIRIES.get(state.expiry, "EXCHANGE_CANCELED")


def ack(state: OrderState, unit: int) -> dict[str, Any]:
    """That an order was taken."""
    return {
        "symbol": state.order.symbol,
        "orderId": state.order_id,
        "orderListId": state.list_id,
        "clientOrderId": state.client_id,
        "transactTime": state.updated // unit,
    }


def result(state: OrderState, unit: int) -> dict[str, Any]:
    """How an order stands after it was taken."""
    order = state.order
    shown = {
        "symbol": order.symbol,
        "orderId": state.order_id,
        "orderListId": state.list_id,
        "clientOrderId": state.client_id,
        "transactTime": state.updated // unit,
        "price": text(state.limit),
        "origQty": text(state.quantity or state.filled),
        "executedQty": text(state.filled),
        "origQuoteOrderQty": text(order.quote_quantity),
        "cummulativeQuoteQty": text(state.quote_filled),
        "status": STATUSES[state.stage],
        "timeInForce": lifetime_of(order),
        "type": type_of(order),
        "side": SIDES[order.side],
        "workingTime": state.working_since // unit if state.working_since else -1,
        "selfTradePreventionMode": SELF_TRADES[order.self_trade],
    }
    _add_conditional(shown, state, unit)
    return shown


def full(state: OrderState, unit: int) -> dict[str, Any]:
    """How an order stands after it was taken, and every fill that it met."""
    shown = result(state, unit)
    shown["fills"] = [
        {
            "price": text(fill.price),
            "qty": text(fill.quantity),
            "commission": text(fill.fee),
            "commissionAsset": fill.fee_asset,
            "tradeId": fill.trade_id,
        }
        for fill in state.executions
    ]
    return shown


def canceled(state: OrderState, request_id: str, unit: int) -> dict[str, Any]:
    """An order that was ended: `request_id` names the cancel, the order keeps its name beside it."""
    shown: dict[str, Any] = {
        "symbol": state.order.symbol,
        "origClientOrderId": state.client_id,
        "orderId": state.order_id,
        "orderListId": state.list_id,
        "clientOrderId": request_id,
        "transactTime": state.updated // unit,
    }
    _add_standing(shown, state)
    shown["selfTradePreventionMode"] = SELF_TRADES[state.order.self_trade]
    _add_conditional(shown, state, unit)
    return shown


def queried(state: OrderState, unit: int) -> dict[str, Any]:
    """An order as a question for it is answered."""
    order = state.order
    shown: dict[str, Any] = {
        "symbol": order.symbol,
        "orderId": state.order_id,
        "orderListId": state.list_id,
        "clientOrderId": state.client_id,
    }
    _add_standing(shown, state)
    shown["stopPrice"] = text(order.trigger)
    shown["icebergQty"] = text(order.display)
    shown["time"] = state.created // unit
    shown["updateTime"] = state.updated // unit
    shown["isWorking"] = bool(state.working_since)
    shown["workingTime"] = state.working_since // unit if state.working_since else -1
    shown["selfTradePreventionMode"] = SELF_TRADES[order.self_trade]
    stop, iceberg = shown["stopPrice"], shown["icebergQty"]
    _add_conditional(shown, state, unit)
    shown["stopPrice"], shown["icebergQty"] = stop, iceberg
    return shown


def amended(state: OrderState, before: str, unit: int) -> dict[str, Any]:
    """An order that became smaller; `before` is the name that it had."""
    order = state.order
    shown = {
        "symbol": order.symbol,
        "orderId": state.order_id,
        "orderListId": state.list_id,
        "origClientOrderId": before,
        "clientOrderId": state.client_id,
        "price": text(state.limit),
        "qty": text(state.quantity),
        "executedQty": text(state.filled),
        "preventedQty": text(state.prevented),
        "quoteOrderQty": text(order.quote_quantity),
        "cumulativeQuoteQty": text(state.quote_filled),
        "status": STATUSES[state.stage],
        "timeInForce": lifetime_of(order),
        "type": type_of(order),
        "side": SIDES[order.side],
        "workingTime": state.working_since // unit if state.working_since else -1,
        "selfTradePreventionMode": SELF_TRADES[order.self_trade],
    }
    _add_conditional(shown, state, unit)
    return shown


def fill(execution: Execution, unit: int) -> dict[str, Any]:
    """One fill of the account."""
    return {
        "symbol": execution.symbol,
        "id": execution.trade_id,
        "orderId": execution.order_id,
        "orderListId": execution.list_id,
        "price": text(execution.price),
        "qty": text(execution.quantity),
        "quoteQty": value(execution.price, execution.quantity),
        "commission": text(execution.fee),
        "commissionAsset": execution.fee_asset,
        "time": execution.ts // unit,
        "isBuyer": execution.side is Side.BUY,
        "isMaker": execution.maker,
        "isBestMatch": True,
    }


def order_list(state: OrderListState, unit: int) -> dict[str, Any]:
    """A list of orders."""
    return {
        "orderListId": state.list_id,
        "contingencyType": CONTINGENCIES[state.form],
        "listStatusType": "ALL_DONE" if state.done else "EXEC_STARTED",
        "listOrderStatus": "ALL_DONE" if state.done else "EXECUTING",
        "listClientOrderId": state.client_id,
        "transactionTime": state.ts // unit,
        "symbol": state.symbol,
        "orders": members(state.orders),
    }


def members(orders: Iterable[OrderState]) -> list[dict[str, Any]]:
    """The orders of a list by their names."""
    return [{"symbol": one.order.symbol, "orderId": one.order_id, "clientOrderId": one.client_id} for one in orders]


def canceled_list(state: OrderListState, request_id: str, unit: int) -> dict[str, Any]:
    """A list that was ended, with all of its orders."""
    shown = order_list(state, unit)
    shown["orderReports"] = [canceled(one, request_id, unit) for one in state.orders]
    return shown


def trailing_since(state: OrderState, unit: int) -> int:
    """Since when a trailing stop follows the price, -1 while it waits for its own price."""
    return state.created // unit if not state.order.trigger or state.triggered else -1


def _add_standing(shown: dict[str, Any], state: OrderState) -> None:
    order = state.order
    shown["price"] = text(state.limit)
    shown["origQty"] = text(state.quantity or state.filled)
    shown["executedQty"] = text(state.filled)
    shown["origQuoteOrderQty"] = text(order.quote_quantity)
    shown["cummulativeQuoteQty"] = text(state.quote_filled)
    shown["status"] = STATUSES[state.stage]
    shown["timeInForce"] = lifetime_of(order)
    shown["type"] = type_of(order)
    shown["side"] = SIDES[order.side]


def _add_conditional(shown: dict[str, Any], state: OrderState, unit: int) -> None:
    order = state.order
    if order.trigger:
        shown["stopPrice"] = text(order.trigger)
    if order.display:
        shown["icebergQty"] = text(order.display)
    if order.trail_bips:
        shown["trailingDelta"] = order.trail_bips
        shown["trailingTime"] = trailing_since(state, unit)
    if order.strategy_id:
        shown["strategyId"] = order.strategy_id
    if order.strategy_type:
        shown["strategyType"] = order.strategy_type
    if state.prevented:
        shown["preventedQuantity"] = text(state.prevented)
    expiry = expiry_of(state)
    if expiry:
        shown["expiryReason"] = expiry
