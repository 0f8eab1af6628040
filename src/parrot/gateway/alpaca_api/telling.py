"""An order as Alpaca tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from parrot.contracts.exchange import (
    SCALE,
    Lifetime,
    ListForm,
    OrderListState,
    OrderState,
    Stage,
)
from parrot.gateway.alpaca_api import names
from parrot.gateway.alpaca_api.asking import EXTENDED_HOURS, LIFETIMES, type_of
from parrot.gateway.alpaca_api.days import Days
from parrot.gateway.alpaca_api.values import divided, maybe_moment, moment, text

_LIVES: Final = {lifetime: word for word, lifetime in LIFETIMES.items()}
_CLASSES: Final = {ListForm.OCO: "oco", ListForm.OTO: "oto", ListForm.OTOCO: "bracket"}
_STATUSES: Final = {
    Stage.PENDING: "held",
    Stage.NEW: "new",
    Stage.PARTIALLY_FILLED: "partially_filled",
    Stage.FILLED: "filled",
    Stage.CANCELED: "canceled",
    Stage.REPLACED: "replaced",
    Stage.EXPIRED: "expired",
    Stage.EXPIRED_IN_MATCH: "canceled",
}
_CANCELED: Final = ("ioc", "fok", "liquidity", "funds", "oco", "oto", "self_trade")  # what Alpaca does not call expired


def status(state: OrderState, *, trading: bool) -> str:
    """Alpaca's word for how an order stands; `trading` says whether the market is open."""
    if state.stage is Stage.NEW and not trading:
        return "accepted"
    if state.stage is Stage.EXPIRED and state.expiry == "rejected":
        return "rejected"
    if state.stage is Stage.EXPIRED and state.expiry in _CANCELED:
        return "canceled"
    return _STATUSES[state.stage]


class Teller:
    """Writes orders as JSON values."""

    def __init__(self, days: Days) -> None:
        self._days = days

    def order(self, state: OrderState, now: int, form: ListForm | None = None) -> dict[str, Any]:
        """An order without its legs; `form` is that of the list that it belongs to."""
        order = state.order
        uuid, kind = names.order_id(state.order_id), type_of(order)
        word = status(state, trading=self._days.is_open(now))
        ended = moment(state.updated) if not state.open else None
        by_amount = bool(order.quote_quantity)
        return {
            "id": uuid,
            "client_order_id": state.client_id or uuid,
            "created_at": moment(state.created),
            "updated_at": moment(state.updated),
            "submitted_at": moment(state.created),
            "filled_at": ended if word == "filled" else None,
            "expired_at": ended if word == "expired" else None,
            "canceled_at": ended if word == "canceled" else None,
            "failed_at": ended if word == "rejected" else None,
            "replaced_at": ended if word == "replaced" else None,
            "replaced_by": names.order_id(state.replaced_by) if state.replaced_by else None,
            "replaces": names.order_id(state.replaces) if state.replaces else None,
            "expires_at": maybe_moment(self._expires(state)),
            "asset_id": names.asset_id(order.symbol),
            "symbol": order.symbol,
            "asset_class": "us_equity",
            "notional": text(order.quote_quantity) if by_amount else None,
            "qty": None if by_amount else text(state.quantity),
            "filled_qty": text(state.filled),
            "filled_avg_price": text(divided(state.quote_filled * SCALE, state.filled)) if state.filled else None,
            "order_class": _CLASSES[form] if form is not None else "simple",
            "order_type": kind,
            "type": kind,
            "side": order.side.value,
            "position_intent": "buy_to_open" if order.side == "buy" else "sell_to_close",
            "time_in_force": _LIVES[order.lifetime],
            "limit_price": text(state.limit or order.limit) if order.limit else None,
            "stop_price": text(order.trigger) if order.trigger else None,
            "status": word,
            "extended_hours": bool(order.flags & EXTENDED_HOURS),
            "legs": None,
            "trail_percent": text(order.trail_bips * SCALE // 100) if order.trail_bips else None,
            "trail_price": text(order.trail) if order.trail else None,
            "hwm": None,
            "subtag": None,
            "source": None,
        }

    def _expires(self, state: OrderState) -> int:
        if state.order.lifetime is Lifetime.GTC or not state.open:
            return 0
        return self._days.next_close(state.created)

    def group(self, found: OrderListState, now: int) -> dict[str, Any]:
        """The first order of a list with the others as its legs."""
        first, *legs = in_order(found)
        told = self.order(first, now, found.form)
        told["legs"] = [self.order(leg, now, found.form) for leg in legs]
        return told


def in_order(found: OrderListState) -> Sequence[OrderState]:
    """The orders of a list as Alpaca shows them: the first order, or the take profit of an OCO, then its legs."""
    if found.form is ListForm.OTO:
        return found.orders
    *first, stop, profit = found.orders
    return (*first, profit, stop)
