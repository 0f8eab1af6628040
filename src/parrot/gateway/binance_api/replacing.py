"""Ending one order and sending another in one request; each half may fail, and the answer tells which did."""

from __future__ import annotations

from typing import Any, Final

from parrot.contracts.exchange import NewOrder, PublicMarket, Stage, Why
from parrot.gateway.binance_api import errors, finding, ordering, trading
from parrot.gateway.binance_api.call import Call
from parrot.gateway.binance_api.errors import ApiError
from parrot.gateway.binance_api.refusals import of_order
from parrot.kernel.errors import Refused

_MODES: Final = frozenset({"STOP_ON_FAILURE", "ALLOW_FAILURE"})
_LIMIT_MODES: Final = frozenset({"DO_NOTHING", "CANCEL_ONLY"})
# What the end of the old order may change; everything else of the new one is looked at before anything is done.
_AFTER_CANCEL: Final = frozenset({Why.BALANCE, Why.WOULD_TAKE, Why.WOULD_TRIGGER, Why.DUPLICATE_ID, Why.NO_PRICE})


class _Plan:
    """A whole request, read before anything is done."""

    __slots__ = ("allowed", "cancel_only", "market", "order", "request_id", "stop", "view")

    def __init__(self, call: Call) -> None:
        self.market: PublicMarket = call.market()
        mode = call.choice("cancelReplaceMode", _MODES)
        if mode is None:
            raise errors.missing("cancelReplaceMode")
        self.stop = mode == "STOP_ON_FAILURE"
        self.order: NewOrder = ordering.order(call, self.market.symbol)
        self.view = trading.VIEWS[ordering.response(call, self.order.kind, post_only=self.order.post_only)]
        finding.wanted(call, "cancelOrderId", "cancelOrigClientOrderId")
        self.request_id = call.client_id("cancelNewClientOrderId") or call.venue.new_name()
        self.allowed: Stage | None = trading.restriction(call)
        self.cancel_only = call.choice("orderRateLimitExceededMode", _LIMIT_MODES) == "CANCEL_ONLY"
        _check_filters(call, self.order)


def replace(call: Call) -> dict[str, Any]:
    """POST order/cancelReplace."""
    plan = _Plan(call)
    exceeded = _count(call)
    if exceeded is not None and not plan.cancel_only:
        raise exceeded
    ended, end_problem = _end(call, plan)
    if end_problem is not None and plan.stop:
        raise _failed(end_problem.body(), None, exceeded, cancel="FAILURE", new="NOT_ATTEMPTED")
    if exceeded is not None:
        cancel = "SUCCESS" if end_problem is None else "FAILURE"
        answer = ended if end_problem is None else end_problem.body()
        raise _failed(answer, exceeded.body(), exceeded, cancel=cancel, new="FAILURE")
    try:
        call.venue.prevented.clear()
        made = trading.taken(call, call.exchange.submit(call.account, plan.order), plan.view)
    except Refused as refused:
        problem = of_order(refused)
        if end_problem is not None:
            raise _failed(end_problem.body(), problem.body(), None, cancel="FAILURE", new="FAILURE") from None
        raise _failed(ended, problem.body(), None, cancel="SUCCESS", new="FAILURE") from None
    if end_problem is not None:
        raise _failed(end_problem.body(), made, None, cancel="FAILURE", new="SUCCESS")
    return {
        "cancelResult": "SUCCESS",
        "newOrderResult": "SUCCESS",
        "cancelResponse": ended,
        "newOrderResponse": made,
    }


def _check_filters(call: Call, order: NewOrder) -> None:
    try:
        call.exchange.check(call.account, order)
    except Refused as refused:
        if refused.reason not in _AFTER_CANCEL:
            raise of_order(refused) from None


def _count(call: Call) -> ApiError | None:
    try:
        call.venue.limits.place(call.account, 1, call.venue.now)
    except ApiError as exceeded:
        return exceeded
    call.orders_counted = True
    return None


def _end(call: Call, plan: _Plan) -> tuple[dict[str, Any] | None, ApiError | None]:
    try:
        found = finding.for_cancel(call, plan.market, "cancelOrderId", "cancelOrigClientOrderId")
        return trading.end(call, found, plan.request_id, plan.allowed), None
    except ApiError as problem:
        return None, problem


def _failed(ended: Any, made: Any, exceeded: ApiError | None, *, cancel: str, new: str) -> ApiError:
    data = {"cancelResult": cancel, "newOrderResult": new, "cancelResponse": ended, "newOrderResponse": made}
    status, retry_at = (429, exceeded.retry_at) if exceeded is not None else (0, 0)
    if "SUCCESS" in (cancel, new):
        return ApiError(-2021, "Order cancel-replace partially failed.", status=status, data=data, retry_at=retry_at)
    return ApiError(-2022, "Order cancel-replace failed.", status=status, data=data, retry_at=retry_at)
