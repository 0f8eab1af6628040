"""An account's events as its clients hear them: executionReport, listStatus, outboundAccountPosition, balanceUpdate."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from parrot.contracts.exchange import (
    AccountEvent,
    BalancesChanged,
    Change,
    Deposited,
    ListChanged,
    OrderChanged,
    OrderState,
    Stage,
)
from parrot.gateway.binance_api import preventions, views
from parrot.gateway.binance_api.amounts import ZERO, text, value
from parrot.gateway.binance_api.views import MILLISECOND

_encode = msgspec.json.Encoder().encode

_EXECUTIONS: Final = {
    Change.NEW: "NEW",
    Change.TRADE: "TRADE",
    Change.CANCELED: "CANCELED",
    Change.REPLACED: "REPLACED",
    Change.TRIGGERED: "NEW",
    Change.EXPIRED: "EXPIRED",
    Change.PREVENTED: "TRADE_PREVENTION",
}


def encode(event: AccountEvent, unit: int = MILLISECOND) -> list[bytes]:
    """The messages of one event, without wrapping; times in ticks of `unit` ns."""
    if isinstance(event, OrderChanged):
        return [_encode(execution_report(event, unit))]
    if isinstance(event, BalancesChanged):
        return [_encode(account_position(event, unit))]
    if isinstance(event, Deposited):
        return [_encode(balance_update(event, unit))]
    return [_encode(list_status(event, unit))]


def execution_report(event: OrderChanged, unit: int) -> dict[str, Any]:
    """What happened to an order."""
    state = event.order
    order, fill, ts = state.order, event.execution, event.ts // unit
    name, before = _names(event)
    report: dict[str, Any] = {
        "e": "executionReport",
        "E": ts,
        "s": order.symbol,
        "c": name,
        "S": views.SIDES[order.side],
        "o": views.type_of(order),
        "f": views.lifetime_of(order),
        "q": text(state.quantity or state.filled),
        "p": text(state.limit),
        "P": text(order.trigger),
        "F": text(order.display),
        "g": state.list_id,
        "C": before,
        "x": _execution(event),
        "X": views.STATUSES[state.stage],
        "r": "NONE",
        "i": state.order_id,
        "l": text(fill.quantity) if fill else ZERO,
        "z": text(state.filled),
        "L": text(fill.price) if fill else ZERO,
        "n": text(fill.fee) if fill else "0",
        "N": fill.fee_asset if fill else None,
        "T": ts,
        "t": fill.trade_id if fill else -1,
        "I": event.id,
        "w": _on_book(state),
        "m": fill.maker if fill else False,
        "M": fill is not None,
        "O": state.created // unit,
        "Z": text(state.quote_filled),
        "Y": value(fill.price, fill.quantity) if fill else ZERO,
        "Q": text(order.quote_quantity),
    }
    if state.working_since:
        report["W"] = state.working_since // unit
    report["V"] = views.SELF_TRADES[order.self_trade]
    _add_conditional(report, event, unit)
    return report


def account_position(event: BalancesChanged, unit: int) -> dict[str, Any]:
    """What an account has now of the assets that changed."""
    ts = event.ts // unit
    return {
        "e": "outboundAccountPosition",
        "E": ts,
        "u": ts,
        "B": [{"a": one.asset, "f": text(one.free), "l": text(one.locked)} for one in event.held],
    }


def balance_update(event: Deposited, unit: int) -> dict[str, Any]:
    """An amount that came from outside, or left."""
    ts = event.ts // unit
    return {"e": "balanceUpdate", "E": ts, "a": event.asset, "d": text(event.amount), "T": ts}


def list_status(event: ListChanged, unit: int) -> dict[str, Any]:
    """A list that was made, or is done."""
    state, ts = event.state, event.ts // unit
    return {
        "e": "listStatus",
        "E": ts,
        "s": state.symbol,
        "g": state.list_id,
        "c": views.CONTINGENCIES[state.form],
        "l": "ALL_DONE" if state.done else "EXEC_STARTED",
        "L": "ALL_DONE" if state.done else "EXECUTING",
        "r": "NONE",
        "C": state.client_id,
        "T": ts,
        "O": [{"s": one.order.symbol, "i": one.order_id, "c": one.client_id} for one in state.orders],
    }


def stream_terminated(ts: int, unit: int = MILLISECOND) -> dict[str, Any]:
    """That no more events come."""
    return {"e": "eventStreamTerminated", "E": ts // unit}


def _names(event: OrderChanged) -> tuple[str, str]:
    """The name that the order goes by now, and the one before where the request that changed it has its own."""
    state = event.order
    if event.change is Change.CANCELED or (event.change is Change.REPLACED and not state.open):
        return event.request_id or state.client_id, state.client_id
    if event.change is Change.REPLACED and event.request_id:
        return state.client_id, state.order.client_id or state.client_id
    return state.client_id, ""


def _execution(event: OrderChanged) -> str:
    if event.change is Change.REPLACED and not event.order.open:
        return "CANCELED"
    return _EXECUTIONS[event.change]


def _on_book(state: OrderState) -> bool:
    return bool(state.working_since) and state.stage in (Stage.NEW, Stage.PARTIALLY_FILLED)


def _add_conditional(report: dict[str, Any], event: OrderChanged, unit: int) -> None:
    state = event.order
    order = state.order
    if order.trail_bips:
        report["d"] = order.trail_bips
        report["D"] = views.trailing_since(state, unit)
    if order.strategy_id:
        report["j"] = order.strategy_id
    if order.strategy_type:
        report["J"] = order.strategy_type
    if event.change is Change.PREVENTED or state.stage is Stage.EXPIRED_IN_MATCH:
        report["v"] = preventions.number_of(event)
        report["A"] = text(state.prevented)
        report["B"] = text(event.prevented)
        report["u"] = -1
        report["U"] = event.against
        report["Cs"] = order.symbol
        report["pl"] = text(event.prevented)
        report["pL"] = text(state.limit)
        report["pY"] = value(state.limit, event.prevented)
    expiry = views.expiry_of(state)
    if expiry:
        report["eR"] = expiry
