"""What Alpaca says when something is wrong: an HTTP status, a code of eight digits and a text."""

from __future__ import annotations

from typing import Any, Final

from parrot.contracts.exchange import Why
from parrot.kernel.errors import Refused

_INVALID: Final = 42210000
_FORBIDDEN: Final = 40310000
_TEXTS: Final = {
    Why.PRICE_FILTER: "invalid price. sub-penny increment does not fulfill minimum pricing criteria",
    Why.PERCENT_PRICE: "the price is too far away from the last price",
    Why.LOT_SIZE: "qty is not a multiple of the smallest fraction, or out of range",
    Why.MARKET_LOT_SIZE: "qty is out of range for a market order",
    Why.TRAILING_DELTA: "trail_percent is out of range",
    Why.WOULD_TRIGGER: "stop price would trigger immediately",
    Why.WOULD_TAKE: "order would match immediately",
    Why.NO_PRICE: "there is no price to go by",
    Why.COMBINATION: "the fields of this order do not go together",
    Why.LIST: "the legs of this order do not go together",
    Why.AMEND: "nothing to replace",
    Why.NOT_OPEN: "order is not open",
    Why.CLOSED: "order is not accepted while the market is closed",
    Why.ICEBERG_PARTS: "the fields of this order do not go together",
}


class Problem(Exception):  # noqa: N818  what a client is told, not what failed here
    """An answer that is an error; `more` are fields beside code and message."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"code": code, "message": message, **more}


def malformed(message: str) -> Problem:
    """A body or parameter that cannot be read."""
    return Problem(400, 40010000, message)


def missing(message: str) -> Problem:
    """A field that has to be there, or must be unique."""
    return Problem(422, 40010001, message)


def invalid(message: str, **more: Any) -> Problem:
    """A value that cannot be."""
    return Problem(422, _INVALID, message, **more)


def forbidden(message: str, **more: Any) -> Problem:
    """Something that the account may not or cannot do."""
    return Problem(403, _FORBIDDEN, message, **more)


def not_found(message: str) -> Problem:
    """Something that is not there."""
    return Problem(404, 40410000, message)


def unauthorized() -> Problem:
    """A request without a key and secret that belong together."""
    return Problem(401, 40110000, "request is not authorized")


def too_many() -> Problem:
    """More requests in a minute than a key may send."""
    return Problem(429, 42910000, "rate limit exceeded")


def too_large() -> Problem:
    """A body beyond what is read."""
    return Problem(413, 41310000, "request body is too large")


def told(fault: Refused) -> Problem:
    """A refusal of the exchange in Alpaca's words; balances are told by who knows the order."""
    reason = fault.reason
    if reason == Why.DUPLICATE_ID:
        return missing("client_order_id must be unique")
    if reason == Why.NOTIONAL:
        return forbidden("cost basis must be >= minimal amount of order 1")
    if reason == Why.BALANCE:
        return forbidden("insufficient buying power")
    if reason in (Why.MAX_ORDERS, Why.MAX_STOPS, Why.MAX_LISTS, Why.MAX_POSITION, Why.MAX_AMENDS):
        return forbidden(f"too many open orders ({reason})" if reason != Why.MAX_POSITION else "position is too large")
    if reason == Why.UNKNOWN_ORDER:
        return not_found("order not found")
    known = {str(why): text for why, text in _TEXTS.items()}
    return invalid(known.get(reason, str(fault)[:200]))
