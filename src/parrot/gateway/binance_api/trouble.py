"""What a client is told when a fault strikes its request."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from parrot.gateway.binance_api.faults import FaultKind, FaultSpec
from parrot.gateway.binance_api.wire import ApiResponse, Header

JSON: Final[Header] = (b"content-type", b"application/json;charset=UTF-8")
_TOO_MANY: Final = "Too many requests; current limit is 6000 request weight per 1 MINUTE."
_BANNED: Final = "Way too many requests; IP banned until {until}."
_FAILED: Final = "An unknown error occurred while processing the request."
_UNKNOWN: Final = "Timeout waiting for response from backend server. Send status unknown; execution status unknown."
_MAINTENANCE: Final = "System is under maintenance."
NOT_CARRIED_OUT: Final = frozenset(
    {FaultKind.TOO_MANY, FaultKind.BANNED, FaultKind.ERROR_BEFORE, FaultKind.MAINTENANCE}
)


def words(fault: FaultSpec, now: int) -> tuple[int, int, str]:
    """Status, code and text."""
    match fault.kind:
        case FaultKind.TOO_MANY:
            return 429, -1003, _TOO_MANY
        case FaultKind.BANNED:
            return 418, -1003, _BANNED.format(until=now // 1_000_000 + fault.retry_after_s * 1_000)
        case FaultKind.MAINTENANCE:
            return 503, 1, _MAINTENANCE
        case FaultKind.ERROR_AFTER:
            return fault.status or 504, -1007, _UNKNOWN
        case _:
            return fault.status or 500, -1000, _FAILED


def answer(fault: FaultSpec, now: int) -> ApiResponse:
    """The answer over HTTP."""
    status, code, text = words(fault, now)
    headers: list[Header] = [JSON]
    if status in (418, 429):
        headers.append((b"retry-after", str(fault.retry_after_s).encode()))
    return ApiResponse(status, msgspec.json.encode({"code": code, "msg": text}), headers)


def message(fault: FaultSpec, now: int, number: Any) -> bytes:
    """The answer over the WebSocket API."""
    status, code, text = words(fault, now)
    error: dict[str, Any] = {"code": code, "msg": text}
    if status in (418, 429):
        moment = now // 1_000_000
        error["data"] = {"serverTime": moment, "retryAfter": moment + fault.retry_after_s * 1_000}
    return msgspec.json.encode({"id": number, "status": status, "error": error, "rateLimits": []})
