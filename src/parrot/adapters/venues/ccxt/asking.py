"""An order in ccxt's words, and how a venue treats orders by the table and ccxt's own description."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from parrot.adapters.venues.skeleton.trouble import Outcome, Trouble
from parrot.adapters.venues.table import Row
from parrot.contracts.commands import OrderKind, TimeInForce
from parrot.contracts.listing import VenueTerms
from parrot.contracts.venue import PlaceOrder
from parrot.kernel.decimals import plain

_MS: Final = 1_000_000
_KINDS: Final[dict[OrderKind, tuple[str, str]]] = {
    OrderKind.MARKET: ("market", ""),
    OrderKind.LIMIT: ("limit", ""),
    OrderKind.STOP: ("market", "stopLossPrice"),
    OrderKind.STOP_LIMIT: ("limit", "stopLossPrice"),
    OrderKind.TOUCH: ("market", "takeProfitPrice"),
    OrderKind.TOUCH_LIMIT: ("limit", "takeProfitPrice"),
}
_TIF: Final = {TimeInForce.IOC: "IOC", TimeInForce.FOK: "FOK"}


@dataclass(frozen=True, slots=True)
class Words:
    """What `create_order` is called with; amounts are text."""

    type: str
    amount: str
    price: str | None
    params: dict[str, Any]


def words(order: PlaceOrder, name: str, row: Row) -> Words:
    """An order under the name that the venue shall know it by. Raises Trouble for what no venue takes this way."""
    if order.kind not in _KINDS:
        raise Trouble(Outcome.REFUSED, f"orders of kind {order.kind.value} are not sent to this venue")
    kind, trigger = _KINDS[order.kind]
    params: dict[str, Any] = {"clientOrderId": name}
    if trigger:
        if order.trigger is None:
            raise Trouble(Outcome.REFUSED, f"an order of kind {order.kind.value} without a trigger")
        params[trigger] = plain(order.trigger)
    if order.post_only:
        params["postOnly"] = True
    elif kind == "limit":
        params["timeInForce"] = _TIF.get(order.tif, "GTC")
    if row.deadline:
        params[row.deadline] = _stamp(order.ts + row.window_ms * _MS)
    price = None
    if kind == "limit":
        if order.limit is None:
            raise Trouble(Outcome.REFUSED, f"an order of kind {order.kind.value} without a limit")
        price = plain(order.limit)
    return Words(kind, plain(order.quantity), price, params)


def _stamp(ns: int) -> str:
    text = datetime.fromtimestamp(ns // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ns // _MS % 1000:03d}Z"


def terms_of(exchange: Any, row: Row) -> VenueTerms:
    """How a venue treats orders."""
    stops = row.stops
    if stops is None:
        offered = ((exchange.features or {}).get("spot") or {}).get("createOrder") or {}
        stops = bool(offered.get("stopLossPrice") and offered.get("takeProfitPrice"))
    return VenueTerms(
        venue=str(exchange.id),
        id_scope=row.id_scope,
        expires_requests=row.expires,
        receive_window=row.window_ms * _MS,
        query_lag=row.lag_ms * _MS,
        request_timeout=row.timeout_ms * _MS,
        stops=stops,
        amends=row.amends,
        gtd=False,
        dust=False,
    )
