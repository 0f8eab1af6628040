"""Why the exchange refused, in the venue's codes and words; its clients compare the words exactly."""

from __future__ import annotations

from typing import Final

from parrot.contracts.exchange import Why
from parrot.gateway.binance_api.errors import ApiError
from parrot.kernel.errors import Refused

_REJECTED: Final = -2010
_CANCEL_REJECTED: Final = -2011
_NO_SUCH_ORDER: Final = -2013
_AMEND_REJECTED: Final = -2038
_INVALID: Final = -1013

_FILTERS: Final = {
    Why.PRICE_FILTER: "PRICE_FILTER",
    Why.PERCENT_PRICE: "PERCENT_PRICE_BY_SIDE",
    Why.LOT_SIZE: "LOT_SIZE",
    Why.MARKET_LOT_SIZE: "MARKET_LOT_SIZE",
    Why.NOTIONAL: "NOTIONAL",
    Why.ICEBERG_PARTS: "ICEBERG_PARTS",
    Why.TRAILING_DELTA: "TRAILING_DELTA",
    Why.MAX_ORDERS: "MAX_NUM_ORDERS",
    Why.MAX_STOPS: "MAX_NUM_ALGO_ORDERS",
    Why.MAX_ICEBERGS: "MAX_NUM_ICEBERG_ORDERS",
    Why.MAX_LISTS: "MAX_NUM_ORDER_LISTS",
    Why.MAX_AMENDS: "MAX_NUM_ORDER_AMENDS",
    Why.MAX_POSITION: "MAX_POSITION",
}

INSUFFICIENT: Final = "Account has insufficient balance for requested action."
UNKNOWN_ORDER: Final = "Unknown order sent."

_NEW: Final = {
    Why.BALANCE: (_REJECTED, INSUFFICIENT),
    Why.WOULD_TAKE: (_REJECTED, "Order would immediately match and take."),
    Why.WOULD_TRIGGER: (_REJECTED, "Stop price would trigger immediately."),
    Why.NO_PRICE: (_REJECTED, "Order book liquidity is less than symbol minimum quantity."),
    Why.DUPLICATE_ID: (_REJECTED, "Duplicate order sent."),
    Why.CLOSED: (_INVALID, "Market is closed."),
    Why.COMBINATION: (-1014, "Unsupported order combination."),
    Why.LIST: (_REJECTED, "The relationship of the prices for the orders is not correct."),
    Why.SYMBOL: (-1121, "Invalid symbol."),
    Why.UNKNOWN_ORDER: (_REJECTED, UNKNOWN_ORDER),
    Why.NOT_OPEN: (_REJECTED, UNKNOWN_ORDER),
    Why.UNKNOWN_ACCOUNT: (_REJECTED, "This account may not place or cancel orders."),
    Why.UNKNOWN_ASSET: (_REJECTED, INSUFFICIENT),
    Why.AMEND: (_AMEND_REJECTED, "The requested action would change no state; rejecting."),
}


def of_order(refused: Refused) -> ApiError:
    """A new order that the exchange did not take."""
    why = _why(refused)
    if why in _FILTERS:
        return ApiError(_REJECTED if why is Why.MAX_POSITION else _INVALID, f"Filter failure: {_FILTERS[why]}")
    code, words = _NEW[why]
    return ApiError(code, words)


def of_cancel(refused: Refused) -> ApiError:
    """A cancel of what is not there, or is over."""
    if refused.reason in (Why.SYMBOL, Why.CLOSED):
        return of_order(refused)
    return ApiError(_CANCEL_REJECTED, UNKNOWN_ORDER)


def of_query(refused: Refused) -> ApiError:
    """A question for an order that is not there."""
    if refused.reason == Why.SYMBOL:
        return of_order(refused)
    return ApiError(_NO_SUCH_ORDER, "Order does not exist.")


def of_list_query(refused: Refused) -> ApiError:
    """A question for a list that is not there."""
    if refused.reason == Why.SYMBOL:
        return of_order(refused)
    return ApiError(-2018, "Order list does not exist.")


def of_amend(refused: Refused) -> ApiError:
    """An amendment that the exchange did not make."""
    why = _why(refused)
    if why in (Why.UNKNOWN_ORDER, Why.NOT_OPEN):
        return ApiError(_AMEND_REJECTED, UNKNOWN_ORDER)
    if why is Why.MAX_AMENDS:
        return ApiError(_AMEND_REJECTED, "Filter failure: MAX_NUM_ORDER_AMENDS")
    if why is Why.DUPLICATE_ID:
        return ApiError(_AMEND_REJECTED, "Duplicate order sent.")
    return of_order(refused)


def _why(refused: Refused) -> Why:
    try:
        return Why(refused.reason)
    except ValueError:
        return Why.COMBINATION
